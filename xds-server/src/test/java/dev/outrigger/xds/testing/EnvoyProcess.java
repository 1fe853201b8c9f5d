// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.xds.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import dev.outrigger.envoy.Envoy;
import dev.outrigger.envoy.EnvoyProvision;
import dev.outrigger.envoy.EnvoyVersion;
import dev.outrigger.envoy.ProvisionOptions;
import java.io.IOException;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/** A real Envoy on this machine. Started with a bootstrap; killed when closed. */
public final class EnvoyProcess implements AutoCloseable {
    static {
        // Read once, when the first client is made; virtual hosts are told apart by this header.
        System.setProperty("jdk.httpclient.allowRestrictedHeaders", "host");
    }

    private static final HttpClient HTTP =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

    private static final Optional<Envoy> FOUND =
            EnvoyProvision.forTests(
                    ProvisionOptions.fromEnvironment(),
                    Optional.ofNullable(System.getenv("CI")).orElse(""));

    private static final EnvoyVersion OLDEST_VERSION = EnvoyVersion.parse("1.36.4");

    /** Looked for only where it is needed: it may have to be fetched. */
    private static final class Oldest {
        static final Optional<Envoy> FOUND =
                EnvoyProvision.forTests(
                        ProvisionOptions.fromEnvironment()
                                .withoutExplicitPath()
                                .withVersion(OLDEST_VERSION)
                                .withProgress(System.err::println),
                        "");
    }

    private final Process process;
    private final int adminPort;
    private final Path log;

    private EnvoyProcess(Process process, int adminPort, Path log) {
        this.process = process;
        this.adminPort = adminPort;
        this.log = log;
    }

    /**
     * The Envoy of this machine; skips the test if there is none, but fails it in continuous
     * integration, where a missing Envoy would make every proof an empty one.
     */
    public static Envoy required() {
        assumeThat(FOUND).as("an Envoy").isPresent();
        return FOUND.orElseThrow();
    }

    /**
     * The oldest Envoy that must work; skips the test where it cannot be had. Also in continuous
     * integration: the pinned one is the oracle, this one only widens the proof.
     */
    public static Envoy oldest() {
        assumeThat(Oldest.FOUND).as("an Envoy %s", OLDEST_VERSION).isPresent();
        return Oldest.FOUND.orElseThrow();
    }

    public static EnvoyProcess start(Path directory, String bootstrap, int adminPort)
            throws IOException {
        return start(required(), directory, bootstrap, adminPort);
    }

    public static EnvoyProcess start(Envoy envoy, Path directory, String bootstrap, int adminPort)
            throws IOException {
        var config = Files.writeString(directory.resolve("bootstrap.yaml"), bootstrap);
        var log = directory.resolve("envoy.log");
        var command =
                envoy.command(
                        List.of(
                                "-c",
                                config.toString(),
                                "--use-dynamic-base-id",
                                "--concurrency",
                                "1",
                                "-l",
                                "warning"),
                        directory);
        var process =
                new ProcessBuilder(command)
                        .redirectErrorStream(true)
                        .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()))
                        .start();
        return new EnvoyProcess(process, adminPort, log);
    }

    /** What {@code --mode validate} says; empty when the configuration is good. */
    public static String validate(Path config) throws IOException, InterruptedException {
        var process =
                new ProcessBuilder(
                                required()
                                        .command(
                                                List.of(
                                                        "--mode",
                                                        "validate",
                                                        "-c",
                                                        config.toString(),
                                                        "-l",
                                                        "error"),
                                                Objects.requireNonNull(config.getParent())))
                        .redirectErrorStream(true)
                        .start();
        var output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        return process.waitFor() == 0 ? "" : output;
    }

    public String log() throws IOException {
        return Files.readString(log);
    }

    public void awaitReady() throws Exception {
        Eventually.within(
                Duration.ofSeconds(20),
                () -> {
                    assertThat(process.isAlive()).as("alive, log: %s", log()).isTrue();
                    assertThat(admin("/ready").strip()).isEqualTo("LIVE");
                });
    }

    public String admin(String path) throws IOException, InterruptedException {
        return get(adminPort, "localhost", path).body();
    }

    /** A counter or gauge; 0 if Envoy has none of that name. */
    public long stat(String name) throws IOException, InterruptedException {
        for (String line : admin("/stats").lines().toList()) {
            if (line.startsWith(name + ": ")) {
                return Long.parseLong(line.substring(name.length() + 2));
            }
        }
        return 0;
    }

    public static HttpResponse<String> get(int port, String host, String path)
            throws IOException, InterruptedException {
        return send(port, host, "GET", path);
    }

    public static HttpResponse<String> send(int port, String host, String method, String path)
            throws IOException, InterruptedException {
        var request =
                HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
                        .timeout(Duration.ofSeconds(10))
                        .method(method, HttpRequest.BodyPublishers.noBody());
        if (!host.equals("localhost")) {
            request.header("Host", host);
        }
        return HTTP.send(request.build(), HttpResponse.BodyHandlers.ofString());
    }

    /** Ports nobody listens on now. */
    public static List<Integer> freePorts(int count) throws IOException {
        var sockets = new ArrayList<ServerSocket>();
        var ports = new ArrayList<Integer>();
        try {
            for (int i = 0; i < count; i++) {
                var socket = new ServerSocket(0);
                sockets.add(socket);
                ports.add(socket.getLocalPort());
            }
        } finally {
            for (ServerSocket socket : sockets) {
                socket.close();
            }
        }
        return ports;
    }

    @Override
    public void close() {
        process.destroy();
        try {
            if (!process.waitFor(5, TimeUnit.SECONDS)) {
                process.destroyForcibly();
            }
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
    }
}
