// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.cli.command;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The commands against the real control plane, started as a user starts it. */
@Timeout(120)
class ServerIT {
    private static final Path LAUNCHER = Path.of("..", "outrigger").toAbsolutePath().normalize();

    private static final String SERVICE =
            """
            apiVersion: outrigger.dev/v1alpha1
            kind: Service
            metadata: {name: b}
            spec:
              hostnames: [b.local.service]
              ports: [{name: http, port: 80, protocol: HTTP}]
              endpoints: {static: [{address: 127.0.0.1, port: 9000}]}
            """;

    @TempDir Path folder;
    private final List<Process> started = new ArrayList<>();

    /** A running server and the REST address it printed. */
    private record Server(Process process, String rest) {
        String option() {
            return "--server=" + rest;
        }
    }

    @AfterEach
    void stopAll() throws InterruptedException {
        for (var process : started) {
            process.destroyForcibly();
            process.waitFor();
        }
    }

    @Test
    void storesListsAndDeletes() throws Exception {
        var server = start();
        var file = Files.writeString(folder.resolve("b.yaml"), SERVICE);

        var applied =
                CliRun.of("apply", "-f", file.toString(), "--wait", "-m", "why", server.option());
        var again = CliRun.of("apply", "-f", file.toString(), server.option());
        var listed = CliRun.of("get", "services", "-o", "name", server.option());
        var deleted = CliRun.of("delete", "service/b", server.option());
        var gone = CliRun.of("get", "service/b", server.option());

        assertThat(applied.exitCode()).isZero();
        assertThat(applied.out()).isEqualTo("service/b created\n");
        assertThat(again.out()).isEqualTo("service/b unchanged\n");
        assertThat(again.err()).contains("nothing changed");
        assertThat(listed.out()).isEqualTo("service/b\n");
        assertThat(deleted.out()).isEqualTo("service/b deleted\n");
        assertThat(gone.exitCode()).isEqualTo(5);
    }

    @Test
    void appliesWhatGetPrinted() throws Exception {
        var server = start();
        CliRun.withInput(SERVICE, "apply", "-f", "-", server.option());

        var yaml = CliRun.of("get", "service/b", "-o", "yaml", server.option()).out();
        var applied = CliRun.withInput(yaml, "apply", "-f", "-", server.option());

        assertThat(applied.exitCode()).as(applied.err()).isZero();
        assertThat(applied.out()).isEqualTo("service/b unchanged\n");
    }

    @Test
    void pointsAtEveryViolation() throws Exception {
        var server = start();
        Files.writeString(folder.resolve("1.yaml"), SERVICE);
        var bad =
                Files.writeString(
                        folder.resolve("2.yaml"),
                        """
                        apiVersion: outrigger.dev/v1alpha1
                        kind: TrafficPolicy
                        metadata: {name: p}
                        spec:
                          targetRefs: [{kind: Service, name: b}]
                          retry:
                            atempts: 2
                            codes: [99]
                        """);

        var run = CliRun.of("apply", "-f", folder.toString(), server.option());
        var stored = CliRun.of("get", "services", "-o", "name", server.option());

        assertThat(run.exitCode()).isEqualTo(3);
        assertThat(run.err())
                .contains(bad + ":7:5 #/spec/retry/atempts: ")
                .contains("Did you mean 'attempts'?")
                .contains(bad + ":8:13 #/spec/retry/codes/0: ");
        assertThat(stored.out()).isEmpty();
    }

    @Test
    void refusesToDeleteWhatAnotherNeeds() throws Exception {
        var server = start();
        CliRun.withInput(
                SERVICE
                        + """
                        ---
                        apiVersion: outrigger.dev/v1alpha1
                        kind: TrafficPolicy
                        metadata: {name: p}
                        spec:
                          targetRefs: [{kind: Service, name: b}]
                          retry: {attempts: 1}
                        """,
                "apply",
                "-f",
                "-",
                server.option());

        var run = CliRun.of("delete", "service/b", server.option());

        assertThat(run.exitCode()).isEqualTo(4);
        assertThat(run.err()).contains("TrafficPolicy/p");
    }

    @Test
    void losesNothingWhenItIsKilled() throws Exception {
        var first = start();
        CliRun.withInput(SERVICE, "apply", "-f", "-", first.option());
        first.process.destroyForcibly().waitFor();

        var second = start();

        assertThat(CliRun.of("get", "services", "-o", "name", second.option()).out())
                .isEqualTo("service/b\n");
    }

    /** R22: what was cut off is there or not, and asking again with the same key settles it. */
    @Test
    void aWriteThatAKillCutsOffIsSettledByItsKey() throws Exception {
        int answered = 0;
        for (int round = 1; round <= 6; round++) {
            var server = start();
            var key = "round-" + round;
            try (var client = HttpClient.newHttpClient()) {
                var cut =
                        client.sendAsync(write(server, key), HttpResponse.BodyHandlers.ofString());
                // Sooner and later within the few milliseconds that a write takes.
                long until = System.nanoTime() + round * 1_500_000L;
                while (System.nanoTime() < until) {
                    Thread.onSpinWait();
                }
                server.process.destroyForcibly().waitFor();
                answered += cut.handle((answer, _) -> answer != null ? 1 : 0).join();
            }

            var again = start();
            try (var client = HttpClient.newHttpClient()) {
                var settled = client.send(write(again, key), HttpResponse.BodyHandlers.ofString());
                assertThat(settled.statusCode()).as(settled.body()).isEqualTo(200);
                assertThat(settled.body()).contains("\"revision\":" + round + ",");
            }
            again.process.destroyForcibly().waitFor();
        }
        assertThat(answered).as("answered before the kill").isLessThan(6);
    }

    private static HttpRequest write(Server server, String key) {
        return HttpRequest.newBuilder(URI.create(server.rest + "/api/v1/apply?message=" + key))
                .header("Content-Type", "application/yaml")
                .header("Idempotency-Key", key)
                .POST(
                        HttpRequest.BodyPublishers.ofString(
                                SERVICE.replace(
                                        "name: b}", "name: b, labels: {key: " + key + "}}")))
                .build();
    }

    @Test
    void saysWhoHasThePort() throws Exception {
        var first = start();
        var port = first.rest.substring(first.rest.lastIndexOf(':') + 1);

        var run =
                CliRun.of(
                        "server",
                        "--rest=:" + port,
                        "--admin=:0",
                        "--xds=:0",
                        "--store=" + folder.resolve("other.db"));

        assertThat(run.exitCode()).isEqualTo(6);
        assertThat(run.err())
                .contains("REST API: port " + port + " is taken by process " + first.process.pid());
    }

    @Test
    void saysWhoHasTheStore() throws Exception {
        var first = start();

        var run =
                CliRun.of(
                        "server",
                        "--rest=:0",
                        "--admin=:0",
                        "--xds=:0",
                        "--store=" + folder.resolve("store.db"));

        assertThat(run.exitCode()).isEqualTo(6);
        assertThat(run.err()).contains("store.db").contains("" + first.process.pid());
    }

    @Test
    void endsWhenAskedTo() throws Exception {
        var server = start();

        server.process.destroy();

        assertThat(server.process.waitFor(20, TimeUnit.SECONDS)).isTrue();
        // 128 + SIGTERM: the script has replaced itself, so the signal's code comes through.
        assertThat(server.process.exitValue()).isEqualTo(143);
    }

    private Server start() throws IOException {
        var builder =
                new ProcessBuilder(
                                LAUNCHER.toString(),
                                "server",
                                "--rest=:0",
                                "--admin=:0",
                                "--xds=:0",
                                "--store=" + folder.resolve("store.db"))
                        .redirectError(folder.resolve("server.log").toFile());
        builder.environment().put("JAVA_HOME", System.getProperty("java.home"));
        builder.environment().put("OUTRIGGER_NO_BUILD", "1");
        var process = builder.start();
        started.add(process);
        var out = new BufferedReader(process.inputReader());
        var line = out.readLine();
        assertThat(line).as(Files.readString(folder.resolve("server.log"))).startsWith("rest   ");
        return new Server(process, line.substring("rest   ".length()));
    }
}
