// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.telemetry;

import dev.outrigger.dataplane.telemetry.StatsStore.HistogramSample;
import dev.outrigger.dataplane.telemetry.StatsStore.Sample;
import dev.outrigger.dataplane.telemetry.TagExtractor.Extracted;
import java.math.BigDecimal;
import java.math.MathContext;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * The stats in Prometheus' text format, as Envoy's {@code /stats/prometheus} prints them: counters,
 * gauges, text readouts if asked for, histograms; families by name, one {@code # TYPE} line each.
 * Any thread.
 */
public final class PrometheusExport {
    private PrometheusExport() {}

    public static String text(StatsStore stats, StatsQuery query) {
        var out = new StringBuilder();
        if (query.wants(StatsQuery.Type.COUNTERS)) {
            var counters = stats.counters();
            counters.removeIf(s -> !query.wants(s.name(), s.used()));
            numbers(out, counters, "counter");
        }
        if (query.wants(StatsQuery.Type.GAUGES)) {
            var gauges = stats.gauges();
            gauges.removeIf(s -> !query.wants(s.name(), s.used()));
            numbers(out, gauges, "gauge");
        }
        if (query.textReadouts() && query.wants(StatsQuery.Type.TEXT_READOUTS)) {
            textReadouts(out, stats, query);
        }
        var histograms = StatsExport.histograms(stats, query);
        boolean summary = query.buckets() == StatsQuery.Buckets.SUMMARY;
        families(
                out,
                histograms,
                HistogramSample::name,
                summary ? "summary" : "histogram",
                (name, tags, sample) -> histogram(out, name, tags, sample.snapshot(), summary));
        return out.toString();
    }

    private static void numbers(StringBuilder out, List<Sample> samples, String type) {
        families(
                out,
                samples,
                Sample::name,
                type,
                (name, labels, sample) ->
                        out.append(name)
                                .append('{')
                                .append(labels)
                                .append("} ")
                                .append(sample.text())
                                .append('\n'));
    }

    private static void textReadouts(StringBuilder out, StatsStore stats, StatsQuery query) {
        var readouts = stats.textReadouts();
        readouts.removeIf(readout -> !query.wants(readout.getKey(), true));
        families(
                out,
                readouts,
                java.util.Map.Entry::getKey,
                "gauge",
                (name, labels, readout) -> {
                    String separator = labels.isEmpty() ? "" : ",";
                    out.append(name).append('{').append(labels).append(separator);
                    out.append("text_value=\"").append(escape(readout.getValue()));
                    out.append("\"} 0\n");
                });
    }

    private static void histogram(
            StringBuilder out,
            String name,
            String labels,
            HistogramSnapshot snapshot,
            boolean summary) {
        var cumulative = snapshot.cumulative();
        String separator = labels.isEmpty() ? "" : ",";
        Consumer<String> start = suffix -> out.append(name).append(suffix).append('{').append(labels);
        if (summary) {
            for (double percent : HistogramSnapshot.QUANTILES) {
                start.accept("");
                out.append(separator).append("quantile=\"");
                out.append(StatsExport.number(percent * 10 / 1000)).append("\"} ");
                out.append(number(cumulative.quantile(percent))).append('\n');
            }
        } else {
            for (double bound : HistogramSnapshot.BOUNDS) {
                start.accept("_bucket");
                out.append(separator).append("le=\"").append(StatsExport.number(bound));
                out.append("\"} ").append(cumulative.countUpTo(bound)).append('\n');
            }
            start.accept("_bucket");
            out.append(separator).append("le=\"+Inf\"} ").append(cumulative.total()).append('\n');
        }
        start.accept("_sum");
        out.append("} ").append(number(cumulative.sum())).append('\n');
        start.accept("_count");
        out.append("} ").append(cumulative.total()).append('\n');
    }

    private static <T> void families(
            StringBuilder out,
            List<T> stats,
            Function<T, String> nameOf,
            String type,
            Line<T> line) {
        var families = new TreeMap<String, List<Member<T>>>();
        for (T stat : stats) {
            Extracted extracted = TagExtractor.extract(nameOf.apply(stat));
            families.computeIfAbsent(extracted.family(), _ -> new ArrayList<>())
                    .add(new Member<>(extracted, stat));
        }
        families.forEach(
                (family, members) -> {
                    String name = "envoy_" + sanitize(family);
                    out.append("# TYPE ").append(name).append(' ').append(type).append('\n');
                    for (Member<T> member : members) {
                        line.print(name, labels(member.extracted), member.stat);
                    }
                });
    }

    private static String labels(Extracted extracted) {
        return extracted.labels().stream()
                .map(l -> "envoy_" + l.name() + "=\"" + escape(l.value()) + "\"")
                .collect(Collectors.joining(","));
    }

    private static String sanitize(String name) {
        var out = new StringBuilder(name.length());
        for (int i = 0; i < name.length(); i++) {
            char c = name.charAt(i);
            boolean allowed =
                    (c >= 'a' && c <= 'z')
                            || (c >= 'A' && c <= 'Z')
                            || (c >= '0' && c <= '9')
                            || c == '_';
            out.append(allowed ? c : '_');
        }
        return out.toString();
    }

    private static String escape(String value) {
        return value.replace("\\", "\\\\").replace("\n", "\\n").replace("\"", "\\\"");
    }

    /** Envoy prints 32 significant digits of the exact binary value. */
    private static String number(double value) {
        if (Double.isNaN(value)) {
            return "nan";
        }
        if (value == 0) {
            return "0";
        }
        return new BigDecimal(value)
                .round(new MathContext(32))
                .stripTrailingZeros()
                .toPlainString();
    }

    private interface Line<T> {
        void print(String family, String labels, T stat);
    }

    private record Member<T>(Extracted extracted, T stat) {}
}
