// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.exchange;

import dev.outrigger.dataplane.worker.WorkerContext;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The attempts of one exchange that are under way: one, or with hedging several (MI1). Keeps the
 * objects for the next exchange. Confined to its event loop.
 */
final class Attempts {
    private final WorkerContext worker;
    private final ForwardedRequest owner;
    private final List<Attempt> active = new ArrayList<>();
    private final ArrayDeque<Attempt> spare = new ArrayDeque<>();

    Attempts(WorkerContext worker, ForwardedRequest owner) {
        this.worker = worker;
        this.owner = owner;
    }

    boolean isEmpty() {
        return active.isEmpty();
    }

    /** A new one, which is the latest from now on. */
    Attempt add() {
        Attempt known = spare.poll();
        Attempt attempt = known == null ? new Attempt(worker, owner) : known;
        active.add(attempt);
        return attempt;
    }

    /** The one that gets the body as it comes; there is only one before the request is complete. */
    @Nullable Attempt latest() {
        return active.isEmpty() ? null : active.getLast();
    }

    boolean isAnyAwaitingHeaders() {
        for (Attempt attempt : active) {
            if (attempt.isAwaitingHeaders()) {
                return true;
            }
        }
        return false;
    }

    List<Attempt> all() {
        return active;
    }

    /** Gives one up; nothing is called back. */
    void cancel(Attempt attempt) {
        if (active.remove(attempt)) {
            attempt.cancel();
            spare.push(attempt);
        }
    }

    /** Gives all up but one. */
    void cancelOthers(Attempt chosen) {
        for (int i = active.size() - 1; i >= 0; i--) {
            if (active.get(i) != chosen) {
                cancel(active.get(i));
            }
        }
    }

    void cancelAll() {
        for (int i = active.size() - 1; i >= 0; i--) {
            cancel(active.get(i));
        }
    }

    void dispose() {
        cancelAll();
        spare.forEach(Attempt::dispose);
    }
}
