// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.telemetry;

import dev.outrigger.dataplane.telemetry.HistogramSnapshot.Distribution;
import dev.outrigger.dataplane.telemetry.StatsStore.HistogramSample;
import dev.outrigger.dataplane.telemetry.StatsStore.Sample;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;

/**
 * The stats as Envoy's {@code /stats} prints them, text and JSON. Text readouts come first, then
 * counters and gauges together by name, then histograms. Any thread.
 */
public final class StatsExport {
    private StatsExport() {}

    public static String text(StatsStore stats, StatsQuery query) {
        var out = new StringBuilder();
        if (query.wants(StatsQuery.Type.TEXT_READOUTS)) {
            for (var readout : stats.textReadouts()) {
                if (query.wants(readout.getKey(), true)) {
                    out.append(readout.getKey()).append(": \"");
                    out.append(readout.getValue()).append("\"\n");
                }
            }
        }
        for (Sample sample : numbers(stats, query)) {
            out.append(sample.name()).append(": ").append(sample.text()).append('\n');
        }
        for (HistogramSample sample : histograms(stats, query)) {
            out.append(sample.name()).append(':');
            appendHistogram(out, sample.snapshot(), query.buckets());
            out.append('\n');
        }
        return out.toString();
    }

    public static String json(StatsStore stats, StatsQuery query) {
        var parts = new ArrayList<String>();
        if (query.wants(StatsQuery.Type.TEXT_READOUTS)) {
            for (var readout : stats.textReadouts()) {
                if (query.wants(readout.getKey(), true)) {
                    parts.add(
                            "{\"name\":"
                                    + JsonText.quote(readout.getKey())
                                    + ",\"value\":"
                                    + JsonText.quote(readout.getValue())
                                    + "}");
                }
            }
        }
        for (Sample sample : numbers(stats, query)) {
            parts.add(
                    "{\"name\":"
                            + JsonText.quote(sample.name())
                            + ",\"value\":"
                            + sample.text()
                            + "}");
        }
        var histograms = histograms(stats, query);
        if (!histograms.isEmpty()) {
            parts.add("{\"histograms\":" + StatsHistogramJson.of(histograms, query.buckets()) + "}");
        }
        return "{\"stats\":[" + String.join(",", parts) + "]}";
    }

    static List<Sample> numbers(StatsStore stats, StatsQuery query) {
        var list = new ArrayList<Sample>();
        if (query.wants(StatsQuery.Type.COUNTERS)) {
            list.addAll(stats.counters());
        }
        if (query.wants(StatsQuery.Type.GAUGES)) {
            list.addAll(stats.gauges());
        }
        list.removeIf(sample -> !query.wants(sample.name(), sample.used()));
        list.sort(Comparator.comparing(Sample::name));
        return list;
    }

    static List<HistogramSample> histograms(StatsStore stats, StatsQuery query) {
        if (!query.wants(StatsQuery.Type.HISTOGRAMS)) {
            return List.of();
        }
        var list = stats.histograms();
        list.removeIf(sample -> !query.wants(sample.name(), sample.used()));
        return list;
    }

    /** A double as Envoy prints it: the shortest digits, no {@code .0}. */
    static String number(double value) {
        if (Double.isNaN(value)) {
            return "nan";
        }
        if (value == Math.rint(value) && Math.abs(value) < 1e15) {
            return Long.toString((long) value);
        }
        return Double.toString(value);
    }

    /** A bucket bound of the text format: six significant digits, {@code 1.8e+06} from a million on. */
    static String bound(double value) {
        if (value < 1_000_000) {
            return number(value);
        }
        String text = String.format(Locale.ROOT, "%.5e", value);
        int e = text.indexOf('e');
        String mantissa = text.substring(0, e).replaceAll("\\.?0+$", "");
        return mantissa + text.substring(e);
    }

    private static void appendHistogram(
            StringBuilder out, HistogramSnapshot snapshot, StatsQuery.Buckets buckets) {
        if (snapshot.cumulative().total() == 0) {
            out.append(" No recorded values");
            return;
        }
        switch (buckets) {
            case SUMMARY -> appendQuantiles(out.append(' '), snapshot);
            case CUMULATIVE -> appendBounds(out, snapshot, false);
            case DISJOINT -> appendBounds(out, snapshot, true);
            case DETAILED -> {
                appendBuckets(out.append("\n  totals="), snapshot.cumulative());
                appendBuckets(out.append("\n  intervals="), snapshot.interval());
                appendQuantiles(out.append("\n  summary="), snapshot);
            }
        }
    }

    private static void appendQuantiles(StringBuilder out, HistogramSnapshot snapshot) {
        String separator = "";
        for (double quantile : HistogramSnapshot.QUANTILES) {
            out.append(separator).append('P').append(number(quantile)).append('(');
            out.append(number(snapshot.interval().quantile(quantile))).append(',');
            out.append(number(snapshot.cumulative().quantile(quantile))).append(')');
            separator = " ";
        }
    }

    private static void appendBounds(
            StringBuilder out, HistogramSnapshot snapshot, boolean disjoint) {
        long intervalBelow = 0;
        long cumulativeBelow = 0;
        for (double bound : HistogramSnapshot.BOUNDS) {
            long interval = snapshot.interval().countUpTo(bound);
            long cumulative = snapshot.cumulative().countUpTo(bound);
            out.append(" B").append(bound(bound)).append('(');
            out.append(interval - intervalBelow).append(',');
            out.append(cumulative - cumulativeBelow).append(')');
            if (disjoint) {
                intervalBelow = interval;
                cumulativeBelow = cumulative;
            }
        }
    }

    private static void appendBuckets(StringBuilder out, Distribution distribution) {
        String separator = "";
        for (int i = 0; i < distribution.bucketLimit(); i++) {
            if (distribution.count(i) > 0) {
                out.append(separator);
                out.append(number(LogLinearBuckets.lowerBound(i))).append(',');
                out.append(number(LogLinearBuckets.width(i))).append(':');
                out.append(distribution.count(i));
                separator = ", ";
            }
        }
    }
}
