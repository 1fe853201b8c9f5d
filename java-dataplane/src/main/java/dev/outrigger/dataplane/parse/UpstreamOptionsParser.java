// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.parse;

import com.google.protobuf.BoolValue;
import com.google.protobuf.UInt32Value;
import dev.outrigger.dataplane.config.ClusterConfig.CircuitBreakers;
import dev.outrigger.dataplane.config.ClusterConfig.PeerNaming;
import dev.outrigger.dataplane.config.ClusterConfig.RetryBudget;
import dev.outrigger.dataplane.config.ClusterConfig.Thresholds;
import dev.outrigger.dataplane.config.ClusterConfig.TransportSocketMatch;
import dev.outrigger.dataplane.config.ClusterConfig.UpstreamHttp;
import dev.outrigger.dataplane.config.ClusterConfig.UpstreamProtocol;
import dev.outrigger.dataplane.config.ClusterConfig.UpstreamSockets;
import dev.outrigger.dataplane.config.ClusterConfig.UpstreamSockets.FirstFamily;
import dev.outrigger.dataplane.config.Http1UpstreamConfig;
import dev.outrigger.dataplane.config.Http2Options;
import dev.outrigger.dataplane.config.MetadataCriteria;
import dev.outrigger.dataplane.config.UpstreamTlsConfig;
import dev.outrigger.dataplane.config.XdsClusterConfig.TcpKeepalive;
import dev.outrigger.dataplane.message.Ascii;
import dev.outrigger.dataplane.parse.AddressParser.Names;
import io.envoyproxy.envoy.config.cluster.v3.Cluster;
import io.envoyproxy.envoy.config.core.v3.Address;
import io.envoyproxy.envoy.config.core.v3.Http1ProtocolOptions;
import io.envoyproxy.envoy.config.core.v3.Http2ProtocolOptions;
import io.envoyproxy.envoy.config.core.v3.RoutingPriority;
import io.envoyproxy.envoy.config.core.v3.SocketAddress;
import io.envoyproxy.envoy.config.core.v3.UpstreamHttpProtocolOptions;
import io.envoyproxy.envoy.extensions.upstreams.http.v3.HttpProtocolOptions;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** The options of upstream connections: limits, HTTP, sockets. */
@SuppressWarnings("deprecation") // control planes still send the flat HTTP options
final class UpstreamOptionsParser {
    /** CP2. */
    private static final Duration DEFAULT_IDLE_TIMEOUT = Duration.ofHours(1);

    /** RT10. */
    private static final double DEFAULT_BUDGET_PERCENT = 20;

    private static final int DEFAULT_MIN_RETRY_CONCURRENCY = 3;
    private static final int DEFAULT_MAX_HEADERS = 100;

    /** Of upstream responses: Envoy's own default is 60, but its codec adds a third. */
    private static final int DEFAULT_MAX_HEADERS_KB = 80;

    private static final int DEFAULT_MAX_HTTP2_HEADERS_KB = 60;

    private final Cluster proto;
    private final Findings findings;

    UpstreamOptionsParser(Cluster proto, Findings findings) {
        this.proto = proto;
        this.findings = findings;
    }

    CircuitBreakers circuitBreakers() {
        Optional<Long> perHost = Optional.empty();
        var limits = proto.getCircuitBreakers().getPerHostThresholdsList();
        for (int i = 0; i < limits.size(); i++) {
            var each = limits.get(i);
            if (each.hasMaxPendingRequests()
                    || each.hasMaxRequests()
                    || each.hasMaxRetries()
                    || each.hasMaxConnectionPools()
                    || each.hasRetryBudget()) {
                findings.invalid(
                        FieldPaths.index("circuit_breakers.per_host_thresholds", i),
                        "",
                        "Unsupported field in per_host_thresholds");
            }
            if (each.getPriority() == RoutingPriority.DEFAULT
                    && each.hasMaxConnections()
                    && perHost.isEmpty()) {
                perHost = Optional.of(Values.unsigned(each.getMaxConnections()));
            }
        }
        return new CircuitBreakers(
                thresholds(RoutingPriority.DEFAULT), thresholds(RoutingPriority.HIGH), perHost);
    }

    /** CB1: the first entry of a priority counts. */
    private Thresholds thresholds(RoutingPriority priority) {
        for (var each : proto.getCircuitBreakers().getThresholdsList()) {
            if (each.getPriority() == priority) {
                return new Thresholds(
                        each.hasMaxConnections()
                                ? Values.unsigned(each.getMaxConnections())
                                : Thresholds.DEFAULT.maxConnections(),
                        each.hasMaxPendingRequests()
                                ? Values.unsigned(each.getMaxPendingRequests())
                                : Thresholds.DEFAULT.maxPendingRequests(),
                        each.hasMaxRequests()
                                ? Values.unsigned(each.getMaxRequests())
                                : Thresholds.DEFAULT.maxRequests(),
                        each.hasMaxRetries()
                                ? Values.unsigned(each.getMaxRetries())
                                : Thresholds.DEFAULT.maxRetries(),
                        each.hasMaxConnectionPools()
                                ? Values.unsigned(each.getMaxConnectionPools())
                                : Thresholds.NO_LIMIT,
                        each.hasRetryBudget()
                                ? Optional.of(budget(each.getRetryBudget()))
                                : Optional.empty(),
                        each.getTrackRemaining());
            }
        }
        return Thresholds.DEFAULT;
    }

    private static RetryBudget budget(
            io.envoyproxy.envoy.config.cluster.v3.CircuitBreakers.Thresholds.RetryBudget proto) {
        return new RetryBudget(
                proto.hasBudgetPercent()
                        ? proto.getBudgetPercent().getValue()
                        : DEFAULT_BUDGET_PERCENT,
                proto.hasMinRetryConcurrency()
                        ? Values.clamp(proto.getMinRetryConcurrency())
                        : DEFAULT_MIN_RETRY_CONCURRENCY);
    }

    /** The typed options replace the cluster's flat ones altogether, as in Envoy. */
    UpstreamHttp http(Optional<HttpProtocolOptions> options) {
        var common =
                options.map(HttpProtocolOptions::getCommonHttpProtocolOptions)
                        .orElseGet(proto::getCommonHttpProtocolOptions);
        String path = "common_http_protocol_options.";
        return new UpstreamHttp(
                options.map(UpstreamOptionsParser::protocol).orElseGet(this::flatProtocol),
                common.hasIdleTimeout()
                        ? Values.duration(common.getIdleTimeout(), path + "idle_timeout", findings)
                        : DEFAULT_IDLE_TIMEOUT,
                Values.duration(
                        common.getMaxConnectionDuration(),
                        path + "max_connection_duration",
                        findings),
                common.hasMaxRequestsPerConnection()
                        ? Values.clamp(common.getMaxRequestsPerConnection())
                        : Values.clamp(proto.getMaxRequestsPerConnection()),
                common.hasMaxHeadersCount()
                        ? Values.clamp(common.getMaxHeadersCount())
                        : DEFAULT_MAX_HEADERS,
                common.hasMaxResponseHeadersKb()
                        ? Values.clamp(common.getMaxResponseHeadersKb())
                        : DEFAULT_MAX_HEADERS_KB,
                common.hasMaxResponseHeadersKb()
                        ? Values.clamp(common.getMaxResponseHeadersKb())
                        : DEFAULT_MAX_HTTP2_HEADERS_KB,
                http1(options),
                http2(options),
                peerNaming(options),
                options.map(each ->
                                UpstreamFiltersParser.ofCluster(
                                        each.getHttpFiltersList(), "http_filters", findings))
                        .orElse(List.of()),
                options.map(each -> each.getHttpFiltersCount() > 0).orElse(false));
    }

    private PeerNaming peerNaming(Optional<HttpProtocolOptions> options) {
        UpstreamHttpProtocolOptions naming =
                options.map(HttpProtocolOptions::getUpstreamHttpProtocolOptions)
                        .orElseGet(proto::getUpstreamHttpProtocolOptions);
        String header = Ascii.lower(naming.getOverrideAutoSniHeader());
        return new PeerNaming(
                naming.getAutoSni(),
                naming.getAutoSanValidation(),
                header.equals(":authority") ? "host" : header);
    }

    private static UpstreamProtocol protocol(HttpProtocolOptions options) {
        if (options.hasUseDownstreamProtocolConfig()) {
            return UpstreamProtocol.DOWNSTREAM;
        }
        if (options.hasAutoConfig()) {
            return UpstreamProtocol.AUTO;
        }
        return options.getExplicitHttpConfig().hasHttp2ProtocolOptions()
                ? UpstreamProtocol.HTTP2
                : UpstreamProtocol.HTTP1;
    }

    private UpstreamProtocol flatProtocol() {
        if (proto.getProtocolSelection()
                == Cluster.ClusterProtocolSelection.USE_DOWNSTREAM_PROTOCOL) {
            return UpstreamProtocol.DOWNSTREAM;
        }
        return proto.hasHttp2ProtocolOptions() ? UpstreamProtocol.HTTP2 : UpstreamProtocol.HTTP1;
    }

    private Http2Options http2(Optional<HttpProtocolOptions> options) {
        Http2ProtocolOptions http2 =
                options.map(typed ->
                                switch (typed.getUpstreamProtocolOptionsCase()) {
                                    case USE_DOWNSTREAM_PROTOCOL_CONFIG ->
                                            typed.getUseDownstreamProtocolConfig()
                                                    .getHttp2ProtocolOptions();
                                    case AUTO_CONFIG ->
                                            typed.getAutoConfig().getHttp2ProtocolOptions();
                                    case EXPLICIT_HTTP_CONFIG, UPSTREAMPROTOCOLOPTIONS_NOT_SET ->
                                            typed.getExplicitHttpConfig().getHttp2ProtocolOptions();
                                })
                        .orElseGet(proto::getHttp2ProtocolOptions);
        return Http2OptionsParser.parse(
                http2, BoolValue.getDefaultInstance(), "http2_protocol_options", findings);
    }

    private Http1UpstreamConfig http1(Optional<HttpProtocolOptions> options) {
        Http1ProtocolOptions http1 =
                options.map(typed ->
                                switch (typed.getUpstreamProtocolOptionsCase()) {
                                    case USE_DOWNSTREAM_PROTOCOL_CONFIG ->
                                            typed.getUseDownstreamProtocolConfig()
                                                    .getHttpProtocolOptions();
                                    case AUTO_CONFIG ->
                                            typed.getAutoConfig().getHttpProtocolOptions();
                                    case EXPLICIT_HTTP_CONFIG, UPSTREAMPROTOCOLOPTIONS_NOT_SET ->
                                            typed.getExplicitHttpConfig().getHttpProtocolOptions();
                                })
                        .orElseGet(proto::getHttpProtocolOptions);
        return new Http1UpstreamConfig(
                HeaderNameCaseParser.parse(
                        http1.getHeaderKeyFormat(),
                        "http_protocol_options.header_key_format",
                        findings),
                http1.getEnableTrailers(),
                http1.getAllowChunkedLength(),
                http1.getSendFullyQualifiedUrl());
    }

    UpstreamSockets sockets() {
        var options = proto.getUpstreamConnectionOptions();
        var happy = options.getHappyEyeballsConfig();
        return new UpstreamSockets(
                bindAddresses(),
                tcpKeepalive(),
                switch (happy.getFirstAddressFamilyVersion()) {
                    case V4 -> FirstFamily.V4;
                    case V6 -> FirstFamily.V6;
                    case DEFAULT, UNRECOGNIZED -> FirstFamily.DEFAULT;
                },
                happy.hasFirstAddressFamilyCount()
                        ? Values.clamp(happy.getFirstAddressFamilyCount())
                        : 1,
                SocketOptionParser.parse(proto.getUpstreamBindConfig().getSocketOptionsList()),
                proto.getUpstreamBindConfig().hasFreebind()
                        ? Optional.of(proto.getUpstreamBindConfig().getFreebind().getValue())
                        : Optional.empty());
    }

    private Optional<TcpKeepalive> tcpKeepalive() {
        if (!proto.getUpstreamConnectionOptions().hasTcpKeepalive()) {
            return Optional.empty();
        }
        var keepalive = proto.getUpstreamConnectionOptions().getTcpKeepalive();
        return Optional.of(
                new TcpKeepalive(
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

    private List<InetSocketAddress> bindAddresses() {
        var addresses = new ArrayList<InetSocketAddress>();
        if (!proto.hasUpstreamBindConfig()) {
            return addresses;
        }
        var bind = proto.getUpstreamBindConfig();
        String path = "upstream_bind_config";
        if (bind.getExtraSourceAddressesCount() > 0
                && bind.getAdditionalSourceAddressesCount() > 0) {
            findings.invalid(
                    path,
                    "",
                    "Can't specify both `extra_source_addresses` and"
                            + " `additional_source_addresses` in the "
                            + proto.getName()
                            + "'s upstream binding config");
        }
        if (bind.hasSourceAddress()) {
            source(bind.getSourceAddress(), path + ".source_address", addresses);
        }
        for (int i = 0; i < bind.getExtraSourceAddressesCount(); i++) {
            source(
                    bind.getExtraSourceAddresses(i).getAddress(),
                    FieldPaths.index(path + ".extra_source_addresses", i) + ".address",
                    addresses);
        }
        for (int i = 0; i < bind.getAdditionalSourceAddressesCount(); i++) {
            source(
                    bind.getAdditionalSourceAddresses(i),
                    FieldPaths.index(path + ".additional_source_addresses", i),
                    addresses);
        }
        return addresses;
    }

    private void source(SocketAddress address, String path, List<InetSocketAddress> into) {
        AddressParser.parse(
                        Address.newBuilder().setSocketAddress(address).build(),
                        Names.REFUSED,
                        path,
                        findings)
                .ifPresent(into::add);
    }

    /** {@code auto_config} needs a handshake that chooses, with every host. */
    void checkAlpn(
            Optional<HttpProtocolOptions> options,
            Optional<UpstreamTlsConfig> own,
            List<TransportSocketMatch> matches) {
        if (options.isEmpty() || !options.get().hasAutoConfig()) {
            return;
        }
        String text = "ALPN configured for cluster " + proto.getName() + " which has a non-ALPN ";
        if (own.isEmpty()) {
            findings.invalid("transport_socket", "", text + "transport socket");
        }
        if (matches.stream().anyMatch(each -> each.tls().isEmpty())) {
            findings.invalid("transport_socket_matches", "", text + "transport socket matcher");
        }
    }

    List<TransportSocketMatch> transportSocketMatches() {
        var matches = new ArrayList<TransportSocketMatch>();
        Set<String> names = new HashSet<>();
        for (int i = 0; i < proto.getTransportSocketMatchesCount(); i++) {
            var match = proto.getTransportSocketMatches(i);
            if (!names.add(match.getName())) {
                findings.invalid(
                        FieldPaths.index("transport_socket_matches", i) + ".name",
                        match.getName(),
                        "Duplicate transport_socket_matches name: " + match.getName());
            }
            String at = FieldPaths.index("transport_socket_matches", i) + ".transport_socket";
            matches.add(
                    new TransportSocketMatch(
                            match.getName(),
                            MetadataCriteria.of(MetadataParser.struct(match.getMatch())),
                            TlsContextParser.upstream(match.getTransportSocket(), at, findings),
                            ProxyProtocolParser.parse(match.getTransportSocket(), at, findings)));
        }
        return matches;
    }
}
