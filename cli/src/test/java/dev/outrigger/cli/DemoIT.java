// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The demo as a user starts it, with real processes at both ends. */
@Timeout(300)
class DemoIT {
    /** The built launcher and programs of this very build. */
    private static final Path LAUNCHER = Path.of("..", "outrigger").toAbsolutePath().normalize();

    private static final HttpClient HTTP = HttpClient.newHttpClient();

    @TempDir Path folder;

    private record Ran(int exitCode, String out, String err) {}

    @Test
    void bothSidecarsDoWhatThePolicySays() throws Exception {
        var ran = demo(Map.of(), "--requests", "300");

        assertThat(ran.err()).contains("Every number is what the seed");
        assertThat(ran.exitCode()).isZero();
        assertThat(ran.out())
                .contains("Java data plane")
                .containsPattern("unknown service +404")
                .containsPattern("service that is down +503")
                .containsPattern("to A through its ingress +200");
        if (System.getenv("CI") != null) {
            assertThat(ran.out()).contains("Envoy 1.40.0");
        }
        assertThat(folder.resolve("tmp")).isEmptyDirectory();
    }

    @Test
    void javaHalfRunsWithoutEnvoyAndSaysSo() throws Exception {
        var ran = demo(Map.of("OUTRIGGER_ENVOY", "/nonexistent/envoy"), "--requests", "100");

        assertThat(ran.exitCode()).isZero();
        assertThat(ran.err())
                .contains("left out: this run shows the Java data plane only")
                .contains("Left out: everything with stock Envoy");
        assertThat(ran.out()).contains("Java data plane").doesNotContain("Envoy");
    }

    @Test
    void differentErrorRateAndSeedComeOutAsComputed() throws Exception {
        var ran =
                demo(
                        Map.of(),
                        "--no-envoy",
                        "--requests=200",
                        "--error-rate=0.5",
                        "--seed=77",
                        "--connections=4");

        assertThat(ran.err()).contains("Every number is what the seed");
        assertThat(ran.exitCode()).isZero();
    }

    @Test
    void killedControlPlaneComesBackAndCtrlCLeavesNothing() throws Exception {
        var demo = start(Map.of(), "--no-envoy", "--requests=50", "--hold");
        try (var err = demo.errorReader()) {
            var said = new StringBuilder();
            var text = awaitLine(err, said, "   # the traffic goes on");
            long controlPlane = Long.parseLong(firstGroup(text, "kill -9 (\\d+)"));
            var egress = firstGroup(text, "(http://127.0.0.1:\\d+/)\\n");
            var rest = firstGroup(text, "curl -s (http://127.0.0.1:\\d+)/api/v1/proxies");

            ProcessHandle.of(controlPlane).orElseThrow().destroyForcibly();
            for (int i = 0; i < 50; i++) {
                assertThat(get(egress, "a.local.service")).isEqualTo(200);
            }
            awaitLine(err, said, "runs again");
            assertThat(get(rest + "/api/v1/trafficpolicies/a-to-b", "127.0.0.1")).isEqualTo(200);

            var processes = demo.descendants().toList();
            assertThat(processes).isNotEmpty();
            interrupt(demo);
            assertThat(demo.waitFor(30, TimeUnit.SECONDS)).isTrue();
            for (var process : processes) {
                process.onExit().get(10, TimeUnit.SECONDS);
            }
            assertThat(folder.resolve("tmp")).isEmptyDirectory();
        } finally {
            demo.descendants().forEach(ProcessHandle::destroyForcibly);
            demo.destroyForcibly();
        }
    }

    @Test
    void killedDemoLeavesNothingEither() throws Exception {
        var demo = start(Map.of(), "--no-envoy", "--requests=50", "--hold");
        try (var err = demo.errorReader()) {
            awaitLine(err, new StringBuilder(), "   # the traffic goes on");
            var processes = demo.descendants().toList();

            demo.destroyForcibly().waitFor();

            for (var process : processes) {
                process.onExit().get(10, TimeUnit.SECONDS);
            }
            assertThat(folder.resolve("tmp")).isEmptyDirectory();
        } finally {
            demo.descendants().forEach(ProcessHandle::destroyForcibly);
        }
    }

    /** As Linux says it; elsewhere it is taken to be as usual. */
    private static boolean isInterruptIgnored() throws IOException {
        var status = Path.of("/proc/self/status");
        if (!Files.exists(status)) {
            return false;
        }
        try (var lines = Files.lines(status)) {
            return lines.filter(line -> line.startsWith("SigIgn:"))
                    .map(line -> Long.parseUnsignedLong(line.substring(7).strip(), 16))
                    .anyMatch(mask -> (mask & (1L << 1)) != 0);
        }
    }

    /** What Ctrl-C does, to the one process; Java has no call for that signal. */
    private static void interrupt(Process process) throws IOException, InterruptedException {
        new ProcessBuilder("kill", "-INT", Long.toString(process.pid())).start().waitFor();
    }

    /** Reads what the demo says until a line has the text; returns all that was said so far. */
    private static String awaitLine(BufferedReader err, StringBuilder said, String wanted)
            throws IOException {
        for (var line = err.readLine(); line != null; line = err.readLine()) {
            said.append(line).append('\n');
            if (line.contains(wanted)) {
                return said.toString();
            }
        }
        throw new AssertionError("ended without saying '" + wanted + "':\n" + said);
    }

    private static int get(String url, String host) throws IOException, InterruptedException {
        var uri = URI.create(url);
        var request =
                HttpRequest.newBuilder(uri)
                        .header("Host", host.equals("127.0.0.1") ? uri.getAuthority() : host)
                        .timeout(Duration.ofSeconds(10))
                        .build();
        return HTTP.send(request, HttpResponse.BodyHandlers.discarding()).statusCode();
    }

    private static String firstGroup(String text, String pattern) {
        var matcher = Pattern.compile(pattern).matcher(text);
        assertThat(matcher.find()).as(pattern + " in " + text).isTrue();
        return matcher.group(1);
    }

    private Ran demo(Map<String, String> environment, String... arguments)
            throws IOException, InterruptedException {
        var process = start(environment, arguments);
        try (var err = process.errorReader()) {
            var said = err.readAllAsString();
            assertThat(process.waitFor(60, TimeUnit.SECONDS)).as(said).isTrue();
            return new Ran(process.exitValue(), Files.readString(folder.resolve("out")), said);
        } finally {
            process.destroy();
        }
    }

    private Process start(Map<String, String> environment, String... arguments) throws IOException {
        var command = new ArrayList<String>();
        if (isInterruptIgnored()) {
            // Whoever runs the tests in the background ignores interrupts, which children inherit.
            command.addAll(List.of("env", "--default-signal=INT"));
        }
        command.addAll(List.of(LAUNCHER.toString(), "demo"));
        command.addAll(List.of(arguments));
        var temporary = Files.createDirectories(folder.resolve("tmp"));
        var all = new HashMap<>(environment);
        all.put("JAVA_HOME", System.getProperty("java.home"));
        all.put("OUTRIGGER_NO_BUILD", "1");
        all.put("JDK_JAVA_OPTIONS", "-Djava.io.tmpdir=" + temporary);
        var builder = new ProcessBuilder(command).redirectOutput(folder.resolve("out").toFile());
        builder.environment().putAll(all);
        return builder.start();
    }
}
