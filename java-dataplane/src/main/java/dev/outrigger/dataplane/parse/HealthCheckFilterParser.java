// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.parse;

import dev.outrigger.dataplane.filter.healthcheck.HealthCheckConfig;
import io.envoyproxy.envoy.extensions.filters.http.health_check.v3.HealthCheck;
import io.envoyproxy.envoy.type.v3.Percent;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;

/** {@code envoy.filters.http.health_check}. */
final class HealthCheckFilterParser {
    private static final SupportedFields PERCENT =
            SupportedFields.of(Percent.class).obeyed("value");

    static final HttpFilterType TYPE =
            HttpFilterType.of(
                    "envoy.filters.http.health_check",
                    HealthCheck.class,
                    SupportedFields.of(HealthCheck.class)
                            .obeyed("pass_through_mode", "cache_time")
                            .nested("cluster_min_healthy_percentages", () -> PERCENT)
                            .nested("headers", () -> RouteMatchParser.HEADER),
                    HealthCheckFilterParser::parse);

    private HealthCheckFilterParser() {}

    private static HealthCheckConfig parse(HealthCheck proto, String path, Findings findings) {
        boolean passThrough = proto.getPassThroughMode().getValue();
        Duration cacheTime =
                Values.duration(
                        proto.getCacheTime(), FieldPaths.join(path, "cache_time"), findings);
        if (!passThrough && cacheTime.toMillis() > 0) {
            findings.invalid(
                    FieldPaths.join(path, "cache_time"),
                    cacheTime,
                    "cache_time_ms must not be set when path_through_mode is disabled");
        }
        Map<String, Double> percentages = new LinkedHashMap<>();
        proto.getClusterMinHealthyPercentagesMap()
                .forEach((cluster, percent) -> percentages.put(cluster, percent.getValue()));
        return new HealthCheckConfig(
                passThrough,
                Duration.ofMillis(cacheTime.toMillis()),
                percentages,
                RouteMatchParser.headers(
                        proto.getHeadersList(), FieldPaths.join(path, "headers"), findings));
    }
}
