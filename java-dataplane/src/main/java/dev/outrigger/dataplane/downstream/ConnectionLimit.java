// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.downstream;

import dev.outrigger.dataplane.runtime.RuntimeKeys;
import dev.outrigger.dataplane.runtime.RuntimeSnapshot;
import java.util.concurrent.atomic.AtomicLong;

/**
 * How many connections a listener has on all workers, and how many runtime lets it have (LI3). Any
 * thread.
 */
final class ConnectionLimit {
    private final String runtimeKey;
    private final AtomicLong open = new AtomicLong();

    ConnectionLimit(String listener) {
        this.runtimeKey =
                RuntimeKeys.LISTENER_PREFIX + listener + RuntimeKeys.CONNECTION_LIMIT_SUFFIX;
    }

    /** Takes a connection in, if there is room. */
    boolean admit(RuntimeSnapshot runtime) {
        if (open.get() >= runtime.integer(runtimeKey, Long.MAX_VALUE)) {
            return false;
        }
        open.incrementAndGet();
        return true;
    }

    /** A connection that was admitted is gone. */
    void release() {
        open.decrementAndGet();
    }
}
