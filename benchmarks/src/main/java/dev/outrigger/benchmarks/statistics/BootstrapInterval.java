// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.benchmarks.statistics;

import java.util.Arrays;
import java.util.random.RandomGenerator;

/**
 * Percentile bootstrap interval of a sample's median. With the handful of rounds a run has, the
 * interval is honest but coarse: it can never reach beyond the smallest and largest round.
 */
public final class BootstrapInterval {

    private static final int RESAMPLES = 10_000;
    private static final double TAIL = 0.025;

    private BootstrapInterval() {}

    /** The central 95 % of the medians of resampled rounds. */
    public static Interval ofMedian(RandomGenerator random, double... values) {
        if (values.length == 0) {
            throw new IllegalArgumentException("values: empty (expected: at least one)");
        }
        double[] medians = new double[RESAMPLES];
        double[] resample = new double[values.length];
        for (int i = 0; i < RESAMPLES; i++) {
            for (int j = 0; j < resample.length; j++) {
                resample[j] = values[random.nextInt(values.length)];
            }
            Arrays.sort(resample);
            medians[i] = Median.ofSorted(0.5, resample);
        }
        Arrays.sort(medians);
        return new Interval(Median.ofSorted(TAIL, medians), Median.ofSorted(1 - TAIL, medians));
    }

    /** A closed interval of plausible values. */
    public record Interval(double low, double high) {

        public Interval {
            if (!(low <= high)) {
                throw new IllegalArgumentException(
                        "low: " + low + " (expected: at most high " + high + ")");
            }
        }

        public boolean contains(double value) {
            return low <= value && value <= high;
        }

        public double width() {
            return high - low;
        }
    }
}
