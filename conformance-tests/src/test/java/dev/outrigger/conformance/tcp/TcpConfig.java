// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.conformance.tcp;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** The configuration {@link TcpCases} are played on: a listener for each thing to be seen. */
final class TcpConfig {
    private static final String TYPE = "type.googleapis.com/envoy.extensions.";
    private static final String FORMAT =
            "%FILTER_CHAIN_NAME% %ACCESS_LOG_TYPE% rx=%BYTES_RECEIVED% tx=%BYTES_SENT%"
                    + " flags=%RESPONSE_FLAGS% details=%RESPONSE_CODE_DETAILS%"
                    + " remote=%DOWNSTREAM_REMOTE_ADDRESS% local=%DOWNSTREAM_LOCAL_ADDRESS%"
                    + " direct=%DOWNSTREAM_DIRECT_REMOTE_ADDRESS_WITHOUT_PORT%"
                    + " cluster=%UPSTREAM_CLUSTER% host=%UPSTREAM_HOST%"
                    + " upstream=%UPSTREAM_REMOTE_ADDRESS% tried=%UPSTREAM_HOSTS_ATTEMPTED%"
                    + " attempts=%UPSTREAM_REQUEST_ATTEMPT_COUNT%"
                    + " why=%UPSTREAM_TRANSPORT_FAILURE_REASON% sni=%REQUESTED_SERVER_NAME%"
                    + " tlv=%DYNAMIC_METADATA(envoy.filters.listener.proxy_protocol:tlv)%\\n";

    private final List<String> listeners = new ArrayList<>();
    private final Path log;

    private TcpConfig(Path log) {
        this.log = log;
    }

    static String of(int upstream, Path log) {
        var config = new TcpConfig(log);
        config.proxies();
        config.filtered();
        return """
        admin: {address: {socket_address: {address: 127.0.0.1, port_value: 0}}}
        layered_runtime: {layers: [{name: s, static_layer: {envoy.resource_limits.listener.limited.connection_limit: 0}}]}
        static_resources:
          listeners:
        %s
          clusters:
          - {name: up, type: STATIC, load_assignment: &up {cluster_name: up, endpoints: [{lb_endpoints: [{endpoint: {address: {socket_address: {address: 127.0.0.1, port_value: %d}}}, metadata: {filter_metadata: {envoy.lb: {v: "1"}}}}]}]}}
          - {name: other, type: STATIC, load_assignment: *up}
          - {name: subsets, type: STATIC, lb_subset_config: {fallback_policy: NO_FALLBACK, subset_selectors: [{keys: [v]}]}, load_assignment: *up}
          - {name: ring, type: STATIC, lb_policy: RING_HASH, load_assignment: *up}
          - {name: closed, type: STATIC, circuit_breakers: {thresholds: [{max_connections: 0}]}, load_assignment: *up}
          - {name: impatient, type: STATIC, circuit_breakers: {thresholds: [{max_pending_requests: 0}]}, load_assignment: *up}
          - {name: refused, type: STATIC, load_assignment: {cluster_name: refused, endpoints: [{lb_endpoints: [{endpoint: {address: {socket_address: {address: 127.0.0.1, port_value: 1}}}}]}]}}
          - {name: empty, type: STATIC, load_assignment: {cluster_name: empty}}
        """
                .formatted(String.join("\n", config.listeners), upstream);
    }

    private void proxies() {
        proxy("tcp", "cluster: up");
        proxy("weighted", "weighted_clusters: {clusters: [{name: other, weight: 1}]}");
        proxy(
                "subset",
                "cluster: subsets, metadata_match: {filter_metadata: {envoy.lb: {v: \"1\"}}}");
        proxy(
                "no-subset",
                "cluster: subsets, metadata_match: {filter_metadata: {envoy.lb: {v: \"2\"}}}");
        proxy("hashed", "cluster: ring, hash_policy: [{source_ip: {}}]");
        proxy("refused", "cluster: refused");
        proxy(
                "refused-twice",
                "cluster: refused, max_connect_attempts: 3, backoff_options: {base_interval: 0.001s}");
        proxy("no-hosts", "cluster: empty");
        proxy("no-cluster", "cluster: nowhere");
        proxy("overflow", "cluster: closed");
        proxy("pending-overflow", "cluster: impatient");
        proxy("idle", "cluster: up, idle_timeout: 0.3s");
        proxy("max-duration", "cluster: up, max_downstream_connection_duration: 0.3s");
        proxy(
                "log-connected",
                "cluster: up, access_log_options: {flush_access_log_on_connected: true}");
    }

    private void filtered() {
        String rules = ", rules: [{tlv_type: 234, on_tlv_present: {key: tlv}}]";
        String proxied = filter("listener.proxy_protocol.v3.ProxyProtocol", rules);
        listener("proxied", proxied, chain("proxied", tcp("proxied", "cluster: up")));
        listener(
                "proxied-brief",
                proxied + " listener_filters_timeout: 0.3s,",
                chain("proxied-brief", tcp("proxied-brief", "cluster: up")));
        listener(
                "proxied-lenient",
                proxied
                        + " listener_filters_timeout: 0.3s,"
                        + " continue_on_listener_filters_timeout: true,",
                chain("proxied-lenient", tcp("proxied-lenient", "cluster: up")));
        listener(
                "proxied-optional",
                filter(
                        "listener.proxy_protocol.v3.ProxyProtocol",
                        ", allow_requests_without_proxy_protocol: true, stat_prefix: optional"),
                chain("proxied-optional", tcp("proxied-optional", "cluster: up")));
        listener(
                "proxied-v2-only",
                filter(
                        "listener.proxy_protocol.v3.ProxyProtocol",
                        ", disallowed_versions: [V1], stat_prefix: v2only"),
                chain("proxied-v2-only", tcp("proxied-v2-only", "cluster: up")));
        listener("proxied-http", proxied, chain("proxied-http", http()));
        listener(
                "http-inspected",
                filter("listener.http_inspector.v3.HttpInspector", ""),
                matched("application_protocols: [http/1.1]", "http/1.1"),
                matched("application_protocols: [http/1.0]", "http/1.0"),
                matched("application_protocols: [h2c]", "h2c"),
                matched("", "none"));
        listener(
                "tls-inspected",
                filter("listener.tls_inspector.v3.TlsInspector", "")
                        + " listener_filters_timeout: 0.5s,",
                matched("transport_protocol: tls", "tls"),
                matched("transport_protocol: raw_buffer", "plain"));
        String[] named = {
            matched("server_names: [a.example.com]", "named"),
            chain("any", tcp("any", "cluster: up"))
        };
        listener("names-inspected", filter("listener.tls_inspector.v3.TlsInspector", ""), named);
        listener("names-not-inspected", "", named);
        listener("direct", "", chain("direct", direct("here")));
        listener("limited", "", chain("limited", direct("there")));
        listener(
                "disabled",
                disabled("any_match: true"),
                chain("disabled", tcp("disabled", "cluster: up")));
        listener(
                "enabled",
                disabled(
                        "and_match: {rules: [{not_match: {any_match: true}},"
                                + " {destination_port_range: {start: 1, end: 65535}}]}"),
                chain("enabled", tcp("enabled", "cluster: up")));
        listener("echo", "", chain("echo", network("echo.v3.Echo", "")));
        listener("no-filters", "", "{name: no-filters}");
        listener("no-chain", "", matched("source_type: EXTERNAL", "external"));
    }

    private void proxy(String name, String fields) {
        listener(name, "", chain(name, tcp(name, fields)));
    }

    private void listener(String name, String fields, String... chains) {
        listeners.add(
                "  - {name: "
                        + name
                        + ", stat_prefix: "
                        + name
                        + ", address: {socket_address: {address: 127.0.0.1, port_value: 0}}, "
                        + fields
                        + " access_log: ["
                        + accessLog("listener " + name)
                        + "], filter_chains: ["
                        + String.join(", ", chains)
                        + "]}");
    }

    private static String filter(String type, String fields) {
        return "listener_filters: [{name: f, typed_config: {\"@type\": "
                + TYPE
                + "filters."
                + type
                + fields
                + "}}],";
    }

    private static String disabled(String rule) {
        return "listener_filters: [{name: f, filter_disabled: {"
                + rule
                + "}, typed_config: {\"@type\": "
                + TYPE
                + "filters.listener.proxy_protocol.v3.ProxyProtocol, stat_prefix: ruled}}],";
    }

    private static String chain(String name, String filter) {
        return "{name: " + name + ", filters: [" + filter + "]}";
    }

    private static String matched(String match, String response) {
        return "{filter_chain_match: {" + match + "}, filters: [" + direct(response) + "]}";
    }

    private static String network(String type, String fields) {
        return "{name: net, typed_config: {\"@type\": "
                + TYPE
                + "filters.network."
                + type
                + fields
                + "}}";
    }

    private static String direct(String response) {
        return network(
                "direct_response.v3.Config", ", response: {inline_string: \"" + response + "\"}");
    }

    private String tcp(String name, String fields) {
        return network(
                "tcp_proxy.v3.TcpProxy",
                ", stat_prefix: "
                        + name
                        + ", "
                        + fields
                        + ", access_log: ["
                        + accessLog(name)
                        + "]");
    }

    private static String http() {
        return network(
                "http_connection_manager.v3.HttpConnectionManager",
                ", stat_prefix: h, use_remote_address: true, route_config: {virtual_hosts:"
                        + " [{name: v, domains: [\"*\"], routes: [{match: {prefix: /},"
                        + " direct_response: {status: 200, body: {inline_string: ok}},"
                        + " response_headers_to_add: [{header: {key: who, value:"
                        + " \"%DOWNSTREAM_REMOTE_ADDRESS% %DOWNSTREAM_LOCAL_ADDRESS%"
                        + " %DOWNSTREAM_DIRECT_REMOTE_ADDRESS_WITHOUT_PORT%\"}}],"
                        + " response_headers_to_remove: [date]}]}]},"
                        + " http_filters: [{name: r, typed_config: {\"@type\": "
                        + TYPE
                        + "filters.http.router.v3.Router}}]");
    }

    private String accessLog(String name) {
        return "{name: a, typed_config: {\"@type\": "
                + TYPE
                + "access_loggers.file.v3.FileAccessLog, path: "
                + log
                + ", log_format: {text_format_source: {inline_string: \""
                + name
                + ": "
                + FORMAT
                + "\"}}}}";
    }
}
