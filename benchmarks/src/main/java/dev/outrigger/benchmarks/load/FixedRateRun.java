// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.benchmarks.load;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedSelectorException;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * Sends requests at the instants they are due and counts latency from those instants.
 *
 * <p>The calling thread keeps the schedule; a second thread blocks in the selector, so that an
 * answer is noticed when it arrives and not at the next tick. A request that finds no idle
 * connection waits in a queue and its latency grows.
 */
final class FixedRateRun {

    private static final int SCRATCH_BYTES = 64 * 1024;
    private static final long SELECT_MILLIS = 20;
    private static final long DRAIN_NANOS = TimeUnit.SECONDS.toNanos(2);
    private static final long NANOS_PER_SECOND = TimeUnit.SECONDS.toNanos(1);
    private static final int QUEUE_LIMIT = 100_000;

    private final int port;
    private final byte[] request;
    private final LoadLimit limit;

    // Guarded by this: touched by the sending and the receiving thread.
    private final Deque<Connection> idle = new ArrayDeque<>();
    private final Deque<Long> overdue = new ArrayDeque<>();
    private final Tally tally = new Tally();
    private int underWay;
    private boolean scheduleEnded;
    private long lastAnswerNanos;

    private final ByteBuffer scratch = ByteBuffer.allocateDirect(SCRATCH_BYTES);

    FixedRateRun(int port, byte[] request, LoadLimit limit) {
        this.port = port;
        this.request = request;
        this.limit = limit;
    }

    LoadResult run(LoadShape.FixedRate shape) throws IOException, InterruptedException {
        List<Connection> opened = new ArrayList<>();
        try (var selector = Selector.open()) {
            for (int i = 0; i < shape.connections(); i++) {
                var connection = Connection.open(port, request, selector);
                opened.add(connection);
                idle.add(connection);
            }
            var receiver = Thread.ofPlatform().name("answers").start(() -> receive(selector));
            long start = System.nanoTime();
            keepSchedule(start, shape.requestsPerSecond());
            receiver.join();
            synchronized (this) {
                tally.failed(underWay + overdue.size());
                return tally.result(Math.max(lastAnswerNanos - start, 1));
            }
        } finally {
            for (var connection : opened) {
                connection.close();
            }
        }
    }

    private void keepSchedule(long start, int requestsPerSecond) {
        long requests =
                Math.min(
                        limit.requests(),
                        limit.time().toNanos() / NANOS_PER_SECOND * requestsPerSecond
                                + limit.time().toNanos()
                                        % NANOS_PER_SECOND
                                        * requestsPerSecond
                                        / NANOS_PER_SECOND);
        for (long i = 0; i < requests; i++) {
            long due = start + i * NANOS_PER_SECOND / requestsPerSecond;
            long wait;
            while ((wait = due - System.nanoTime()) > 0) {
                LockSupport.parkNanos(this, wait);
            }
            dispatch(due);
        }
        synchronized (this) {
            scheduleEnded = true;
        }
    }

    private synchronized void dispatch(long dueNanos) {
        var connection = idle.poll();
        if (connection != null) {
            send(connection, dueNanos);
        } else if (overdue.size() < QUEUE_LIMIT) {
            overdue.add(dueNanos);
        } else {
            tally.failed();
        }
    }

    private void send(Connection connection, long dueNanos) {
        try {
            underWay++;
            connection.send(dueNanos);
        } catch (IOException broken) {
            // The connection is left out from now on; the others carry its share.
            underWay--;
            tally.failed();
        }
    }

    private void receive(Selector selector) {
        long drainUntil = Long.MAX_VALUE;
        try {
            while (!isDone() && System.nanoTime() - drainUntil < 0) {
                selector.select(this::onReadable, SELECT_MILLIS);
                if (drainUntil == Long.MAX_VALUE && hasScheduleEnded()) {
                    drainUntil = System.nanoTime() + DRAIN_NANOS;
                }
            }
        } catch (IOException | ClosedSelectorException broken) {
            synchronized (this) {
                tally.failed();
            }
        }
    }

    private synchronized boolean hasScheduleEnded() {
        return scheduleEnded;
    }

    private synchronized boolean isDone() {
        return scheduleEnded && underWay == 0;
    }

    private void onReadable(SelectionKey key) {
        var connection = (Connection) key.attachment();
        synchronized (this) {
            try {
                if (!connection.receive(scratch)) {
                    return;
                }
                lastAnswerNanos = System.nanoTime();
                underWay--;
                tally.answered(connection.status(), lastAnswerNanos - connection.dueNanos());
                var due = overdue.poll();
                if (due == null) {
                    idle.add(connection);
                } else {
                    send(connection, due);
                }
            } catch (IOException broken) {
                key.cancel();
                // An idle connection may be closed by the proxy too; only one under way costs an
                // answer.
                if (!idle.remove(connection)) {
                    underWay--;
                    tally.failed();
                }
            }
        }
    }
}
