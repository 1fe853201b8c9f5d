// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.benchmarks.statistics;

import java.util.Collection;
import java.util.SplittableRandom;

/**
 * What is reported about one number measured once a round: median, quartiles and the 95 % interval
 * of the median.
 *
 * @param rounds how many rounds the figures rest on
 */
public record Distribution(
        int rounds,
        double median,
        double lowerQuartile,
        double upperQuartile,
        BootstrapInterval.Interval confidence) {

    /**
     * The same seed for every figure of every run: the interval shall not change between two
     * readings of one file.
     */
    private static final long SEED = 0x0A57_1A11;

    /** Figures of at least one value. */
    public static Distribution of(Collection<Double> values) {
        double[] numbers = values.stream().mapToDouble(Double::doubleValue).toArray();
        return new Distribution(
                numbers.length,
                Median.of(numbers),
                Median.quantile(0.25, numbers),
                Median.quantile(0.75, numbers),
                BootstrapInterval.ofMedian(new SplittableRandom(SEED), numbers));
    }
}
