// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.conformance.grpc;

import dev.outrigger.conformance.ThirdPartyProgram;
import dev.outrigger.conformance.proxy.Eventually;
import dev.outrigger.conformance.stage.FreePort;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** The interoperability programs of grpc-go and grpc-java, built once and kept. */
final class InteropPrograms {
    private static final String GO_MODULE = "google.golang.org/grpc";
    private static final String GO_VERSION = "v1.85.0";
    private static final String JAVA_VERSION = "1.79.0";
    private static final Path DRIVER =
            Path.of("src", "test", "resources", "grpc", "InteropDriver.java").toAbsolutePath();
    private static final Duration START_LIMIT = Duration.ofSeconds(30);
    private static final int CASE_SECONDS = 60;

    /** A policy by which the client measures what a server tells of its load. */
    private static final String LOAD_POLICY =
            "{\"loadBalancingConfig\":[{\"test_backend_metrics_load_balancer\":{}}]}";

    /** A server that runs. */
    record Server(Process process, int port) implements AutoCloseable {
        @Override
        public void close() {
            process.destroyForcibly();
        }
    }

    private final Path folder;
    private final Path goServer;
    private final Path goClient;
    private final String javaClassPath;

    private InteropPrograms(Path folder, Path goServer, Path goClient, String javaClassPath) {
        this.folder = folder;
        this.goServer = goServer;
        this.goClient = goClient;
        this.javaClassPath = javaClassPath;
    }

    /** Builds what is missing; where that cannot be done, the test is skipped. */
    static InteropPrograms require() throws IOException, InterruptedException {
        var built = ThirdPartyProgram.in("grpc-interop", "gRPC's interoperability programs");
        Path server = built.goProgram("server", GO_MODULE + "/interop/server", GO_VERSION);
        Path client = built.goProgram("client", GO_MODULE + "/interop/client", GO_VERSION);
        Path libraries = built.folder().resolve("lib");
        if (!Files.exists(libraries.resolve("grpc-interop-testing-" + JAVA_VERSION + ".jar"))) {
            Files.writeString(built.folder().resolve("pom.xml"), pom());
            built.fetch(
                    "mvn",
                    "-q",
                    "-B",
                    "dependency:copy-dependencies",
                    "-DoutputDirectory=" + libraries);
        }
        return new InteropPrograms(built.folder(), server, client, libraries + "/*");
    }

    private static String pom() {
        return """
        <project xmlns="http://maven.apache.org/POM/4.0.0">
          <modelVersion>4.0.0</modelVersion>
          <groupId>interop</groupId>
          <artifactId>interop</artifactId>
          <version>1</version>
          <dependencies>
            <dependency>
              <groupId>io.grpc</groupId>
              <artifactId>grpc-interop-testing</artifactId>
              <version>%s</version>
            </dependency>
          </dependencies>
        </project>
        """
                .formatted(JAVA_VERSION);
    }

    Server goServer() throws IOException {
        int port = FreePort.next();
        return server(port, List.of(goServer.toString(), "--port=" + port));
    }

    Server javaServer() throws IOException {
        int port = FreePort.next();
        return server(
                port,
                List.of(
                        java(),
                        "-cp",
                        javaClassPath,
                        "io.grpc.testing.integration.TestServiceServer",
                        "--port=" + port,
                        "--use_tls=false"));
    }

    private Server server(int port, List<String> command) throws IOException {
        var process =
                new ProcessBuilder(command)
                        .redirectErrorStream(true)
                        .redirectOutput(folder.resolve("server-" + port + ".log").toFile())
                        .start();
        boolean listens = Eventually.holds(START_LIMIT, () -> listens(port));
        if (!listens) {
            process.destroyForcibly();
            throw new IOException(command + " does not listen");
        }
        return new Server(process, port);
    }

    private static boolean listens(int port) {
        try (var _ = new Socket(InetAddress.getLoopbackAddress(), port)) {
            return true;
        } catch (IOException e) {
            return false;
        }
    }

    private static String java() {
        return Path.of(System.getProperty("java.home"), "bin", "java").toString();
    }

    private static List<String> arguments(int port, String name) {
        var arguments = new ArrayList<String>();
        arguments.add("--server_host=127.0.0.1");
        arguments.add("--server_port=" + port);
        arguments.add("--use_tls=false");
        arguments.add("--test_case=" + name);
        if (name.startsWith("orca")) {
            arguments.add("--service_config_json=" + LOAD_POLICY);
        }
        if (name.endsWith("soak")) {
            arguments.add("--soak_min_time_ms_between_rpcs=0");
            arguments.add("--soak_overall_timeout_seconds=30");
        }
        return arguments;
    }

    /** What became of each case: {@code ok}, or what the client said. */
    Map<String, String> goClient(int port, List<String> cases)
            throws IOException, InterruptedException {
        var outcomes = new LinkedHashMap<String, String>();
        for (var name : cases) {
            var command = new ArrayList<String>();
            command.add(goClient.toString());
            command.addAll(arguments(port, name));
            var ended = run(command, CASE_SECONDS);
            outcomes.put(name, ended.code() == 0 ? "ok" : ended.said());
        }
        return outcomes;
    }

    /** The same; one process plays all of them. */
    Map<String, String> javaClient(int port, List<String> cases)
            throws IOException, InterruptedException {
        var command = new ArrayList<String>();
        command.addAll(List.of(java(), "-cp", javaClassPath, DRIVER.toString()));
        for (var name : cases) {
            command.add(String.join("\u0001", arguments(port, name)));
        }
        var said = run(command, CASE_SECONDS * 4).said();
        var outcomes = new LinkedHashMap<String, String>();
        for (var name : cases) {
            var mark = "case --test_case=" + name + ": ";
            outcomes.put(
                    name,
                    said.lines()
                            .filter(line -> line.startsWith(mark))
                            .map(line -> line.substring(mark.length()))
                            .findFirst()
                            .orElse(said));
        }
        return outcomes;
    }

    private record Ended(int code, String said) {}

    private Ended run(List<String> command, int seconds) throws IOException, InterruptedException {
        var log = Files.createTempFile(folder, "client", ".log");
        var process =
                new ProcessBuilder(command)
                        .redirectErrorStream(true)
                        .redirectOutput(log.toFile())
                        .start();
        try {
            if (!process.waitFor(seconds, TimeUnit.SECONDS)) {
                return new Ended(-1, "no end after " + seconds + " s: " + Files.readString(log));
            }
            return new Ended(process.exitValue(), Files.readString(log));
        } finally {
            process.destroyForcibly();
            Files.deleteIfExists(log);
        }
    }
}
