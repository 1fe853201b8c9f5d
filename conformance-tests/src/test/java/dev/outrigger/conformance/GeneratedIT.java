// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.conformance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.outrigger.conformance.compare.KnownDivergences;
import dev.outrigger.conformance.generate.GeneratedRun;
import dev.outrigger.conformance.generate.GeneratedRun.Result;
import dev.outrigger.conformance.generate.GeneratedRun.Settings;
import dev.outrigger.conformance.proxy.ProxyUnderTest;
import dev.outrigger.conformance.proxy.Sabotage;
import dev.outrigger.conformance.proxy.SabotagedProxy;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Random configurations with random traffic on a real Envoy and on the Java data plane. {@code
 * -Doutrigger.generated=1000} plays so many configurations, {@code -Doutrigger.generated.seed=17}
 * begins with another seed, {@code -Doutrigger.generated.exchanges=100} sets the exchanges of each.
 * A failure names its seed, and {@code target/generated/nightly/cases} holds the case that was made
 * small, in the form of the suite's own cases. Without these, only the detector itself is tested.
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

        var result = run(Subjects.subject(), settings, "nightly");

        assertThat(result.refused()).as("refused by Envoy").isEmpty();
        assertThat(result.findings()).as("unexplained differences from Envoy").isEmpty();
        assertThat(result.unsteady()).hasSizeLessThan(1 + result.configurations() / 5);
    }

    @Test
    void envoyAgreesWithItself() throws IOException {
        var result = run(Subjects.oracle(), few(8, 12), "oracles");

        assertThat(result.refused()).isEmpty();
        assertThat(result.findings()).isEmpty();
        assertThat(result.unsteady()).hasSizeLessThan(5);
    }

    @ParameterizedTest
    @EnumSource(
            value = Sabotage.class,
            names = {"STATUS", "REQUEST_HEADER", "STATISTIC"})
    void noticesSabotage(Sabotage sabotage) throws IOException {
        var sabotaged = new SabotagedProxy(Subjects.oracle(), sabotage);

        var result = run(sabotaged, few(3, 8), "sabotage-" + sabotage);

        assertThat(result.refused()).isEmpty();
        assertThat(result.findings()).isNotEmpty();
    }

    private static Settings few(int configurations, int exchanges) {
        return new Settings(1, configurations, exchanges, 0, Duration.ofMinutes(2));
    }

    private static Result run(ProxyUnderTest subject, Settings settings, String name)
            throws IOException {
        return new GeneratedRun(
                        Subjects.oracle(),
                        subject,
                        KnownDivergences.read(DIVERGENCES),
                        settings,
                        FOLDER.resolve(name),
                        System.out::println)
                .run();
    }
}
