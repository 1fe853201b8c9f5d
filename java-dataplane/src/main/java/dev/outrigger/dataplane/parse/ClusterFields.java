// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.parse;

import io.envoyproxy.envoy.config.cluster.v3.CircuitBreakers;
import io.envoyproxy.envoy.config.cluster.v3.Cluster;
import io.envoyproxy.envoy.config.cluster.v3.UpstreamConnectionOptions;
import io.envoyproxy.envoy.config.core.v3.Http1ProtocolOptions;
import io.envoyproxy.envoy.config.core.v3.Http2ProtocolOptions;
import io.envoyproxy.envoy.config.core.v3.HttpProtocolOptions;
import io.envoyproxy.envoy.config.core.v3.KeepaliveSettings;
import io.envoyproxy.envoy.config.core.v3.TcpKeepalive;
import io.envoyproxy.envoy.type.v3.Percent;
import java.util.List;

/** What is supported of clusters: one table for traffic, one for the xDS client's own. */
final class ClusterFields {
    private static final String NO_HEALTH_CHECKS = "active health checks are refused";

    private static final SupportedFields PERCENT =
            SupportedFields.of(Percent.getDescriptor()).obeyed("value");

    private static final SupportedFields BUDGET =
            SupportedFields.of(CircuitBreakers.Thresholds.RetryBudget.getDescriptor())
                    .nested("budget_percent", () -> PERCENT)
                    .obeyed("min_retry_concurrency");

    private static final SupportedFields THRESHOLDS =
            SupportedFields.of(CircuitBreakers.Thresholds.getDescriptor())
                    .obeyed(
                            "priority",
                            "max_connections",
                            "max_pending_requests",
                            "max_requests",
                            "max_retries",
                            "track_remaining")
                    .nested("retry_budget", () -> BUDGET);

    private static final SupportedFields CIRCUIT_BREAKERS =
            SupportedFields.of(CircuitBreakers.getDescriptor())
                    .nested("thresholds", () -> THRESHOLDS);

    private static final SupportedFields COMMON_LB =
            SupportedFields.of(Cluster.CommonLbConfig.getDescriptor())
                    .nested("healthy_panic_threshold", () -> PERCENT)
                    .noEffect("update_merge_window", "host changes are applied at once")
                    .noEffect("ignore_new_hosts_until_first_hc", NO_HEALTH_CHECKS)
                    .onlyBool("close_connections_on_host_set_change", false);

    private static final SupportedFields EDS =
            SupportedFields.of(Cluster.EdsClusterConfig.getDescriptor())
                    .nested("eds_config", () -> ConfigSourceParser.ADS_SOURCE)
                    .obeyed("service_name");

    private static final SupportedFields COMMON_HTTP =
            SupportedFields.of(HttpProtocolOptions.getDescriptor(), "upstream")
                    .obeyed("idle_timeout", "max_requests_per_connection")
                    .noEffect("headers_with_underscores_action", "downstream only");

    private static final SupportedFields HTTP1 =
            SupportedFields.of(Http1ProtocolOptions.getDescriptor(), "upstream")
                    .onlyBool("enable_trailers", false)
                    .noEffect("allow_absolute_url", "downstream only")
                    .noEffect("accept_http_10", "downstream only")
                    .noEffect("default_host_for_http_10", "downstream only")
                    .noEffect("use_balsa_parser", "there is one parser");

    private static final SupportedFields EXPLICIT =
            SupportedFields.of(
                            io.envoyproxy.envoy.extensions.upstreams.http.v3.HttpProtocolOptions
                                    .ExplicitHttpConfig.getDescriptor(),
                            "traffic")
                    .nested("http_protocol_options", () -> HTTP1);

    private static final SupportedFields PROTOCOL =
            SupportedFields.of(
                            io.envoyproxy.envoy.extensions.upstreams.http.v3.HttpProtocolOptions
                                    .getDescriptor(),
                            "traffic")
                    .nested("common_http_protocol_options", () -> COMMON_HTTP)
                    .nested("explicit_http_config", () -> EXPLICIT);

    private static final SupportedFields KEEPALIVE =
            SupportedFields.of(TcpKeepalive.getDescriptor())
                    .obeyed("keepalive_probes", "keepalive_time", "keepalive_interval");

    private static final SupportedFields CONNECTION =
            SupportedFields.of(UpstreamConnectionOptions.getDescriptor(), "xDS")
                    .nested("tcp_keepalive", () -> KEEPALIVE);

    private static final SupportedFields HTTP2_KEEPALIVE =
            SupportedFields.of(KeepaliveSettings.getDescriptor(), "xDS")
                    .obeyed("interval", "timeout")
                    .noEffect("interval_jitter", "one connection, so nothing to spread");

    private static final SupportedFields HTTP2 =
            SupportedFields.of(Http2ProtocolOptions.getDescriptor(), "xDS")
                    .nested("connection_keepalive", () -> HTTP2_KEEPALIVE)
                    .noEffect("max_concurrent_streams", "xDS needs a handful of streams")
                    .noEffect("initial_stream_window_size", "flow control is gRPC's own")
                    .noEffect("initial_connection_window_size", "flow control is gRPC's own")
                    .noEffect("hpack_table_size", "header compression is gRPC's own");

    private static final SupportedFields XDS_EXPLICIT =
            SupportedFields.of(
                            io.envoyproxy.envoy.extensions.upstreams.http.v3.HttpProtocolOptions
                                    .ExplicitHttpConfig.getDescriptor(),
                            "xDS")
                    .nested("http2_protocol_options", () -> HTTP2);

    private static final SupportedFields XDS_PROTOCOL =
            SupportedFields.of(
                            io.envoyproxy.envoy.extensions.upstreams.http.v3.HttpProtocolOptions
                                    .getDescriptor(),
                            "xDS")
                    .nested("explicit_http_config", () -> XDS_EXPLICIT);

    /** Clusters that requests are sent to. */
    static final SupportedFields CLUSTER =
            common(SupportedFields.of(Cluster.getDescriptor(), "traffic"))
                    .onlyEnum("type", "STATIC", "STRICT_DNS", "EDS")
                    .nested("eds_cluster_config", () -> EDS)
                    .obeyed("per_connection_buffer_limit_bytes")
                    .onlyEnum("lb_policy", "ROUND_ROBIN", "LEAST_REQUEST", "RANDOM")
                    .nested("circuit_breakers", () -> CIRCUIT_BREAKERS)
                    .nested("common_lb_config", () -> COMMON_LB)
                    .obeyed("max_requests_per_connection")
                    .nested("common_http_protocol_options", () -> COMMON_HTTP)
                    .nested("http_protocol_options", () -> HTTP1)
                    .extension("typed_extension_protocol_options", List.of(() -> PROTOCOL))
                    .onlyBool("wait_for_warm_on_init", true)
                    .noEffect("ignore_health_on_host_removal", NO_HEALTH_CHECKS)
                    .onlyBool("close_connections_on_host_health_failure", false)
                    .onlyBool("connection_pool_per_downstream_connection", false);

    /** Clusters named by {@code envoy_grpc} of the bootstrap. */
    static final SupportedFields XDS_CLUSTER =
            common(SupportedFields.of(Cluster.getDescriptor(), "xDS"))
                    .onlyEnum("type", "STATIC", "STRICT_DNS", "LOGICAL_DNS")
                    .nested("http2_protocol_options", () -> HTTP2)
                    .extension("typed_extension_protocol_options", List.of(() -> XDS_PROTOCOL))
                    .nested("upstream_connection_options", () -> CONNECTION)
                    .noEffect("lb_policy", "addresses are tried in order")
                    .noEffect("circuit_breakers", "one connection")
                    .noEffect("per_connection_buffer_limit_bytes", "flow control is gRPC's own");

    private ClusterFields() {}

    private static SupportedFields common(SupportedFields table) {
        return table.obeyed("name", "alt_stat_name", "connect_timeout")
                .nested("load_assignment", () -> EndpointParser.ASSIGNMENT)
                .obeyed("dns_refresh_rate", "dns_lookup_family")
                .onlyBool("respect_dns_ttl", false)
                .nested("transport_socket", () -> ListenerParser.TRANSPORT_SOCKET)
                .noEffect("cleanup_interval", "ORIGINAL_DST only")
                .noEffect("metadata", "nothing that reads cluster metadata is supported");
    }
}
