// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.downstream;

import dev.outrigger.dataplane.runtime.RuntimeKeys;
import dev.outrigger.dataplane.runtime.RuntimeSnapshot;
import dev.outrigger.dataplane.worker.GlobalConnections;
import java.util.concurrent.atomic.AtomicLong;

/**
 * How many connections a listener has on all workers, and how many runtime lets it have (LI3), of
 * its own and of all. Any thread.
 */
final class ConnectionLimit {
    private final String runtimeKey;
    private final GlobalConnections global;
    private final boolean globallyLimited;
    private final AtomicLong open = new AtomicLong();

    /** What becomes of a new connection. */
    enum Verdict {
        ADMITTED,
        /** The listener has too many. */
        OVERFLOW,
        /** All listeners together have too many. */
        GLOBAL_OVERFLOW
    }

    /**
     * @param globallyLimited whether the limit of all holds for this listener
     */
    ConnectionLimit(String listener, GlobalConnections global, boolean globallyLimited) {
        this.runtimeKey =
                RuntimeKeys.LISTENER_PREFIX + listener + RuntimeKeys.CONNECTION_LIMIT_SUFFIX;
        this.global = global;
        this.globallyLimited = globallyLimited;
    }

    /** Takes a connection in, if there is room. */
    Verdict admit(RuntimeSnapshot runtime) {
        if (!global.admit(runtime, globallyLimited)) {
            return Verdict.GLOBAL_OVERFLOW;
        }
        if (open.get() >= runtime.integer(runtimeKey, Long.MAX_VALUE)) {
            global.release();
            return Verdict.OVERFLOW;
        }
        open.incrementAndGet();
        return Verdict.ADMITTED;
    }

    /** A connection that was admitted is gone. */
    void release() {
        open.decrementAndGet();
        global.release();
    }
}
