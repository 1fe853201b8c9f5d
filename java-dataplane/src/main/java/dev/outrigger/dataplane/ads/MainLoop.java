// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.ads;

import java.time.Duration;

/**
 * The one thread that xDS, state and admin share, and its clocks. Tasks run one after the other;
 * everything documented as "main loop only" runs inside one of them.
 */
public interface MainLoop {
    /** Runs a task later on the loop. Any thread. */
    void execute(Runnable task);

    /** Runs a task on the loop after a delay. Any thread. */
    Timer schedule(Duration delay, Runnable task);

    /** Monotonic time. */
    long nanoTime();

    /** Wall clock, milliseconds since the epoch, for time stamps that people read. */
    long currentTimeMillis();

    /** A scheduled task. */
    interface Timer {
        /** Without effect when the task has run. Main loop only. */
        void cancel();
    }
}
