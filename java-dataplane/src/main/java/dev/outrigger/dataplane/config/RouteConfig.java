// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.config;

import java.util.Map;
import java.util.Optional;

/** {@code envoy.config.route.v3.Route}: a match and what to do. */
public record RouteConfig(
        String name,
        RouteMatchConfig match,
        RouteActionConfig action,
        HeaderEdits requestHeaders,
        HeaderEdits responseHeaders,
        Optional<Long> requestBodyBufferLimitBytes,
        Map<String, PerFilterConfig> perFilterConfigs) {
    public RouteConfig {
        perFilterConfigs = Map.copyOf(perFilterConfigs);
    }
}
