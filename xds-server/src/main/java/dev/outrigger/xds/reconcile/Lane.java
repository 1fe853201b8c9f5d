// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.xds.reconcile;

/**
 * Rounds of one kind of work: at once after a quiet time, joined under a burst. A round takes along
 * whatever was requested before it began. Confined to its loop.
 */
final class Lane {
    private final EventLoop loop;
    private final Debounce debounce;
    private final Runnable round;
    private boolean isScheduled;
    private long firstRequest;

    /**
     * @param round must not throw
     */
    Lane(EventLoop loop, Debounce debounce, Runnable round) {
        this.loop = loop;
        this.debounce = debounce;
        this.round = round;
    }

    /** There is something to do: now, or when the pause is over. */
    void request() {
        if (isScheduled) {
            return;
        }
        firstRequest = loop.nanos();
        var delay = debounce.delay(firstRequest);
        if (delay.isZero()) {
            begin(false);
        } else {
            isScheduled = true;
            loop.schedule(this::pauseOver, delay);
        }
    }

    private void pauseOver() {
        isScheduled = false;
        begin(true);
    }

    private void begin(boolean waited) {
        debounce.begin(loop.nanos(), waited);
        round.run();
    }
}
