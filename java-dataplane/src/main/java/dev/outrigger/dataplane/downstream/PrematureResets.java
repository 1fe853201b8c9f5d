// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.downstream;

import dev.outrigger.dataplane.runtime.RuntimeSnapshot;
import dev.outrigger.dataplane.worker.WorkerContext;

/**
 * Tells a client that opens streams only to reset them (K5): once enough streams are over, or so
 * many were cut short that the rest cannot change it, half of them cut short are too many. Follows
 * {@code maybeDrainDueToPrematureResets} of Envoy. Confined to the connection's event loop.
 */
final class PrematureResets {
    private static final String ENOUGH = "overload.premature_reset_total_stream_count";
    private static final long DEFAULT_ENOUGH = 500;

    private final WorkerContext worker;
    private long closed;
    private long premature;

    PrematureResets(WorkerContext worker) {
        this.worker = worker;
    }

    /** A stream was reset, perhaps before it had an answer. */
    void onReset(boolean beforeAnswer) {
        premature += beforeAnswer ? 1 : 0;
    }

    /** A stream is over. */
    void onClosed() {
        closed++;
    }

    boolean areTooMany() {
        if (premature == 0) {
            return false;
        }
        RuntimeSnapshot runtime = worker.runtime();
        long enough = runtime.integer(ENOUGH, DEFAULT_ENOUGH);
        if (closed < enough) {
            return premature * 2 >= enough;
        }
        return premature * 2 >= closed;
    }
}
