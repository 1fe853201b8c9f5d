// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.policy.rest;

import java.time.Duration;

/** Tells a waiting thread that there may be something to do. Any thread. */
final class WatchSignal {
    private boolean raised;

    synchronized void raise() {
        raised = true;
        notifyAll();
    }

    /** Waits for the next signal, or for one that came since the last call; false on time-out. */
    synchronized boolean await(Duration limit) throws InterruptedException {
        long end = System.nanoTime() + limit.toNanos();
        while (!raised) {
            long left = end - System.nanoTime();
            if (left <= 0) {
                return false;
            }
            wait(left / 1_000_000, (int) (left % 1_000_000));
        }
        raised = false;
        return true;
    }
}
