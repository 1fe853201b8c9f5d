// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.upstream;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The connection pools of one host: by worker, protocol and priority, and where the cluster wants
 * that by downstream connection (CP1). Each worker touches its own part only.
 */
final class HostPools {
    private final @Nullable ConnectionPool[] shared;
    private final @Nullable OfConnections[] byConnection;

    /** The pools of one worker that belong to one downstream connection each. */
    private static final class OfConnections {
        private final Map<Key, ConnectionPool> pools = new HashMap<>();
    }

    private record Key(boolean http2, boolean high, Object connection) {}

    HostPools(int workers) {
        shared = new ConnectionPool[workers * 4];
        byConnection = new OfConnections[workers];
    }

    private static int index(int worker, boolean http2, boolean high) {
        return worker * 4 + (http2 ? 2 : 0) + (high ? 1 : 0);
    }

    /**
     * @param connection whose pool it is; {@code null} for the one all share
     */
    @Nullable ConnectionPool find(
            int worker, boolean http2, boolean high, @Nullable Object connection) {
        if (connection == null) {
            return shared[index(worker, http2, high)];
        }
        OfConnections own = byConnection[worker];
        return own == null ? null : own.pools.get(new Key(http2, high, connection));
    }

    void put(
            int worker,
            boolean http2,
            boolean high,
            @Nullable Object connection,
            ConnectionPool pool) {
        if (connection == null) {
            shared[index(worker, http2, high)] = pool;
            return;
        }
        OfConnections own = byConnection[worker];
        if (own == null) {
            own = new OfConnections();
            byConnection[worker] = own;
        }
        own.pools.put(new Key(http2, high, connection), pool);
    }

    void remove(int worker, boolean http2, boolean high, @Nullable Object connection) {
        if (connection == null) {
            shared[index(worker, http2, high)] = null;
            return;
        }
        OfConnections own = byConnection[worker];
        if (own != null) {
            own.pools.remove(new Key(http2, high, connection));
        }
    }

    /** All of one worker, as they are now. */
    List<ConnectionPool> of(int worker) {
        var all = new ArrayList<ConnectionPool>();
        for (int i = worker * 4; i < worker * 4 + 4; i++) {
            ConnectionPool pool = shared[i];
            if (pool != null) {
                all.add(pool);
            }
        }
        OfConnections own = byConnection[worker];
        if (own != null) {
            all.addAll(own.pools.values());
        }
        return all;
    }
}
