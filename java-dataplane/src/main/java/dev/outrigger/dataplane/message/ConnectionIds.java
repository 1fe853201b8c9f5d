// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.message;

import java.util.concurrent.atomic.AtomicLong;

/** Numbers for connections, downstream and upstream, as logs speak of them. Any thread. */
public final class ConnectionIds {
    private static final AtomicLong NEXT = new AtomicLong();

    private ConnectionIds() {}

    /** One that no other connection of the process has. */
    public static long next() {
        return NEXT.getAndIncrement();
    }
}
