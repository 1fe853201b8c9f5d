// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.xds.testing;

import java.time.Duration;
import java.util.concurrent.locks.LockSupport;

/** Waits for what another process does, for which there is nothing to wait on but asking again. */
public final class Eventually {
    private static final Duration PAUSE = Duration.ofMillis(20);

    private Eventually() {}

    /** Repeats the check until it passes; its last failure is the test's. */
    public static void within(Duration limit, Check check) throws Exception {
        long deadline = System.nanoTime() + limit.toNanos();
        while (true) {
            try {
                check.run();
                return;
            } catch (AssertionError | java.io.IOException notYet) {
                if (System.nanoTime() - deadline > 0) {
                    throw notYet;
                }
                LockSupport.parkNanos(PAUSE.toNanos());
            }
        }
    }

    /** Fails by an assertion or by a connection that is refused. */
    @FunctionalInterface
    public interface Check {
        void run() throws Exception;
    }
}
