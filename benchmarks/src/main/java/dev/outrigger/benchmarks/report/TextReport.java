// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.benchmarks.report;

import dev.outrigger.benchmarks.machine.Memory;
import dev.outrigger.benchmarks.statistics.Distribution;
import java.util.Comparator;
import java.util.Formatter;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** A run as a table for people. */
public final class TextReport {

    private final RunReport report;
    private final String reference;
    private final StringBuilder text = new StringBuilder();
    private final Formatter out = new Formatter(text, Locale.ROOT);

    private TextReport(RunReport report, String reference) {
        this.report = report;
        this.reference = reference;
    }

    /** The whole report. */
    public static String of(RunReport report, String reference) {
        var writer = new TextReport(report, reference);
        writer.head();
        writer.loads();
        writer.processes();
        writer.verdicts();
        return writer.text.toString();
    }

    private void head() {
        out.format(
                "Machine    %s, %d cores, %s%n",
                report.machine().processor(), report.machine().cores(), report.machine().kernel());
        out.format("Generator  %s%n", report.generator());
        out.format("Upstream   %s%n", report.upstream());
        out.format("Plan       %s%n", report.plan());
        report.versions().forEach((name, version) -> out.format("%-10s %s%n", name, version));
        report.leftOut()
                .forEach((name, reason) -> out.format("%-10s left out: %s%n", name, reason));
        if (report.forced()) {
            out.format("%n");
            out.format(
                    "NOT QUIET: this run was forced and counts disturbed samples. Its figures are no result.%n");
            report.objections().forEach(objection -> out.format("  %s%n", objection));
        }
    }

    private void loads() {
        List<String> shapes = report.figures().stream().map(Figures::shape).distinct().toList();
        for (var shape : shapes) {
            out.format("%n");
            out.format("%s%n", title(shape));
            out.format(
                    "  %-13s %9s %18s %6s %30s %16s %16s %7s %7s%n",
                    "contender",
                    "req/s",
                    "CPU-us/req [IQR]",
                    "user",
                    "CPU ratio [IQR] (95 %)",
                    "p50 us (ratio)",
                    "p99 us (ratio)",
                    "failed",
                    "clean");
            report.figures().stream()
                    .filter(each -> each.shape().equals(shape))
                    .sorted(Comparator.comparingDouble(each -> each.cpuMicros().median()))
                    .forEach(this::load);
        }
    }

    private void load(Figures each) {
        boolean direct = each.cpuMicros().median() == 0;
        out.format(
                "  %-13s %9.0f %18s %6s %30s %16s %16s %7d %7s%n",
                each.contender(),
                each.requestsPerSecond().median(),
                direct ? "-" : spread(each.cpuMicros(), 1),
                direct
                        ? "-"
                        : String.format(
                                Locale.ROOT,
                                "%.1f",
                                each.cpuMicros().median() * each.userShare().median()),
                direct ? "-" : each.contender().equals(reference) ? "1" : ratio(each.cpuRatio()),
                latency(each.p50Micros(), each.p50Ratio()),
                latency(each.p99Micros(), each.p99Ratio()),
                each.failed(),
                each.clean() + "/" + each.samples());
    }

    private static String title(String shape) {
        return shape.startsWith("c")
                ? "Closed loop, " + shape.substring(1) + " connection(s)"
                : "Fixed rate, "
                        + shape.substring(1)
                        + " requests per second (latency from the instant due)";
    }

    private void processes() {
        out.format("%n");
        out.format("Processes%n");
        out.format(
                "  %-13s %22s %26s %26s %26s %24s %10s%n",
                "contender",
                "start -> 200 ms (p75)",
                "idle RSS/PSS/anon MB",
                "loaded RSS/PSS/anon MB",
                "with idle clients MB",
                "first requests us (p99)",
                "warm-up s");
        for (var each : report.processes()) {
            out.format(
                    "  %-13s %22s %26s %26s %26s %24s %10s%n",
                    each.contender(),
                    String.format(
                            Locale.ROOT,
                            "%.0f (%.0f)",
                            each.startMillis().median(),
                            each.startMillis().upperQuartile()),
                    memory(each.idle()),
                    memory(each.loaded()),
                    each.crowded() == null ? "-" : memory(each.crowded()),
                    String.format(
                            Locale.ROOT, "%.1f (%.0f)", each.coldCpuMicros(), each.coldP99Micros()),
                    String.format(
                            Locale.ROOT,
                            "%.0f%s",
                            each.warmUpSeconds(),
                            each.steady() ? "" : " !"));
        }
        if (report.processes().stream().anyMatch(each -> !each.steady())) {
            out.format("  ! not steady: its last windows still differed when the rounds began%n");
        }
    }

    private static String memory(Memory memory) {
        double mib = 1024;
        return String.format(
                Locale.ROOT,
                "%.1f/%.1f/%.1f",
                memory.rssKib() / mib,
                memory.pssKib() / mib,
                memory.anonymousKib() / mib);
    }

    private void verdicts() {
        out.format("%n");
        for (var verdict : report.verdicts()) {
            out.format("%-8s %s%n", verdict.outcome(), verdict.text());
        }
    }

    private static String spread(Distribution figure, int decimals) {
        var format = "%." + decimals + "f [%." + decimals + "f-%." + decimals + "f]";
        return String.format(
                Locale.ROOT,
                format,
                figure.median(),
                figure.lowerQuartile(),
                figure.upperQuartile());
    }

    private static String ratio(@Nullable Distribution ratio) {
        return ratio == null
                ? "no clean pair"
                : spread(ratio, 2)
                        + String.format(
                                Locale.ROOT,
                                " (%.2f-%.2f)",
                                ratio.confidence().low(),
                                ratio.confidence().high());
    }

    private static String latency(Distribution micros, @Nullable Distribution ratio) {
        return ratio == null
                ? String.format(Locale.ROOT, "%.0f", micros.median())
                : String.format(Locale.ROOT, "%.0f (%.2f)", micros.median(), ratio.median());
    }
}
