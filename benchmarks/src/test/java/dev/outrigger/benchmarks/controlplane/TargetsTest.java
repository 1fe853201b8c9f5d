// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.benchmarks.controlplane;

import static org.assertj.core.api.Assertions.assertThat;

import dev.outrigger.benchmarks.report.Verdict;
import dev.outrigger.benchmarks.report.Verdict.Outcome;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class TargetsTest {
    @Test
    void ownBarsAndTheOthersAreJudged() {
        var verdicts =
                Targets.verdicts(
                        List.of(
                                change(OutriggerContender.NAME, 40, 70),
                                change("go-snapshot", 300, 900),
                                change("go-linear", 30, 1_000)),
                        false);

        assertThat(texts(verdicts, Outcome.PASS))
                .anyMatch(text -> text.contains("last client ms 40.00 (bar: 50.00)"))
                .anyMatch(text -> text.contains("CPU-us/client 70.00, the best of the others"));
        assertThat(texts(verdicts, Outcome.FAIL))
                .anyMatch(text -> text.contains("CPU-us/client 70.00 (bar: 60.00)"))
                .anyMatch(text -> text.contains("last client ms 40.00, the best of the others 30"));
    }

    @Test
    void aForcedRunProvesNothing() {
        assertThat(Targets.verdicts(List.of(change(OutriggerContender.NAME, 40, 70)), true))
                .isNotEmpty()
                .allMatch(verdict -> verdict.outcome() != Outcome.PASS);
    }

    private static Figure change(String contender, double last, double cpu) {
        return new Figure(
                contender,
                Clients.CHANGE,
                1_000,
                Map.of(Clients.LAST, last, Clients.CPU, cpu, Clients.BYTES, 500.0));
    }

    private static List<String> texts(List<Verdict> verdicts, Outcome outcome) {
        return verdicts.stream()
                .filter(verdict -> verdict.outcome() == outcome)
                .map(Verdict::text)
                .toList();
    }
}
