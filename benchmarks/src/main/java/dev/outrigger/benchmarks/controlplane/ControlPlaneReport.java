// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.benchmarks.controlplane;

import dev.outrigger.benchmarks.machine.MachineFacts;
import dev.outrigger.benchmarks.report.Verdict;
import dev.outrigger.benchmarks.session.Measured;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * Everything one run found out.
 *
 * @param leftOut contender to the reason it did not take part
 */
record ControlPlaneReport(
        String startedAt,
        String commit,
        MachineFacts machine,
        String plan,
        boolean forced,
        List<String> objections,
        Map<String, String> versions,
        Map<String, String> leftOut,
        List<Figure> figures,
        List<Verdict> verdicts)
        implements Measured {
    ControlPlaneReport {
        objections = List.copyOf(objections);
        figures = List.copyOf(figures);
        verdicts = List.copyOf(verdicts);
    }

    @Override
    public boolean passed() {
        return verdicts.stream().allMatch(verdict -> verdict.outcome() == Verdict.Outcome.PASS);
    }

    /** Tables for people, one a scenario. */
    @Override
    public String text() {
        var text = new StringBuilder();
        text.append(machine.processor()).append(", ").append(machine.kernel()).append('\n');
        text.append(plan).append('\n');
        if (forced) {
            text.append("FORCED on a machine that is not quiet: no result. ")
                    .append(objections)
                    .append('\n');
        }
        leftOut.forEach((name, why) ->
                text.append("left out: ").append(name).append(": ").append(why).append('\n'));
        var scenarios =
                figures.stream()
                        .map(Figure::scenario)
                        .collect(Collectors.toCollection(LinkedHashSet::new));
        scenarios.forEach(scenario -> table(scenario, text));
        text.append('\n');
        verdicts.forEach(verdict ->
                text.append(String.format(Locale.ROOT, "%-8s", verdict.outcome()))
                        .append(verdict.text())
                        .append('\n'));
        return text.toString();
    }

    private void table(String scenario, StringBuilder text) {
        var rows = figures.stream().filter(each -> each.scenario().equals(scenario)).toList();
        var columns = new LinkedHashSet<String>();
        rows.forEach(row -> columns.addAll(row.values().keySet()));
        text.append('\n').append(scenario).append('\n');
        text.append(String.format(Locale.ROOT, "  %-22s %8s", "", "size"));
        columns.forEach(column -> text.append(String.format(Locale.ROOT, " %18s", column)));
        text.append('\n');
        for (Figure row : rows) {
            text.append(String.format(Locale.ROOT, "  %-22s %8d", row.contender(), row.size()));
            columns.forEach(column ->
                    text.append(String.format(Locale.ROOT, " %18.2f", row.value(column))));
            text.append('\n');
        }
    }
}
