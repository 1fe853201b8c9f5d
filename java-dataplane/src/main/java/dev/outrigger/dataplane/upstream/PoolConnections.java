// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.upstream;

import dev.outrigger.dataplane.upstream.ClientConnection.State;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The connections of one pool, and how many streams they can take altogether. Of those that can
 * take one, the last one to become so is used first, as in Envoy. Confined to the worker's event
 * loop.
 */
final class PoolConnections {
    private final ArrayDeque<ClientConnection> ready = new ArrayDeque<>();
    private final List<ClientConnection> all = new ArrayList<>();
    private long capacity;

    /** The one to use next; {@code null} where none can take a stream. */
    @Nullable ClientConnection ready() {
        return ready.peekLast();
    }

    /** How many streams can be taken now, or when what connects is connected. */
    long capacity() {
        return capacity;
    }

    boolean isEmpty() {
        return all.isEmpty();
    }

    boolean isConnecting() {
        for (ClientConnection connection : all) {
            if (connection.state == State.CONNECTING) {
                return true;
            }
        }
        return false;
    }

    /** As they are now. */
    List<ClientConnection> all() {
        return new ArrayList<>(all);
    }

    /** One that connects. */
    void add(ClientConnection connection) {
        all.add(connection);
        recount(connection);
    }

    /** One is gone. */
    void remove(ClientConnection connection) {
        set(connection, State.CLOSED);
        all.remove(connection);
    }

    void set(ClientConnection connection, State next) {
        State before = connection.state;
        if (before == next) {
            return;
        }
        connection.state = next;
        if (before == State.READY) {
            ready.removeLastOccurrence(connection);
        } else if (next == State.READY) {
            ready.addLast(connection);
        }
        recount(connection);
    }

    /** What a connection can take may have changed. */
    void recount(ClientConnection connection) {
        long now =
                switch (connection.state) {
                    case CONNECTING, READY -> connection.capacity();
                    case BUSY, DRAINING, CLOSED -> 0;
                };
        capacity += now - connection.counted;
        connection.counted = now;
    }

    /**
     * A connection has got a stream, has lost one, or may carry another number of them.
     *
     * @return whether it can take one that it could not take before
     */
    boolean update(ClientConnection connection) {
        boolean more = false;
        switch (connection.state) {
            case READY -> {
                if (connection.capacity() == 0) {
                    set(connection, State.BUSY);
                }
            }
            case BUSY -> {
                if (connection.capacity() > 0) {
                    set(connection, State.READY);
                    more = true;
                }
            }
            case CONNECTING, DRAINING, CLOSED -> {}
        }
        recount(connection);
        return more;
    }
}
