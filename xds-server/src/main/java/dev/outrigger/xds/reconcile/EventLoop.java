// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.xds.reconcile;

import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/**
 * One thread with a clock, to which tasks are given from any thread. Tasks run one at a time, in
 * the order in which they were given.
 */
interface EventLoop extends AutoCloseable {
    /** Runs a task soon; drops it if the loop is closed. */
    void execute(Runnable task);

    /** Runs a task after a while; drops it if the loop is closed by then. */
    void schedule(Runnable task, Duration delay);

    /** Time since some fixed moment. */
    long nanos();

    /** Takes no more tasks; does not wait for the one that runs. */
    @Override
    void close();

    /** A loop on a daemon thread of its own. */
    static EventLoop onThread(String name) {
        return new Threaded(
                Executors.newSingleThreadScheduledExecutor(
                        Thread.ofPlatform().name(name).daemon().factory()));
    }

    /** A loop on a real thread and the real clock. */
    record Threaded(ScheduledExecutorService thread) implements EventLoop {
        @Override
        public void execute(Runnable task) {
            schedule(task, Duration.ZERO);
        }

        @Override
        @SuppressWarnings("FutureReturnValueIgnored") // Tasks catch what they throw.
        public void schedule(Runnable task, Duration delay) {
            try {
                thread.schedule(task, delay.toNanos(), TimeUnit.NANOSECONDS);
            } catch (RejectedExecutionException closed) {
                // Whoever closed it wants nothing done any more.
            }
        }

        @Override
        public long nanos() {
            return System.nanoTime();
        }

        @Override
        public void close() {
            thread.shutdownNow();
        }
    }
}
