// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.conformance.stage;

import dev.outrigger.conformance.observe.SeenAttempt;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BooleanSupplier;

/** The attempts that reached any upstream of a stage, in the order of their heads. Any thread. */
final class AttemptLog {
    private final List<Entry> entries = new ArrayList<>();

    /** One attempt, updated while its body comes. */
    static final class Entry {
        private SeenAttempt seen;
        private boolean done;

        private Entry(SeenAttempt seen) {
            this.seen = seen;
        }
    }

    synchronized Entry began(SeenAttempt head) {
        var entry = new Entry(head);
        entries.add(entry);
        notifyAll();
        return entry;
    }

    synchronized void ended(Entry entry, SeenAttempt whole) {
        entry.seen = whole;
        entry.done = true;
        notifyAll();
    }

    synchronized void clear() {
        entries.clear();
    }

    /** Waits until so many attempts have begun. */
    synchronized boolean await(int count, Duration limit) {
        return await(limit, () -> entries.size() >= count);
    }

    /** Waits until no body is on its way, and gives all attempts. */
    synchronized List<SeenAttempt> settled(Duration limit) {
        var _ = await(limit, () -> entries.stream().allMatch(entry -> entry.done));
        return entries.stream().map(entry -> entry.seen).toList();
    }

    private boolean await(Duration limit, BooleanSupplier condition) {
        long deadline = System.nanoTime() + limit.toNanos();
        while (!condition.getAsBoolean()) {
            long left = deadline - System.nanoTime();
            if (left <= 0) {
                return false;
            }
            try {
                wait(left / 1_000_000 + 1);
            } catch (InterruptedException _) {
                Thread.currentThread().interrupt();
                return false;
            }
        }
        return true;
    }
}
