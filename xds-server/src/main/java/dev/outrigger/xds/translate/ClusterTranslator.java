// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.xds.translate;

import com.google.protobuf.Duration;
import com.google.protobuf.UInt32Value;
import dev.outrigger.policy.kind.service.ServiceSpec;
import dev.outrigger.xds.ir.IrCluster;
import io.envoyproxy.envoy.config.cluster.v3.CircuitBreakers;
import io.envoyproxy.envoy.config.cluster.v3.Cluster;
import io.envoyproxy.envoy.config.core.v3.AggregatedConfigSource;
import io.envoyproxy.envoy.config.core.v3.ApiVersion;
import io.envoyproxy.envoy.config.core.v3.ConfigSource;

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

    /**
     * Envoy allows three parallel retries per cluster, after which it silently stops retrying: a
     * retry policy would fail exactly under load. As many as Envoy allows requests instead.
     */
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
        };
    }

    private Cluster inbound(IrCluster.Inbound inbound) {
        var name = ResourceNames.inboundCluster(inbound.name());
        return named(name)
                .setType(Cluster.DiscoveryType.STATIC)
                .setLoadAssignment(endpoints.single(name, inbound.address(), inbound.port()))
                .build();
    }

    private Cluster outbound(IrCluster.Outbound outbound) {
        var name = ResourceNames.cluster(outbound.servicePort());
        return switch (outbound.endpoints()) {
            case ServiceSpec.Endpoints.Static _ -> eds(name);
            // Served under the cluster's own name too: Envoy stalls the second of two clusters that
            // share an EDS name for 15 s (envoyproxy/envoy#47302).
            case ServiceSpec.Endpoints.Eds _ -> eds(name);
            case ServiceSpec.Endpoints.Dns(var host, var port) ->
                    named(name)
                            .setType(Cluster.DiscoveryType.STRICT_DNS)
                            // Envoy's AUTO takes IPv6 alone where a name has both, and loses every
                            // service that listens on IPv4 only, "localhost" first of all.
                            .setDnsLookupFamily(Cluster.DnsLookupFamily.V4_PREFERRED)
                            .setLoadAssignment(endpoints.single(name, host, port))
                            .build();
        };
    }

    private static Cluster eds(String name) {
        return named(name)
                .setType(Cluster.DiscoveryType.EDS)
                .setEdsClusterConfig(Cluster.EdsClusterConfig.newBuilder().setEdsConfig(ADS))
                .build();
    }

    private static Cluster.Builder named(String name) {
        return Cluster.newBuilder()
                .setName(name)
                .setConnectTimeout(CONNECT_TIMEOUT)
                .setCircuitBreakers(CIRCUIT_BREAKERS);
    }
}
