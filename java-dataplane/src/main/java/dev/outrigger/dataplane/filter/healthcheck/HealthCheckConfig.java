// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.filter.healthcheck;

import dev.outrigger.dataplane.config.RouteMatchConfig.HeaderMatcherConfig;
import dev.outrigger.dataplane.filter.FactoryContext;
import dev.outrigger.dataplane.filter.FilterConfig;
import dev.outrigger.dataplane.filter.HttpFilterFactory;
import dev.outrigger.dataplane.message.WireText;
import dev.outrigger.dataplane.route.HeaderMatcher;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * {@code envoy.extensions.filters.http.health_check.v3.HealthCheck}.
 *
 * @param passThroughMode whether health checks go upstream as long as this proxy is not failed
 * @param cacheTime how long an answer from upstream is used again; zero for not at all
 * @param clusterMinHealthyPercentages what each cluster must have, so that the answer is 200
 * @param headers which requests are health checks
 */
public record HealthCheckConfig(
        boolean passThroughMode,
        Duration cacheTime,
        Map<String, Double> clusterMinHealthyPercentages,
        List<HeaderMatcherConfig> headers)
        implements FilterConfig {
    public HealthCheckConfig {
        clusterMinHealthyPercentages = Map.copyOf(clusterMinHealthyPercentages);
        headers = List.copyOf(headers);
    }

    @Override
    public HttpFilterFactory factory(FactoryContext context) {
        HeaderMatcher[] matchers = HeaderMatcher.all(headers);
        byte[] serviceCluster = WireText.bytes(context.serviceCluster());
        @Nullable HealthCheckCache cache =
                cacheTime.isZero()
                        ? null
                        : new HealthCheckCache(cacheTime.toNanos(), context.nanoTime());
        var stats = new HealthCheckStats(context.stats(), context.statPrefix());
        return callbacks ->
                new HealthCheckFilter(
                        callbacks,
                        this,
                        stats,
                        matchers,
                        serviceCluster,
                        context.healthCheckFailed(),
                        cache);
    }
}
