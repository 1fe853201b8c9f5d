// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.policy.rest;

import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.util.List;

/** {@code GET /metrics} in Prometheus' text format. */
final class MetricsService {
    private static final String MEDIA_TYPE = "text/plain; version=0.0.4; charset=utf-8";

    private final PrometheusMeterRegistry registry;

    MetricsService(PrometheusMeterRegistry registry) {
        this.registry = registry;
    }

    List<Operation> operations() {
        return List.of(
                Operation.of("GET", "/metrics", "getMetrics")
                        .saying("Every meter, for Prometheus.")
                        .replying(200, "The meters.", "text/plain", "Text")
                        .by((_, response, _) ->
                                Responses.text(response, MEDIA_TYPE, registry.scrape())));
    }
}
