// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.config;

import java.util.List;
import java.util.Map;
import java.util.Optional;

/** {@code envoy.config.route.v3.VirtualHost}. Domains are lower-cased. */
public record VirtualHostConfig(
        String name,
        List<String> domains,
        List<RouteConfig> routes,
        HeaderEdits requestHeaders,
        HeaderEdits responseHeaders,
        boolean includeRequestAttemptCount,
        boolean includeAttemptCountInResponse,
        boolean includeIsTimeoutRetryHeader,
        Optional<RetryPolicyConfig> retryPolicy,
        Optional<Long> requestBodyBufferLimitBytes,
        Map<String, PerFilterConfig> perFilterConfigs) {
    public VirtualHostConfig {
        domains = List.copyOf(domains);
        routes = List.copyOf(routes);
        perFilterConfigs = Map.copyOf(perFilterConfigs);
    }
}
