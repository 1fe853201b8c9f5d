// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.benchmarks;

import dev.outrigger.benchmarks.contender.RouteFile;
import dev.outrigger.benchmarks.contender.Site;
import java.io.Closeable;
import java.io.IOException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/** Gives a proxy new routes at a fixed rate until it is closed. */
final class Swaps implements Closeable {

    /** Greater than any before, whoever asks. */
    private static final AtomicLong GENERATIONS = new AtomicLong(1);

    private final Site site;
    private final Thread thread;
    private volatile boolean ended;
    private volatile @Nullable IOException failure;

    private Swaps(Site site) {
        this.site = site;
        this.thread = Thread.ofPlatform().name("swaps").unstarted(this::keepSwapping);
    }

    static Swaps begin(Site site) {
        var swaps = new Swaps(site);
        swaps.thread.start();
        return swaps;
    }

    private void keepSwapping() {
        long interval = TimeUnit.SECONDS.toNanos(1) / site.surroundings().swapsPerSecond();
        long due = System.nanoTime();
        try {
            while (!ended) {
                RouteFile.replace(site, GENERATIONS.incrementAndGet());
                due += interval;
                long wait;
                while (!ended && (wait = due - System.nanoTime()) > 0) {
                    LockSupport.parkNanos(this, wait);
                }
            }
        } catch (IOException e) {
            failure = e;
        }
    }

    /**
     * Ends it.
     *
     * @throws IOException if routes could not be written
     */
    @Override
    public void close() throws IOException {
        ended = true;
        LockSupport.unpark(thread);
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        if (failure != null) {
            throw failure;
        }
    }
}
