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
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

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

    /** Most of a play is the driver's waiting between two batches. */
    private static final int AT_ONCE = 3;

    private static final List<Mode> MODES =
            Stream.of(false, true)
                    .flatMap(tls ->
                            Stream.of(
                                    new Mode("ads", false, tls),
                                    new Mode("xds", false, tls),
                                    new Mode("xds", true, tls),
                                    new Mode("rest", false, tls),
                                    new Mode("delta", false, tls),
                                    new Mode("delta-ads", false, tls)))
                    .toList();

    /**
     * Of requests for each snapshot, half a second apart: one of them must be answered whole, each
     * request within 100 ms. A proxy that has just started beside other tests, and sees its first
     * TLS, has taken more than three seconds to get there.
     */
    private static final int BATCHES = 10;

    private final Path folder;
    private Path driver = Path.of("");
    private final ExecutorService threads = Executors.newFixedThreadPool(AT_ONCE);
    private final Map<Mode, Future<?>> played = new HashMap<>();

    /** How the driver is told to serve. */
    record Mode(String xds, boolean mux, boolean tls) {}

    GoControlPlaneDriverIT(@TempDir Path folder) {
        this.folder = folder;
    }

    @BeforeAll
    void build() throws Exception {
        var built = ThirdPartyProgram.in("go-control-plane", "go-control-plane's driver");
        // What it serves with is among what is fetched.
        Files.writeString(
                built.folder().resolve("main.go"),
                "package main\n\nimport _ \"" + MODULE + "/pkg/test/v3\"\n\nfunc main() {}\n");
        driver = built.goProgram("driver", MODULE + "/pkg/test/main", VERSION);
        for (Mode mode : MODES) {
            played.put(
                    mode,
                    threads.submit(() -> {
                        play(mode);
                        return mode;
                    }));
        }
    }

    @AfterAll
    void stop() {
        threads.shutdownNow();
    }

    static List<Mode> modes() {
        return MODES;
    }

    @ParameterizedTest
    @MethodSource("modes")
    void passes(Mode mode) throws Exception {
        try {
            var _ = Objects.requireNonNull(played.get(mode)).get();
        } catch (ExecutionException e) {
            if (e.getCause() instanceof AssertionError failure) {
                throw failure;
            }
            throw e;
        }
    }

    /** So many ports in a row, and three more. */
    private static synchronized Ports ports() throws IOException {
        int xds = FreePort.next();
        int gateway = FreePort.next();
        int als = FreePort.next();
        return new Ports(xds, gateway, als, FreePort.range(LISTENERS));
    }

    private record Ports(int xds, int gateway, int als, int base) {}

    private void play(Mode mode) throws IOException, InterruptedException {
        Ports ports = ports();
        HttpServer upstream = upstream();
        var command =
                new ArrayList<>(
                        List.of(
                                driver.toString(),
                                "-xds=" + mode.xds(),
                                "-runtimes=" + (mode.xds().equals("ads") ? 2 : 1),
                                "-message=" + MESSAGE,
                                "-r=" + BATCHES,
                                "-port=" + ports.xds(),
                                "-gateway=" + ports.gateway(),
                                "-als=" + ports.als(),
                                "-upstream=" + upstream.getAddress().getPort(),
                                "-base=" + ports.base()));
        if (mode.mux()) {
            command.add("-mux");
        }
        if (mode.tls()) {
            command.add("-tls");
        }
        Path log = folder.resolve(mode.xds() + mode.mux() + mode.tls() + ".log");
        Process driving =
                new ProcessBuilder(command)
                        .redirectErrorStream(true)
                        .redirectOutput(log.toFile())
                        .start();
        Path bootstrap = folder.resolve(mode.xds() + mode.mux() + mode.tls() + ".yaml");
        int server = mode.xds().equals("rest") ? ports.gateway() : ports.xds();
        Files.writeString(bootstrap, bootstrap(mode.xds(), server, ports.als()));
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
