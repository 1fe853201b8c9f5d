// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.xds.kind.loadbalancer;

import com.google.protobuf.UInt64Value;
import dev.outrigger.policy.kind.loadbalancer.LoadBalancerPolicy;
import dev.outrigger.policy.kind.loadbalancer.LoadBalancerPolicy.Algorithm;
import dev.outrigger.policy.kind.loadbalancer.LoadBalancerPolicy.HashFunction;
import dev.outrigger.policy.kind.loadbalancer.LoadBalancerPolicy.SlowStart;
import dev.outrigger.xds.ir.IrCluster;
import dev.outrigger.xds.kind.ClusterKind;
import dev.outrigger.xds.kind.ProtoValues;
import io.envoyproxy.envoy.config.cluster.v3.Cluster;
import io.envoyproxy.envoy.config.cluster.v3.Cluster.CommonLbConfig;
import io.envoyproxy.envoy.type.v3.Percent;
import java.util.Optional;

/**
 * {@code loadBalancer}: {@code lb_policy}, the configuration that goes with it, and {@code
 * common_lb_config}. The older fields, as gRPC clients without a proxy know some of them too.
 */
public final class LoadBalancerTranslator implements ClusterKind {
    @Override
    public void translate(IrCluster.Outbound outbound, Cluster.Builder cluster) {
        outbound.policies()
                .find(LoadBalancerPolicy.class)
                .ifPresent(policy -> translate(policy, cluster));
    }

    private static void translate(LoadBalancerPolicy policy, Cluster.Builder cluster) {
        if (policy.localityWeighted()) {
            cluster.getCommonLbConfigBuilder()
                    .setLocalityWeightedLbConfig(
                            CommonLbConfig.LocalityWeightedLbConfig.getDefaultInstance());
        }
        policy.panicThreshold()
                .ifPresent(share ->
                        cluster.getCommonLbConfigBuilder()
                                .setHealthyPanicThreshold(
                                        Percent.newBuilder().setValue(share.percent())));
        switch (policy.algorithm()) {
            case Algorithm.RoundRobin(var slowStart) -> roundRobin(slowStart, cluster);
            case Algorithm.LeastRequest least -> leastRequest(least, cluster);
            case Algorithm.Random _ -> cluster.setLbPolicy(Cluster.LbPolicy.RANDOM);
            case Algorithm.RingHash ring -> ringHash(ring, cluster);
            case Algorithm.Maglev maglev -> maglev(maglev, cluster);
        }
    }

    private static void roundRobin(Optional<SlowStart> slowStart, Cluster.Builder cluster) {
        // The policy stays unsaid: it is Envoy's default.
        slowStart.ifPresent(value ->
                cluster.setRoundRobinLbConfig(
                        Cluster.RoundRobinLbConfig.newBuilder()
                                .setSlowStartConfig(slowStart(value))));
    }

    private static void leastRequest(Algorithm.LeastRequest least, Cluster.Builder cluster) {
        cluster.setLbPolicy(Cluster.LbPolicy.LEAST_REQUEST);
        least.choiceCount()
                .ifPresent(count ->
                        cluster.getLeastRequestLbConfigBuilder()
                                .setChoiceCount(ProtoValues.uint32(count)));
        least.slowStart()
                .ifPresent(value ->
                        cluster.getLeastRequestLbConfigBuilder()
                                .setSlowStartConfig(slowStart(value)));
    }

    private static void ringHash(Algorithm.RingHash ring, Cluster.Builder cluster) {
        cluster.setLbPolicy(Cluster.LbPolicy.RING_HASH);
        var config = cluster.getRingHashLbConfigBuilder();
        ring.minimumSize().ifPresent(size -> config.setMinimumRingSize(UInt64Value.of(size)));
        ring.maximumSize().ifPresent(size -> config.setMaximumRingSize(UInt64Value.of(size)));
        config.setHashFunction(hash(ring.function()));
        ring.balancePercent().ifPresent(percent -> balance(percent, cluster));
    }

    private static Cluster.RingHashLbConfig.HashFunction hash(HashFunction function) {
        return switch (function) {
            case XX_HASH -> Cluster.RingHashLbConfig.HashFunction.XX_HASH;
            case MURMUR_HASH_2 -> Cluster.RingHashLbConfig.HashFunction.MURMUR_HASH_2;
        };
    }

    private static void maglev(Algorithm.Maglev maglev, Cluster.Builder cluster) {
        cluster.setLbPolicy(Cluster.LbPolicy.MAGLEV);
        maglev.tableSize()
                .ifPresent(size ->
                        cluster.getMaglevLbConfigBuilder().setTableSize(UInt64Value.of(size)));
        maglev.balancePercent().ifPresent(percent -> balance(percent, cluster));
    }

    private static void balance(int percent, Cluster.Builder cluster) {
        cluster.getCommonLbConfigBuilder()
                .setConsistentHashingLbConfig(
                        CommonLbConfig.ConsistentHashingLbConfig.newBuilder()
                                .setHashBalanceFactor(ProtoValues.uint32(percent)));
    }

    private static Cluster.SlowStartConfig slowStart(SlowStart slowStart) {
        var config =
                Cluster.SlowStartConfig.newBuilder()
                        .setSlowStartWindow(ProtoValues.duration(slowStart.window()));
        slowStart
                .minWeightPercent()
                .ifPresent(share ->
                        config.setMinWeightPercent(Percent.newBuilder().setValue(share.percent())));
        return config.build();
    }
}
