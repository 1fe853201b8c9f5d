// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.xds.ads;

import dev.outrigger.policy.model.PolicyId;
import dev.outrigger.xds.node.StreamListener.Nack;
import dev.outrigger.xds.snapshot.VersionedResource;
import java.util.Collection;
import java.util.List;
import java.util.TreeMap;
import java.util.TreeSet;

/** Attributes a refusal: from the error's words to resources, and from those to documents. */
final class Rejections {
    /** Kept of a client's error; the rest is not worth the memory of a status. */
    private static final int ERROR_LENGTH = 4096;

    private Rejections() {}

    /**
     * @param suspects the resources that were new to the client in the refused response
     */
    static Nack attribute(String version, String error, Collection<VersionedResource> suspects) {
        var names = named(error, suspects);
        var blamed =
                names.isEmpty()
                        ? suspects
                        : suspects.stream()
                                .filter(resource -> names.contains(resource.name()))
                                .toList();
        var documents = new TreeSet<PolicyId>();
        blamed.forEach(resource -> documents.addAll(resource.provenance()));
        var versions = new TreeMap<String, String>();
        blamed.forEach(resource -> versions.put(resource.name(), resource.version()));
        return new Nack(
                version,
                error.length() > ERROR_LENGTH ? error.substring(0, ERROR_LENGTH) + "..." : error,
                versions,
                documents);
    }

    /** The suspects that the error names. */
    static List<String> named(String error, Collection<VersionedResource> suspects) {
        return suspects.stream()
                .map(VersionedResource::name)
                .filter(name -> names(error, name))
                .toList();
    }

    /** Whether the name stands in the text on its own: "b/80" must not be found in "bb/8080". */
    private static boolean names(String error, String name) {
        for (int at = error.indexOf(name); at >= 0; at = error.indexOf(name, at + 1)) {
            int end = at + name.length();
            if ((at == 0 || isBoundary(error.charAt(at - 1)))
                    && (end == error.length() || isBoundary(error.charAt(end)))) {
                return true;
            }
        }
        return false;
    }

    private static boolean isBoundary(char c) {
        return !(Character.isLetterOrDigit(c) || c == '/' || c == '-' || c == '_' || c == '.');
    }
}
