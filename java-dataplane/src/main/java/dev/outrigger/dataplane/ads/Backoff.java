// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.ads;

import java.time.Duration;
import java.util.random.RandomGenerator;

/**
 * Envoy's fully jittered exponential back-off: the n-th delay is drawn evenly from zero up to
 * {@code base * 2^(n-1)}, at most {@code max}. Main loop only.
 */
public final class Backoff {
    private final long baseMillis;
    private final long maxMillis;
    private final RandomGenerator random;
    private long windowMillis;

    public Backoff(Duration base, Duration max, RandomGenerator random) {
        this.baseMillis = base.toMillis();
        this.maxMillis = Math.max(max.toMillis(), baseMillis);
        this.random = random;
        this.windowMillis = baseMillis;
    }

    /** The next delay. */
    public Duration next() {
        long delay = windowMillis <= 0 ? 0 : random.nextLong(windowMillis);
        windowMillis = Math.min(maxMillis, windowMillis * 2);
        return Duration.ofMillis(delay);
    }

    /** After a success: the next delay is of the first window again. */
    public void reset() {
        windowMillis = baseMillis;
    }
}
