// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.config;

import dev.outrigger.dataplane.config.RouteActionConfig.HedgePolicyConfig;
import dev.outrigger.dataplane.config.RouteActionConfig.MirrorPolicyConfig;
import dev.outrigger.dataplane.config.RouteActionConfig.VirtualClusterConfig;
import java.util.List;
import java.util.Optional;

/**
 * {@code envoy.config.route.v3.VirtualHost}. Domains are lower-cased.
 *
 * @param matcher finds the routes to look at; present only without {@code routes}
 */
public record VirtualHostConfig(
        String name,
        List<String> domains,
        List<RouteConfig> routes,
        Optional<MatchTreeConfig> matcher,
        TlsRequirement requireTls,
        List<VirtualClusterConfig> virtualClusters,
        HeaderEdits requestHeaders,
        HeaderEdits responseHeaders,
        boolean includeRequestAttemptCount,
        boolean includeAttemptCountInResponse,
        boolean includeIsTimeoutRetryHeader,
        Optional<RetryPolicyConfig> retryPolicy,
        Optional<HedgePolicyConfig> hedgePolicy,
        List<MirrorPolicyConfig> mirrors,
        Optional<Long> requestBodyBufferLimitBytes,
        FilterFields filters) {
    public VirtualHostConfig {
        domains = List.copyOf(domains);
        routes = List.copyOf(routes);
        virtualClusters = List.copyOf(virtualClusters);
        mirrors = List.copyOf(mirrors);
    }

    /** Who is sent to https (V6). */
    public enum TlsRequirement {
        NONE,
        EXTERNAL_ONLY,
        ALL
    }
}
