// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.parse;

import io.envoyproxy.envoy.config.core.v3.Http1ProtocolOptions;
import io.envoyproxy.envoy.config.core.v3.HttpProtocolOptions;
import io.envoyproxy.envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager;
import io.envoyproxy.envoy.extensions.filters.network.http_connection_manager.v3.Rds;

/** What is supported of the HTTP connection manager. */
final class HttpConnectionManagerFields {
    private static final SupportedFields COMMON =
            SupportedFields.of(HttpProtocolOptions.getDescriptor(), "downstream")
                    .obeyed(
                            "idle_timeout",
                            "max_connection_duration",
                            "max_headers_count",
                            "max_stream_duration",
                            "max_requests_per_connection")
                    .obeyed("headers_with_underscores_action")
                    .noEffect("max_response_headers_kb", "upstream only");

    private static final SupportedFields HTTP1 =
            SupportedFields.of(Http1ProtocolOptions.getDescriptor(), "downstream")
                    .obeyed(
                            "allow_absolute_url",
                            "accept_http_10",
                            "default_host_for_http_10",
                            "allow_chunked_length",
                            "allow_custom_methods",
                            "override_stream_error_on_invalid_http_message",
                            "enable_trailers")
                    .noEffect("send_fully_qualified_url", "upstream only")
                    .noEffect("use_balsa_parser", "there is one parser");

    private static final SupportedFields RDS =
            SupportedFields.of(Rds.getDescriptor())
                    .nested("config_source", () -> ConfigSourceParser.ADS_SOURCE)
                    .obeyed("route_config_name");

    private static final SupportedFields INTERNAL_ADDRESSES =
            SupportedFields.of(HttpConnectionManager.InternalAddressConfig.getDescriptor())
                    .obeyed("unix_sockets")
                    .nested("cidr_ranges", () -> AddressParser.CIDR_RANGE);

    static final SupportedFields HCM =
            SupportedFields.of(HttpConnectionManager.getDescriptor())
                    .onlyEnum("codec_type", "AUTO", "HTTP1")
                    .obeyed("stat_prefix")
                    .nested("rds", () -> RDS)
                    .nested("route_config", () -> RouteParser.ROUTE_CONFIGURATION)
                    .nested("http_filters", HttpFilterParser::filter)
                    .onlyBool("add_user_agent", false)
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
                    .onlyEnum("forward_client_cert_details", "SANITIZE")
                    .noEffect(
                            "set_current_client_cert_details",
                            "read only when forward_client_cert_details forwards")
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
