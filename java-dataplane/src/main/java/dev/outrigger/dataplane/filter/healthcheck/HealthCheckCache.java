// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.filter.healthcheck;

import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The last answer to a health check. As in Envoy it is forgotten at the end of each period of the
 * cache time, counted from the start, however young it is then. Any thread.
 */
final class HealthCheckCache {
    private final long periodNanos;
    private final LongSupplier nanoTime;
    private final long start;
    private volatile @Nullable Answer last;

    /**
     * @param period the period it was given in
     */
    record Answer(int status, boolean degraded, long period) {}

    HealthCheckCache(long periodNanos, LongSupplier nanoTime) {
        this.periodNanos = periodNanos;
        this.nanoTime = nanoTime;
        this.start = nanoTime.getAsLong();
    }

    private long period() {
        return (nanoTime.getAsLong() - start) / periodNanos;
    }

    /** The answer of the current period, if there was one. */
    @Nullable Answer find() {
        Answer known = last;
        return known == null || known.period() != period() ? null : known;
    }

    void set(int status, boolean degraded) {
        last = new Answer(status, degraded, period());
    }
}
