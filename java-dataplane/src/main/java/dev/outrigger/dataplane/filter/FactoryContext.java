// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.filter;

import dev.outrigger.dataplane.dnscache.DnsCaches;
import dev.outrigger.dataplane.runtime.RuntimeLayers;
import dev.outrigger.dataplane.telemetry.StatsStore;
import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;
import java.util.random.RandomGenerator;

/**
 * What a filter is compiled with.
 *
 * @param statPrefix {@code http.<stat_prefix>.} of the connection manager; empty for what belongs
 *     to a route
 * @param random for what is drawn once, when something is compiled; main loop
 * @param nanoTime monotonic clock, for state that is shared between event loops
 * @param secrets those that came by SDS
 * @param serviceCluster {@code --service-cluster}; may be empty
 * @param healthCheckFailed whether {@code /healthcheck/fail} was asked for; any thread
 * @param dnsCaches for filters that look up names; asked while compiling only
 * @param onDemandRoutes for filters that ask for routes
 */
public record FactoryContext(
        StatsStore stats,
        RuntimeLayers runtime,
        String statPrefix,
        RandomGenerator random,
        LongSupplier nanoTime,
        GenericSecrets secrets,
        String serviceCluster,
        BooleanSupplier healthCheckFailed,
        DnsCaches dnsCaches,
        OnDemandRoutes onDemandRoutes) {
    public FactoryContext withStatPrefix(String prefix) {
        return new FactoryContext(
                stats,
                runtime,
                prefix,
                random,
                nanoTime,
                secrets,
                serviceCluster,
                healthCheckFailed,
                dnsCaches,
                onDemandRoutes);
    }
}
