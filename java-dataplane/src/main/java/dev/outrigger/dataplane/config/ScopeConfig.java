// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.config;

import java.util.List;
import java.util.Optional;

/**
 * {@code envoy.config.route.v3.ScopedRouteConfiguration}.
 *
 * @param onDemand whether its routes are asked for when the first request needs them
 * @param routeConfigName asked for over RDS; empty with {@code inline}
 * @param key one string for each fragment of the builder
 */
public record ScopeConfig(
        String name,
        boolean onDemand,
        String routeConfigName,
        Optional<RouteTable> inline,
        List<String> key,
        long contentHash) {
    public ScopeConfig {
        key = List.copyOf(key);
    }

    /** The same when its routes have been asked for. */
    public ScopeConfig asked() {
        return new ScopeConfig(name, false, routeConfigName, inline, key, contentHash);
    }
}
