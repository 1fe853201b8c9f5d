// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.xds.ads;

import dev.outrigger.xds.snapshot.TypeResources;
import dev.outrigger.xds.snapshot.VersionedResource;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;

/**
 * A response that has been sent and not been answered. Immutable.
 *
 * @param sequence its number among the stream's responses
 * @param sentNanos when
 * @param of the resources it was made of
 * @param version the type's version it said
 * @param resources what was new to the client; for those who join, a list that all may share
 * @param had what the client had of them, but for those it had asked for and not got
 * @param removed the names it had, with what it had
 */
record Flight(
        String nonce,
        long sequence,
        long sentNanos,
        TypeResources of,
        String version,
        List<VersionedResource> resources,
        Map<String, Held> had,
        Map<String, Held> removed) {
    /**
     * @param before what the client had
     */
    record Change(VersionedResource resource, Held before) {}

    /** What was new, one by one. */
    List<Change> changes() {
        return resources.stream()
                .map(resource -> new Change(resource, before(resource.name())))
                .toList();
    }

    private Held before(String name) {
        return had.getOrDefault(name, Held.ASKED);
    }

    /** What has to be remembered of what the client had. */
    static Map<String, Held> remembered(Collection<Change> changes) {
        var had = new HashMap<String, Held>(0);
        for (Change change : changes) {
            if (!change.before().equals(Held.ASKED)) {
                had.put(change.resource().name(), change.before());
            }
        }
        return had.isEmpty() ? Map.of() : had;
    }

    boolean isAsOldAs(long nanos, long now) {
        return now - sentNanos >= nanos;
    }

    boolean carries(String name) {
        for (VersionedResource resource : resources) {
            if (resource.name().equals(name)) {
                return true;
            }
        }
        return false;
    }

    /** The same, in the place of an older one: its answer is the answer to both. */
    Flight since(Flight older) {
        var names = new HashSet<String>();
        var both = new ArrayList<>(resources);
        var hadBefore = new HashMap<>(had);
        resources.forEach(resource -> names.add(resource.name()));
        for (VersionedResource resource : older.resources) {
            var name = resource.name();
            if (names.add(name) && !removed.containsKey(name)) {
                both.add(resource);
                var before = older.had.get(name);
                if (before != null) {
                    hadBefore.put(name, before);
                }
            }
        }
        var gone = new HashMap<>(older.removed);
        gone.putAll(removed);
        gone.keySet().removeAll(names);
        return new Flight(
                nonce, older.sequence, older.sentNanos, of, version, both, hadBefore, gone);
    }
}
