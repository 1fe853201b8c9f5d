// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.parse;

import com.google.protobuf.UInt32Value;
import dev.outrigger.dataplane.config.UpstreamTlsConfig;
import dev.outrigger.dataplane.config.XdsClusterConfig;
import dev.outrigger.dataplane.config.XdsClusterConfig.Http2Keepalive;
import dev.outrigger.dataplane.parse.AddressParser.Names;
import io.envoyproxy.envoy.config.cluster.v3.Cluster;
import io.envoyproxy.envoy.config.cluster.v3.Cluster.DiscoveryType;
import io.envoyproxy.envoy.config.core.v3.Http2ProtocolOptions;
import io.envoyproxy.envoy.extensions.upstreams.http.v3.HttpProtocolOptions;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/** A static cluster that {@code envoy_grpc} names, to {@link XdsClusterConfig}. */
@SuppressWarnings("deprecation") // http2_protocol_options on the cluster is still sent
public final class XdsClusterParser {
    private static final String HTTP_OPTIONS =
            "envoy.extensions.upstreams.http.v3.HttpProtocolOptions";

    private XdsClusterParser() {}

    public static Parsed<XdsClusterConfig> parse(Cluster proto, ParseContext context) {
        var findings = new Findings(context);
        findings.checkResource(proto, ClusterFields.XDS_CLUSTER);
        if (!findings.isEmpty()) {
            return findings.rejected();
        }
        boolean resolve = proto.getType() != DiscoveryType.STATIC;
        Optional<HttpProtocolOptions> options = ClusterParser.httpOptions(proto, findings);
        Http2ProtocolOptions http2 =
                options.map(o -> o.getExplicitHttpConfig().getHttp2ProtocolOptions())
                        .orElseGet(proto::getHttp2ProtocolOptions);
        List<InetSocketAddress> addresses =
                EndpointParser.assignment(
                                proto.getLoadAssignment(),
                                resolve ? Names.ALLOWED : Names.REFUSED_IN_CLUSTER,
                                "load_assignment",
                                findings)
                        .localities()
                        .stream()
                        .sorted(Comparator.comparingInt(l -> l.priority()))
                        .flatMap(l -> l.endpoints().stream())
                        .map(e -> e.address())
                        .toList();
        var config =
                new XdsClusterConfig(
                        proto.getName(),
                        addresses,
                        resolve,
                        ClusterParser.connectTimeout(proto, findings),
                        keepalive(http2, findings),
                        tcpKeepalive(proto),
                        tls(proto, findings));
        return findings.result(() -> config);
    }

    private static Optional<UpstreamTlsConfig> tls(Cluster proto, Findings findings) {
        Optional<UpstreamTlsConfig> tls =
                TlsContextParser.upstream(proto.getTransportSocket(), "transport_socket", findings);
        if (tls.isPresent() && !tls.get().common().secrets().isEmpty()) {
            findings.invalid(
                    "transport_socket",
                    tls.get().common().secrets().getFirst().name(),
                    "secrets that are discovered are not supported for the xDS client's own"
                            + " cluster (expected: files, inline or static secrets)");
        }
        return tls;
    }

    /** Whether the cluster says itself that its hosts speak HTTP/2. */
    static boolean speaksHttp2(Cluster proto) {
        return proto.hasHttp2ProtocolOptions()
                || proto.getTypedExtensionProtocolOptionsMap().containsKey(HTTP_OPTIONS);
    }

    private static Optional<Http2Keepalive> keepalive(
            Http2ProtocolOptions http2, Findings findings) {
        var proto = http2.getConnectionKeepalive();
        // Without an interval no PINGs are sent.
        if (!http2.hasConnectionKeepalive() || !proto.hasInterval()) {
            return Optional.empty();
        }
        String path = "http2_protocol_options.connection_keepalive";
        return Optional.of(
                new Http2Keepalive(
                        Values.duration(proto.getInterval(), path + ".interval", findings),
                        Values.duration(proto.getTimeout(), path + ".timeout", findings)));
    }

    static Optional<XdsClusterConfig.TcpKeepalive> tcpKeepalive(Cluster proto) {
        if (!proto.getUpstreamConnectionOptions().hasTcpKeepalive()) {
            return Optional.empty();
        }
        var keepalive = proto.getUpstreamConnectionOptions().getTcpKeepalive();
        return Optional.of(
                new XdsClusterConfig.TcpKeepalive(
                        keepalive.hasKeepaliveProbes()
                                ? Optional.of(Values.clamp(keepalive.getKeepaliveProbes()))
                                : Optional.empty(),
                        seconds(keepalive.hasKeepaliveTime(), keepalive.getKeepaliveTime()),
                        seconds(
                                keepalive.hasKeepaliveInterval(),
                                keepalive.getKeepaliveInterval())));
    }

    private static Optional<Duration> seconds(boolean present, UInt32Value value) {
        return present ? Optional.of(Duration.ofSeconds(Values.unsigned(value))) : Optional.empty();
    }
}
