// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.envoy;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EnvoyProcessTest {
    private static final Duration LIMIT = Duration.ofSeconds(20);

    @TempDir private Path folder;

    @Test
    void runsInTheWorkingDirectoryWithBothOutputsInTheLog() throws IOException {
        var log = folder.resolve("log");
        var envoy = fake("#!/bin/sh\npwd\necho \"$@\" >&2\nexit 3\n");

        try (var process = envoy.start(List.of("-c", "x.yaml"), folder, log)) {
            assertThat(process.awaitExit(LIMIT)).isTrue();
            assertThat(process.exitCode()).hasValue(3);
            assertThat(process.isAlive()).isFalse();
        }

        assertThat(Files.readAllLines(log))
                .containsExactly(folder.toRealPath().toString(), "-c x.yaml");
    }

    @Test
    void endsAProcessThatIgnoresTheRequestToEnd() throws IOException {
        var log = folder.resolve("log");
        var envoy = fake("#!/bin/sh\ntrap '' TERM\necho ready\nexec tail -f /dev/null\n");
        var process = envoy.start(List.of(), folder, log);
        while (process.isAlive() && !Files.readString(log).contains("ready")) {
            Thread.onSpinWait();
        }

        process.stop(Duration.ofMillis(200));

        assertThat(process.awaitExit(LIMIT)).isTrue();
        assertThat(process.exitCode()).isPresent();
    }

    @Test
    void aContainerRunsInTheMachinesNetworkWithItsFolder() {
        var container = EnvoyContainer.of(EnvoyVersion.PINNED, true);

        assertThat(container.command(List.of("-c", folder + "/x.yaml"), folder))
                .startsWith("docker", "run", "--rm", "--network=host")
                .containsSequence("--volume", folder + ":" + folder)
                .endsWith("envoyproxy/envoy:v1.40.0", "envoy", "-c", folder + "/x.yaml");
        assertThat(container.describe())
                .isEqualTo("Envoy 1.40.0 (container image: envoyproxy/envoy:v1.40.0)");
    }

    private EnvoyBinary fake(String script) {
        var file = new FakeMachine(folder).script("envoy", script);
        return new EnvoyBinary(EnvoyVersion.PINNED, Origin.EXPLICIT, file);
    }
}
