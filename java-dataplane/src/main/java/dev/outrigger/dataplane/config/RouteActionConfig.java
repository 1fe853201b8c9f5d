// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.config;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What a matched route does. */
public sealed interface RouteActionConfig {
    /**
     * Forwards to a cluster.
     *
     * @param timeout the route timeout; zero means none; Envoy's default is 15 s
     * @param idleTimeout overrides the stream idle timeout; zero means none
     * @param hostRewriteLiteral empty for none
     * @param prefixRewrite empty for none
     * @param clusterNotFoundStatus 503, 404 or 500
     */
    record Forward(
            ClusterSpecifier cluster,
            Duration timeout,
            Optional<Duration> idleTimeout,
            Optional<RetryPolicyConfig> retryPolicy,
            String hostRewriteLiteral,
            boolean autoHostRewrite,
            String prefixRewrite,
            boolean appendXForwardedHost,
            boolean highPriority,
            int clusterNotFoundStatus)
            implements RouteActionConfig {}

    /** Answers with a redirect (J1..J4). Empty strings and zero mean "not set". */
    record Redirect(
            int status,
            String schemeRedirect,
            boolean httpsRedirect,
            String hostRedirect,
            int portRedirect,
            String pathRedirect,
            String prefixRewrite,
            boolean stripQuery)
            implements RouteActionConfig {}

    /** Answers by itself. */
    record DirectResponse(int status, String body) implements RouteActionConfig {}

    /** Which cluster a request goes to. */
    sealed interface ClusterSpecifier {
        record Single(String name) implements ClusterSpecifier {}

        record Header(String header) implements ClusterSpecifier {}

        record Weighted(List<WeightedCluster> clusters, long totalWeight)
                implements ClusterSpecifier {
            public Weighted {
                clusters = List.copyOf(clusters);
            }
        }
    }

    /** One weighted choice. */
    record WeightedCluster(
            String name,
            long weight,
            HeaderEdits requestHeaders,
            HeaderEdits responseHeaders,
            String hostRewriteLiteral,
            Map<String, PerFilterConfig> perFilterConfigs) {
        public WeightedCluster {
            perFilterConfigs = Map.copyOf(perFilterConfigs);
        }
    }
}
