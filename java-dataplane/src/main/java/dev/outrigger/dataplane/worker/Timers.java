// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.worker;

import java.util.Arrays;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * All timers of one event loop behind a single scheduled wake-up.
 *
 * <p>A {@link Timer} that is set to a later time than it is queued for stays where it is: only a
 * field changes. When it comes up it is put back. So a timeout that is armed and disarmed for every
 * request costs two stores per request and one wake-up per timeout length, not an entry in the
 * event loop's queue. Resolution is one millisecond, and a timer never fires early.
 *
 * <p>Confined to its event loop.
 */
public final class Timers {
    /** What runs later on the loop. */
    @FunctionalInterface
    public interface Task {
        void run();
    }

    /** The event loop as this class needs it. */
    public interface Loop {
        long nanoTime();

        /** Calls {@link Timers#fire} after a delay; an earlier call is not cancelled by it. */
        void wakeUpAfter(long delay, TimeUnit unit);

        /** Runs the task when the events that are there now have been handled. */
        void execute(Runnable task);
    }

    private static final Logger log = LoggerFactory.getLogger(Timers.class);
    private static final long OFF = Long.MAX_VALUE;
    private static final long MILLI = 1_000_000;

    private final Loop loop;
    private Timer[] heap = new Timer[64];
    private int size;
    private long wakeUpAt = OFF;

    public Timers(Loop loop) {
        this.loop = loop;
    }

    /** Makes a timer that is off. */
    public Timer timer(Task task) {
        return new Timer(this, task);
    }

    /** Runs what is due; called by the loop. */
    public void fire() {
        long now = loop.nanoTime();
        if (now < wakeUpAt) {
            return;
        }
        wakeUpAt = OFF;
        while (size > 0 && heap[0].queuedAt <= now) {
            Timer timer = heap[0];
            if (timer.deadline == OFF) {
                removeFirst();
            } else if (timer.deadline > now) {
                timer.queuedAt = timer.deadline;
                siftDown(0);
            } else {
                removeFirst();
                timer.deadline = OFF;
                run(timer.task);
            }
        }
        if (size > 0) {
            wakeUp(heap[0].queuedAt, now);
        }
    }

    /** One task that fails must not keep the others from running. */
    private static void run(Task task) {
        try {
            task.run();
        } catch (RuntimeException e) {
            log.error("a timer's task failed", e);
        }
    }

    /** How many timers are queued, for tests. */
    int queued() {
        return size;
    }

    private void wakeUp(long at, long now) {
        if (at < wakeUpAt) {
            wakeUpAt = at;
            // Rounded up: the loop may wake up a little early, and an early wake-up is a lost one.
            long millis = Math.max(0, (at - now + MILLI - 1) / MILLI);
            wakeUpAt = Math.min(at, now + millis * MILLI);
            loop.wakeUpAfter(millis, TimeUnit.MILLISECONDS);
        }
    }

    private void enqueue(Timer timer) {
        if (size == heap.length) {
            heap = Arrays.copyOf(heap, size * 2);
        }
        timer.index = size;
        heap[size] = timer;
        siftUp(size++);
    }

    private void removeFirst() {
        heap[0].index = -1;
        Timer last = heap[--size];
        clear(size);
        if (size > 0) {
            heap[0] = last;
            last.index = 0;
            siftDown(0);
        }
    }

    @SuppressWarnings("NullAway") // slots behind size are empty by design
    private void clear(int slot) {
        heap[slot] = null;
    }

    private void siftUp(int from) {
        Timer timer = heap[from];
        int i = from;
        while (i > 0) {
            int parent = (i - 1) >>> 1;
            Timer above = heap[parent];
            if (above.queuedAt <= timer.queuedAt) {
                break;
            }
            heap[i] = above;
            above.index = i;
            i = parent;
        }
        heap[i] = timer;
        timer.index = i;
    }

    private void siftDown(int from) {
        Timer timer = heap[from];
        int i = from;
        while (true) {
            int child = 2 * i + 1;
            if (child >= size) {
                break;
            }
            if (child + 1 < size && heap[child + 1].queuedAt < heap[child].queuedAt) {
                child++;
            }
            Timer below = heap[child];
            if (timer.queuedAt <= below.queuedAt) {
                break;
            }
            heap[i] = below;
            below.index = i;
            i = child;
        }
        heap[i] = timer;
        timer.index = i;
    }

    /** One timeout, reused; off until it is armed. */
    public static final class Timer {
        private final Timers timers;
        private final Task task;
        private long deadline = OFF;
        private long queuedAt;
        private int index = -1;

        private Timer(Timers timers, Task task) {
            this.timers = timers;
            this.task = task;
        }

        /** Fires once, {@code delayNanos} after {@code now}; replaces an earlier deadline. */
        public void arm(long now, long delayNanos) {
            long at = now + delayNanos;
            deadline = at;
            if (index < 0) {
                queuedAt = at;
                timers.enqueue(this);
                timers.wakeUp(at, now);
            } else if (at < queuedAt) {
                queuedAt = at;
                timers.siftUp(index);
                timers.wakeUp(at, now);
            }
        }

        public void disarm() {
            deadline = OFF;
        }

        public boolean isArmed() {
            return deadline != OFF;
        }

        /** Takes the timer out of the queue so that nothing keeps its owner alive. */
        public void discard() {
            deadline = OFF;
            int at = index;
            if (at < 0) {
                return;
            }
            index = -1;
            Timer last = timers.heap[--timers.size];
            timers.clear(timers.size);
            if (last != this) {
                timers.heap[at] = last;
                last.index = at;
                timers.siftDown(at);
                timers.siftUp(last.index);
            }
        }
    }

    /** Whether nothing is queued, so that a loop may rest; for assertions. */
    @Nullable Timer first() {
        return size == 0 ? null : heap[0];
    }
}
