// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.benchmarks.statistics;

import java.util.Arrays;

/**
 * Quantiles of a small sample, interpolated linearly between neighbours (type 7, as R and NumPy do
 * by default).
 */
public final class Median {

    private Median() {}

    /** The middle value. */
    public static double of(double... values) {
        return quantile(0.5, values);
    }

    /**
     * The value below which the given share of the sample lies.
     *
     * @param share 0 to 1
     */
    public static double quantile(double share, double... values) {
        if (values.length == 0) {
            throw new IllegalArgumentException("values: empty (expected: at least one)");
        }
        if (!(share >= 0 && share <= 1)) {
            throw new IllegalArgumentException("share: " + share + " (expected: 0..1)");
        }
        double[] sorted = values.clone();
        Arrays.sort(sorted);
        return ofSorted(share, sorted);
    }

    /**
     * As {@link #quantile}, for a sample already in ascending order; the bootstrap calls it
     * thousands of times.
     */
    static double ofSorted(double share, double[] sorted) {
        double position = share * (sorted.length - 1);
        int below = (int) Math.floor(position);
        int above = Math.min(below + 1, sorted.length - 1);
        return sorted[below] + (position - below) * (sorted[above] - sorted[below]);
    }
}
