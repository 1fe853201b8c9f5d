// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.telemetry;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * How often stats were looked up by name, and which the last ones were, as {@code
 * /stats/recentlookups} shows it: looking up is what counting must not need. Any thread.
 */
public final class RecentLookups {
    /** As many names as Envoy keeps. */
    private static final int CAPACITY = 100;

    private final LinkedHashMap<String, Long> recent = new LinkedHashMap<>(16, 0.75f, true);
    private boolean enabled;
    private long total;

    synchronized void lookup(String name) {
        total++;
        if (enabled) {
            recent.merge(name, 1L, Long::sum);
            if (recent.size() > CAPACITY) {
                recent.remove(recent.keySet().iterator().next());
            }
        }
    }

    public synchronized void enable(boolean on) {
        enabled = on;
        if (!on) {
            recent.clear();
        }
    }

    public synchronized boolean isEnabled() {
        return enabled;
    }

    /** Forgets the names and begins to count from zero. */
    public synchronized void clear() {
        recent.clear();
        total = 0;
    }

    public synchronized long total() {
        return total;
    }

    /** The names kept and how often they were looked up, most often first. */
    public synchronized List<Map.Entry<String, Long>> recent() {
        var list = new ArrayList<>(recent.entrySet().stream().map(Map.Entry::copyOf).toList());
        list.sort(
                Comparator.<Map.Entry<String, Long>>comparingLong(Map.Entry::getValue)
                        .reversed()
                        .thenComparing(Map.Entry::getKey));
        return list;
    }
}
