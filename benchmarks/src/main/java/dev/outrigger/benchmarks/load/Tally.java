// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.benchmarks.load;

import java.util.concurrent.TimeUnit;
import org.HdrHistogram.Histogram;

/** Counts answers and their latencies. Confined to one thread. */
final class Tally {

    private static final int OK = 200;
    private static final double NANOS_PER_MICRO = 1_000;

    private final Histogram latencies = new Histogram(TimeUnit.MINUTES.toNanos(1), 3);
    private long answered;
    private long errors;

    void answered(int status, long latencyNanos) {
        if (status == OK) {
            answered++;
            latencies.recordValue(
                    Math.clamp(latencyNanos, 0, latencies.getHighestTrackableValue()));
        } else {
            errors++;
        }
    }

    void failed() {
        errors++;
    }

    void failed(long count) {
        errors += count;
    }

    long exchanges() {
        return answered + errors;
    }

    LoadResult result(long elapsedNanos) {
        return new LoadResult(
                answered,
                errors,
                elapsedNanos / 1e9,
                micros(50),
                micros(90),
                micros(99),
                micros(99.9),
                latencies.getMaxValue() / NANOS_PER_MICRO);
    }

    private double micros(double percentile) {
        return latencies.getValueAtPercentile(percentile) / NANOS_PER_MICRO;
    }
}
