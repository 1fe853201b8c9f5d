// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.xds.ads;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.function.LongSupplier;

/**
 * Begins streams at a bounded rate, first come, first served; a bucket of tokens. Any thread.
 *
 * <p>{@link #tick} must be called every now and then while somebody waits.
 */
final class Admission {
    private static final double NANOS = 1e9;

    private final AdsOptions.AdmissionRate rate;
    private final LongSupplier nanos;
    private final Queue<Entrant> waiting = new ArrayDeque<>();
    private double tokens;
    private long filledNanos;

    /** Who wants to begin. */
    interface Entrant {
        /** False if it no longer wants to, which costs no token. */
        boolean begin();
    }

    Admission(AdsOptions.AdmissionRate rate, LongSupplier nanos) {
        this.rate = rate;
        this.nanos = nanos;
        this.tokens = rate.burst();
        this.filledNanos = nanos.getAsLong();
    }

    /** Begins it now or later. */
    void admit(Entrant entrant) {
        synchronized (this) {
            fill();
            if (!waiting.isEmpty() || tokens < 1) {
                waiting.add(entrant);
                return;
            }
            tokens--;
        }
        giveBackUnless(entrant.begin());
    }

    /** Begins those whose turn it is. */
    void tick() {
        for (Entrant entrant : takeDue()) {
            giveBackUnless(entrant.begin());
        }
    }

    synchronized int waiting() {
        return waiting.size();
    }

    private synchronized List<Entrant> takeDue() {
        fill();
        var due = new ArrayList<Entrant>();
        while (tokens >= 1) {
            var next = waiting.poll();
            if (next == null) {
                break;
            }
            tokens--;
            due.add(next);
        }
        return due;
    }

    private void giveBackUnless(boolean used) {
        if (!used) {
            synchronized (this) {
                tokens = Math.min(rate.burst(), tokens + 1);
            }
        }
    }

    private void fill() {
        long now = nanos.getAsLong();
        tokens = Math.min(rate.burst(), tokens + (now - filledNanos) / NANOS * rate.perSecond());
        filledNanos = now;
    }
}
