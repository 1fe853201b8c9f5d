// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.telemetry;

import dev.outrigger.dataplane.telemetry.HistogramSnapshot.Distribution;
import dev.outrigger.dataplane.telemetry.StatsStore.HistogramSample;
import java.util.Arrays;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** The histogram part of {@code /stats?format=json}, in each of Envoy's bucket modes. */
final class StatsHistogramJson {
    private StatsHistogramJson() {}

    static String of(List<HistogramSample> samples, StatsQuery.Buckets buckets) {
        return switch (buckets) {
            case SUMMARY ->
                    "{\"supported_quantiles\":"
                            + quantiles()
                            + ",\"computed_quantiles\":"
                            + each(samples, s -> named(s, "values", computed(s.snapshot())))
                            + "}";
            case CUMULATIVE ->
                    each(samples, s -> named(s, "buckets", bounds(s.snapshot(), false)));
            case DISJOINT -> each(samples, s -> named(s, "buckets", bounds(s.snapshot(), true)));
            case DETAILED ->
                    "{\"supported_percentiles\":"
                            + quantiles()
                            + ",\"details\":"
                            + each(samples, StatsHistogramJson::details)
                            + "}";
        };
    }

    private static String quantiles() {
        return Arrays.stream(HistogramSnapshot.QUANTILES)
                .mapToObj(StatsExport::number)
                .collect(Collectors.joining(",", "[", "]"));
    }

    private static String each(
            List<HistogramSample> samples, Function<HistogramSample, String> json) {
        return samples.stream().map(json).collect(Collectors.joining(",", "[", "]"));
    }

    private static String named(HistogramSample sample, String key, String value) {
        return "{\"name\":" + JsonText.quote(sample.name()) + ",\"" + key + "\":" + value + "}";
    }

    private static String computed(HistogramSnapshot snapshot) {
        return Arrays.stream(HistogramSnapshot.QUANTILES)
                .mapToObj(
                        q ->
                                "{\"cumulative\":"
                                        + orNull(snapshot.cumulative().quantile(q))
                                        + ",\"interval\":"
                                        + orNull(snapshot.interval().quantile(q))
                                        + "}")
                .collect(Collectors.joining(",", "[", "]"));
    }

    private static String details(HistogramSample sample) {
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
                .mapToObj(
                        i ->
                                "{\"lower_bound\":"
                                        + StatsExport.number(LogLinearBuckets.lowerBound(i))
                                        + ",\"width\":"
                                        + StatsExport.number(LogLinearBuckets.width(i))
                                        + ",\"count\":"
                                        + distribution.count(i)
                                        + "}")
                .collect(Collectors.joining(",", "[", "]"));
    }

    private static String bounds(HistogramSnapshot snapshot, boolean disjoint) {
        var out = new StringBuilder("[");
        long intervalBelow = 0;
        long cumulativeBelow = 0;
        for (double bound : HistogramSnapshot.BOUNDS) {
            long interval = snapshot.interval().countUpTo(bound);
            long cumulative = snapshot.cumulative().countUpTo(bound);
            if (out.length() > 1) {
                out.append(',');
            }
            out.append("{\"upper_bound\":").append(bound(bound));
            out.append(",\"interval\":").append(interval - intervalBelow);
            out.append(",\"cumulative\":").append(cumulative - cumulativeBelow).append('}');
            if (disjoint) {
                intervalBelow = interval;
                cumulativeBelow = cumulative;
            }
        }
        return out.append(']').toString();
    }

    /** Envoy's JSON writer turns to exponents where that is shorter. */
    private static String bound(double value) {
        if (value == 300_000) {
            return "3e+05";
        }
        if (value == 600_000) {
            return "6e+05";
        }
        return StatsExport.bound(value);
    }

    private static String orNull(double value) {
        return Double.isNaN(value) ? "null" : StatsExport.number(value);
    }
}
