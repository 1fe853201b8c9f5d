// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.upstream;

import java.util.concurrent.atomic.LongAdder;

/**
 * How many requests for a cluster reached no host because there were too many, as load reports tell
 * it; the counts only grow. Any thread.
 */
public final class LoadDrops {
    private final LongAdder overflowed = new LongAdder();
    private final LongAdder overloaded = new LongAdder();

    /** A circuit breaker ended a request. */
    public void countOverflow() {
        overflowed.increment();
    }

    /** The control plane wanted a request dropped ({@code drop_overloads}). */
    public void countOverload() {
        overloaded.increment();
    }

    long overflowed() {
        return overflowed.sum();
    }

    long overloaded() {
        return overloaded.sum();
    }
}
