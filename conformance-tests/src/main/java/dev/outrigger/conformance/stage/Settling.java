// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.conformance.stage;

import java.time.Duration;
import java.util.Optional;
import java.util.function.LongSupplier;

/**
 * Whether a proxy has done what an exchange asks of it: it is quiet, or nothing has changed for a
 * while. Used by one thread.
 */
final class Settling {
    private final Duration still;
    private final LongSupplier nanoTime;
    private Optional<Stats> last = Optional.empty();
    private long changedNanos;

    /**
     * @param still without a change, after which nothing is expected any more
     */
    Settling(Duration still, LongSupplier nanoTime) {
        this.still = still;
        this.nanoTime = nanoTime;
    }

    /** Looks at the stats of this moment. */
    boolean isOver(Stats now) {
        if (now.quiet()) {
            return true;
        }
        if (last.isEmpty() || !last.get().looksLike(now)) {
            last = Optional.of(now);
            changedNanos = nanoTime.getAsLong();
            return false;
        }
        return nanoTime.getAsLong() - changedNanos > still.toNanos();
    }
}
