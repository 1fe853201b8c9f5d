// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import dev.outrigger.conformance.compare.KnownDivergences;
import dev.outrigger.conformance.generate.GeneratedRun;
import dev.outrigger.conformance.generate.GeneratedRun.Result;
import dev.outrigger.conformance.generate.GeneratedRun.Settings;
import dev.outrigger.conformance.proxy.ProxyUnderTest;
import dev.outrigger.conformance.proxy.Sabotage;
import dev.outrigger.conformance.proxy.SabotagedProxy;
import dev.outrigger.conformance.stage.Delivery;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Random configurations with random traffic on a real Envoy and on the Java data plane: a fixed few
 * of them always, and as many as {@code -Doutrigger.generated=1000} says. {@code
 * -Doutrigger.generated.seed=17} begins with another seed, {@code
 * -Doutrigger.generated.seeds=17,20} names them, {@code -Doutrigger.generated.exchanges=100} sets
 * the exchanges of each, {@code -Doutrigger.generated.minutes=30} the time after which no more are
 * begun. A failure names its seed, and {@code target/generated/nightly/cases} holds the case that
 * was made small, in the form of the suite's own cases; {@code
 * target/generated/nightly/progress.txt} says what was played so far.
 */
class GeneratedIT {
    private static final Path DIVERGENCES = Path.of("../docs/divergences.md");
    private static final Path FOLDER = Path.of("target/generated");

    /** What a run without any property plays: each way of delivery has its share. */
    private static final List<Long> SEEDS =
            List.of(2L, 3L, 8L, 16L, 18L, 19L, 22L, 24L, 25L, 33L, 43L, 49L);

    @Test
    void behavesAsEnvoyWhateverIsConfiguredAndAsked() throws IOException {
        int configurations = Integer.getInteger("outrigger.generated", 0);
        boolean nightly = configurations > 0;
        var settings =
                new Settings(
                        nightly ? seeds(configurations) : SEEDS,
                        Integer.getInteger("outrigger.generated.exchanges", nightly ? 100 : 12),
                        List.of(Delivery.values()),
                        Integer.getInteger("outrigger.generated.shrinks", nightly ? 10 : 2),
                        Duration.ofMinutes(Integer.getInteger("outrigger.generated.minutes", 120)));
        var subject = nightly ? Subjects.subjectForLongRuns() : Subjects.subject();

        var result = run(subject, settings, "nightly");

        assertThat(result.broken()).as("batches that could not be played").isEmpty();
        assertThat(result.refused()).as("refused by Envoy").isEmpty();
        assertThat(result.findings()).as("unexplained differences from Envoy").isEmpty();
        assertThat(result.unsteady()).hasSizeLessThan(2 + result.configurations() / 5);
    }

    @Test
    void envoyAgreesWithItself() throws IOException {
        var result = run(Subjects.oracle(), few(8, 12), "oracles");

        assertThat(result.broken()).isEmpty();
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

    private static List<Long> seeds(int count) {
        var named = System.getProperty("outrigger.generated.seeds", "");
        return named.isEmpty()
                ? Settings.seeds(Long.getLong("outrigger.generated.seed", 1), count)
                : Stream.of(named.split(",")).map(Long::valueOf).toList();
    }

    private static Settings few(int configurations, int exchanges) {
        return new Settings(
                Settings.seeds(1, configurations),
                exchanges,
                List.of(Delivery.STATIC),
                0,
                Duration.ofMinutes(2));
    }

    private static Result run(ProxyUnderTest subject, Settings settings, String name)
            throws IOException {
        return new GeneratedRun(
                        Subjects.oracle(),
                        subject,
                        KnownDivergences.read(DIVERGENCES),
                        settings,
                        FOLDER.resolve(name),
                        progress(FOLDER.resolve(name)))
                .run();
    }

    /** What a run that is cut off has shown is in a file. */
    private static Consumer<String> progress(Path folder) throws IOException {
        var file = Files.createDirectories(folder).resolve("progress.txt");
        Files.deleteIfExists(file);
        var one = new ReentrantLock();
        return line -> {
            one.lock();
            try {
                System.out.println(line);
                Files.writeString(
                        file, line + "\n", StandardOpenOption.CREATE, StandardOpenOption.APPEND);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            } finally {
                one.unlock();
            }
        };
    }
}
