// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.xds.ads;

import java.lang.ref.WeakReference;
import java.util.Collection;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.WeakHashMap;
import org.jspecify.annotations.Nullable;

/**
 * One copy of equal name sets for all streams of a server: proxies of a group subscribe to the same
 * thousand assignments each. Forgets a set that no stream has. Any thread.
 */
final class NameSets {
    /** Keys are sets; what is looked up may also be {@link Unsorted} names. */
    private final Map<Object, WeakReference<NameSet>> shared = new WeakHashMap<>();

    /** The set of these names. The one that others have is found without sorting anything. */
    NameSet of(Collection<String> names) {
        if (names.isEmpty()) {
            return NameSet.EMPTY;
        }
        var unsorted = new Unsorted(names instanceof Set<String> set ? set : new HashSet<>(names));
        synchronized (shared) {
            var known = shared.get(unsorted);
            var set = known == null ? null : known.get();
            if (set != null) {
                return set;
            }
        }
        return share(NameSet.of(unsorted.names()));
    }

    /** An equal one that others have, if there is one. */
    NameSet share(NameSet names) {
        if (names.isEmpty()) {
            return NameSet.EMPTY;
        }
        synchronized (shared) {
            var known = shared.get(names);
            var set = known == null ? null : known.get();
            if (set != null) {
                return set;
            }
            shared.put(names, new WeakReference<>(names));
            return names;
        }
    }

    /**
     * What a set is looked up by. Never a key itself: a map asks what it is given whether it equals
     * the key, not the other way round.
     */
    private record Unsorted(Set<String> names) {
        @Override
        public boolean equals(@Nullable Object other) {
            return other instanceof NameSet set && set.isExactly(names);
        }

        @Override
        public int hashCode() {
            return names.hashCode();
        }
    }
}
