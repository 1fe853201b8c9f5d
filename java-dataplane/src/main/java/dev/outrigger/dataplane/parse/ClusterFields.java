// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.parse;

import io.envoyproxy.envoy.config.cluster.v3.CircuitBreakers;
import io.envoyproxy.envoy.config.cluster.v3.Cluster;
import io.envoyproxy.envoy.config.cluster.v3.TrackClusterStats;
import io.envoyproxy.envoy.config.cluster.v3.UpstreamConnectionOptions;
import io.envoyproxy.envoy.config.core.v3.BindConfig;
import io.envoyproxy.envoy.config.core.v3.ExtraSourceAddress;
import io.envoyproxy.envoy.config.core.v3.Http1ProtocolOptions;
import io.envoyproxy.envoy.config.core.v3.HttpProtocolOptions;
import io.envoyproxy.envoy.config.core.v3.TcpKeepalive;
import io.envoyproxy.envoy.config.core.v3.TypedExtensionConfig;
import io.envoyproxy.envoy.config.core.v3.UpstreamHttpProtocolOptions;
import io.envoyproxy.envoy.config.upstream.local_address_selector.v3.DefaultLocalAddressSelector;
import java.util.List;

/** What is supported of clusters: one table for traffic, one for the xDS client's own. */
final class ClusterFields {
    private static final SupportedFields BUDGET =
            SupportedFields.of(CircuitBreakers.Thresholds.RetryBudget.class)
                    .nested("budget_percent", () -> LoadBalancingFields.PERCENT)
                    .obeyed("min_retry_concurrency");

    private static final SupportedFields THRESHOLDS =
            SupportedFields.of(CircuitBreakers.Thresholds.class)
                    .obeyed(
                            "priority",
                            "max_connections",
                            "max_pending_requests",
                            "max_requests",
                            "max_retries",
                            "max_connection_pools",
                            "track_remaining")
                    .nested("retry_budget", () -> BUDGET);

    private static final SupportedFields CIRCUIT_BREAKERS =
            SupportedFields.of(CircuitBreakers.class)
                    .nested("thresholds", () -> THRESHOLDS)
                    .nested("per_host_thresholds", () -> THRESHOLDS);

    private static final SupportedFields COMMON_HTTP =
            SupportedFields.of(HttpProtocolOptions.class, "upstream")
                    .obeyed("idle_timeout", "max_connection_duration")
                    .obeyed("max_headers_count", "max_response_headers_kb")
                    .obeyed("max_requests_per_connection")
                    .noEffect("headers_with_underscores_action", "downstream only");

    private static final SupportedFields HTTP1 =
            SupportedFields.of(Http1ProtocolOptions.class, "upstream")
                    .obeyed("enable_trailers", "allow_chunked_length", "send_fully_qualified_url")
                    .nested("header_key_format", () -> HeaderNameCaseParser.FORMAT)
                    .noEffect("allow_custom_methods", "downstream only")
                    .noEffect("ignore_http_11_upgrade", "downstream only")
                    .noEffect(
                            "override_stream_error_on_invalid_http_message",
                            "an HTTP/1 connection ends with its bad response")
                    .noEffect("allow_absolute_url", "downstream only")
                    .noEffect("accept_http_10", "downstream only")
                    .noEffect("default_host_for_http_10", "downstream only")
                    .noEffect("use_balsa_parser", "there is one parser");

    private static final SupportedFields EXPLICIT =
            SupportedFields.of(
                            io.envoyproxy.envoy.extensions.upstreams.http.v3.HttpProtocolOptions
                                    .ExplicitHttpConfig.class)
                    .nested("http_protocol_options", () -> HTTP1)
                    .nested("http2_protocol_options", () -> Http2OptionsParser.FIELDS);

    private static final SupportedFields DOWNSTREAM =
            SupportedFields.of(
                            io.envoyproxy.envoy.extensions.upstreams.http.v3.HttpProtocolOptions
                                    .UseDownstreamHttpConfig.class)
                    .nested("http_protocol_options", () -> HTTP1)
                    .nested("http2_protocol_options", () -> Http2OptionsParser.FIELDS);

    private static final SupportedFields AUTO =
            SupportedFields.of(
                            io.envoyproxy.envoy.extensions.upstreams.http.v3.HttpProtocolOptions
                                    .AutoHttpConfig.class)
                    .nested("http_protocol_options", () -> HTTP1)
                    .nested("http2_protocol_options", () -> Http2OptionsParser.FIELDS);

    private static final SupportedFields NAMING =
            SupportedFields.of(UpstreamHttpProtocolOptions.class)
                    .obeyed("auto_sni", "auto_san_validation", "override_auto_sni_header");

    private static final SupportedFields PROTOCOL =
            SupportedFields.of(
                            io.envoyproxy.envoy.extensions.upstreams.http.v3.HttpProtocolOptions
                                    .class)
                    .nested("common_http_protocol_options", () -> COMMON_HTTP)
                    .nested("explicit_http_config", () -> EXPLICIT)
                    .nested("upstream_http_protocol_options", () -> NAMING)
                    .nested("use_downstream_protocol_config", () -> DOWNSTREAM)
                    .nested("auto_config", () -> AUTO)
                    .nested("http_filters", () -> UpstreamFiltersParser.FILTER);

    private static final SupportedFields KEEPALIVE =
            SupportedFields.of(TcpKeepalive.class)
                    .obeyed("keepalive_probes", "keepalive_time", "keepalive_interval");

    private static final SupportedFields TRANSPORT_SOCKET_MATCH =
            SupportedFields.of(Cluster.TransportSocketMatch.class)
                    .obeyed("name", "match")
                    .nested("transport_socket", () -> TlsFields.UPSTREAM_SOCKET);

    private static final SupportedFields EXTRA_SOURCE =
            SupportedFields.of(ExtraSourceAddress.class)
                    .nested("address", () -> AddressParser.SOCKET_ADDRESS);

    private static final SupportedFields ADDRESS_SELECTOR_CONFIG =
            SupportedFields.of(DefaultLocalAddressSelector.class);

    private static final SupportedFields ADDRESS_SELECTOR =
            SupportedFields.of(TypedExtensionConfig.class, "local address selector")
                    .obeyed("name")
                    .extension("typed_config", List.of(() -> ADDRESS_SELECTOR_CONFIG));

    static final SupportedFields BIND =
            SupportedFields.of(BindConfig.class, "upstream")
                    .nested("source_address", () -> AddressParser.SOCKET_ADDRESS)
                    .obeyed("freebind")
                    .nested("socket_options", () -> SocketOptionParser.OPTION)
                    .nested("extra_source_addresses", () -> EXTRA_SOURCE)
                    .nested("additional_source_addresses", () -> AddressParser.SOCKET_ADDRESS)
                    .nested("local_address_selector", () -> ADDRESS_SELECTOR);

    private static final SupportedFields HAPPY_EYEBALLS =
            SupportedFields.of(UpstreamConnectionOptions.HappyEyeballsConfig.class)
                    .obeyed("first_address_family_version", "first_address_family_count");

    private static final SupportedFields UPSTREAM_CONNECTION =
            SupportedFields.of(UpstreamConnectionOptions.class)
                    .nested("tcp_keepalive", () -> KEEPALIVE)
                    .onlyBool("set_local_interface_name_on_upstream_connections", false)
                    .nested("happy_eyeballs_config", () -> HAPPY_EYEBALLS);

    private static final SupportedFields TRACKED =
            SupportedFields.of(TrackClusterStats.class)
                    .obeyed("timeout_budgets", "request_response_sizes", "per_endpoint_stats");

    private static final SupportedFields PRECONNECT =
            SupportedFields.of(Cluster.PreconnectPolicy.class)
                    .obeyed("per_upstream_preconnect_ratio", "predictive_preconnect_ratio");

    static final SupportedFields CLUSTER =
            SupportedFields.of(Cluster.class)
                    .obeyed("name", "alt_stat_name", "connect_timeout")
                    .nested("load_assignment", () -> EndpointParser.ASSIGNMENT)
                    .obeyed("dns_refresh_rate", "dns_lookup_family")
                    .nested("transport_socket", () -> TlsFields.UPSTREAM_SOCKET)
                    .nested("transport_socket_matches", () -> TRANSPORT_SOCKET_MATCH)
                    .obeyed("type")
                    .nested("cluster_type", () -> DiscoveryParser.CUSTOM)
                    .nested("eds_cluster_config", () -> DiscoveryParser.EDS)
                    .obeyed("per_connection_buffer_limit_bytes", "lb_policy")
                    .nested("health_checks", () -> HealthCheckParser.HEALTH_CHECK)
                    .obeyed("max_requests_per_connection")
                    .nested("circuit_breakers", () -> CIRCUIT_BREAKERS)
                    .nested("upstream_http_protocol_options", () -> NAMING)
                    .nested("common_http_protocol_options", () -> COMMON_HTTP)
                    .nested("http_protocol_options", () -> HTTP1)
                    .nested("http2_protocol_options", () -> Http2OptionsParser.FIELDS)
                    .obeyed("protocol_selection")
                    .extension("typed_extension_protocol_options", List.of(() -> PROTOCOL))
                    .obeyed("dns_jitter", "respect_dns_ttl")
                    .obeyed("use_tcp_for_dns_lookups")
                    .nested("dns_failure_refresh_rate", () -> DiscoveryParser.REFRESH_RATE)
                    .nested("dns_resolvers", () -> AddressParser.ADDRESS)
                    .nested("dns_resolution_config", () -> DnsResolverParser.RESOLUTION)
                    .nested("typed_dns_resolver_config", () -> DnsResolverParser.TYPED)
                    .obeyed("wait_for_warm_on_init")
                    .nested("outlier_detection", () -> OutlierDetectionParser.OUTLIER_DETECTION)
                    .obeyed("cleanup_interval", "metadata")
                    .nested("upstream_bind_config", () -> BIND)
                    .nested("lb_subset_config", () -> LoadBalancingFields.OLD_SUBSET)
                    .nested("ring_hash_lb_config", () -> LoadBalancingFields.OLD_RING_HASH)
                    .nested("maglev_lb_config", () -> LoadBalancingFields.OLD_MAGLEV)
                    .nested("original_dst_lb_config", () -> DiscoveryParser.ORIGINAL_DST)
                    .nested("least_request_lb_config", () -> LoadBalancingFields.OLD_LEAST_REQUEST)
                    .nested("round_robin_lb_config", () -> LoadBalancingFields.OLD_ROUND_ROBIN)
                    .nested("common_lb_config", () -> LoadBalancingFields.COMMON)
                    .nested("upstream_connection_options", () -> UPSTREAM_CONNECTION)
                    .noEffect(
                            "close_connections_on_host_health_failure",
                            "for TCP; HTTP connections are drained either way")
                    .obeyed("ignore_health_on_host_removal")
                    .nested("load_balancing_policy", () -> LoadBalancingFields.POLICIES)
                    .nested("preconnect_policy", () -> PRECONNECT)
                    .obeyed("connection_pool_per_downstream_connection", "track_timeout_budgets")
                    .nested("track_cluster_stats", () -> TRACKED);

    private ClusterFields() {}
}
