// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.conformance.delivery;

import dev.outrigger.conformance.stage.Identities;
import java.util.List;

/** What is asked of a proxy that reports to services, and how it is configured. */
final class ReportingSetting {
    private static final String TYPE = "\"@type\": type.googleapis.com/envoy.extensions.";
    private static final String ANY_PORT =
            "address: {socket_address: {address: 127.0.0.1, port_value: 0}}";

    /** Requests of which load reports tell how they ended, one over TLS included. */
    static final int REQUESTS_WITH_RESULT = 11;

    private static final String TAGS =
            "{tag: fixed, literal: {value: some}}, {tag: home, environment: {name: HOME}}, {tag:"
                    + " nothing, environment: {name: NOT_THERE}}, {tag: fallback, environment: {name:"
                    + " NOT_THERE, default_value: other}}, {tag: asked, request_header: {name:"
                    + " Referer, default_value: none}}, {tag: said, metadata: {kind: {request: {}},"
                    + " metadata_key: {key: said, path: [{key: b}]}}}, {tag: deep, metadata: {kind:"
                    + " {request: {}}, metadata_key: {key: said, path: [{key: c}, {key: d}]}}}, {tag:"
                    + " number, metadata: {kind: {request: {}}, metadata_key: {key: said, path: [{key:"
                    + " a}]}}}, {tag: route, metadata: {kind: {route: {}}, metadata_key: {key: of,"
                    + " path: [{key: route}]}, default_value: no route}}, {tag: cluster, metadata:"
                    + " {kind: {cluster: {}}, metadata_key: {key: of, path: [{key: cluster}]}}}, {tag:"
                    + " host, metadata: {kind: {host: {}}, metadata_key: {key: of, path: [{key:"
                    + " host}]}}}, {tag: fixed, literal: {value: again}}";

    /** A bar is the end of a line. */
    static final List<String> HTTP_REQUESTS =
            List.of(
                    "GET /up?q=1 HTTP/1.1|host: a|user-agent: me|referer: there|x-asked: one|x-asked:"
                            + " two|x-other: no|connection: close||",
                    "POST /up HTTP/1.1|host: a:80|x-request-id: mine|x-forwarded-for:"
                            + " 1.2.3.4|content-length: 5|connection: close||hello",
                    "PUT /up HTTP/1.1|host: a|transfer-encoding: chunked|connection:"
                            + " close||3|abc|0||",
                    "GET /up HTTP/1.1|host: a|user-agent: \u00c3\u00a9 \u00ff|x-asked:"
                            + " \u00e2\u0082\u00ac\u00e2\u0082 z|connection: close||",
                    "OPTIONS /up HTTP/1.1|host: a|connection: close||",
                    "GET /nowhere HTTP/1.1|host: a|connection: close||",
                    "GET /gone HTTP/1.1|host: a|connection: close||",
                    "GET /full HTTP/1.1|host: a|connection: close||",
                    "GET /none HTTP/1.1|host: a|connection: close||",
                    "GET /own HTTP/1.1|host: a|connection: close||",
                    "GET /up/trailers HTTP/1.1|host: a|te: trailers|connection: close||",
                    "GET /said HTTP/1.1|host: a|connection: close||",
                    "GET /up HTTP/1.0|host: a||");

    static final String ANSWER =
            "HTTP/1.1 201 Made|x-told: yes|x-told: again|connection: close|content-length: 4||body";

    static final String WITH_TRAILERS =
            "HTTP/1.1 200 OK|connection: close|transfer-encoding: chunked||2|ab|0|x-end: it|x-more:"
                    + " no||";

    /** Stands for the services, wherever they are named. */
    private static final String SERVICE = "SERVICE";

    private ReportingSetting() {}

    /**
     * @param google whether services are reached without a cluster
     */
    static String config(
            int services, int upstream, Identities identities, boolean secured, boolean google) {
        String service =
                google
                        ? google(services, identities, secured)
                        : "envoy_grpc: {cluster_name: services}";
        return config(services, upstream, identities, secured).replace(SERVICE, service);
    }

    private static String google(int port, Identities identities, boolean secured) {
        return "google_grpc: {stat_prefix: g, target_uri: \"127.0.0.1:"
                + port
                + "\""
                + (secured
                        ? ", channel_credentials: {ssl_credentials: {root_certs: {filename: \""
                                + identities.certificate("ca")
                                + "\"}, cert_chain: {filename: \""
                                + identities.certificate("client")
                                + "\"}, private_key: {filename: \""
                                + identities.key("client")
                                + "\"}}}"
                        : "")
                + "}";
    }

    private static String config(
            int services, int upstream, Identities identities, boolean secured) {
        return """
        node: {id: one, cluster: one}
        admin: {address: {socket_address: {address: 127.0.0.1, port_value: 0}}}
        cluster_manager: {load_stats_config: {api_type: GRPC, transport_api_version: V3, grpc_services: [{SERVICE}]}}
        static_resources:
          listeners:
        """
                + http("http", "")
                + http("https", downstreamTls(identities))
                + tcp("tcp", "up")
                + tcp("tcp-gone", "gone")
                + "  clusters:\n"
                + cluster("up", upstream, "")
                + cluster("gone", 1, ", alt_stat_name: other")
                + cluster(
                        "full", 1, ", circuit_breakers: {thresholds: [{max_pending_requests: 0}]}")
                + cluster("idle", 1, "")
                + "  - {name: none, type: STATIC}\n"
                + cluster(
                        "services",
                        services,
                        ", " + http2() + (secured ? ", " + upstreamTls(identities) : ""));
    }

    private static String http2() {
        return "typed_extension_protocol_options:"
                + " {envoy.extensions.upstreams.http.v3.HttpProtocolOptions: {"
                + TYPE
                + "upstreams.http.v3.HttpProtocolOptions, explicit_http_config:"
                + " {http2_protocol_options: {}}}}";
    }

    private static String enablingTrailers() {
        return ", typed_extension_protocol_options:"
                + " {envoy.extensions.upstreams.http.v3.HttpProtocolOptions: {"
                + TYPE
                + "upstreams.http.v3.HttpProtocolOptions, explicit_http_config:"
                + " {http_protocol_options: {enable_trailers: true}}}}";
    }

    private static String downstreamTls(Identities identities) {
        return ", transport_socket: {name: tls, typed_config: {"
                + TYPE
                + "transport_sockets.tls.v3.DownstreamTlsContext, require_client_certificate: true,"
                + " common_tls_context: "
                + contexts(identities, "server")
                + "}}";
    }

    private static String upstreamTls(Identities identities) {
        return "transport_socket: {name: tls, typed_config: {"
                + TYPE
                + "transport_sockets.tls.v3.UpstreamTlsContext, common_tls_context: "
                + contexts(identities, "client")
                + "}}";
    }

    private static String contexts(Identities identities, String who) {
        return "{tls_certificates: [{certificate_chain: {filename: \""
                + identities.certificate(who)
                + "\"}, private_key: {filename: \""
                + identities.key(who)
                + "\"}}], validation_context: {trusted_ca: {filename: \""
                + identities.certificate("ca")
                + "\"}}}";
    }

    private static String common() {
        return "transport_api_version: V3, buffer_flush_interval: 0.2s, filter_state_objects_to_log:"
                + " [], custom_tags: ["
                + TAGS
                + "], grpc_service: {"
                + SERVICE
                + "}";
    }

    private static String http(String name, String socket) {
        return "  - {name: "
                + name
                + ", "
                + ANY_PORT
                + ", listener_filters: [{name: i, typed_config: {"
                + TYPE
                + "filters.listener.tls_inspector.v3.TlsInspector, enable_ja3_fingerprinting:"
                + " false}}], filter_chains: [{filters: [{name: h, typed_config: {"
                + TYPE
                + "filters.network.http_connection_manager.v3.HttpConnectionManager, stat_prefix:"
                + " h, http_protocol_options: {accept_http_10: true, enable_trailers: true},"
                + " access_log: [{name: a, typed_config: {"
                + TYPE
                + "access_loggers.grpc.v3.HttpGrpcAccessLogConfig, common_config: {log_name: web, "
                + common()
                + "}, additional_request_headers_to_log: [x-asked, x-none, ':path'],"
                + " additional_response_headers_to_log: [x-told, server, ':status'],"
                + " additional_response_trailers_to_log: [x-end, x-none]}}], route_config:"
                + " {virtual_hosts: [{name: v, domains: [\"*\"], routes: ["
                + routes()
                + "]}]}, http_filters: [{name: set, typed_config: {"
                + TYPE
                + "filters.http.set_metadata.v3.Config, metadata: [{metadata_namespace: said, value:"
                + " {a: 1, b: [x, true, null], c: {d: e}}}]}}, {name: r, typed_config: {"
                + TYPE
                // How long a host took would be part of how long the answer is.
                + "filters.http.router.v3.Router, suppress_envoy_headers: true}}]}}]"
                + socket
                + "}]}\n";
    }

    private static String routes() {
        return "{name: to-up, match: {prefix: /up}, metadata: {filter_metadata: {of: {route: way}}},"
                + " route: {cluster: up}}, {match: {prefix: /gone},"
                + " route: {cluster: gone}}, {match: {prefix: /full}, route: {cluster: full}},"
                + " {match: {prefix: /none}, route: {cluster: none}}, {match: {prefix: /said}, route:"
                + " {cluster: up, prefix_rewrite: /written}}, {match: {prefix: /own},"
                + " direct_response: {status: 418, body: {inline_string: tea}}}";
    }

    private static String tcp(String name, String cluster) {
        return "  - {name: "
                + name
                + ", "
                + ANY_PORT
                + ", filter_chains: [{filters: [{name: t, typed_config: {"
                + TYPE
                + "filters.network.tcp_proxy.v3.TcpProxy, stat_prefix: t, cluster: "
                + cluster
                + ", access_log: [{name: a, typed_config: {"
                + TYPE
                + "access_loggers.grpc.v3.TcpGrpcAccessLogConfig, common_config: {log_name: plain, "
                + common()
                + "}}}]}}]}]}\n";
    }

    private static String cluster(String name, int port, String more) {
        return "  - {name: "
                + name
                + ", type: STATIC, connect_timeout: 1s, metadata: {filter_metadata: {of: {cluster: true}}}"
                + more
                + (name.equals("up") ? enablingTrailers() : "")
                + ", load_assignment: {cluster_name: "
                + name
                + ", endpoints: [{locality: {region: r, zone: z}, lb_endpoints: [{metadata: {filter_metadata:"
                + " {of: {host: [1.5, x]}}}, endpoint:"
                + " {address: {socket_address: {address: 127.0.0.1, port_value: "
                + port
                + "}}}}]}]}}\n";
    }
}
