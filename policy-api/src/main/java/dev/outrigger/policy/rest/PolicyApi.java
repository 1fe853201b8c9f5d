// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.policy.rest;

import dev.outrigger.policy.check.PolicyReader;
import dev.outrigger.policy.plan.Effects;
import dev.outrigger.policy.status.StatusSource;
import dev.outrigger.policy.store.PolicyStore;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.util.List;

/**
 * What the REST API works on. All of it belongs to the caller and outlives the server.
 *
 * @param metrics over {@code registry}; also the store's listener
 * @param readiness what {@code /health/ready} asks, beside the store
 */
public record PolicyApi(
        PolicyStore store,
        PolicyReader reader,
        StatusSource status,
        BootstrapSource bootstrap,
        Effects effects,
        PrometheusMeterRegistry registry,
        ApiMetrics metrics,
        List<Readiness> readiness) {
    public PolicyApi {
        readiness = List.copyOf(readiness);
    }
}
