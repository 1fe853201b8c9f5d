// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.bootstrap;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.TypeRegistry;
import com.google.protobuf.util.JsonFormat;
import com.sun.net.httpserver.HttpServer;
import dev.outrigger.dataplane.document.ConfigDocument;
import dev.outrigger.dataplane.document.ConfigException;
import dev.outrigger.dataplane.parse.SupportedTables;
import io.envoyproxy.envoy.config.cluster.v3.Cluster;
import io.envoyproxy.envoy.config.listener.v3.Listener;
import io.envoyproxy.envoy.config.route.v3.RouteConfiguration;
import io.envoyproxy.envoy.service.discovery.v3.DeltaDiscoveryRequest;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The whole data plane in this process, on real sockets. */
class ServerIT {
    private static final String MANAGER =
            """
            {name: l, address: {socket_address: {address: 127.0.0.1, port_value: 0}}, filter_chains:
            [{filters: [{name: hcm, typed_config: {"@type": type.googleapis.com/envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager,
            stat_prefix: in, %s, http_filters: [{name: envoy.filters.http.router, typed_config:
            {"@type": type.googleapis.com/envoy.extensions.filters.http.router.v3.Router}}]}}]}]}
            """;

    private static final String ROUTES =
            "{name: r, virtual_hosts: [{name: v, domains: ['*'], routes: [{match: {prefix: /}, route:"
                    + " {cluster: b}}]}]}";

    @TempDir Path folder;
    private final HttpClient client = HttpClient.newHttpClient();
    private HttpServer upstream;

    @BeforeEach
    void startUpstream() throws IOException {
        upstream = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        upstream.createContext(
                "/",
                exchange -> {
                    byte[] body = "from upstream".getBytes(StandardCharsets.UTF_8);
                    exchange.sendResponseHeaders(200, body.length);
                    exchange.getResponseBody().write(body);
                    exchange.close();
                });
        upstream.start();
    }

    @AfterEach
    void stopUpstream() {
        upstream.stop(0);
        client.close();
    }

    @Test
    void servesAStaticBootstrap() throws Exception {
        String yaml =
                "{admin: {address: {socket_address: {address: 127.0.0.1, port_value: 0}}},"
                        + " static_resources: {listeners: ["
                        + MANAGER.formatted("route_config: " + ROUTES)
                        + "], clusters: ["
                        + cluster()
                        + "]}}";
        Path addressFile = folder.resolve("admin");

        try (var server = start(yaml, "--admin-address-path", addressFile.toString())) {
            server.live().get(20, TimeUnit.SECONDS);

            assertThat(get(server, "/").body()).isEqualTo("from upstream");
            String admin = Files.readString(addressFile);
            assertThat(get("http://" + admin + "/ready").body()).isEqualTo("LIVE\n");
            assertThat(get("http://" + admin + "/server_info").body())
                    .contains("\"version\"", "1.40.0", "\"admin_address_path\"");
        }
    }

    @Test
    void servesWhatAdsSendsAndKeepsItWhenAnUpdateIsRefused() throws Exception {
        try (var controlPlane = new FakeControlPlane()) {
            controlPlane.hold("b", merge(cluster(), Cluster.newBuilder()));
            controlPlane.hold(
                    "l",
                    merge(
                            MANAGER.formatted(
                                    "rds: {route_config_name: r, config_source: {ads: {},"
                                            + " resource_api_version: V3}}"),
                            Listener.newBuilder()));
            controlPlane.hold("r", merge(ROUTES, RouteConfiguration.newBuilder()));

            try (var server = start(adsBootstrap(controlPlane.port()))) {
                server.live().get(20, TimeUnit.SECONDS);

                assertThat(get(server, "/").body()).isEqualTo("from upstream");

                controlPlane.push(
                        "b",
                        merge(
                                cluster()
                                        .replace(
                                                "type: STATIC",
                                                "type: STATIC, upstream_connection_options:"
                                                        + " {set_local_interface_name_on_upstream_connections:"
                                                        + " true}"),
                                Cluster.newBuilder()));
                DeltaDiscoveryRequest nack = awaitNack(controlPlane);

                assertThat(nack.getErrorDetail().getMessage())
                        .startsWith("Error adding/updating cluster(s) b: ")
                        .contains("set_local_interface_name_on_upstream_connections");
                assertThat(get(server, "/").body()).isEqualTo("from upstream");
            }
        }
    }

    @Test
    void sendsTheNodeOfTheCommandLine() throws Exception {
        try (var controlPlane = new FakeControlPlane();
                var server =
                        start(
                                adsBootstrap(controlPlane.port()),
                                "--service-node",
                                "from-flag",
                                "--service-zone",
                                "z")) {
            var first = controlPlane.requests.poll(20, TimeUnit.SECONDS);

            assertThat(first).isNotNull();
            assertThat(first.getNode().getId()).isEqualTo("from-flag");
            assertThat(first.getNode().getCluster()).isEqualTo("c");
            assertThat(first.getNode().getLocality().getZone()).isEqualTo("z");
            assertThat(first.getNode().getUserAgentName()).isEqualTo("outrigger");
            assertThat(server.adminAddress()).isEmpty();
        }
    }

    @Test
    void saysWhichAdminAddressIsTaken() throws Exception {
        try (var taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            String yaml =
                    "{admin: {address: {socket_address: {address: 127.0.0.1, port_value: %d}}}}"
                            .formatted(taken.getLocalPort());

            assertThatThrownBy(() -> start(yaml))
                    .isInstanceOf(ConfigException.class)
                    .hasMessageContaining("cannot bind")
                    .hasMessageContaining("127.0.0.1:" + taken.getLocalPort())
                    .hasMessageContaining("Address already in use");
        }
    }

    @Test
    void saysWhichListenerAddressIsTaken() throws Exception {
        try (var taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            String yaml =
                    "{static_resources: {listeners: ["
                            + MANAGER.formatted("route_config: {}")
                                    .replace("port_value: 0", "port_value: " + taken.getLocalPort())
                            + "]}}";

            assertThatThrownBy(() -> start(yaml))
                    .isInstanceOf(ConfigException.class)
                    .hasMessageContaining("127.0.0.1:" + taken.getLocalPort())
                    .hasMessageContaining("Address already in use");
        }
    }

    private static DeltaDiscoveryRequest awaitNack(FakeControlPlane controlPlane)
            throws InterruptedException {
        while (true) {
            var request = controlPlane.requests.poll(20, TimeUnit.SECONDS);
            assertThat(request).as("a NACK").isNotNull();
            if (request.hasErrorDetail()) {
                return request;
            }
        }
    }

    private String cluster() {
        return """
        {name: b, type: STATIC, load_assignment: {cluster_name: b, endpoints: [{lb_endpoints:
        [{endpoint: {address: {socket_address: {address: 127.0.0.1, port_value: %d}}}}]}]}}
        """
                .formatted(upstream.getAddress().getPort());
    }

    private static String adsBootstrap(int port) {
        return """
        {node: {id: n1, cluster: c}, dynamic_resources: {ads_config: {api_type: DELTA_GRPC,
        transport_api_version: V3, set_node_on_first_message_only: true, grpc_services:
        [{envoy_grpc: {cluster_name: xds}}]}, cds_config: {ads: {}, resource_api_version: V3},
        lds_config: {ads: {}, resource_api_version: V3}}, static_resources: {clusters: [{name:
        xds, type: STATIC, typed_extension_protocol_options:
        {envoy.extensions.upstreams.http.v3.HttpProtocolOptions: {"@type":
        type.googleapis.com/envoy.extensions.upstreams.http.v3.HttpProtocolOptions,
        explicit_http_config: {http2_protocol_options: {}}}}, upstream_connection_options:
        {tcp_keepalive: {keepalive_time: 60}}, load_assignment: {cluster_name: xds, endpoints:
        [{lb_endpoints: [{endpoint: {address: {socket_address: {address: 127.0.0.1,
        port_value: %d}}}}]}]}}]}}
        """
                .formatted(port);
    }

    private static Server start(String yaml, String... flags)
            throws ConfigException, UsageException {
        var arguments = new java.util.ArrayList<>(java.util.List.of("--config-yaml", yaml));
        arguments.addAll(java.util.List.of("--concurrency", "2"));
        arguments.addAll(java.util.List.of(flags));
        var request = CommandLine.parse(arguments.toArray(String[]::new));
        Options options = ((CommandLine.Request.Run) request).options();
        return Server.start(Bootstraps.read(options), options, DataPlaneMain::requestPath);
    }

    private HttpResponse<String> get(Server server, String path) throws Exception {
        var address =
                (InetSocketAddress)
                        server.onMainLoop(() -> server.requestPath().listeners())
                                .getFirst()
                                .localAddress();
        return get("http://127.0.0.1:" + address.getPort() + path);
    }

    private HttpResponse<String> get(String uri) throws IOException, InterruptedException {
        return client.send(
                HttpRequest.newBuilder(URI.create(uri)).build(),
                HttpResponse.BodyHandlers.ofString());
    }

    private static <B extends com.google.protobuf.Message.Builder>
            com.google.protobuf.Message merge(String yaml, B builder) throws Exception {
        JsonFormat.parser()
                .usingTypeRegistry(
                        TypeRegistry.newBuilder().add(SupportedTables.extensionTypes()).build())
                .merge(ConfigDocument.yaml(yaml).orElseThrow().toJson().toString(), builder);
        return builder.build();
    }
}
