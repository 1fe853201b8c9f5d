// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.cli.client;

import dev.outrigger.cli.console.CliFailure;
import dev.outrigger.cli.console.ExitCode;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;

/** Which documents files are about, whatever else they say. */
public final class DocumentNames {
    private static final int MAX_CHARS = 64 * 1024 * 1024;

    private DocumentNames() {}

    /** One document. */
    public record Named(ResourceKind kind, String namespace, String name) {
        /** As it can be typed. */
        public String text() {
            return kind.singular()
                    + "/"
                    + (namespace.equals("default") ? "" : namespace + "/")
                    + name;
        }
    }

    /** Those first that others are not referred to by: a service is needed by all other kinds. */
    public static List<Named> inOrderOfDeletion(DocumentBundle bundle) {
        var named = new ArrayList<Named>();
        var settings = LoadSettings.builder().setCodePointLimit(MAX_CHARS).build();
        try {
            var text = new String(bundle.body(), StandardCharsets.UTF_8);
            for (Object document : new Load(settings).loadAllFromString(text)) {
                add(document, named, bundle);
            }
        } catch (YamlEngineException e) {
            throw CliFailure.of(
                            ExitCode.VALIDATION,
                            bundle.describe() + ": not YAML: " + e.getMessage())
                    .withCause(e);
        }
        named.sort(Comparator.comparingInt(one -> -rank(one.kind())));
        return named;
    }

    private static void add(Object document, List<Named> into, DocumentBundle bundle) {
        switch (document) {
            case List<?> list -> list.forEach(one -> add(one, into, bundle));
            case Map<?, ?> map when map.get("kind") instanceof String kind -> {
                var metadata = map.get("metadata") instanceof Map<?, ?> given ? given : Map.of();
                if (!(metadata.get("name") instanceof String name)) {
                    throw unnamed(bundle);
                }
                into.add(
                        new Named(
                                ResourceKind.parse(kind),
                                metadata.get("namespace") instanceof String given
                                        ? given
                                        : "default",
                                name));
            }
            case null -> {} // An empty document between two separators.
            default -> throw unnamed(bundle);
        }
    }

    private static CliFailure unnamed(DocumentBundle bundle) {
        return CliFailure.of(
                ExitCode.VALIDATION,
                bundle.describe() + ": a document without kind and metadata.name");
    }

    private static int rank(ResourceKind kind) {
        return switch (kind) {
            case SERVICE -> 0;
            case HTTP_ROUTE, GRPC_ROUTE -> 1;
            case TRAFFIC_POLICY, SIDECAR, XDS_RESOURCES -> 2;
        };
    }
}
