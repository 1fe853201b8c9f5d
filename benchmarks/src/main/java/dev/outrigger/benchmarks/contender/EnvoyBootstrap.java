// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.benchmarks.contender;

import dev.outrigger.benchmarks.load.Line;
import dev.outrigger.benchmarks.load.RequestProfile;

/**
 * The static bootstrap Envoy and the Java data plane both start from, byte for byte the same but
 * for the ports.
 */
final class EnvoyBootstrap {

    private static final String TCP_PROXY =
            """
                  - name: envoy.filters.network.tcp_proxy
                    typed_config:
                      "@type": type.googleapis.com/envoy.extensions.filters.network.tcp_proxy.v3.TcpProxy
                      stat_prefix: benchmark
                      cluster: b
            """;

    private static final String HTTP2_UPSTREAM =
            """
                typed_extension_protocol_options:
                  envoy.extensions.upstreams.http.v3.HttpProtocolOptions:
                    "@type": type.googleapis.com/envoy.extensions.upstreams.http.v3.HttpProtocolOptions
                    explicit_http_config: {http2_protocol_options: {}}
            """;

    private static final String ONE_REQUEST_EACH =
            """
                typed_extension_protocol_options:
                  envoy.extensions.upstreams.http.v3.HttpProtocolOptions:
                    "@type": type.googleapis.com/envoy.extensions.upstreams.http.v3.HttpProtocolOptions
                    common_http_protocol_options: {max_requests_per_connection: 1}
                    explicit_http_config: {http_protocol_options: {}}
            """;

    private EnvoyBootstrap() {}

    /**
     * One listener, one virtual host, one prefix route with a retry policy, one static cluster;
     * x-forwarded-for and x-request-id are added; no access log. Circuit breakers are raised so
     * that no load shape meets them.
     */
    static String yaml(Site site) {
        return """
        admin:
          address: {socket_address: {address: 127.0.0.1, port_value: %d}}
        static_resources:
          listeners:
          - name: benchmark
            address: {socket_address: {address: 127.0.0.1, port_value: %d}}
            filter_chains:
            - filters:
        %s%s  clusters:
          - name: b
            type: STATIC
            connect_timeout: 1s
            circuit_breakers:
              thresholds:
              - {max_connections: 10000, max_pending_requests: 10000, max_requests: 10000, max_retries: 1000}
            load_assignment:
              cluster_name: b
              endpoints:
              - lb_endpoints:
                - endpoint:
                    address: {socket_address: {address: 127.0.0.1, port_value: %d}}
        %s\
        """
                .formatted(
                        site.adminPort(),
                        site.port(),
                        site.line() == Line.TCP ? TCP_PROXY : http(),
                        downstreamTls(site),
                        site.upstreamPort(),
                        upstream(site));
    }

    private static String http() {
        return """
              - name: envoy.filters.network.http_connection_manager
                typed_config:
                  "@type": type.googleapis.com/envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager
                  stat_prefix: benchmark
                  use_remote_address: true
                  generate_request_id: true
                  route_config:
                    name: benchmark
                    virtual_hosts:
                    - name: b
                      domains: [%s]
                      routes:
                      - match: {prefix: /}
                        route:
                          cluster: b
                          retry_policy: {retry_on: 5xx, num_retries: 2}
                  http_filters:
                  - name: envoy.filters.http.router
                    typed_config:
                      "@type": type.googleapis.com/envoy.extensions.filters.http.router.v3.Router
        """
                .formatted(RequestProfile.HOST);
    }

    private static String downstreamTls(Site site) {
        var leg = site.line().downstream();
        if (!leg.isTls()) {
            return "";
        }
        return """
              transport_socket:
                name: envoy.transport_sockets.tls
                typed_config:
                  "@type": type.googleapis.com/envoy.extensions.transport_sockets.tls.v3.DownstreamTlsContext
                  common_tls_context:
                    alpn_protocols: [%s]
                    tls_certificates:
                    - {certificate_chain: {filename: %s}, private_key: {filename: %s}}
        """
                .formatted(
                        leg.isHttp2() ? "h2" : "http/1.1",
                        site.certificates().chain(),
                        site.certificates().key());
    }

    private static String upstream(Site site) {
        var files = site.certificates();
        boolean each = site.line().connectsForEachRequest();
        return switch (site.line().upstream()) {
            case HTTP1 -> "";
            case HTTP2 -> HTTP2_UPSTREAM;
            case TLS_HTTP1, TLS_HTTP2, MTLS_HTTP1 ->
                    """
                        transport_socket:
                          name: envoy.transport_sockets.tls
                          typed_config:
                            "@type": type.googleapis.com/envoy.extensions.transport_sockets.tls.v3.UpstreamTlsContext
                            sni: %1$s%4$s
                            common_tls_context:
                              tls_certificates:
                              - {certificate_chain: {filename: %2$s}, private_key: {filename: %3$s}}
                              validation_context:
                                trusted_ca: {filename: %2$s}
                                match_typed_subject_alt_names: [{san_type: DNS, matcher: {exact: %1$s}}]
                    """
                                    .formatted(
                                            RequestProfile.HOST,
                                            files.chain(),
                                            files.key(),
                                            each ? "\n        max_session_keys: 0" : "")
                            + (each ? ONE_REQUEST_EACH : "");
        };
    }
}
