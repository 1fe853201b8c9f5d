// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.parse;

import io.envoyproxy.envoy.config.core.v3.Http1ProtocolOptions;
import io.envoyproxy.envoy.config.core.v3.HttpProtocolOptions;
import io.envoyproxy.envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager;
import io.envoyproxy.envoy.extensions.filters.network.http_connection_manager.v3.Rds;
import io.envoyproxy.envoy.extensions.filters.network.http_connection_manager.v3.RequestIDExtension;
import io.envoyproxy.envoy.extensions.request_id.uuid.v3.UuidRequestIdConfig;
import java.util.List;

/** What is supported of the HTTP connection manager. */
final class HttpConnectionManagerFields {
    private static final SupportedFields COMMON =
            SupportedFields.of(HttpProtocolOptions.class, "downstream")
                    .obeyed(
                            "idle_timeout",
                            "max_connection_duration",
                            "max_headers_count",
                            "max_stream_duration",
                            "max_requests_per_connection")
                    .obeyed("headers_with_underscores_action")
                    .noEffect("max_response_headers_kb", "upstream only");

    private static final SupportedFields HTTP1 =
            SupportedFields.of(Http1ProtocolOptions.class, "downstream")
                    .obeyed(
                            "allow_absolute_url",
                            "accept_http_10",
                            "default_host_for_http_10",
                            "allow_chunked_length",
                            "allow_custom_methods",
                            "override_stream_error_on_invalid_http_message",
                            "enable_trailers")
                    .nested("header_key_format", () -> HeaderNameCaseParser.FORMAT)
                    .nested("ignore_http_11_upgrade", () -> RouteMatchParser.STRING)
                    .noEffect("send_fully_qualified_url", "upstream only")
                    .noEffect("use_balsa_parser", "there is one parser");

    private static final SupportedFields RDS =
            SupportedFields.of(Rds.class)
                    .nested("config_source", () -> ConfigSourceParser.SOURCE)
                    .obeyed("route_config_name");

    private static final SupportedFields INTERNAL_ADDRESSES =
            SupportedFields.of(HttpConnectionManager.InternalAddressConfig.class)
                    .obeyed("unix_sockets")
                    .nested("cidr_ranges", () -> AddressParser.CIDR_RANGE);

    private static final SupportedFields UPGRADE =
            SupportedFields.of(HttpConnectionManager.UpgradeConfig.class)
                    .obeyed("upgrade_type", "enabled")
                    .nested("filters", HttpFilterParser::filter);

    private static final SupportedFields LOG_OPTIONS =
            SupportedFields.of(HttpConnectionManager.HcmAccessLogOptions.class)
                    .obeyed(
                            "access_log_flush_interval",
                            "flush_access_log_on_new_request",
                            "flush_log_on_tunnel_successfully_established");

    private static final SupportedFields UUID =
            SupportedFields.of(UuidRequestIdConfig.class)
                    .noEffect("pack_trace_reason", "tracing is refused")
                    .noEffect("use_request_id_for_trace_sampling", "tracing is refused");

    private static final SupportedFields REQUEST_ID =
            SupportedFields.of(RequestIDExtension.class)
                    .extension("typed_config", List.of(() -> UUID))
                    .messagesOnly();

    static final SupportedFields HCM =
            SupportedFields.of(HttpConnectionManager.class)
                    .onlyEnum("codec_type", "AUTO", "HTTP1", "HTTP2")
                    .obeyed("stat_prefix")
                    .nested("rds", () -> RDS)
                    .nested("scoped_routes", () -> ScopedRoutesParser.SCOPED_ROUTES)
                    .nested("route_config", () -> RouteParser.ROUTE_CONFIGURATION)
                    .nested("http_filters", HttpFilterParser::filter)
                    .obeyed("add_user_agent", "http1_safe_max_connection_duration")
                    .nested("http2_protocol_options", () -> Http2OptionsParser.FIELDS)
                    .noEffect("http3_protocol_options", "HTTP/3 is not offered")
                    .nested("common_http_protocol_options", () -> COMMON)
                    .nested("http_protocol_options", () -> HTTP1)
                    .obeyed(
                            "server_name",
                            "server_header_transformation",
                            "max_request_headers_kb",
                            "stream_idle_timeout",
                            "request_timeout",
                            "request_headers_timeout",
                            "delayed_close_timeout",
                            "drain_timeout")
                    .nested("access_log", () -> AccessLogParser.ACCESS_LOG)
                    .obeyed("use_remote_address", "xff_num_trusted_hops")
                    .nested("internal_address_config", () -> INTERNAL_ADDRESSES)
                    .obeyed(
                            "skip_xff_append",
                            "via",
                            "generate_request_id",
                            "preserve_external_request_id",
                            "always_set_request_id_in_response")
                    .obeyed("forward_client_cert_details")
                    .nested(
                            "set_current_client_cert_details",
                            () -> ForwardingParser.CERTIFICATE_DETAILS)
                    .nested("upgrade_configs", () -> UPGRADE)
                    .nested("local_reply_config", () -> LocalReplyParser.CONFIG)
                    .nested("scheme_header_transformation", () -> ForwardingParser.SCHEME)
                    .nested("original_ip_detection_extensions", () -> ForwardingParser.DETECTION)
                    .nested("early_header_mutation_extensions", () -> ForwardingParser.EARLY)
                    .nested("proxy_status_config", () -> ForwardingParser.PROXY_STATUS)
                    .noEffect("path_normalization_options", "nor does Envoy read it")
                    .nested("access_log_options", () -> LOG_OPTIONS)
                    .obeyed(
                            "access_log_flush_interval",
                            "flush_access_log_on_new_request",
                            "append_x_forwarded_port",
                            "represent_ipv4_remote_address_as_ipv4_mapped_ipv6")
                    .nested("request_id_extension", () -> REQUEST_ID)
                    .noEffect("append_local_overload", "there is no overload manager")
                    .noEffect(
                            "add_proxy_protocol_connection_state",
                            "the proxy protocol listener filter is refused")
                    .obeyed(
                            "proxy_100_continue",
                            "normalize_path",
                            "merge_slashes",
                            "strip_matching_host_port",
                            "strip_any_host_port",
                            "strip_trailing_host_dot")
                    .obeyed(
                            "path_with_escaped_slashes_action",
                            "stream_error_on_invalid_http_message");

    private HttpConnectionManagerFields() {}
}
