// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.exchange;

import dev.outrigger.dataplane.message.ResponseFlag;
import dev.outrigger.dataplane.message.StreamInfo;
import dev.outrigger.dataplane.worker.Timers;
import dev.outrigger.dataplane.worker.WorkerContext;

/**
 * The pause between the end of an attempt and the next one (4.3), and the flags of retries that are
 * not made. Reused; confined to its event loop.
 */
final class RetryTimer {
    private final WorkerContext worker;
    private final RetryState retry;
    private final StreamInfo info;
    private final ForwardedRequest owner;
    private final Timers.Timer timer;
    private boolean pending;
    private boolean afterTimeout;

    RetryTimer(WorkerContext worker, RetryState retry, StreamInfo info, ForwardedRequest owner) {
        this.worker = worker;
        this.retry = retry;
        this.info = info;
        this.owner = owner;
        this.timer = worker.timers().timer(this::onEnd);
    }

    /** Whether another attempt follows; if so, its pause has begun. */
    boolean isGranted(RetryState.Verdict verdict, boolean timedOut) {
        switch (verdict) {
            case YES -> {
                pending = true;
                afterTimeout = timedOut;
                timer.arm(worker.now(), retry.backoffMillis() * 1_000_000);
                return true;
            }
            case LIMIT_EXCEEDED -> info.setFlag(ResponseFlag.UPSTREAM_RETRY_LIMIT_EXCEEDED);
            case OVERFLOW -> info.setFlag(ResponseFlag.UPSTREAM_OVERFLOW);
            case NO -> {}
        }
        return false;
    }

    boolean isPending() {
        return pending;
    }

    private void onEnd() {
        if (!pending) {
            return;
        }
        pending = false;
        worker.refreshNow();
        retry.onRetry();
        owner.onRetry(afterTimeout);
        worker.flushDirty();
    }

    void cancel() {
        pending = false;
        timer.disarm();
    }

    void dispose() {
        timer.discard();
    }
}
