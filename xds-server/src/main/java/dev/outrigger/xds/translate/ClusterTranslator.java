// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.xds.translate;

import com.google.protobuf.Duration;
import com.google.protobuf.UInt32Value;
import dev.outrigger.policy.kind.service.ServiceSpec;
import dev.outrigger.xds.ir.IrCluster;
import dev.outrigger.xds.kind.KindTranslators;
import io.envoyproxy.envoy.config.cluster.v3.CircuitBreakers;
import io.envoyproxy.envoy.config.cluster.v3.Cluster;
import io.envoyproxy.envoy.config.core.v3.AggregatedConfigSource;
import io.envoyproxy.envoy.config.core.v3.ApiVersion;
import io.envoyproxy.envoy.config.core.v3.ConfigSource;
import java.util.List;

/** Clusters and the sources of their endpoints. */
final class ClusterTranslator {
    /** Where everything comes from that a resource refers to: the stream it came on. */
    static final ConfigSource ADS =
            ConfigSource.newBuilder()
                    .setAds(AggregatedConfigSource.getDefaultInstance())
                    .setResourceApiVersion(ApiVersion.V3)
                    .build();

    /**
     * Envoy's 5 s is longer than most request timeouts, so that a dead host would never be left for
     * a retry; 2 s still survives one lost SYN, which is sent again after 1 s.
     */
    private static final Duration CONNECT_TIMEOUT = Duration.newBuilder().setSeconds(2).build();

    /** Nobody's policy, and no retries: as many as Envoy allows requests. */
    private static final CircuitBreakers CIRCUIT_BREAKERS =
            CircuitBreakers.newBuilder()
                    .addThresholds(
                            CircuitBreakers.Thresholds.newBuilder()
                                    .setMaxRetries(UInt32Value.of(1024)))
                    .build();

    private final EndpointTranslator endpoints;

    ClusterTranslator(EndpointTranslator endpoints) {
        this.endpoints = endpoints;
    }

    Cluster cluster(IrCluster cluster) {
        return switch (cluster) {
            case IrCluster.Inbound inbound -> inbound(inbound);
            case IrCluster.Outbound outbound -> outbound(outbound);
            case IrCluster.Passthrough _ -> PassthroughTranslator.cluster(CONNECT_TIMEOUT);
        };
    }

    private Cluster inbound(IrCluster.Inbound inbound) {
        var name = ResourceNames.inboundCluster(inbound.name());
        var cluster =
                named(name)
                        .setType(Cluster.DiscoveryType.STATIC)
                        .setLoadAssignment(
                                endpoints.single(name, inbound.address(), inbound.port()))
                        .setCircuitBreakers(CIRCUIT_BREAKERS);
        UpstreamProtocol.set(inbound.protocol(), List.of(), cluster);
        return cluster.build();
    }

    private Cluster outbound(IrCluster.Outbound outbound) {
        var name = ResourceNames.cluster(outbound.servicePort());
        var cluster = named(name);
        switch (outbound.endpoints()) {
            case ServiceSpec.Endpoints.Static _ -> eds(cluster);
            // Served under the cluster's own name too: Envoy stalls the second of two clusters that
            // share an EDS name for 15 s (envoyproxy/envoy#47302).
            case ServiceSpec.Endpoints.Eds _ -> eds(cluster);
            case ServiceSpec.Endpoints.Dns(var host, var port) ->
                    cluster.setType(Cluster.DiscoveryType.STRICT_DNS)
                            // Envoy's AUTO takes IPv6 alone where a name has both, and loses every
                            // service that listens on IPv4 only, "localhost" first of all.
                            .setDnsLookupFamily(Cluster.DnsLookupFamily.V4_PREFERRED)
                            .setLoadAssignment(endpoints.single(name, host, port));
        }
        KindTranslators.CLUSTER.forEach(kind -> kind.translate(outbound, cluster));
        UpstreamProtocol.set(
                outbound.protocol(),
                KindTranslators.UPSTREAM_FILTERS.stream()
                        .flatMap(kind -> kind.filter(outbound).stream())
                        .toList(),
                cluster);
        return cluster.build();
    }

    private static void eds(Cluster.Builder cluster) {
        cluster.setType(Cluster.DiscoveryType.EDS)
                .setEdsClusterConfig(Cluster.EdsClusterConfig.newBuilder().setEdsConfig(ADS));
    }

    private static Cluster.Builder named(String name) {
        return Cluster.newBuilder().setName(name).setConnectTimeout(CONNECT_TIMEOUT);
    }
}
