// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.conformance.delivery;

import dev.outrigger.conformance.control.TypedYaml;
import dev.outrigger.conformance.stage.Identities;
import dev.outrigger.xds.resource.ResourceType;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Resources of every type, in versions that can be told apart from outside, and the bootstrap of a
 * proxy that asks for them in one way.
 */
final class EveryType {
    /** Who the TLS listener is, by version. */
    private static final List<String> OWNERS = List.of("", "server", "rsa", "client");

    private static final String EXTENSIONS = "type.googleapis.com/envoy.extensions.";
    private static final String ROUTER =
            "{name: router, typed_config: {'@type': "
                    + EXTENSIONS
                    + "filters.http.router.v3.Router}}";

    /** A way to ask. */
    enum Way {
        ADS("GRPC"),
        DELTA_ADS("DELTA_GRPC"),
        GRPC("GRPC"),
        DELTA_GRPC("DELTA_GRPC"),
        GOOGLE_GRPC("GRPC"),
        REST("REST"),
        FILES("");

        private final String apiType;

        Way(String apiType) {
            this.apiType = apiType;
        }

        boolean isDelta() {
            return apiType.equals("DELTA_GRPC");
        }

        boolean isGrpc() {
            return apiType.endsWith("GRPC");
        }
    }

    private final Way way;
    private final Path folder;
    private final Identities identities;
    private final int grpcPort;

    EveryType(Way way, Path folder, Identities identities, int grpcPort) {
        this.grpcPort = grpcPort;
        this.way = way;
        this.folder = folder;
        this.identities = identities;
    }

    /** The subject of the TLS listener's certificate. */
    static String owner(int version) {
        return OWNERS.get(version);
    }

    String bootstrap(AnyWayControlPlane control) {
        boolean aggregated = way == Way.ADS || way == Way.DELTA_ADS;
        return """
        node: {id: one, cluster: one}
        admin: {address: {socket_address: {address: 127.0.0.1, port_value: 0}}}
        layered_runtime: {layers: [{name: rt, rtds_layer: {name: rt, rtds_config: %s}}]}
        dynamic_resources:
          %s
          cds_config: %s
          lds_config: %s
        static_resources:
          clusters:
        %s
        %s
        """
                .formatted(
                        source(ResourceType.RUNTIME, "rt"),
                        aggregated ? "ads_config: " + api() : "",
                        source(ResourceType.CLUSTER, ""),
                        source(ResourceType.LISTENER, ""),
                        controlCluster("grpc", control.grpcPort(), "{http2_protocol_options: {}}"),
                        controlCluster("rest", control.restPort(), "{http_protocol_options: {}}"));
    }

    private static String controlCluster(String name, int port, String protocol) {
        return ("  - {name: NAME, type: STATIC, load_assignment: {cluster_name: NAME, endpoints:"
                        + " [{lb_endpoints: [{endpoint: {address: {socket_address: {address:"
                        + " 127.0.0.1, port_value: "
                        + port
                        + "}}}}]}]}, typed_extension_protocol_options:"
                        + " {envoy.extensions.upstreams.http.v3.HttpProtocolOptions: {'@type': "
                        + EXTENSIONS
                        + "upstreams.http.v3.HttpProtocolOptions, explicit_http_config: "
                        + protocol
                        + "}}}")
                .replace("NAME", name);
    }

    private String api() {
        String common = "{api_type: " + way.apiType + ", transport_api_version: V3, ";
        if (way == Way.GOOGLE_GRPC) {
            return common
                    + "grpc_services: [{google_grpc: {target_uri: '127.0.0.1:"
                    + grpcPort
                    + "', stat_prefix: g}}]}";
        }
        return way.isGrpc()
                ? common + "grpc_services: [{envoy_grpc: {cluster_name: grpc}}]}"
                : common + "cluster_names: [rest], refresh_delay: 0.1s, request_timeout: 5s}";
    }

    private String source(ResourceType type, String name) {
        String from =
                switch (way) {
                    case ADS, DELTA_ADS -> "ads: {}";
                    case GRPC, DELTA_GRPC, GOOGLE_GRPC, REST -> "api_config_source: " + api();
                    case FILES ->
                            "path_config_source: {path: '"
                                    + AnyWayControlPlane.file(folder, type, name)
                                    + "'}";
                };
        return "{resource_api_version: V3, " + from + "}";
    }

    /** All of them in a version. */
    AnyWayControlPlane.Published version(int number) {
        return new AnyWayControlPlane.Published("v" + number, trees(number));
    }

    /** Beside or instead of what a version has there is something of each type that may not be. */
    AnyWayControlPlane.Published broken(int number, String version) {
        var trees = trees(number);
        put(trees, ResourceType.CLUSTER, "bad", "{name: bad, type: EDS}");
        put(
                trees,
                ResourceType.LISTENER,
                "bad",
                "{name: bad, address: {socket_address: {address: no.ip, port_value: 0}}, filter_chains: [{}]}");
        put(
                trees,
                ResourceType.ROUTE,
                "r",
                "{name: r, virtual_hosts: [{name: v, domains: [a, a]}]}");
        put(trees, ResourceType.SCOPED_ROUTE, "bad", scope("bad", "v" + number));
        put(
                trees,
                ResourceType.ENDPOINT,
                "e",
                "{cluster_name: e, endpoints: [{lb_endpoints: [{endpoint: {address:"
                        + " {socket_address: {address: no.ip, port_value: 1}}}}]}]}");
        put(
                trees,
                ResourceType.SECRET,
                "cert",
                "{name: cert, tls_certificate: {certificate_chain: {inline_string: none},"
                        + " private_key: {inline_string: none}}}");
        put(trees, ResourceType.RUNTIME, "rt", "{name: other, layer: {version: bad}}");
        put(
                trees,
                ResourceType.EXTENSION,
                "f",
                "{name: f, typed_config: {'@type': "
                        + EXTENSIONS
                        + "filters.http.router.v3.Router}}");
        put(
                trees,
                ResourceType.VIRTUAL_HOST,
                "rv/bad",
                "{name: bad, domains: ['*'], routes: [{match: {prefix: /}}]}");
        return new AnyWayControlPlane.Published(version, trees);
    }

    private Map<ResourceType, Map<String, Map<?, ?>>> trees(int number) {
        var trees = new LinkedHashMap<ResourceType, Map<String, Map<?, ?>>>();
        String version = "v" + number;
        put(trees, ResourceType.RUNTIME, "rt", "{name: rt, layer: {version: " + version + "}}");
        put(
                trees,
                ResourceType.CLUSTER,
                "e",
                "{name: e, type: EDS, eds_cluster_config: {eds_config: "
                        + source(ResourceType.ENDPOINT, "e")
                        + "}}");
        put(trees, ResourceType.CLUSTER, "is-" + version, "{name: is-" + version + "}");
        put(trees, ResourceType.ENDPOINT, "e", endpoints(number));
        put(
                trees,
                ResourceType.SECRET,
                "cert",
                "{name: cert, tls_certificate: {certificate_chain: {filename: '"
                        + identities.certificate(owner(number))
                        + "'}, private_key: {filename: '"
                        + identities.key(owner(number))
                        + "'}}}");
        put(trees, ResourceType.LISTENER, "rds", listener("rds", rds("r"), filter(), version));
        put(trees, ResourceType.LISTENER, "srds", listener("srds", srds(), "", "x"));
        put(trees, ResourceType.LISTENER, "sds", listener("sds", direct(), "", "x"));
        put(trees, ResourceType.EXTENSION, "f", extension(version));
        put(trees, ResourceType.EXTENSION, "lf", listenerFilter(version));
        put(trees, ResourceType.SCOPED_ROUTE, "scope", scope("scope", version));
        put(trees, ResourceType.ROUTE, "r", "{name: r, virtual_hosts: [" + host(version) + "]}");
        put(trees, ResourceType.ROUTE, "rs", "{name: rs, virtual_hosts: [" + host("x") + "]}");
        if (way.isDelta()) {
            putVirtualHosts(trees, version);
        }
        return trees;
    }

    /** Only changes can bring them. */
    private void putVirtualHosts(Map<ResourceType, Map<String, Map<?, ?>>> trees, String version) {
        put(trees, ResourceType.LISTENER, "vhds", listener("vhds", rds("rv"), "", "x"));
        put(
                trees,
                ResourceType.ROUTE,
                "rv",
                "{name: rv, vhds: {config_source: "
                        + source(ResourceType.VIRTUAL_HOST, "rv")
                        + "}}");
        put(trees, ResourceType.VIRTUAL_HOST, "rv/all", host(version));
    }

    private static void put(
            Map<ResourceType, Map<String, Map<?, ?>>> trees,
            ResourceType type,
            String name,
            String yaml) {
        if (TypedYaml.load(yaml) instanceof Map<?, ?> tree) {
            trees.computeIfAbsent(type, _ -> new LinkedHashMap<>()).put(name, tree);
        }
    }

    private static String endpoints(int count) {
        var all = new ArrayList<String>();
        for (int i = 1; i <= count; i++) {
            all.add(
                    "{endpoint: {address: {socket_address: {address: 127.0.0.1, port_value: "
                            + i
                            + "}}}}");
        }
        return "{cluster_name: e, endpoints: [{lb_endpoints: " + all + "}]}";
    }

    private static String host(String says) {
        return "{name: v, domains: ['*'], routes: [{match: {prefix: /}, direct_response: {status:"
                + " 200, body: {inline_string: "
                + says
                + "}}}]}";
    }

    private static String direct() {
        return "route_config: {virtual_hosts: [" + host("x") + "]}";
    }

    private String rds(String name) {
        return "rds: {route_config_name: "
                + name
                + ", config_source: "
                + source(ResourceType.ROUTE, name)
                + "}";
    }

    private String srds() {
        return "scoped_routes: {name: s, scope_key_builder: {fragments: [{header_value_extractor:"
                + " {name: x-scope, element_separator: ',', index: 0}}]}, rds_config_source: "
                + source(ResourceType.ROUTE, "rs")
                + ", scoped_rds: {scoped_rds_config_source: "
                + source(ResourceType.SCOPED_ROUTE, "")
                + "}}";
    }

    private static String scope(String name, String key) {
        return "{name: "
                + name
                + ", route_configuration_name: rs, key: {fragments: [{string_key: "
                + key
                + "}]}}";
    }

    private String filter() {
        return "{name: f, config_discovery: {type_urls: ["
                + EXTENSIONS
                + "filters.http.header_mutation.v3.HeaderMutation], config_source: "
                + source(ResourceType.EXTENSION, "f")
                + "}}, ";
    }

    private static String extension(String version) {
        return "{name: f, typed_config: {'@type': "
                + EXTENSIONS
                + "filters.http.header_mutation.v3.HeaderMutation, mutations: {response_mutations:"
                + " [{append: {header: {key: x-ecds, value: "
                + version
                + "}}}]}}}";
    }

    private String discoveredListenerFilter() {
        return ", listener_filters: [{name: lf, config_discovery: {type_urls: ["
                + EXTENSIONS
                + "filters.listener.proxy_protocol.v3.ProxyProtocol], config_source: "
                + source(ResourceType.EXTENSION, "lf")
                + "}}]";
    }

    private static String listenerFilter(String version) {
        return "{name: lf, typed_config: {'@type': "
                + EXTENSIONS
                + "filters.listener.proxy_protocol.v3.ProxyProtocol, stat_prefix: "
                + version
                + ", allow_requests_without_proxy_protocol: true}}";
    }

    private String listener(String name, String routes, String filter, String server) {
        String tls =
                name.equals("sds")
                        ? ", transport_socket: {name: tls, typed_config: {'@type': "
                                + EXTENSIONS
                                + "transport_sockets.tls.v3.DownstreamTlsContext,"
                                + " common_tls_context: {tls_certificate_sds_secret_configs:"
                                + " [{name: cert, sds_config: "
                                + source(ResourceType.SECRET, "cert")
                                + "}]}}}"
                        : "";
        return "{name: "
                + name
                + ", address: {socket_address: {address: 127.0.0.1, port_value: 0}},"
                + " filter_chains: [{filters: [{name: hcm, typed_config: {'@type': "
                + EXTENSIONS
                + "filters.network.http_connection_manager.v3.HttpConnectionManager, stat_prefix: "
                + name
                + ", server_name: "
                + server
                + ", "
                + routes
                + ", http_filters: ["
                + filter
                + ROUTER
                + "]}}]"
                + tls
                + "}]"
                + (name.equals("rds") ? discoveredListenerFilter() : "")
                + "}";
    }
}
