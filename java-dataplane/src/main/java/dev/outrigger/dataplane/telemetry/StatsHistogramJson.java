// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.telemetry;

import dev.outrigger.dataplane.telemetry.HistogramSnapshot.Distribution;
import dev.outrigger.dataplane.telemetry.StatsStore.Sample;
import java.util.Arrays;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * The histogram part of {@code /stats?format=json}, in each of Envoy's bucket modes, one histogram
 * after the other.
 */
final class StatsHistogramJson {
    private final StatsRules rules;
    private final StatsQuery.Buckets buckets;
    private boolean begun;

    StatsHistogramJson(StatsRules rules, StatsQuery.Buckets buckets) {
        this.rules = rules;
        this.buckets = buckets;
    }

    boolean isBegun() {
        return begun;
    }

    void append(StringBuilder out, Sample sample) {
        if (begun) {
            out.append(',');
        } else {
            begun = true;
            out.append(
                    switch (buckets) {
                        case SUMMARY ->
                                "{\"supported_quantiles\":"
                                        + quantiles()
                                        + ",\"computed_quantiles\":[";
                        case CUMULATIVE, DISJOINT -> "[";
                        case DETAILED ->
                                "{\"supported_percentiles\":" + quantiles() + ",\"details\":[";
                    });
        }
        out.append(
                switch (buckets) {
                    case SUMMARY -> named(sample, "values", computed(sample.snapshot()));
                    case CUMULATIVE -> named(sample, "buckets", bounds(sample, false));
                    case DISJOINT -> named(sample, "buckets", bounds(sample, true));
                    case DETAILED -> details(sample);
                });
    }

    /** After the last one. */
    void end(StringBuilder out) {
        out.append(
                switch (buckets) {
                    case SUMMARY, DETAILED -> "]}";
                    case CUMULATIVE, DISJOINT -> "]";
                });
    }

    private static String quantiles() {
        return Arrays.stream(HistogramSnapshot.QUANTILES)
                .mapToObj(StatsExport::number)
                .collect(Collectors.joining(",", "[", "]"));
    }

    private static String named(Sample sample, String key, String value) {
        return "{\"name\":" + JsonText.quote(sample.name()) + ",\"" + key + "\":" + value + "}";
    }

    private static String computed(HistogramSnapshot snapshot) {
        return Arrays.stream(HistogramSnapshot.QUANTILES)
                .mapToObj(q ->
                        "{\"cumulative\":"
                                + orNull(snapshot.cumulative().quantile(q))
                                + ",\"interval\":"
                                + orNull(snapshot.interval().quantile(q))
                                + "}")
                .collect(Collectors.joining(",", "[", "]"));
    }

    private static String details(Sample sample) {
        var snapshot = sample.snapshot();
        return "{\"name\":"
                + JsonText.quote(sample.name())
                + ",\"totals\":"
                + buckets(snapshot.cumulative())
                + ",\"intervals\":"
                + buckets(snapshot.interval())
                + ",\"percentiles\":"
                + computed(snapshot)
                + "}";
    }

    private static String buckets(Distribution distribution) {
        return IntStream.range(0, distribution.bucketLimit())
                .filter(i -> distribution.count(i) > 0)
                .mapToObj(i ->
                        "{\"lower_bound\":"
                                + NumberText.shortest(LogLinearBuckets.lowerBound(i))
                                + ",\"width\":"
                                + NumberText.shortest(LogLinearBuckets.width(i))
                                + ",\"count\":"
                                + distribution.count(i)
                                + "}")
                .collect(Collectors.joining(",", "[", "]"));
    }

    private String bounds(Sample sample, boolean disjoint) {
        var snapshot = sample.snapshot();
        var out = new StringBuilder("[");
        long intervalBelow = 0;
        long cumulativeBelow = 0;
        for (double bound : rules.bounds(sample.name())) {
            long interval = snapshot.interval().countUpTo(bound);
            long cumulative = snapshot.cumulative().countUpTo(bound);
            if (out.length() > 1) {
                out.append(',');
            }
            out.append("{\"upper_bound\":").append(NumberText.shortest(bound));
            out.append(",\"interval\":").append(interval - intervalBelow);
            out.append(",\"cumulative\":").append(cumulative - cumulativeBelow).append('}');
            if (disjoint) {
                intervalBelow = interval;
                cumulativeBelow = cumulative;
            }
        }
        return out.append(']').toString();
    }

    private static String orNull(double value) {
        return Double.isNaN(value) ? "null" : NumberText.shortest(value);
    }
}
