// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.telemetry;

/**
 * A histogram as of one merge. Immutable once published.
 *
 * @param interval what was recorded between the last two merges
 * @param cumulative everything since the start
 */
record HistogramSnapshot(Distribution interval, Distribution cumulative) {
    static final HistogramSnapshot EMPTY =
            new HistogramSnapshot(new Distribution(new long[0]), new Distribution(new long[0]));

    /** Envoy's supported quantiles, in percent. */
    static final double[] QUANTILES = {0, 25, 50, 75, 90, 95, 99, 99.5, 99.9, 100};

    /** Envoy's default bucket bounds. */
    static final double[] BOUNDS = {
        0.5, 1, 5, 10, 25, 50, 100, 250, 500, 1000, 2500, 5000, 10_000, 30_000, 60_000, 300_000,
        600_000, 1_800_000, 3_600_000
    };

    /** Counts per bucket of {@link LogLinearBuckets}. */
    static final class Distribution {
        private final long[] counts;
        private final long total;

        /** Keeps the array. */
        Distribution(long[] counts) {
            this.counts = counts;
            long sum = 0;
            for (long count : counts) {
                sum += count;
            }
            total = sum;
        }

        long total() {
            return total;
        }

        long count(int bucket) {
            return bucket < counts.length ? counts[bucket] : 0;
        }

        int bucketLimit() {
            return counts.length;
        }

        double sum() {
            double sum = 0;
            for (int i = 0; i < counts.length; i++) {
                sum += counts[i] * LogLinearBuckets.midpoint(i);
            }
            return sum;
        }

        /** Observations in the buckets up to and including the bound's own. */
        long countUpTo(double bound) {
            int last = bound < 1 ? 0 : LogLinearBuckets.indexOf((long) bound);
            long sum = 0;
            for (int i = 0; i <= last && i < counts.length; i++) {
                sum += counts[i];
            }
            return sum;
        }

        /**
         * The value at a quantile: the n observations of a bucket are taken to lie at 1/(n+1),
         * 2/(n+1), ... of its width. NaN when nothing was recorded.
         */
        double quantile(double percent) {
            if (total == 0) {
                return Double.NaN;
            }
            long rank = Math.max(1, (long) Math.ceil(percent / 100 * total));
            long below = 0;
            for (int i = 0; i < counts.length; i++) {
                if (below + counts[i] >= rank) {
                    double share = (double) (rank - below) / (counts[i] + 1);
                    return LogLinearBuckets.lowerBound(i) + LogLinearBuckets.width(i) * share;
                }
                below += counts[i];
            }
            throw new IllegalStateException("rank: " + rank + " (expected: at most " + total + ")");
        }
    }
}
