// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.conformance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.outrigger.conformance.compare.KnownDivergences;
import dev.outrigger.conformance.generate.GeneratedRun;
import dev.outrigger.conformance.generate.GeneratedRun.Settings;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/**
 * Random configurations with random traffic on a real Envoy and on the Java data plane. {@code
 * -Doutrigger.generated=1000} plays so many configurations, {@code -Doutrigger.generated.seed=17}
 * begins with another seed, {@code -Doutrigger.generated.exchanges=100} sets the exchanges of each.
 * A failure names its seed, and {@code target/generated/cases} holds the case that was made small,
 * in the form of the suite's own cases.
 */
class GeneratedIT {
    private static final Path DIVERGENCES = Path.of("../docs/divergences.md");
    private static final Path FOLDER = Path.of("target/generated");

    @Test
    void behavesAsEnvoyWhateverIsConfiguredAndAsked() throws IOException {
        int configurations = Integer.getInteger("outrigger.generated", 0);
        assumeTrue(configurations > 0, "-Doutrigger.generated=<configurations> plays them");
        var settings =
                new Settings(
                        Long.getLong("outrigger.generated.seed", 1),
                        configurations,
                        Integer.getInteger("outrigger.generated.exchanges", 100),
                        Integer.getInteger("outrigger.generated.shrinks", 10),
                        Duration.ofHours(2));

        var result =
                new GeneratedRun(
                                Subjects.oracle(),
                                Subjects.subject(),
                                KnownDivergences.read(DIVERGENCES),
                                settings,
                                FOLDER,
                                System.out::println)
                        .run();

        assertThat(result.findings()).as("unexplained differences from Envoy").isEmpty();
        assertThat(result.unsteady()).hasSizeLessThan(1 + result.configurations() / 5);
    }
}
