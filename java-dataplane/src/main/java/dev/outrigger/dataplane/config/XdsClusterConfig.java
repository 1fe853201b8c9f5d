// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.config;

import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * What clients of gRPC services, the xDS client among them, need of a cluster.
 *
 * @param addresses in order of priority; unresolved when {@code resolveNames}
 * @param tls absent for cleartext
 * @param resolveNames whether the cluster is STRICT_DNS or LOGICAL_DNS
 * @param googleStatPrefix present where it is no cluster but the target of a {@code google_grpc}:
 *     where its streams are counted, with the dot at the end
 */
public record XdsClusterConfig(
        String name,
        List<InetSocketAddress> addresses,
        boolean resolveNames,
        Duration connectTimeout,
        Optional<Http2Keepalive> http2Keepalive,
        Optional<TcpKeepalive> tcpKeepalive,
        Optional<UpstreamTlsConfig> tls,
        Optional<String> googleStatPrefix) {
    public XdsClusterConfig {
        addresses = List.copyOf(addresses);
    }

    /** Of a static cluster, with the hosts that stand in its configuration. */
    public static XdsClusterConfig of(ClusterConfig cluster) {
        var its = of(cluster, cluster.loadAssignment());
        return new XdsClusterConfig(
                its.name(),
                its.addresses(),
                cluster.discovery() instanceof ClusterConfig.Discovery.Dns,
                its.connectTimeout(),
                its.http2Keepalive(),
                its.tcpKeepalive(),
                its.tls(),
                Optional.empty());
    }

    /** The same with hosts that were discovered. */
    public static XdsClusterConfig of(ClusterConfig cluster, EndpointAssignment endpoints) {
        return new XdsClusterConfig(
                cluster.name(),
                endpoints.localities().stream()
                        .sorted(Comparator.comparingInt(each -> each.priority()))
                        .flatMap(each -> each.endpoints().stream())
                        .map(each -> each.address())
                        .toList(),
                false,
                cluster.connectTimeout(),
                cluster.http()
                        .http2()
                        .keepalive()
                        .filter(each -> !each.interval().isZero())
                        .map(each -> new Http2Keepalive(each.interval(), each.timeout())),
                cluster.sockets().tcpKeepalive(),
                cluster.tls(),
                Optional.empty());
    }

    /**
     * The same for a stream that has its stats somewhere of its own.
     *
     * @param scope with the dot at the end; may be empty
     */
    public XdsClusterConfig inScope(String scope) {
        return new XdsClusterConfig(
                name,
                addresses,
                resolveNames,
                connectTimeout,
                http2Keepalive,
                tcpKeepalive,
                tls,
                googleStatPrefix.map(prefix -> scope + prefix));
    }

    /** PING every {@code interval}; the connection ends when no answer comes in {@code timeout}. */
    public record Http2Keepalive(Duration interval, Duration timeout) {}

    /** Absent values leave the operating system's. */
    public record TcpKeepalive(
            Optional<Integer> probes, Optional<Duration> time, Optional<Duration> interval) {}
}
