// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.conformance.stage;

import dev.outrigger.conformance.observe.SeenConnection;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;

/**
 * When a client's connection has said and heard something, and whether it has ended. What is
 * written is written by a thread of its own, so that a proxy that stops reading does not stop the
 * client from seeing its answer. Its monitor guards what has come, too. Any thread.
 */
final class Conversation {
    private final ExecutorService writer =
            Executors.newSingleThreadExecutor(Thread.ofVirtual().factory());
    private SeenConnection.End end = SeenConnection.End.OPEN;
    private boolean left;
    private boolean spoken;
    private long latestSentNanos = System.nanoTime();
    private long latestReceivedNanos = latestSentNanos - 1;

    /** Something that is written, when what was before is. */
    interface Writing {
        void write() throws IOException;
    }

    /** Says something. */
    synchronized void say(Writing writing) {
        spoken = true;
        latestSentNanos = System.nanoTime();
        write(writing);
    }

    /** Writes what is nothing said. A client that has left writes no more, whatever its steps. */
    synchronized void write(Writing writing) {
        if (left) {
            return;
        }
        writer.execute(() -> {
            try {
                writing.write();
            } catch (IOException _) {
                // The proxy closed the connection; the reading side sees how.
            }
        });
    }

    /** Notes that something has come. */
    synchronized void heard() {
        latestReceivedNanos = System.nanoTime();
        notifyAll();
    }

    /** Notes that nothing more comes. What follows the client's own close is not seen. */
    synchronized void ended(SeenConnection.End how) {
        end = left ? end : how;
        notifyAll();
    }

    /** Nothing more is written. */
    synchronized void leave() {
        left = true;
        var _ = writer.shutdownNow();
    }

    synchronized SeenConnection.End end() {
        return end;
    }

    synchronized boolean hasEnded() {
        return end != SeenConnection.End.OPEN;
    }

    synchronized boolean hasSpoken() {
        return spoken;
    }

    boolean awaitEnd(Duration limit) {
        return await(limit, this::hasEnded);
    }

    /** Waits for the condition, which is asked whenever something has come. */
    synchronized boolean await(Duration limit, BooleanSupplier condition) {
        long deadline = System.nanoTime() + limit.toNanos();
        return awaitUntil(() -> deadline, condition);
    }

    /** Waits for the end, until nothing has been said or has come for so long. */
    synchronized void awaitSettled(Duration duration) {
        long latest =
                latestReceivedNanos - latestSentNanos < 0 ? latestSentNanos : latestReceivedNanos;
        var _ = awaitUntil(() -> latest + duration.toNanos(), this::hasEnded);
    }

    /** Waits until nothing has come for so long, or for twice that since something was said. */
    synchronized void awaitQuiet(Duration duration) {
        var _ = awaitUntil(() -> due(duration), this::hasEnded);
    }

    private long due(Duration quiet) {
        return latestReceivedNanos - latestSentNanos < 0
                ? latestSentNanos + 2 * quiet.toNanos()
                : latestReceivedNanos + quiet.toNanos();
    }

    /**
     * @param deadline what comes may put it off
     */
    private synchronized boolean awaitUntil(LongSupplier deadline, BooleanSupplier condition) {
        while (!condition.getAsBoolean()) {
            long rest = deadline.getAsLong() - System.nanoTime();
            if (rest <= 0) {
                return false;
            }
            try {
                wait(rest / 1_000_000 + 1);
            } catch (InterruptedException _) {
                Thread.currentThread().interrupt();
                return false;
            }
        }
        return true;
    }
}
