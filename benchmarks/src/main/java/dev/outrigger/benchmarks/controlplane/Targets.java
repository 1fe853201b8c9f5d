// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.benchmarks.controlplane;

import dev.outrigger.benchmarks.report.Verdict;
import dev.outrigger.benchmarks.report.Verdict.Outcome;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalDouble;

/** The bars: Outrigger's own, and to be ahead of everybody else on every line. */
final class Targets {
    private static final double SLACK = 0.005;

    private final List<Figure> figures;
    private final List<Verdict> verdicts = new ArrayList<>();

    private Targets(List<Figure> figures) {
        this.figures = figures;
    }

    static List<Verdict> verdicts(List<Figure> figures, boolean forced) {
        var targets = new Targets(figures);
        targets.own();
        targets.ahead();
        return forced
                ? targets.verdicts.stream().map(Verdict::forced).toList()
                : List.copyOf(targets.verdicts);
    }

    private void own() {
        atMost(Clients.CHANGE, 1_000, Clients.LAST, 50);
        atMost(Clients.CHANGE, 10_000, Clients.LAST, 1_000);
        for (int size : List.of(1_000, 5_000, 10_000)) {
            atMost(Clients.CHANGE, size, Clients.CPU, 60);
            atMost(Clients.CHANGE, size, Clients.BYTES, 900);
            atMost(Clients.JOIN, size, Clients.MEMORY, 60);
        }
        atMost(Clients.STORM, 10_000, Clients.SECONDS, 10);
        // The cluster that changed meanwhile and its endpoints, and nothing else.
        for (Figure storm : of(Clients.STORM)) {
            atMost(Clients.STORM, storm.size(), Clients.RESOURCES, 2 + SLACK);
        }
        for (Figure edits : of(ThroughEnvoy.EDITS)) {
            atMost(ThroughEnvoy.EDITS, edits.size(), ThroughEnvoy.WRONG, 0);
        }
        atMost(Translating.SCENARIO, 10_000, Translating.BUILD_P50, 1);
    }

    private List<Figure> of(String scenario) {
        return figures.stream()
                .filter(each -> each.contender().equals(OutriggerContender.NAME))
                .filter(each -> each.scenario().equals(scenario))
                .toList();
    }

    private void atMost(String scenario, int size, String value, double bar) {
        for (Figure figure : of(scenario)) {
            if (figure.size() == size) {
                double measured = figure.value(value);
                verdicts.add(
                        new Verdict(
                                Double.isNaN(measured)
                                        ? Outcome.NO_DATA
                                        : measured <= bar ? Outcome.PASS : Outcome.FAIL,
                                String.format(
                                        Locale.ROOT,
                                        "%s, %d: %s %.2f (bar: %.2f)",
                                        scenario,
                                        size,
                                        value,
                                        measured,
                                        bar)));
            }
        }
    }

    private void ahead() {
        for (Figure own : figures) {
            if (!own.contender().equals(OutriggerContender.NAME)) {
                continue;
            }
            for (String value : own.values().keySet()) {
                best(own, value)
                        .ifPresent(best ->
                                verdicts.add(
                                        new Verdict(
                                                own.value(value) <= best
                                                        ? Outcome.PASS
                                                        : Outcome.FAIL,
                                                String.format(
                                                        Locale.ROOT,
                                                        "%s, %d: %s %.2f, the best of the others"
                                                                + " %.2f",
                                                        own.scenario(),
                                                        own.size(),
                                                        value,
                                                        own.value(value),
                                                        best))));
            }
        }
    }

    private OptionalDouble best(Figure own, String value) {
        return figures.stream()
                .filter(each -> !each.contender().equals(own.contender()))
                .filter(each -> each.scenario().equals(own.scenario()))
                .filter(each -> each.size() == own.size())
                .map(each -> Optional.ofNullable(each.values().get(value)))
                .flatMap(Optional::stream)
                .mapToDouble(Double::doubleValue)
                .filter(each -> !Double.isNaN(each))
                .min();
    }
}
