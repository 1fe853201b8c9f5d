// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The demo as a user starts it, with real processes at both ends. */
@Timeout(300)
class DemoIT {
    /** The built launcher and programs of this very build. */
    private static final Path LAUNCHER = Path.of("..", "outrigger").toAbsolutePath().normalize();

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

    private Ran demo(Map<String, String> environment, String... arguments)
            throws IOException, InterruptedException {
        var command = new ArrayList<>(List.of(LAUNCHER.toString(), "demo"));
        command.addAll(List.of(arguments));
        var temporary = Files.createDirectories(folder.resolve("tmp"));
        var all = new HashMap<>(environment);
        all.put("JAVA_HOME", System.getProperty("java.home"));
        all.put("OUTRIGGER_NO_BUILD", "1");
        all.put("OUTRIGGER_JAVA_OPTS", "-Djava.io.tmpdir=" + temporary);
        var out = folder.resolve("out");
        var err = folder.resolve("err");
        var builder =
                new ProcessBuilder(command)
                        .redirectOutput(out.toFile())
                        .redirectError(err.toFile());
        builder.environment().putAll(all);
        var process = builder.start();
        try {
            assertThat(process.waitFor(240, TimeUnit.SECONDS)).as(Files.readString(err)).isTrue();
        } finally {
            process.destroy();
        }
        return new Ran(process.exitValue(), Files.readString(out), Files.readString(err));
    }
}
