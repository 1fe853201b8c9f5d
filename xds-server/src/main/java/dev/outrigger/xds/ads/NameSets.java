// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.xds.ads;

import java.lang.ref.WeakReference;
import java.util.Map;
import java.util.WeakHashMap;

/**
 * One copy of equal name sets for all streams of a server: proxies of a group subscribe to the same
 * thousand assignments each. Forgets a set that no stream has. Any thread.
 */
final class NameSets {
    private final Map<NameSet, WeakReference<NameSet>> shared = new WeakHashMap<>();

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
}
