// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.xds.resolve;

import java.util.List;
import java.util.Locale;

/**
 * Which host names a sidecar receives: names and {@code *.suffix} patterns; empty means all.
 * Comparison ignores case, as host names do. Immutable.
 */
public record HostFilter(List<String> patterns) {
    public HostFilter {
        patterns = patterns.stream().map(pattern -> pattern.toLowerCase(Locale.ROOT)).toList();
    }

    public boolean accepts(String hostname) {
        var host = hostname.toLowerCase(Locale.ROOT);
        return patterns.isEmpty() || patterns.stream().anyMatch(pattern -> matches(pattern, host));
    }

    private static boolean matches(String pattern, String host) {
        if (pattern.equals("*")) {
            return true;
        }
        // At least one label must stand before the dot: "*.a" does not accept ".a".
        return pattern.startsWith("*.")
                ? host.length() > pattern.length() - 1 && host.endsWith(pattern.substring(1))
                : host.equals(pattern);
    }
}
