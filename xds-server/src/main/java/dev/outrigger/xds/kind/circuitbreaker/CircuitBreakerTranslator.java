// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.xds.kind.circuitbreaker;

import dev.outrigger.policy.kind.circuitbreaker.CircuitBreakerPolicy;
import dev.outrigger.xds.ir.IrCluster;
import dev.outrigger.xds.kind.ClusterKind;
import dev.outrigger.xds.kind.ProtoValues;
import io.envoyproxy.envoy.config.cluster.v3.CircuitBreakers.Thresholds;
import io.envoyproxy.envoy.config.cluster.v3.Cluster;

/**
 * {@code circuitBreaker}: the default priority's thresholds without those of retries. All requests
 * have the default priority, as no policy gives them another.
 */
public final class CircuitBreakerTranslator implements ClusterKind {
    @Override
    public void translate(IrCluster.Outbound outbound, Cluster.Builder cluster) {
        outbound.policies()
                .find(CircuitBreakerPolicy.class)
                .ifPresent(policy -> translate(policy, cluster));
    }

    private static void translate(CircuitBreakerPolicy policy, Cluster.Builder cluster) {
        var breakers = cluster.getCircuitBreakersBuilder();
        var thresholds =
                breakers.getThresholdsCount() == 0
                        ? breakers.addThresholdsBuilder()
                        : breakers.getThresholdsBuilder(0);
        policy.maxConnections()
                .ifPresent(max -> thresholds.setMaxConnections(ProtoValues.uint32(max)));
        policy.maxPendingRequests()
                .ifPresent(max -> thresholds.setMaxPendingRequests(ProtoValues.uint32(max)));
        policy.maxRequests().ifPresent(max -> thresholds.setMaxRequests(ProtoValues.uint32(max)));
        policy.maxConnectionsPerHost()
                .ifPresent(max ->
                        breakers.addPerHostThresholds(
                                Thresholds.newBuilder()
                                        .setMaxConnections(ProtoValues.uint32(max))));
    }
}
