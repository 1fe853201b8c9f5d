// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.benchmarks.report;

import static org.assertj.core.api.Assertions.assertThat;

import dev.outrigger.benchmarks.load.LoadResult;
import dev.outrigger.benchmarks.statistics.Distribution;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;

class FiguresTest {

    @Test
    void formsRatiosWithinARound() {
        // The machine is twice as slow in the second round; the ratio does not notice.
        var samples =
                List.of(
                        sample(1, "java", 20),
                        sample(1, "envoy", 50),
                        sample(2, "java", 40),
                        sample(2, "envoy", 100));

        var figures =
                Figures.find(Figures.of(samples, "envoy", false), "java", "c16").orElseThrow();

        assertThat(ratio(figures).median()).isEqualTo(0.4);
        assertThat(ratio(figures).rounds()).isEqualTo(2);
        assertThat(figures.cpuMicros().median()).isEqualTo(30);
    }

    @Test
    void leavesOutARoundWhoseReferenceIsDirty() {
        var samples =
                List.of(
                        sample(1, "java", 20),
                        dirty(1, "envoy", 500),
                        sample(2, "java", 30),
                        sample(2, "envoy", 60));

        var figures =
                Figures.find(Figures.of(samples, "envoy", false), "java", "c16").orElseThrow();

        assertThat(ratio(figures).rounds()).isEqualTo(1);
        assertThat(ratio(figures).median()).isEqualTo(0.5);
        assertThat(figures.clean()).isEqualTo(2);
    }

    @Test
    void countsDirtySamplesWhenAsked() {
        var samples = List.of(dirty(1, "java", 20), dirty(1, "envoy", 40));

        assertThat(Figures.of(samples, "envoy", false)).isEmpty();
        var figures = Figures.find(Figures.of(samples, "envoy", true), "java", "c16").orElseThrow();
        assertThat(ratio(figures).median()).isEqualTo(0.5);
    }

    @Test
    void marksASampleWithFailedRequestsAsDirty() {
        var load = new LoadResult(1000, 2, 1, 1, 1, 1, 1, 1);

        assertThat(Sample.of(1, "java", "c16", load, 1, 0, List.of()).disturbances())
                .containsExactly("2 of 1002 requests failed");
    }

    @Test
    void passesABarOnlyWithTheWholeIntervalBelowIt() {
        assertThat(verdict(0.40, 0.41, 0.42).outcome()).isEqualTo(Verdict.Outcome.PASS);
        assertThat(verdict(0.45, 0.49, 0.55).outcome()).isEqualTo(Verdict.Outcome.UNCLEAR);
        assertThat(verdict(0.60, 0.61, 0.62).outcome()).isEqualTo(Verdict.Outcome.FAIL);
    }

    @Test
    void isUnclearOnTooFewRoundsAndInAForcedRun() {
        assertThat(verdict(0.40, 0.41).outcome()).isEqualTo(Verdict.Outcome.UNCLEAR);
        assertThat(verdict(0.40, 0.41, 0.42).forced().outcome()).isEqualTo(Verdict.Outcome.UNCLEAR);
    }

    @Test
    void hasNoVerdictWithoutData() {
        assertThat(Verdict.onCpu(List.of(), "java", "envoy", "c16", 0.5).outcome())
                .isEqualTo(Verdict.Outcome.NO_DATA);
    }

    @Test
    void failsAnAaCheckThatExcludesOne() {
        assertThat(twinVerdict(1.00, 1.01, 0.99).outcome()).isEqualTo(Verdict.Outcome.PASS);
        assertThat(twinVerdict(1.10, 1.11, 1.12).outcome()).isEqualTo(Verdict.Outcome.FAIL);
        assertThat(twinVerdict(0.80, 1.00, 1.20).outcome()).isEqualTo(Verdict.Outcome.UNCLEAR);
    }

    private static Distribution ratio(Figures figures) {
        return Objects.requireNonNull(figures.cpuRatio(), "ratio: absent");
    }

    private static Verdict verdict(double... ratios) {
        return Verdict.onCpu(
                Figures.of(samplesWithRatios("java", "envoy", ratios), "envoy", false),
                "java",
                "envoy",
                "c16",
                0.5);
    }

    private static Verdict twinVerdict(double... ratios) {
        return Verdict.onTwin(
                Figures.of(samplesWithRatios("haproxy-twin", "haproxy", ratios), "haproxy", false),
                "haproxy-twin",
                "haproxy",
                "c16");
    }

    private static List<Sample> samplesWithRatios(
            String subject, String reference, double... ratios) {
        List<Sample> samples = new ArrayList<>();
        for (int i = 0; i < ratios.length; i++) {
            samples.add(sample(i, subject, ratios[i] * 100));
            samples.add(sample(i, reference, 100));
        }
        return samples;
    }

    private static Sample sample(int round, String contender, double cpuMicros) {
        return new Sample(
                round, contender, "c16", load(), Math.round(cpuMicros * 1e6), 0.2, List.of());
    }

    private static Sample dirty(int round, String contender, double cpuMicros) {
        return new Sample(
                round,
                contender,
                "c16",
                load(),
                Math.round(cpuMicros * 1e6),
                0.2,
                List.of("a stranger"));
    }

    private static LoadResult load() {
        return new LoadResult(1000, 0, 1, 100, 150, 200, 300, 400);
    }
}
