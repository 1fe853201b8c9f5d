// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.xds.ads;

import dev.outrigger.xds.snapshot.TypeResources;
import dev.outrigger.xds.snapshot.VersionedResource;
import java.util.ArrayList;
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
 * @param changes what was new to the client
 * @param removed the names it had, with what it had
 */
record Flight(
        String nonce,
        long sequence,
        long sentNanos,
        TypeResources of,
        String version,
        List<Change> changes,
        Map<String, Held> removed) {
    /**
     * @param before what the client had
     */
    record Change(VersionedResource resource, Held before) {}

    boolean isAsOldAs(long nanos, long now) {
        return now - sentNanos >= nanos;
    }

    /** The same, in the place of an older one: its answer is the answer to both. */
    Flight since(Flight older) {
        var names = new HashSet<String>();
        var both = new ArrayList<>(changes);
        changes.forEach(change -> names.add(change.resource().name()));
        for (Change change : older.changes) {
            if (names.add(change.resource().name())
                    && !removed.containsKey(change.resource().name())) {
                both.add(change);
            }
        }
        var gone = new HashMap<>(older.removed);
        gone.putAll(removed);
        gone.keySet().removeAll(names);
        return new Flight(nonce, older.sequence, older.sentNanos, of, version, both, gone);
    }
}
