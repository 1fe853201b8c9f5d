// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.downstream;

import dev.outrigger.dataplane.runtime.RuntimeKeys;
import dev.outrigger.dataplane.worker.WorkerContext;
import java.util.ArrayDeque;

/**
 * Keeps a client that sends many requests at once from having all of them handled before anybody
 * else's: beyond {@code http.max_requests_per_io_cycle} they wait, in order, for the next turns of
 * the event loop. Follows {@code shouldDeferRequestProxyingToNextIoCycle} of Envoy. Confined to the
 * connection's event loop.
 */
final class DeferredRequests {
    private static final long UNLIMITED = 0xffff_ffffL;

    private final WorkerContext worker;
    private final long most;

    /** No more than the connection has streams; where there is no limit it takes no room. */
    private final ArrayDeque<Runnable> waiting;

    private long passed;
    private boolean scheduled;

    /** The runtime is asked once for each connection. */
    DeferredRequests(WorkerContext worker) {
        this.worker = worker;
        this.most =
                worker.runtime().integer(RuntimeKeys.MAX_REQUESTS_PER_IO_CYCLE, UNLIMITED)
                        & UNLIMITED;
        this.waiting = new ArrayDeque<>(most == UNLIMITED ? 0 : 16);
    }

    /** Bytes of the client are about to be handled. */
    void onRead() {
        passed = 0;
    }

    /**
     * Whether a request has to wait.
     *
     * @param request called when it may go on, unless it is forgotten
     */
    boolean defers(Runnable request) {
        boolean waits = most != UNLIMITED && mustWait();
        if (waits) {
            waiting.add(request);
        }
        return waits;
    }

    /** The request is over while it waited. */
    void forget(Runnable request) {
        waiting.remove(request);
    }

    /** Behind one that waits all wait, so that their order stays. */
    private boolean mustWait() {
        if (scheduled) {
            return true;
        }
        passed++;
        scheduled = passed > most;
        if (scheduled) {
            worker.afterEvents(this::goOn);
        }
        return scheduled;
    }

    private void goOn() {
        scheduled = false;
        // One always passes.
        passed = 1;
        for (Runnable next = waiting.poll(); next != null; next = waiting.poll()) {
            next.run();
            if (mustWait()) {
                return;
            }
        }
    }
}
