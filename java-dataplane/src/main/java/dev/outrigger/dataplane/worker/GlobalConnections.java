// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.worker;

import dev.outrigger.dataplane.runtime.RuntimeKeys;
import dev.outrigger.dataplane.runtime.RuntimeSnapshot;
import java.util.concurrent.atomic.AtomicLong;

/**
 * How many connections the listeners and the admin socket have together, and how many runtime lets
 * them have ({@code overload.global_downstream_max_connections}). Any thread.
 */
public final class GlobalConnections {
    private final AtomicLong open = new AtomicLong();

    /**
     * Takes a connection in, if there is room.
     *
     * @param limited whether the limit holds for it ({@code ignore_global_conn_limit}); it counts
     *     for others in any case
     */
    public boolean admit(RuntimeSnapshot runtime, boolean limited) {
        if (limited) {
            long most = runtime.integer(RuntimeKeys.GLOBAL_CONNECTIONS, Long.MAX_VALUE);
            if (Long.compareUnsigned(open.get(), most) >= 0) {
                return false;
            }
        }
        open.incrementAndGet();
        return true;
    }

    /** A connection that was admitted is gone. */
    public void release() {
        open.decrementAndGet();
    }
}
