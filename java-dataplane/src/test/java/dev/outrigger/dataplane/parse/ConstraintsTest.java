// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.parse;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.Message;
import dev.outrigger.dataplane.parse.Rejection.Kind;
import io.envoyproxy.envoy.config.bootstrap.v3.Bootstrap;
import io.envoyproxy.envoy.config.cluster.v3.Cluster;
import io.envoyproxy.envoy.config.core.v3.HttpProtocolOptions;
import io.envoyproxy.envoy.config.route.v3.RetryPolicy;
import io.envoyproxy.envoy.config.route.v3.Route;
import io.envoyproxy.envoy.config.route.v3.RouteAction;
import io.envoyproxy.envoy.config.route.v3.RouteMatch;
import io.envoyproxy.envoy.config.route.v3.VirtualHost;
import io.envoyproxy.envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager;
import io.envoyproxy.envoy.type.matcher.v3.StringMatcher;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class ConstraintsTest {
    /** Texts as Envoy 1.40.0 gave them for the same message. */
    static Stream<Arguments> broken() {
        return Stream.of(
                row(
                        Cluster.newBuilder(),
                        "{name: ''}",
                        "name",
                        "ClusterValidationError.Name: value length must be at least 1 characters"),
                row(
                        Cluster.newBuilder(),
                        "{name: a, connect_timeout: 0s}",
                        "connect_timeout",
                        "ClusterValidationError.ConnectTimeout: value must be greater than 0s"),
                row(
                        Cluster.newBuilder(),
                        "{name: a, dns_refresh_rate: 0.0005s}",
                        "dns_refresh_rate",
                        "ClusterValidationError.DnsRefreshRate: value must be greater than 1ms"),
                row(
                        Cluster.newBuilder(),
                        "{name: a, type: 17}",
                        "type",
                        "ClusterValidationError.Type: value must be one of the defined enum"
                                + " values"),
                row(
                        Cluster.newBuilder(),
                        "{name: a, load_assignment: {cluster_name: a, endpoints: [{lb_endpoints:"
                                + " [{endpoint: {address: {socket_address: {address: h, port_value:"
                                + " 70000}}}}]}]}}",
                        "load_assignment.endpoints[0].lb_endpoints[0].endpoint.address"
                                + ".socket_address.port_value",
                        "ClusterValidationError.LoadAssignment: embedded message failed validation"
                                + " | caused by ClusterLoadAssignmentValidationError.Endpoints[0]:"
                                + " embedded message failed validation | caused by"
                                + " LocalityLbEndpointsValidationError.LbEndpoints[0]: embedded message"
                                + " failed validation | caused by LbEndpointValidationError.Endpoint:"
                                + " embedded message failed validation | caused by"
                                + " EndpointValidationError.Address: embedded message failed validation"
                                + " | caused by AddressValidationError.SocketAddress: embedded message"
                                + " failed validation | caused by"
                                + " SocketAddressValidationError.PortValue: value must be less than or"
                                + " equal to 65535"),
                row(
                        HttpConnectionManager.newBuilder(),
                        "{stat_prefix: x, route_config: {}, max_request_headers_kb: 9000}",
                        "max_request_headers_kb",
                        "HttpConnectionManagerValidationError.MaxRequestHeadersKb: value must be"
                                + " inside range (0, 8192]"),
                row(
                        HttpConnectionManager.newBuilder(),
                        "{stat_prefix: x, route_config: {}, via: \"a\\nb\"}",
                        "via",
                        "HttpConnectionManagerValidationError.Via: value does not match regex"
                                + " pattern \"^[^\\x00\\n\\r]*$\""),
                row(
                        HttpConnectionManager.newBuilder(),
                        "{stat_prefix: x}",
                        "route_specifier",
                        "field: \"route_specifier\", reason: is required"),
                row(
                        HttpProtocolOptions.newBuilder(),
                        "{max_headers_count: 0}",
                        "max_headers_count",
                        "HttpProtocolOptionsValidationError.MaxHeadersCount: value must be greater"
                                + " than or equal to 1"),
                row(
                        RouteMatch.newBuilder(),
                        "{path_separated_prefix: /a/}",
                        "path_separated_prefix",
                        "RouteMatchValidationError.PathSeparatedPrefix: value does not match regex"
                                + " pattern \"^[^?#]+[^?#/]$\""),
                row(
                        RouteMatch.newBuilder(),
                        "{}",
                        "path_specifier",
                        "field: \"path_specifier\", reason: is required"),
                row(
                        Route.newBuilder(),
                        "{route: {cluster: a}}",
                        "match",
                        "RouteValidationError.Match: value is required"),
                row(
                        RouteAction.newBuilder(),
                        "{weighted_clusters: {}}",
                        "weighted_clusters.clusters",
                        "RouteActionValidationError.WeightedClusters: embedded message failed"
                                + " validation | caused by WeightedClusterValidationError.Clusters:"
                                + " value must contain at least 1 item(s)"),
                row(
                        Route.newBuilder(),
                        "{match: {prefix: /}, direct_response: {status: 199}}",
                        "direct_response.status",
                        "RouteValidationError.DirectResponse: embedded message failed validation |"
                                + " caused by DirectResponseActionValidationError.Status: value must be"
                                + " inside range [200, 600)"),
                row(
                        VirtualHost.newBuilder(),
                        "{name: v}",
                        "domains",
                        "VirtualHostValidationError.Domains: value must contain at least 1"
                                + " item(s)"),
                row(
                        RetryPolicy.newBuilder(),
                        "{retry_back_off: {}}",
                        "retry_back_off.base_interval",
                        "RetryPolicyValidationError.RetryBackOff: embedded message failed"
                                + " validation | caused by RetryBackOffValidationError.BaseInterval:"
                                + " value is required"),
                row(
                        StringMatcher.newBuilder(),
                        "{prefix: ''}",
                        "prefix",
                        "StringMatcherValidationError.Prefix: value length must be at least 1"
                                + " characters"),
                row(
                        Bootstrap.newBuilder(),
                        "{stats_flush_interval: 301s}",
                        "stats_flush_interval",
                        "BootstrapValidationError.StatsFlushInterval: value must be inside range"
                                + " [1ms, 5m0s)"));
    }

    private static Arguments row(Message.Builder type, String yaml, String path, String text) {
        return Arguments.of(type, yaml, path, text);
    }

    @ParameterizedTest
    @MethodSource("broken")
    void saysWhatEnvoySays(Message.Builder type, String yaml, String path, String text) {
        Message message = Protos.merge(yaml, type).build();

        var found = Constraints.check(message, Kind.CONSTRAINT);

        assertThat(found).hasSize(1);
        assertThat(found.getFirst().path()).isEqualTo(path);
        assertThat(found.getFirst().reason())
                .isEqualTo("Proto constraint validation failed (" + text + ")");
    }

    @Test
    void listsEveryFailureNotOnlyTheFirst() {
        var cluster = Protos.cluster("{name: '', connect_timeout: 0s, cleanup_interval: 0s}");

        assertThat(Constraints.check(cluster, Kind.CONSTRAINT))
                .extracting(Rejection::path)
                .containsExactlyInAnyOrder("name", "connect_timeout", "cleanup_interval");
    }

    @Test
    void acceptsValuesOnTheBound() {
        var manager =
                Protos.merge(
                                "{stat_prefix: x, route_config: {}, max_request_headers_kb: 8192}",
                                HttpConnectionManager.newBuilder())
                        .build();

        assertThat(Constraints.check(manager, Kind.CONSTRAINT)).isEmpty();
    }
}
