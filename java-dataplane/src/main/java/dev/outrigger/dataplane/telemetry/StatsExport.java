// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.telemetry;

import dev.outrigger.dataplane.telemetry.HistogramSnapshot.Distribution;
import dev.outrigger.dataplane.telemetry.StatShape.Kind;
import dev.outrigger.dataplane.telemetry.StatsStore.Sample;
import java.util.EnumSet;
import java.util.Locale;

/**
 * The stats as Envoy's {@code /stats} prints them, text and JSON. Text readouts come first, then
 * counters and gauges together by name, then histograms. Any thread, part by part.
 */
public final class StatsExport implements ChunkedText {
    /** How the parts look. */
    private interface Format {
        void readout(StringBuilder out, String name, String value);

        void number(StringBuilder out, String name, String value);

        void histogram(StringBuilder out, Sample sample);

        /** After all. */
        void end(StringBuilder out);
    }

    private final StatsStore stats;
    private final StatsQuery query;
    private final Format format;
    private final SortedStats numbers;
    private final SortedStats histograms;
    private boolean begun;
    private boolean numbersDone;

    private StatsExport(StatsStore stats, StatsQuery query, Format format) {
        this.stats = stats;
        this.query = query;
        this.format = format;
        this.numbers = stats.sorted(numbers(query));
        this.histograms = stats.sorted(EnumSet.of(Kind.HISTOGRAM));
    }

    /** As lines. */
    public static ChunkedText text(StatsStore stats, StatsQuery query) {
        return new StatsExport(stats, query, new Lines(stats.rules(), query.buckets()));
    }

    /** As one JSON object. */
    public static ChunkedText json(StatsStore stats, StatsQuery query) {
        return new StatsExport(stats, query, new Json(stats.rules(), query.buckets()));
    }

    private static EnumSet<Kind> numbers(StatsQuery query) {
        var kinds = EnumSet.noneOf(Kind.class);
        if (query.wants(StatsQuery.Type.COUNTERS)) {
            kinds.add(Kind.COUNTER);
        }
        if (query.wants(StatsQuery.Type.GAUGES)) {
            kinds.add(Kind.GAUGE);
        }
        return kinds;
    }

    @Override
    public boolean appendTo(StringBuilder out) {
        if (!begun) {
            begun = true;
            readouts(out);
        }
        int enough = out.length() + CHUNK_CHARS;
        while (!numbersDone) {
            Sample sample = numbers.next();
            if (sample == null) {
                numbersDone = true;
                endpoints(out);
            } else if (query.wants(sample.name(), sample.used())) {
                format.number(out, sample.name(), sample.text());
                if (out.length() >= enough) {
                    return true;
                }
            }
        }
        while (query.wants(StatsQuery.Type.HISTOGRAMS)) {
            Sample sample = histograms.next();
            if (sample == null) {
                break;
            }
            if (query.wants(sample.name(), sample.used())) {
                format.histogram(out, sample);
                if (out.length() >= enough) {
                    return true;
                }
            }
        }
        format.end(out);
        return false;
    }

    private void readouts(StringBuilder out) {
        if (query.wants(StatsQuery.Type.TEXT_READOUTS)) {
            for (var readout : stats.textReadouts()) {
                if (query.wants(readout.getKey(), true)) {
                    format.readout(out, readout.getKey(), readout.getValue());
                }
            }
        }
    }

    /** Envoy makes them all for the answer; whether they were used is not asked of them. */
    private void endpoints(StringBuilder out) {
        for (EndpointStats endpoint : stats.endpoints()) {
            endpoint.each(value -> {
                String name = endpoint.fullName(value);
                if (query.wants(value.type()) && query.wants(name, true)) {
                    format.number(out, name, Long.toString(value.value()));
                }
            });
        }
    }

    private record Lines(StatsRules rules, StatsQuery.Buckets buckets) implements Format {
        @Override
        public void readout(StringBuilder out, String name, String value) {
            out.append(name).append(": \"").append(value).append("\"\n");
        }

        @Override
        public void number(StringBuilder out, String name, String value) {
            out.append(name).append(": ").append(value).append('\n');
        }

        @Override
        public void histogram(StringBuilder out, Sample sample) {
            out.append(sample.name()).append(':');
            appendHistogram(out, sample.snapshot(), rules.bounds(sample.name()), buckets);
            out.append('\n');
        }

        @Override
        public void end(StringBuilder out) {}
    }

    private static final class Json implements Format {
        private final StatsHistogramJson histograms;
        private boolean begun;

        Json(StatsRules rules, StatsQuery.Buckets buckets) {
            this.histograms = new StatsHistogramJson(rules, buckets);
        }

        @Override
        public void readout(StringBuilder out, String name, String value) {
            element(out, name).append(JsonText.quote(value)).append('}');
        }

        @Override
        public void number(StringBuilder out, String name, String value) {
            element(out, name).append(value).append('}');
        }

        private StringBuilder element(StringBuilder out, String name) {
            return separate(out)
                    .append("{\"name\":")
                    .append(JsonText.quote(name))
                    .append(",\"value\":");
        }

        private StringBuilder separate(StringBuilder out) {
            out.append(begun ? "," : "{\"stats\":[");
            begun = true;
            return out;
        }

        @Override
        public void histogram(StringBuilder out, Sample sample) {
            if (!histograms.isBegun()) {
                separate(out).append("{\"histograms\":");
            }
            histograms.append(out, sample);
        }

        @Override
        public void end(StringBuilder out) {
            if (histograms.isBegun()) {
                histograms.end(out);
                out.append('}');
            }
            out.append(begun ? "]}" : "{\"stats\":[]}");
        }
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

    /**
     * A bucket bound of the text format: six significant digits, {@code 1.8e+06} from a million on.
     */
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
            StringBuilder out,
            HistogramSnapshot snapshot,
            double[] bounds,
            StatsQuery.Buckets buckets) {
        if (snapshot.cumulative().total() == 0) {
            out.append(" No recorded values");
            return;
        }
        switch (buckets) {
            case SUMMARY -> appendQuantiles(out.append(' '), snapshot);
            case CUMULATIVE -> appendBounds(out, snapshot, bounds, false);
            case DISJOINT -> appendBounds(out, snapshot, bounds, true);
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
            StringBuilder out, HistogramSnapshot snapshot, double[] bounds, boolean disjoint) {
        long intervalBelow = 0;
        long cumulativeBelow = 0;
        for (double bound : bounds) {
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
