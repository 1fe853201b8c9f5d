// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.benchmarks.load;

import java.time.Duration;

/** When a load ends: after a time or, if that comes first, after a number of requests. */
public record LoadLimit(Duration time, long requests) {

    public LoadLimit {
        if (time.isNegative() || time.isZero()) {
            throw new IllegalArgumentException("time: " + time + " (expected: above zero)");
        }
        if (requests < 1) {
            throw new IllegalArgumentException("requests: " + requests + " (expected: at least 1)");
        }
    }

    /** A load bounded by time only. */
    public static LoadLimit of(Duration time) {
        return new LoadLimit(time, Long.MAX_VALUE);
    }
}
