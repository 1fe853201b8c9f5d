// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.telemetry;

/**
 * The bucket layout of Envoy's histograms for non-negative integers: two significant decimal
 * digits, so 0, then 1 to 9 (each 0.1 wide), then 90 buckets for every power of ten. Immutable, any
 * thread.
 */
final class LogLinearBuckets {
    /** Everything from 10^12 on shares the last bucket: 31 years in milliseconds. */
    static final int COUNT = 10 + 90 * 11;

    private static final int GROWTH = 90;

    private LogLinearBuckets() {}

    static int indexOf(long value) {
        if (value < 10) {
            return value <= 0 ? 0 : (int) value;
        }
        int exponent = 0;
        long mantissa = value;
        while (mantissa >= 100) {
            mantissa /= 10;
            exponent++;
        }
        return Math.min(10 + 90 * exponent + (int) mantissa - 10, COUNT - 1);
    }

    /** The length of an array that holds this bucket, growing by whole powers of ten. */
    static int roomFor(int bucket) {
        return Math.min(COUNT, (bucket / GROWTH + 1) * GROWTH + 10);
    }

    static double lowerBound(int bucket) {
        if (bucket < 10) {
            return bucket;
        }
        return ((bucket - 10) % 90 + 10) * width(bucket);
    }

    static double width(int bucket) {
        if (bucket < 10) {
            return bucket == 0 ? 0 : 0.1;
        }
        int exponent = (bucket - 10) / 90;
        return Math.pow(10, exponent);
    }

    /** What an observation of this bucket adds to an approximate sum. */
    static double midpoint(int bucket) {
        if (bucket == 0) {
            return 0;
        }
        double low = lowerBound(bucket);
        double width = width(bucket);
        return low + width * (low / (low + low + width));
    }
}
