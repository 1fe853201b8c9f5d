// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.conformance.proxy;

import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/** Waits for what another process does, on the monotonic clock. */
public final class Eventually {
    private static final Duration STEP = Duration.ofMillis(4);

    private Eventually() {}

    /** Asks until the condition holds; false when the limit passed or the thread is interrupted. */
    public static boolean holds(Duration limit, BooleanSupplier condition) {
        return holds(limit, STEP, condition);
    }

    /** Asks likewise, but with more time between two questions, for those that cost something. */
    public static boolean holds(Duration limit, Duration step, BooleanSupplier condition) {
        long start = System.nanoTime();
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() - start > limit.toNanos()
                    || Thread.currentThread().isInterrupted()) {
                return false;
            }
            LockSupport.parkNanos(step.toNanos());
        }
        return true;
    }

    /** Lets time pass, where time itself is what a case is about. */
    public static void pause(Duration duration) {
        var _ = holds(duration, () -> false);
    }
}
