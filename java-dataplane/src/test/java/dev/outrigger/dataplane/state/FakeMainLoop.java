// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.state;

import dev.outrigger.dataplane.ads.MainLoop;
import java.time.Duration;
import java.util.Comparator;
import java.util.PriorityQueue;

/** A loop whose time moves only when told. */
public final class FakeMainLoop implements MainLoop {
    private final PriorityQueue<Task> tasks =
            new PriorityQueue<>(
                    Comparator.comparingLong((Task t) -> t.at).thenComparingLong(t -> t.order));
    private long now;
    private long order;

    /** Runs everything due until then, each at its own time. */
    public void advance(Duration by) {
        long end = now + by.toNanos();
        while (!tasks.isEmpty() && tasks.peek().at <= end) {
            Task task = tasks.poll();
            now = Math.max(now, task.at);
            if (!task.cancelled) {
                task.run.run();
            }
        }
        now = end;
    }

    @Override
    public void execute(Runnable task) {
        schedule(Duration.ZERO, task);
    }

    @Override
    public Timer schedule(Duration delay, Runnable task) {
        var scheduled = new Task(now + delay.toNanos(), order++, task);
        tasks.add(scheduled);
        return () -> scheduled.cancelled = true;
    }

    @Override
    public long nanoTime() {
        return now;
    }

    @Override
    public long currentTimeMillis() {
        return now / 1_000_000;
    }

    private static final class Task {
        private final long at;
        private final long order;
        private final Runnable run;
        private boolean cancelled;

        Task(long at, long order, Runnable run) {
            this.at = at;
            this.order = order;
            this.run = run;
        }
    }
}
