// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.policy.rest;

import java.io.IOException;
import java.net.SocketAddress;
import java.nio.channels.Channel;
import java.time.Duration;
import java.util.Comparator;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongSupplier;

/**
 * Sees to it that nobody stops the API by holding connections: Helidon bounds how many there are,
 * but not how long one may take to say what it wants.
 *
 * <p>A connection that takes too long is closed. When there are too many, the one that has kept
 * silent longest goes, those that never asked anything first: whoever means it asks at once, and is
 * never the oldest. Any thread.
 */
final class ConnectionGuard {
    private final ConnectionLimits limits;
    private final LongSupplier nanoTime;
    private final ApiMetrics metrics;
    private final Map<SocketAddress, Held> open = new ConcurrentHashMap<>();

    ConnectionGuard(ConnectionLimits limits, LongSupplier nanoTime, ApiMetrics metrics) {
        this.limits = limits;
        this.nanoTime = nanoTime;
        this.metrics = metrics;
    }

    /** In the order in which they have to go when there are too many. */
    private enum State {
        /** Has not asked for anything yet. */
        NEW,
        /** Was answered, and may ask again. */
        IDLE,
        /** Is being answered, and nothing is waited for. */
        ANSWERED,
        /** Sends a body, or waits for something: others see to it that this ends. */
        BUSY
    }

    /** Changed by whoever reads from it only, so that the last change is the right one. */
    private static final class Held {
        private final Channel channel;
        private volatile State state = State.NEW;
        private volatile long since;

        Held(Channel channel, long since) {
            this.channel = channel;
            this.since = since;
        }

        void become(State next, long now) {
            since = now;
            state = next;
        }
    }

    /** A connection was accepted; another one may have to go for it. */
    void accepted(SocketAddress peer, Channel channel) {
        open.put(peer, new Held(channel, nanoTime.getAsLong()));
        if (open.size() > limits.max()) {
            open.values().removeIf(held -> !held.channel.isOpen());
            if (open.size() > limits.max()) {
                oldest().ifPresent(held -> close(held, "full"));
            }
        }
    }

    /** The head of a request is complete. */
    void asked(SocketAddress peer) {
        become(peer, State.BUSY);
    }

    /** All of the request is there, and its answer waits for nothing. */
    void answers(SocketAddress peer) {
        become(peer, State.ANSWERED);
    }

    /** The request was answered. */
    void answered(SocketAddress peer) {
        become(peer, State.IDLE);
    }

    /** Closes what takes too long. To be called about once a second. */
    void sweep() {
        long now = nanoTime.getAsLong();
        open.values().removeIf(held -> !held.channel.isOpen());
        for (Held held : open.values()) {
            switch (held.state) {
                case NEW -> closeIfOlder(held, limits.head(), now, "head");
                case IDLE -> closeIfOlder(held, limits.idle(), now, "idle");
                case ANSWERED -> closeIfOlder(held, limits.answer(), now, "answer");
                case BUSY -> {}
            }
        }
    }

    int size() {
        return open.size();
    }

    private void become(SocketAddress peer, State state) {
        var held = open.get(peer);
        if (held != null) {
            held.become(state, nanoTime.getAsLong());
        }
    }

    /** Who is being answered is never the one to go, except for itself. */
    private Optional<Held> oldest() {
        return open.values().stream()
                .filter(held -> held.state == State.NEW || held.state == State.IDLE)
                .min(
                        Comparator.<Held, State>comparing(held -> held.state)
                                .thenComparingLong(held -> held.since));
    }

    private void closeIfOlder(Held held, Duration limit, long now, String reason) {
        if (now - held.since > limit.toNanos()) {
            close(held, reason);
        }
    }

    private void close(Held held, String reason) {
        open.values().remove(held);
        metrics.connectionClosed(reason);
        try {
            held.channel.close();
        } catch (IOException _) {
            // It is gone, which is all that was wanted.
        }
    }
}
