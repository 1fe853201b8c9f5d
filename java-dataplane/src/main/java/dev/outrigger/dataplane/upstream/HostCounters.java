// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.upstream;

import java.util.concurrent.atomic.AtomicLongArray;

/** The counters of one host that one worker keeps. Written by that worker only, read by anyone. */
final class HostCounters {
    static final int CX_ACTIVE = 0;
    static final int CX_CONNECT_FAIL = 1;
    static final int CX_TOTAL = 2;
    static final int RQ_ACTIVE = 3;
    static final int RQ_ERROR = 4;
    static final int RQ_SUCCESS = 5;
    static final int RQ_TIMEOUT = 6;
    static final int RQ_TOTAL = 7;
    static final int RQ_PENDING_ACTIVE = 8;
    private static final int COUNT = 9;

    private final AtomicLongArray cells = new AtomicLongArray(COUNT);

    void add(int counter, long amount) {
        // One writer, so no read-modify-write instruction is needed.
        cells.setOpaque(counter, cells.getPlain(counter) + amount);
    }

    long value(int counter) {
        return cells.getOpaque(counter);
    }
}
