// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.policy.rest;

import dev.outrigger.policy.model.DocumentSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * The sets that unfinished lists are reading, so that all pages of a list are of one revision.
 * Keeps the {@value #MAX} used last. Any thread.
 */
final class Snapshots {
    static final int MAX = 16;

    private final Map<Long, DocumentSet> sets = new LinkedHashMap<>(MAX, 0.75f, true);

    synchronized void keep(DocumentSet set) {
        sets.put(set.revision(), set);
        if (sets.size() > MAX) {
            sets.remove(sets.keySet().iterator().next());
        }
    }

    synchronized Optional<DocumentSet> find(long revision) {
        return Optional.ofNullable(sets.get(revision));
    }
}
