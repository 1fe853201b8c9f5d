// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.upstream;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The connection pools of one host: by worker and priority, and where the cluster wants that by
 * downstream connection (CP1). Each worker touches its own part only.
 */
final class HostPools {
    private final @Nullable ConnectionPool[] shared;
    private final @Nullable OfConnections[] byConnection;

    /** The pools of one worker that belong to one downstream connection each. */
    private static final class OfConnections {
        private final Map<Key, ConnectionPool> pools = new HashMap<>();
    }

    private record Key(boolean high, Object connection) {}

    HostPools(int workers) {
        shared = new ConnectionPool[workers * 2];
        byConnection = new OfConnections[workers];
    }

    private static int index(int worker, boolean high) {
        return worker * 2 + (high ? 1 : 0);
    }

    /**
     * @param connection whose pool it is; {@code null} for the one all share
     */
    @Nullable ConnectionPool find(int worker, boolean high, @Nullable Object connection) {
        if (connection == null) {
            return shared[index(worker, high)];
        }
        OfConnections own = byConnection[worker];
        return own == null ? null : own.pools.get(new Key(high, connection));
    }

    void put(int worker, boolean high, @Nullable Object connection, ConnectionPool pool) {
        if (connection == null) {
            shared[index(worker, high)] = pool;
            return;
        }
        OfConnections own = byConnection[worker];
        if (own == null) {
            own = new OfConnections();
            byConnection[worker] = own;
        }
        own.pools.put(new Key(high, connection), pool);
    }

    void remove(int worker, boolean high, @Nullable Object connection) {
        if (connection == null) {
            shared[index(worker, high)] = null;
            return;
        }
        OfConnections own = byConnection[worker];
        if (own != null) {
            own.pools.remove(new Key(high, connection));
        }
    }

    /** All of one worker, as they are now. */
    List<ConnectionPool> of(int worker) {
        var all = new ArrayList<ConnectionPool>();
        for (boolean high : new boolean[] {false, true}) {
            ConnectionPool pool = shared[index(worker, high)];
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
