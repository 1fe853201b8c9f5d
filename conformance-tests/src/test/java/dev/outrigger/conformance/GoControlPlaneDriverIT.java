// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import dev.outrigger.conformance.stage.FreePort;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * go-control-plane's own integration driver against the Java data plane: it serves three snapshots
 * one after the other, in each way xDS can arrive, and sends requests through listeners whose
 * routes come by RDS, SRDS and VHDS, with an access log service and a runtime layer. Built with
 * {@code go} where its modules can be had; skipped visibly elsewhere.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class GoControlPlaneDriverIT {
    private static final String MODULE = "github.com/envoyproxy/go-control-plane";
    private static final String VERSION = "v0.14.0";
    private static final String MESSAGE = "as the driver expects it";
    private static final int LISTENERS = 8;

    /**
     * Of requests for each snapshot, half a second apart: one of them must be answered whole, each
     * request within 100 ms, which a proxy that has just started beside other tests may not do in
     * the five that are usual.
     */
    private static final int BATCHES = 7;

    @TempDir private Path folder;
    private Path driver = Path.of("");

    @BeforeAll
    void build() throws Exception {
        var built = ThirdPartyProgram.in("go-control-plane", "go-control-plane's driver");
        // What it serves with is among what is fetched.
        Files.writeString(
                built.folder().resolve("main.go"),
                "package main\n\nimport _ \"" + MODULE + "/pkg/test/v3\"\n\nfunc main() {}\n");
        driver = built.goProgram("driver", MODULE + "/pkg/test/main", VERSION);
    }

    @ParameterizedTest
    @CsvSource({
        "ads, false, false",
        "xds, false, false",
        "xds, true, false",
        "rest, false, false",
        "delta, false, false",
        "delta-ads, false, false",
        "ads, false, true",
        "xds, false, true",
        "xds, true, true",
        "rest, false, true",
        "delta, false, true",
        "delta-ads, false, true",
    })
    void passes(String mode, boolean mux, boolean tls) throws Exception {
        int xds = FreePort.next();
        int gateway = FreePort.next();
        int als = FreePort.next();
        int base = FreePort.next();
        for (int i = 1; i < LISTENERS; i++) {
            assertThat(FreePort.next()).as("a range of free ports").isGreaterThan(base);
        }
        HttpServer upstream = upstream();
        var command =
                new ArrayList<>(
                        List.of(
                                driver.toString(),
                                "-xds=" + mode,
                                "-runtimes=" + (mode.equals("ads") ? 2 : 1),
                                "-message=" + MESSAGE,
                                "-r=" + BATCHES,
                                "-port=" + xds,
                                "-gateway=" + gateway,
                                "-als=" + als,
                                "-upstream=" + upstream.getAddress().getPort(),
                                "-base=" + base));
        if (mux) {
            command.add("-mux");
        }
        if (tls) {
            command.add("-tls");
        }
        Path log = folder.resolve(mode + mux + tls + ".log");
        Process driving =
                new ProcessBuilder(command)
                        .redirectErrorStream(true)
                        .redirectOutput(log.toFile())
                        .start();
        Path bootstrap = folder.resolve(mode + mux + tls + ".yaml");
        Files.writeString(bootstrap, bootstrap(mode, mode.equals("rest") ? gateway : xds, als));
        try (var proxy = Subjects.subject().start(bootstrap, Files.createTempDirectory("driver"))) {
            assertThat(driving.waitFor(60, TimeUnit.SECONDS)).as("the driver ends").isTrue();

            assertThat(driving.exitValue()).as(() -> read(log)).isZero();
            assertThat(proxy.admin("GET", "/stats?filter=update_rejected").body())
                    .doesNotContainPattern("update_rejected: [1-9]");
            assertThat(proxy.admin("GET", "/clusters").body())
                    .contains("cluster-v2-")
                    .doesNotContain("cluster-v0-");
        } finally {
            driving.destroyForcibly();
            upstream.stop(0);
        }
    }

    private static HttpServer upstream() throws IOException {
        var server =
                HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        byte[] body = MESSAGE.getBytes(StandardCharsets.UTF_8);
        server.createContext(
                "/",
                exchange -> {
                    exchange.sendResponseHeaders(200, body.length);
                    exchange.getResponseBody().write(body);
                    exchange.close();
                });
        server.start();
        return server;
    }

    private static String bootstrap(String mode, int xds, int als) {
        boolean ads = mode.endsWith("ads");
        String source = ads ? "{ads: {}, resource_api_version: V3}" : source(mode);
        return """
        node: {id: test-id, cluster: test}
        admin: {address: {socket_address: {address: 127.0.0.1, port_value: 0}}}
        dynamic_resources:
          cds_config: %s
          lds_config: %s
        %s
        static_resources:
          clusters:
            - %s
            - %s
        """
                .formatted(
                        source,
                        source,
                        ads
                                ? "  ads_config: " + api(mode.equals("ads") ? "GRPC" : "DELTA_GRPC")
                                : """
                                layered_runtime:
                                  layers:
                                    - {name: runtime-0, rtds_layer: {name: runtime-0, rtds_config: %s}}
                                """
                                        .formatted(source),
                        cluster("xds_cluster", xds, !mode.equals("rest")),
                        cluster("als_cluster", als, true));
    }

    private static String source(String mode) {
        return "{resource_api_version: V3, api_config_source: "
                + switch (mode) {
                    case "delta" -> api("DELTA_GRPC");
                    case "rest" ->
                            "{api_type: REST, transport_api_version: V3, cluster_names: [xds_cluster],"
                                    + " refresh_delay: 0.5s}";
                    default -> api("GRPC");
                }
                + "}";
    }

    private static String api(String type) {
        return "{api_type: "
                + type
                + ", transport_api_version: V3, set_node_on_first_message_only: true,"
                + " grpc_services: [{envoy_grpc: {cluster_name: xds_cluster}}]}";
    }

    private static String cluster(String name, int port, boolean http2) {
        return "{name: "
                + name
                + ", connect_timeout: 1s"
                + (http2 ? ", http2_protocol_options: {}" : "")
                + ", load_assignment: {cluster_name: "
                + name
                + ", endpoints: [{lb_endpoints: [{endpoint: {address: {socket_address: {address:"
                + " 127.0.0.1, port_value: "
                + port
                + "}}}}]}]}}";
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            return e.toString();
        }
    }
}
