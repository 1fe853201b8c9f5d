// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.xds.reconcile;

import java.time.Duration;
import java.util.Comparator;
import java.util.PriorityQueue;

/** A loop that runs when a test says so, on the test's thread and on a clock the test moves. */
final class VirtualLoop implements EventLoop {
    private final PriorityQueue<Task> tasks =
            new PriorityQueue<>(
                    Comparator.comparingLong(Task::at).thenComparingLong(Task::sequence));
    private long now;
    private long sequence;

    private record Task(long at, long sequence, Runnable work) {}

    @Override
    public void execute(Runnable task) {
        schedule(task, Duration.ZERO);
    }

    @Override
    public void schedule(Runnable task, Duration delay) {
        tasks.add(new Task(now + delay.toNanos(), sequence++, task));
    }

    @Override
    public long nanos() {
        return now;
    }

    @Override
    public void close() {
        tasks.clear();
    }

    /** Runs the next task that is due; false if none is. */
    boolean step() {
        var next = tasks.peek();
        if (next == null || next.at() > now) {
            return false;
        }
        tasks.remove().work().run();
        return true;
    }

    /** Runs all tasks that are due, and those they lead to at once. */
    void run() {
        while (step()) {
            // Until nothing is due.
        }
    }

    /** Lets time pass, running each task at its time. */
    void advance(Duration time) {
        long end = now + time.toNanos();
        while (!tasks.isEmpty() && tasks.element().at() <= end) {
            now = Math.max(now, tasks.element().at());
            step();
        }
        now = end;
    }
}
