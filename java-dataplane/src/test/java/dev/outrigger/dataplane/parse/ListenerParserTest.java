// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.parse;

import static dev.outrigger.dataplane.parse.Outcomes.XDS;
import static dev.outrigger.dataplane.parse.Outcomes.accepted;
import static dev.outrigger.dataplane.parse.Outcomes.only;
import static org.assertj.core.api.Assertions.assertThat;

import dev.outrigger.dataplane.config.AccessLogConfig;
import dev.outrigger.dataplane.config.ConfigSourceConfig;
import dev.outrigger.dataplane.config.ForwardingConfig;
import dev.outrigger.dataplane.config.HeaderEdits;
import dev.outrigger.dataplane.config.HeaderNameCase;
import dev.outrigger.dataplane.config.HttpConnectionManagerConfig;
import dev.outrigger.dataplane.config.HttpConnectionManagerConfig.AccessLogTimes;
import dev.outrigger.dataplane.config.HttpConnectionManagerConfig.CodecType;
import dev.outrigger.dataplane.config.HttpConnectionManagerConfig.HeadersWithUnderscoresAction;
import dev.outrigger.dataplane.config.HttpConnectionManagerConfig.Http1Options;
import dev.outrigger.dataplane.config.HttpConnectionManagerConfig.PathWithEscapedSlashesAction;
import dev.outrigger.dataplane.config.HttpConnectionManagerConfig.RouteSource;
import dev.outrigger.dataplane.config.HttpConnectionManagerConfig.ServerHeader;
import dev.outrigger.dataplane.config.HttpFilterConfig;
import dev.outrigger.dataplane.config.HttpFilterEntry;
import dev.outrigger.dataplane.config.ListenerConfig;
import dev.outrigger.dataplane.config.LocalReplyConfig;
import dev.outrigger.dataplane.config.NetworkFilterConfig;
import dev.outrigger.dataplane.config.SocketOptionConfig;
import dev.outrigger.dataplane.config.SocketOptionConfig.State;
import dev.outrigger.dataplane.config.TcpProxyConfig;
import dev.outrigger.dataplane.config.UpstreamLogConfig;
import io.envoyproxy.envoy.config.listener.v3.Listener;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ListenerParserTest {
    private static final String MANAGER = "filter_chains[0].filters[0].typed_config";
    private static final String NO_ROUTES = "route_config: {}\n";

    @ParameterizedTest(name = "{0}")
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '\0',
            textBlock =
"""
codec_type: HTTP3                        | codec_type | HTTP3 is not supported by this proxy (AUTO, HTTP1, HTTP2)
tracing: {}                              | tracing | not supported by this proxy
local_reply_config: {mappers: [{filter: {extension_filter: {name: e}}}]} | local_reply_config.mappers[0].filter.extension_filter | not supported by this proxy
upgrade_configs: [{upgrade_type: websocket, filters: [{name: a}]}] | upgrade_configs[0].filters[0] | Didn't find a registered implementation for 'a' with type URL: ''
upgrade_configs: [{upgrade_type: a}, {upgrade_type: A}] | upgrade_configs[1] | Error: multiple upgrade configs with the same name: 'A'
request_timeout: -1s                     | request_timeout | Invalid duration: Expected positive duration: seconds: -1 nanos: 0
original_ip_detection_extensions: [{name: a, typed_config: {"@type": type.googleapis.com/envoy.extensions.http.original_ip_detection.xff.v3.XffConfig, xff_num_trusted_hops: 1, xff_trusted_cidrs: {}}}] | original_ip_detection_extensions[0].typed_config.xff_trusted_cidrs | Cannot set both xff_num_trusted_hops and xff_trusted_cidrs
max_request_headers_kb: 9000             | max_request_headers_kb | Proto constraint validation failed (HttpConnectionManagerValidationError.MaxRequestHeadersKb: value must be inside range (0, 8192])
access_log: [{name: a}]                  | access_log[0] | Didn't find a registered implementation for 'a' with type URL: ''
access_log: [{name: a, filter: {extension_filter: {name: e}}, typed_config: {"@type": type.googleapis.com/envoy.extensions.access_loggers.stream.v3.StdoutAccessLog}}] | access_log[0].filter.extension_filter | not supported by this proxy
access_log: [{name: a, typed_config: {"@type": type.googleapis.com/envoy.extensions.access_loggers.file.v3.FileAccessLog, path: /x, json_format: {}}}] | access_log[0].typed_config.json_format | not supported by this proxy
access_log: [{name: a, typed_config: {"@type": type.googleapis.com/envoy.extensions.access_loggers.file.v3.FileAccessLog, path: ""}}] | access_log[0].typed_config.path | Proto constraint validation failed (FileAccessLogValidationError.Path: value length must be at least 1 characters)
internal_address_config: {cidr_ranges: [{address_prefix: nope}]} | internal_address_config.cidr_ranges[0].address_prefix | malformed IP address: nope
access_log: [{name: a, typed_config: {"@type": type.googleapis.com/envoy.extensions.access_loggers.stream.v3.StdoutAccessLog, log_format: {text_format_source: {inline_string: "%FOO%"}}}}] | access_log[0].typed_config.log_format.text_format_source | Not supported field in StreamInfo: FOO
""")
    void refusesAManagerWithTheExactPath(String field, String path, String reason) {
        var proto = Protos.withManager(NO_ROUTES + field);

        Rejection rejection = only(ListenerParser.parse(proto, XDS));

        assertThat(rejection.path()).isEqualTo(MANAGER + "." + path);
        assertThat(rejection.reason()).isEqualTo(reason);
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '\0',
            textBlock =
"""
{name: l, filter_chains: [{}]}           | address | error adding listener named 'l': address is necessary
{name: l, address: {socket_address: {address: h, port_value: 1}}, filter_chains: []} | address.socket_address.address | malformed IP address: h
{name: l, address: {socket_address: {address: 1.2.3.4, port_value: 1, protocol: UDP}}} | address.socket_address.protocol | UDP is not supported by this proxy (TCP)
{name: l, address: {socket_address: {address: 1.2.3.4, port_value: 1, ipv4_compat: true}}} | address.socket_address.ipv4_compat | not supported by this proxy
{name: l, address: {socket_address: {address: 1.2.3.4, port_value: 1}}} | filter_chains | error adding listener '1.2.3.4:1': no filter chains specified
{name: l, address: {socket_address: {address: 1.2.3.4, port_value: 1}}, filter_chains: [{name: x}, {name: y}]} | filter_chains[1] | error adding listener '1.2.3.4:1': filter chain 'y' has the same matching rules defined as 'x'. duplicate matcher is: {}
{name: l, address: {socket_address: {address: 1.2.3.4, port_value: 1}}, filter_chains: [{filter_chain_match: {server_names: ["a*"]}}]} | filter_chains[0].filter_chain_match.server_names | error adding listener '1.2.3.4:1': partial wildcards are not supported in "server_names"
{name: l, address: {socket_address: {address: 1.2.3.4, port_value: 1}}, filter_chains: [{filter_chain_match: {server_names: [a, A]}}]} | filter_chains[0].filter_chain_match | error adding listener '1.2.3.4:1': multiple filter chains with overlapping matching rules are defined
{name: l, address: {socket_address: {address: 1.2.3.4, port_value: 1}}, filter_chains: [{name: c, filter_chain_match: {suffix_len: 3}}]} | filter_chains[0].filter_chain_match | error adding listener '1.2.3.4:1': filter chain 'c' contains unimplemented fields
{name: l, address: {socket_address: {address: 1.2.3.4, port_value: 1}}, filter_chains: [{filter_chain_match: {prefix_ranges: [{address_prefix: nope}]}}]} | filter_chains[0].filter_chain_match.prefix_ranges[0].address_prefix | malformed IP address: nope
{name: l, address: {socket_address: {address: 1.2.3.4, port_value: 1}}, filter_chains: [{name: x, filter_chain_match: {destination_port: 10, server_names: [A.b]}}, {name: y, filter_chain_match: {destination_port: 10, server_names: [A.b]}}]} | filter_chains[1] | error adding listener '1.2.3.4:1': filter chain 'y' has the same matching rules defined as 'x'. duplicate matcher is: {"destination_port":10,"server_names":["A.b"]}
{name: l, address: {socket_address: {address: 1.2.3.4, port_value: 1}}, listener_filters: [{name: a}]} | listener_filters[0] | Didn't find a registered implementation for 'a' with type URL: ''
{name: l, address: {socket_address: {address: 1.2.3.4, port_value: 1}}, enable_mptcp: true} | enable_mptcp | not supported by this proxy
{name: l, address: {socket_address: {address: 1.2.3.4, port_value: 1}}, filter_chains: [{}], additional_addresses: [{address: {socket_address: {address: h, port_value: 1}}}]} | additional_addresses[0].address.socket_address.address | malformed IP address: h
""")
    void refusesAListenerWithTheExactPath(String yaml, String path, String reason) {
        var rejections =
                Outcomes.rejected(ListenerParser.parse(Protos.listener(yaml), XDS)).rejections();

        assertThat(rejections).extracting(Rejection::path).contains(path);
        assertThat(rejections).extracting(Rejection::reason).contains(reason);
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '\0',
            textBlock =
"""
hostname: h, post_path: /p      | post_path | Can't set a post path when POST method isn't used
hostname: "%FOO%"               | hostname | Not supported field in StreamInfo: FOO
hostname: h, propagate_response_headers: true | propagate_response_headers | not supported by this proxy
hostname: h, headers_to_add: [{header: {key: host, value: x}}] | headers_to_add[0].header.key | :-prefixed or host headers may not be modified
""")
    void refusesATunnelWithTheExactPath(String tunneling, String path, String reason) {
        Rejection rejection = only(ListenerParser.parse(withTunnel(tunneling), XDS));

        assertThat(rejection.path()).isEqualTo(MANAGER + ".tunneling_config." + path);
        assertThat(rejection.reason()).isEqualTo(reason);
    }

    @Test
    void readsATunnel() {
        ListenerConfig config =
                accepted(
                        ListenerParser.parse(
                                withTunnel("hostname: 'h:1', use_post: true, post_path: /p"), XDS));

        assertThat(config.filterChains().getFirst().filter())
                .isInstanceOfSatisfying(
                        NetworkFilterConfig.Tcp.class,
                        tcp ->
                                assertThat(tcp.config().tunnel())
                                        .contains(
                                                new TcpProxyConfig.Tunnel(
                                                        "h:1", true, "/p", HeaderEdits.NONE)));
    }

    private static Listener withTunnel(String tunneling) {
        return Protos.listener(
                "{name: l, address: {socket_address: {address: 127.0.0.1, port_value: 80}},"
                        + " filter_chains: [{filters: [{name: tcp, typed_config: {\"@type\":"
                        + " type.googleapis.com/envoy.extensions.filters.network.tcp_proxy.v3.TcpProxy,"
                        + " stat_prefix: a, cluster: b, tunneling_config: {"
                        + tunneling
                        + "}}}]}]}");
    }

    @Test
    void pinsTheDefaultsOfAListener() {
        ListenerConfig config = accepted(ListenerParser.parse(Protos.withManager(NO_ROUTES), XDS));

        assertThat(config.name()).isEqualTo("l");
        assertThat(config.address())
                .isEqualTo(new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), 80));
        assertThat(config.statPrefix()).isEqualTo("127.0.0.1_80");
        assertThat(config.perConnectionBufferLimitBytes()).isEqualTo(1024 * 1024);
        assertThat(config.sockets().tcpBacklogSize()).isEqualTo(-1);
        assertThat(config.sockets().reusePort()).isTrue();
        assertThat(config.inbound()).isFalse();
        assertThat(config.accessLogs()).isEmpty();
        assertThat(config.filterChains()).hasSize(1);
    }

    @Test
    void readsEveryAddressWithItsSocketOptions() {
        ListenerConfig config =
                accepted(
                        ListenerParser.parse(
                                Protos.withManager(NO_ROUTES).toBuilder()
                                        .mergeFrom(
                                                Protos.listener(
"""
additional_addresses:
- address: {socket_address: {address: 1.2.3.4, port_value: 2}}
- address: {socket_address: {address: "::1", port_value: 3}}
  socket_options: {socket_options: [{level: 6, name: 1, buf_value: "/w==", state: STATE_LISTENING}]}
socket_options:
- {level: 1, name: 9, int_value: 1}
- {level: 1, name: 10, int_value: 1, type: {datagram: {}}}
connection_balance_config: {exact_balance: {}}
deprecated_v1: {bind_to_port: false}
drain_type: MODIFY_ONLY
"""))
                                        .build(),
                                XDS));

        var sockets = config.sockets();
        var keepalive = new SocketOptionConfig(1, 9, "\u0001\0\0\0", State.PREBIND);
        assertThat(sockets.addresses()).hasSize(3);
        assertThat(sockets.addresses().get(1).options()).containsExactly(keepalive);
        assertThat(sockets.addresses().get(2).options())
                .containsExactly(new SocketOptionConfig(6, 1, "\u00ff", State.LISTENING));
        assertThat(sockets.bindToPort()).isFalse();
        assertThat(sockets.exactBalance()).isTrue();
        assertThat(config.drainsOnHealthCheckFail()).isFalse();
    }

    @Test
    void pinsTheDefaultsOfTheConnectionManager() {
        HttpConnectionManagerConfig config = manager(NO_ROUTES);

        assertThat(config.statPrefix()).isEqualTo("ingress");
        assertThat(config.httpFilters())
                .containsExactly(
                        new HttpFilterEntry(
                                "envoy.filters.http.router",
                                false,
                                new HttpFilterConfig.Router(
                                        true,
                                        false,
                                        List.of(),
                                        false,
                                        false,
                                        UpstreamLogConfig.NONE,
                                        List.of())));
        assertThat(config.codecType()).isEqualTo(CodecType.AUTO);
        assertThat(config.http1Options())
                .isEqualTo(
                        new Http1Options(
                                true,
                                false,
                                "",
                                false,
                                false,
                                false,
                                new HeaderNameCase.Lower(),
                                List.of()));
        assertThat(config.serverHeader()).isEqualTo(ServerHeader.OVERWRITE);
        assertThat(config.serverName()).isEqualTo("envoy");
        assertThat(config.useRemoteAddress()).isFalse();
        assertThat(config.xffNumTrustedHops()).isZero();
        assertThat(config.skipXffAppend()).isFalse();
        assertThat(config.generateRequestId()).isTrue();
        assertThat(config.preserveExternalRequestId()).isFalse();
        assertThat(config.alwaysSetRequestIdInResponse()).isFalse();
        assertThat(config.via()).isEmpty();
        assertThat(config.normalizePath()).isEmpty();
        assertThat(config.mergeSlashes()).isFalse();
        assertThat(config.pathWithEscapedSlashesAction()).isEmpty();
        assertThat(config.headersWithUnderscoresAction())
                .isEqualTo(HeadersWithUnderscoresAction.ALLOW);
        assertThat(config.internalAddresses()).isEmpty();
        assertThat(config.stripMatchingHostPort()).isFalse();
        assertThat(config.stripAnyHostPort()).isFalse();
        assertThat(config.stripTrailingHostDot()).isFalse();
        assertThat(config.proxy100Continue()).isFalse();
        assertThat(config.streamErrorOnInvalidHttpMessage()).isFalse();
        assertThat(config.maxRequestHeadersBytes()).isEqualTo(60 * 1024);
        assertThat(config.maxHeadersCount()).isEqualTo(100);
        assertThat(config.maxRequestsPerConnection()).isZero();
        assertThat(config.streamIdleTimeout()).isEqualTo(Duration.ofMinutes(5));
        assertThat(config.requestTimeout()).isZero();
        assertThat(config.requestHeadersTimeout()).isZero();
        assertThat(config.idleTimeout()).isEqualTo(Duration.ofHours(1));
        assertThat(config.maxConnectionDuration()).isEmpty();
        assertThat(config.maxStreamDuration()).isEmpty();
        assertThat(config.drainTimeout()).isEqualTo(Duration.ofSeconds(5));
        assertThat(config.delayedCloseTimeout()).isEqualTo(Duration.ofSeconds(1));
        assertThat(config.accessLogs()).isEmpty();
        assertThat(config.accessLogTimes()).isEqualTo(AccessLogTimes.END_ONLY);
        assertThat(config.forwarding()).isEqualTo(ForwardingConfig.DEFAULT);
        assertThat(config.upgrades()).isEmpty();
        assertThat(config.localReply()).isEqualTo(LocalReplyConfig.NONE);
    }

    @Test
    void readsHowConnectionsEnd() {
        var config =
                manager(
                        NO_ROUTES
                                + "drain_timeout: 0.1s\n"
                                + "http_protocol_options:"
                                + " {override_stream_error_on_invalid_http_message: true}");

        assertThat(config.drainTimeout()).isEqualTo(Duration.ofMillis(100));
        assertThat(config.streamErrorOnInvalidHttpMessage()).isTrue();
    }

    @Test
    void meansPrivateAddressesByInternalAddressesWithoutRanges() {
        var config =
                manager(
                        NO_ROUTES
                                + "internal_address_config: {unix_sockets: true}\n"
                                + "path_with_escaped_slashes_action: UNESCAPE_AND_REDIRECT\n"
                                + "common_http_protocol_options:"
                                + " {headers_with_underscores_action: DROP_HEADER}");

        var addresses = config.internalAddresses().orElseThrow();
        assertThat(addresses.unixSockets()).isTrue();
        assertThat(addresses.ranges())
                .extracting(r -> r.prefix().getHostAddress() + "/" + r.length())
                .contains("10.0.0.0/8", "127.0.0.0/8");
        assertThat(config.pathWithEscapedSlashesAction())
                .contains(PathWithEscapedSlashesAction.UNESCAPE_AND_REDIRECT);
        assertThat(config.headersWithUnderscoresAction())
                .isEqualTo(HeadersWithUnderscoresAction.DROP_HEADER);
    }

    @Test
    void readsRds() {
        var source =
                manager(
                                "rds: {route_config_name: r, config_source: {ads: {},"
                                        + " initial_fetch_timeout: 0s}}")
                        .routeSource();

        assertThat(source)
                .isEqualTo(new RouteSource.Rds("r", new ConfigSourceConfig.Ads(Duration.ZERO)));
    }

    @Test
    void validatesClustersOfAnInlineTableByDefault() {
        var proto =
                Protos.withManager(
                        """
                        route_config:
                          virtual_hosts:
                          - {name: v, domains: ["*"], routes: [{match: {prefix: /}, route: {cluster: zz}}]}
                        """);

        assertThat(only(ListenerParser.parse(proto, XDS)).message())
                .isEqualTo(
                        MANAGER
                                + ".route_config.virtual_hosts[0].routes[0].route.cluster: route:"
                                + " unknown cluster 'zz'");
    }

    @Test
    void readsAccessLogs() {
        var logs =
                manager(
                                NO_ROUTES
                                        + """
                                        access_log:
                                        - name: a
                                          typed_config:
                                            "@type": type.googleapis.com/envoy.extensions.access_loggers.stream.v3.StdoutAccessLog
                                        - name: b
                                          typed_config:
                                            "@type": type.googleapis.com/envoy.extensions.access_loggers.file.v3.FileAccessLog
                                            path: /x
                                            log_format: {text_format_source: {inline_string: "%PROTOCOL%"}}
                                        """)
                        .accessLogs();

        assertThat(logs)
                .isEqualTo(
                        List.of(
                                new AccessLogConfig(
                                        new AccessLogConfig.Sink.Stdout(),
                                        new AccessLogConfig.Format.Default()),
                                new AccessLogConfig(
                                        new AccessLogConfig.Sink.File("/x"),
                                        new AccessLogConfig.Format.Text("%PROTOCOL%"))));
    }

    @Test
    void refusesAFilterBehindTheRouter() {
        var listener =
                Protos.listener(
                        """
                        name: l
                        address: {socket_address: {address: 127.0.0.1, port_value: 80}}
                        filter_chains:
                        - filters:
                          - name: hcm
                            typed_config:
                              "@type": type.googleapis.com/envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager
                              stat_prefix: x
                              route_config: {}
                              http_filters:
                              - &router
                                name: one
                                typed_config: {"@type": type.googleapis.com/envoy.extensions.filters.http.router.v3.Router}
                              - *router
                        """);

        assertThat(only(ListenerParser.parse(listener, XDS)).reason())
                .isEqualTo(
                        "Error: terminal filter named one of type envoy.filters.http.router must be"
                                + " the last filter in a http filter chain.");
    }

    @Test
    void servesADefaultFilterChainThatStandsAlone() {
        var proto = Protos.withManager(NO_ROUTES);
        var moved =
                proto.toBuilder()
                        .clearFilterChains()
                        .setDefaultFilterChain(proto.getFilterChains(0))
                        .build();

        ListenerConfig config = accepted(ListenerParser.parse(moved, XDS));

        assertThat(config.filterChains()).isEmpty();
        assertThat(config.defaultFilterChain()).isPresent();
    }

    private static HttpConnectionManagerConfig manager(String fields) {
        return accepted(ListenerParser.parse(Protos.withManager(fields), XDS))
                .httpConnectionManagers()
                .findFirst()
                .orElseThrow();
    }
}
