// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.downstream;

import java.util.random.RandomGenerator;

/**
 * How far a listener's drain is (DR1): not begun, or begun at some moment. Shared by all workers;
 * written by the main loop.
 */
final class DrainState {
    private static final long NOT_DRAINING = Long.MIN_VALUE;

    private final long drainNanos;
    private final boolean gradual;
    private volatile long startedNanos = NOT_DRAINING;
    private volatile boolean healthCheckFailed;

    DrainState(long drainNanos, boolean gradual) {
        this.drainNanos = drainNanos;
        this.gradual = gradual;
    }

    void start(long now) {
        if (startedNanos == NOT_DRAINING) {
            startedNanos = now;
        }
    }

    /** Health checks of this proxy are to fail from now on, or not any more. */
    void setHealthCheckFailed(boolean failed) {
        healthCheckFailed = failed;
    }

    /** Any thread. */
    boolean isHealthCheckFailed() {
        return healthCheckFailed;
    }

    /** Whether the connection's drain sequence should begin with this response. */
    boolean drainClose(long now, RandomGenerator random) {
        long started = startedNanos;
        if (started == NOT_DRAINING) {
            return false;
        }
        long elapsed = now - started;
        return !gradual || elapsed >= drainNanos || random.nextLong(drainNanos) < elapsed;
    }
}
