// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.parse;

import static dev.outrigger.dataplane.parse.Outcomes.rejected;
import static org.assertj.core.api.Assertions.assertThat;

import io.envoyproxy.envoy.config.bootstrap.v3.Bootstrap;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A node without a name asks nobody for anything. The words are Envoy 1.40.0's. */
class AnonymousNodeTest {
    private static final String SOURCE =
            "{resource_api_version: V3, path_config_source: {path: /dev/null}}";

    private static final String ROUTER =
            "{name: r, typed_config: {'@type': type.googleapis.com/envoy.extensions.filters.http.router.v3.Router}}";

    private static String cluster(String fields) {
        return "static_resources: {clusters: [{name: a, connect_timeout: 1s, " + fields + "}]}";
    }

    private static String tls(String fields) {
        return cluster(
                "type: STATIC, transport_socket: {name: t, typed_config: {'@type':"
                        + " type.googleapis.com/envoy.extensions.transport_sockets.tls.v3.UpstreamTlsContext,"
                        + " common_tls_context: {"
                        + fields
                        + "}}}");
    }

    private static String manager(String fields, String filters) {
        return "static_resources: {listeners: [{name: l, address: {socket_address: {address: 127.0.0.1,"
                + " port_value: 0}}, filter_chains: [{filters: [{name: h, typed_config: {'@type':"
                + " type.googleapis.com/envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager,"
                + " stat_prefix: h, "
                + fields
                + ", http_filters: ["
                + filters
                + ROUTER
                + "]}}]}]}]}";
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '\0',
            textBlock =
                    """
                    lds | type.googleapis.com/envoy.config.listener.v3.Listener
                    cds | type.googleapis.com/envoy.config.cluster.v3.Cluster
                    eds | type.googleapis.com/envoy.config.endpoint.v3.ClusterLoadAssignment
                    rds | type.googleapis.com/envoy.config.route.v3.RouteConfiguration
                    srds | SRDS
                    ecds | type.googleapis.com/envoy.config.core.v3.TypedExtensionConfig
                    rtds | type.googleapis.com/envoy.service.runtime.v3.Runtime
                    certificate | TlsCertificateSdsApi
                    validation | CertificateValidationContextSdsApi
                    ads | ads
                    """)
    void asksNobody(String what, String asker) {
        String yaml =
                switch (what) {
                    case "lds", "cds" -> "dynamic_resources: {" + what + "_config: " + SOURCE + "}";
                    case "eds" ->
                            cluster("type: EDS, eds_cluster_config: {eds_config: " + SOURCE + "}");
                    case "rds" ->
                            manager(
                                    "rds: {route_config_name: x, config_source: " + SOURCE + "}",
                                    "");
                    case "srds" ->
                            manager(
                                    "scoped_routes: {name: s, scope_key_builder: {fragments:"
                                            + " [{header_value_extractor: {name: x, index: 0}}]},"
                                            + " scoped_rds: {scoped_rds_config_source: "
                                            + SOURCE
                                            + "}}",
                                    "");
                    case "ecds" ->
                            manager(
                                    "route_config: {name: x}",
                                    "{name: e, config_discovery: {config_source: "
                                            + SOURCE
                                            + ", type_urls: [type.googleapis.com/envoy.extensions.filters.http.cors.v3.Cors]}}, ");
                    case "rtds" ->
                            "layered_runtime: {layers: [{name: r, rtds_layer: {name: x, rtds_config: "
                                    + SOURCE
                                    + "}}]}";
                    case "certificate" ->
                            tls(
                                    "tls_certificate_sds_secret_configs: [{name: v, sds_config: "
                                            + SOURCE
                                            + "}]");
                    case "validation" ->
                            tls(
                                    "validation_context_sds_secret_config: {name: v, sds_config: "
                                            + SOURCE
                                            + "}");
                    case "ads" ->
                            "dynamic_resources: {ads_config: {api_type: GRPC, transport_api_version: V3,"
                                    + " grpc_services: [{envoy_grpc: {cluster_name: a}}]}}, "
                                    + cluster("type: STATIC");
                    default -> throw new IllegalArgumentException(what);
                };

        assertThat(parse("{node: {id: a}, " + yaml + "}"))
                .startsWith(
                        asker
                                + ": node 'id' and 'cluster' are required. Set it either in 'node' config or"
                                + " via --service-node and --service-cluster options.");
    }

    private static String parse(String yaml) {
        var rejection =
                rejected(BootstrapParser.parse(Protos.merge(yaml, Bootstrap.newBuilder()).build()))
                        .rejections()
                        .getFirst();
        return rejection.reason();
    }
}
