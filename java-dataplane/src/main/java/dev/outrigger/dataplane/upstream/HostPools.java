// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.upstream;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The connection pools of one host: by worker, protocol and priority, and where the cluster wants
 * that by downstream connection (CP1) or by the name requests are for. Each worker touches its own
 * part only.
 */
final class HostPools {
    /** One for each protocol and priority. */
    private static final int PER_WORKER = 6;

    private final @Nullable ConnectionPool[] shared;
    private final @Nullable Owned[] byOwner;

    /** The pools of one worker that have an owner each. */
    private static final class Owned {
        private final Map<Key, ConnectionPool> pools = new HashMap<>();
    }

    private record Key(PoolProtocol protocol, boolean high, Object owner) {}

    HostPools(int workers) {
        shared = new ConnectionPool[workers * PER_WORKER];
        byOwner = new Owned[workers];
    }

    private static int index(int worker, PoolProtocol protocol, boolean high) {
        int place =
                switch (protocol) {
                    case HTTP1 -> 0;
                    case HTTP2 -> 2;
                    case ALPN -> 4;
                };
        return worker * PER_WORKER + place + (high ? 1 : 0);
    }

    /**
     * @param owner whose pool it is; {@code null} for the one all share
     */
    @Nullable ConnectionPool find(
            int worker, PoolProtocol protocol, boolean high, @Nullable Object owner) {
        if (owner == null) {
            return shared[index(worker, protocol, high)];
        }
        Owned own = byOwner[worker];
        return own == null ? null : own.pools.get(new Key(protocol, high, owner));
    }

    void put(
            int worker,
            PoolProtocol protocol,
            boolean high,
            @Nullable Object owner,
            ConnectionPool pool) {
        if (owner == null) {
            shared[index(worker, protocol, high)] = pool;
            return;
        }
        Owned own = byOwner[worker];
        if (own == null) {
            own = new Owned();
            byOwner[worker] = own;
        }
        own.pools.put(new Key(protocol, high, owner), pool);
    }

    void remove(int worker, PoolProtocol protocol, boolean high, @Nullable Object owner) {
        if (owner == null) {
            shared[index(worker, protocol, high)] = null;
            return;
        }
        Owned own = byOwner[worker];
        if (own != null) {
            own.pools.remove(new Key(protocol, high, owner));
        }
    }

    /** All of one worker, as they are now. */
    List<ConnectionPool> of(int worker) {
        var all = new ArrayList<ConnectionPool>();
        for (int i = worker * PER_WORKER; i < (worker + 1) * PER_WORKER; i++) {
            ConnectionPool pool = shared[i];
            if (pool != null) {
                all.add(pool);
            }
        }
        Owned own = byOwner[worker];
        if (own != null) {
            all.addAll(own.pools.values());
        }
        return all;
    }
}
