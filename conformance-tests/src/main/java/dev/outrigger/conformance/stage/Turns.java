// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.conformance.stage;

import java.util.concurrent.Semaphore;

/**
 * How many configurations are played at the same time, over all batches and proxies of a run. Those
 * in which time is compared spend most of it waiting, but more of them would make one wait for the
 * other. Any thread.
 */
public final class Turns {
    private static final int TIMED_AT_ONCE = 48;
    private static final int AT_ONCE = 40;

    private final Semaphore timed = new Semaphore(TIMED_AT_ONCE);
    private final Semaphore others = new Semaphore(AT_ONCE);

    /** What plays a configuration. */
    interface Play<T> {
        T play() throws Exception;
    }

    /**
     * Plays when it is its turn.
     *
     * @param isTimed whether time is part of what is compared
     */
    <T> T take(boolean isTimed, Play<T> play) throws Exception {
        var turns = isTimed ? timed : others;
        turns.acquire();
        try {
            return play.play();
        } finally {
            turns.release();
        }
    }
}
