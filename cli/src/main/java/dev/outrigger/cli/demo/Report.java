// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.cli.demo;

import dev.outrigger.cli.output.Table;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;

/** The table a run ends with: one column for each sidecar. */
final class Report {
    private Report() {}

    static List<String> lines(List<Outcome> outcomes) {
        var head = new ArrayList<String>();
        head.add("");
        outcomes.forEach(outcome -> head.add(outcome.sidecar().title()));
        var table = new Table(head.toArray(String[]::new));
        addRound(table, "without a policy", outcomes, Outcome::without);
        addRound(
                table,
                "with retry: 5xx, " + DemoOptions.RETRIES + " retries",
                outcomes,
                Outcome::with);
        add(table, "and also", outcomes, _ -> "");
        add(table, "  unknown service", outcomes, outcome -> "" + outcome.unknown());
        add(table, "  service that is down", outcomes, outcome -> "" + outcome.down());
        add(table, "  to A through its ingress", outcomes, outcome -> "" + outcome.ingress());
        return table.lines();
    }

    private static void addRound(
            Table table, String title, List<Outcome> outcomes, Function<Outcome, Measured> round) {
        add(table, title, outcomes, _ -> "");
        add(
                table,
                "  requests sent by A",
                outcomes,
                o -> count(round.apply(o).traffic().requests()));
        add(
                table,
                "  succeeded",
                outcomes,
                o -> String.format(Locale.ROOT, "%.1f %%", round.apply(o).successPercent()));
        add(table, "  requests received by B", outcomes, o -> count(round.apply(o).received()));
        add(
                table,
                "  retries by the proxy's own stat",
                outcomes,
                o -> {
                    var measured = round.apply(o);
                    return count(measured.retries())
                            + (measured.retries() == measured.surplus()
                                    ? " = B's surplus"
                                    : " but B's surplus is " + count(measured.surplus()));
                });
        add(
                table,
                "  latency p50 / p99",
                outcomes,
                o ->
                        millis(round.apply(o).traffic().p50Micros())
                                + " / "
                                + millis(round.apply(o).traffic().p99Micros())
                                + " ms");
    }

    private static void add(
            Table table, String title, List<Outcome> outcomes, Function<Outcome, String> cell) {
        var row = new ArrayList<String>();
        row.add(title);
        outcomes.forEach(outcome -> row.add(cell.apply(outcome)));
        table.add(row);
    }

    static String count(long number) {
        return String.format(Locale.ROOT, "%,d", number);
    }

    private static String millis(long micros) {
        return String.format(Locale.ROOT, "%.1f", micros / 1000.0);
    }
}
