// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.benchmarks.report;

import static org.assertj.core.api.Assertions.assertThat;

import dev.outrigger.benchmarks.load.LoadResult;
import dev.outrigger.benchmarks.machine.MachineFacts;
import dev.outrigger.benchmarks.session.Session;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ReportTest {

    @TempDir private Path folder = Path.of("");

    @Test
    void showsTheCheapestFirstWithItsRatioToTheReference() {
        var text = TextReport.of(report(false), "envoy");

        assertThat(text)
                .contains("Closed loop, 16 connection(s)")
                .containsSubsequence("java", "0.40 [0.40-0.40] (0.40-0.40)", "envoy")
                .contains("haproxy    left out: not installed")
                .contains("PASS     java: CPU per request at c16")
                .doesNotContain("NOT QUIET");
    }

    @Test
    void saysOnTopThatAForcedRunIsNoResult() {
        assertThat(TextReport.of(report(true), "envoy"))
                .contains("NOT QUIET: this run was forced")
                .contains("other processes used 20.0 % of a core");
    }

    @Test
    void passesOnlyWithEveryVerdict() {
        assertThat(report(false).passed()).isTrue();
    }

    @Test
    void writesEverySampleAsJson() throws IOException {
        var file = folder.resolve("results/run.json");

        Session.write(report(false), file);

        assertThat(Files.readString(file))
                .contains("\"contender\" : \"java\"", "\"cpuNanos\" : 20000000")
                .contains("\"outcome\" : \"PASS\"", "\"leftOut\"");
    }

    @Test
    void failsWhoDoesNotAnswerEveryRequest() {
        var lost = new LoadResult(999, 1, 1, 100, 150, 200, 300, 400);
        var samples =
                List.of(
                        sample(1, "java", 20_000_000),
                        new Sample(2, "java", "c16", lost, 1, 0.2, List.of()),
                        new Sample(2, "envoy", "c16", lost, 1, 0.2, List.of()));

        assertThat(Verdict.onFailures(samples, "java"))
                .extracting(Verdict::outcome, Verdict::text)
                .containsExactly(
                        Verdict.Outcome.FAIL,
                        "java: answers every request while it gets new routes: 1 of 2000 failed");
        assertThat(Verdict.onFailures(samples.subList(0, 1), "java").outcome())
                .isEqualTo(Verdict.Outcome.PASS);
        assertThat(Verdict.onFailures(samples, "nobody").outcome())
                .isEqualTo(Verdict.Outcome.NO_DATA);
    }

    private static RunReport report(boolean forced) {
        var samples =
                IntStream.rangeClosed(1, 3)
                        .boxed()
                        .flatMap(round ->
                                Stream.of(
                                        sample(round, "java", 20_000_000),
                                        sample(round, "envoy", 50_000_000)))
                        .toList();
        var figures = Figures.of(samples, "envoy", false);
        return new RunReport(
                "2026-11-21T10:00:00Z",
                "abc1234",
                new MachineFacts("a processor", 2, "Linux 6", "a JVM"),
                "built-in",
                "nginx",
                "three rounds",
                forced,
                forced ? List.of("other processes used 20.0 % of a core (limit: 3 %)") : List.of(),
                Map.of("envoy", "1.40.0"),
                Map.of("haproxy", "not installed"),
                List.of(),
                figures,
                List.of(Verdict.onCpu(figures, "java", "envoy", "c16", 0.5)),
                samples);
    }

    private static Sample sample(int round, String contender, long cpuNanos) {
        var load = new LoadResult(1000, 0, 1, 100, 150, 200, 300, 400);
        return new Sample(round, contender, "c16", load, cpuNanos, 0.2, List.of());
    }
}
