// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.xds.reconcile;

import java.time.Duration;

/**
 * How long a change waits for others to come along: not at all after a quiet time, and under a
 * burst until a pause after the round before is over. The pause doubles with every round that had
 * to wait, up to a bound, and is short again after a quiet time. Confined to one thread; knows no
 * clock of its own.
 */
final class Debounce {
    private final long shortest;
    private final long longest;
    private long pause;
    private long lastRound;
    private boolean ran;

    /**
     * @param shortest the first pause of a burst
     * @param longest what no change waits longer than
     */
    Debounce(Duration shortest, Duration longest) {
        if (shortest.isNegative() || shortest.isZero() || longest.compareTo(shortest) < 0) {
            throw new IllegalArgumentException(
                    "pauses: "
                            + shortest
                            + " to "
                            + longest
                            + " (expected: above zero, the longest not below the shortest)");
        }
        this.shortest = shortest.toNanos();
        this.longest = longest.toNanos();
        this.pause = this.shortest;
    }

    /** How long a change that comes now, or is waiting now, has still to wait. */
    Duration delay(long now) {
        return ran && now - lastRound < pause
                ? Duration.ofNanos(pause - (now - lastRound))
                : Duration.ZERO;
    }

    /**
     * A round begins.
     *
     * @param waited whether what it takes along had to wait
     */
    void begin(long now, boolean waited) {
        pause = waited ? Math.min(2 * pause, longest) : shortest;
        lastRound = now;
        ran = true;
    }
}
