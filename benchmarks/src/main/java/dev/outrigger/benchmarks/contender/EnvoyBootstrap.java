// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.benchmarks.contender;

import dev.outrigger.benchmarks.load.Line;
import dev.outrigger.benchmarks.load.RequestProfile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

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
     * One listener; for each service a virtual host, a prefix route and a static cluster, for the
     * one that is asked with a retry policy; x-forwarded-for and x-request-id are added; no access
     * log. Circuit breakers are raised so that no load shape meets them.
     */
    static String yaml(Site site) {
        return """
        node: {id: benchmark, cluster: benchmark}
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
        %s%s\
        """
                .formatted(
                        site.adminPort(),
                        site.port(),
                        site.line() == Line.TCP ? TCP_PROXY : http(site),
                        downstreamTls(site),
                        site.upstreamPort(),
                        upstream(site),
                        otherClusters(site));
    }

    private static String otherClusters(Site site) {
        var clusters = new StringBuilder();
        for (int i = 1; i < site.surroundings().services(); i++) {
            clusters.append(
                    """
                      - {name: %1$s, type: STATIC, connect_timeout: 1s, load_assignment: {cluster_name: %1$s, endpoints: [{lb_endpoints: [{endpoint: {address: {socket_address: {address: 127.0.0.1, port_value: %2$d}}}}]}]}}
                    """
                            .formatted(RouteFile.service(i), site.upstreamPort()));
        }
        return clusters.toString();
    }

    private static String http(Site site) {
        return """
              - name: envoy.filters.network.http_connection_manager
                typed_config:
                  "@type": type.googleapis.com/envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager
                  stat_prefix: benchmark
                  use_remote_address: true
                  generate_request_id: true
                  %s
                  http_filters:
                  - name: envoy.filters.http.router
                    typed_config:
                      "@type": type.googleapis.com/envoy.extensions.filters.http.router.v3.Router
        """
                .formatted(routes(site));
    }

    private static String routes(Site site) {
        return site.surroundings().isSwapped()
                ? "rds: {route_config_name: benchmark, config_source: {resource_api_version: V3,"
                        + " path_config_source: {path: "
                        + RouteFile.at(site)
                        + "}}}"
                : "route_config:\n            name: benchmark\n            virtual_hosts:\n"
                        + RouteFile.virtualHosts(site, "            - ", "\n");
    }

    /** Writes what a contender starts from, and where routes change, those it begins with. */
    static Path write(Site site) throws IOException {
        var bootstrap = site.folder().resolve("bootstrap.yaml");
        Files.writeString(bootstrap, yaml(site));
        if (site.surroundings().isSwapped()) {
            RouteFile.replace(site, 1);
        }
        return bootstrap;
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
