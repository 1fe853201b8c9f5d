// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.cli.process;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/** Asks again and again until the answer is yes, it is no use, or the time is up. */
public final class Waiting {
    private static final long PAUSE_MILLIS = 25;

    private Waiting() {}

    /**
     * @param hopeless says why there is no point in waiting longer; empty while there is
     * @return empty when the answer was yes, otherwise why the wait ended
     */
    public static Optional<String> until(
            BooleanSupplier done, Supplier<Optional<String>> hopeless, Duration limit)
            throws InterruptedException {
        long deadline = System.nanoTime() + limit.toNanos();
        while (!done.getAsBoolean()) {
            var reason = hopeless.get();
            if (reason.isPresent()) {
                return reason;
            }
            if (System.nanoTime() - deadline > 0) {
                return Optional.of("not ready within " + limit.toSeconds() + " s");
            }
            TimeUnit.MILLISECONDS.sleep(PAUSE_MILLIS);
        }
        return Optional.empty();
    }

    /** Does nothing for a time: between two looks at something that only counts. */
    public static void pause(Duration time) throws InterruptedException {
        TimeUnit.NANOSECONDS.sleep(time.toNanos());
    }
}
