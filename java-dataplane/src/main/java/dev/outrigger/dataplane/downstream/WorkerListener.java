// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.downstream;

import dev.outrigger.dataplane.exchange.HttpConnectionManager;
import dev.outrigger.dataplane.exchange.WorkerServices;
import dev.outrigger.dataplane.telemetry.StatsShard;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A listener on one worker: what new exchanges see, and the open connections. Confined to the
 * worker's event loop.
 */
final class WorkerListener {
    private static final Logger log = LoggerFactory.getLogger(WorkerListener.class);
    private static final AtomicLong CONNECTION_IDS = new AtomicLong();

    private final WorkerServices services;
    private final ListenerStats stats;
    private final DrainState drain;
    private final DrainState serverDrain;
    private final Set<ServerConnection> connections = new LinkedHashSet<>();
    private HttpConnectionManager manager;
    private ListenerVersion version;

    WorkerListener(
            WorkerServices services,
            ListenerStats stats,
            DrainState drain,
            DrainState serverDrain,
            HttpConnectionManager manager,
            ListenerVersion version) {
        this.services = services;
        this.stats = stats;
        this.drain = drain;
        this.serverDrain = serverDrain;
        this.manager = manager;
        this.version = version;
    }

    WorkerServices services() {
        return services;
    }

    HttpConnectionManager manager() {
        return manager;
    }

    /** A swap. */
    void setManager(HttpConnectionManager next, ListenerVersion listener) {
        manager = next;
        version = listener;
    }

    /** For a connection just accepted; {@code null} when nobody wants to know of it. */
    @Nullable ConnectionLog connectionLog() {
        return version.accessLogs().isEmpty()
                ? null
                : new ConnectionLog(services, version.accessLogs());
    }

    /**
     * What a connection's next exchange sees: the newest routes and clusters, unless the listener
     * itself changed since the connection was accepted.
     */
    HttpConnectionManager managerFor(HttpConnectionManager accepted) {
        return manager.settings() == accepted.settings() ? manager : accepted;
    }

    /** Whether a connection should begin to drain with the response being sent. */
    boolean drainClose(HttpConnectionManager accepted) {
        // A connection of an older version of the listener ends at its first chance.
        return manager.settings() != accepted.settings()
                || drain.drainClose(services.worker().now(), services.worker().random())
                || (version.drainsOnHealthCheckFail() && serverDrain.isHealthCheckFailed())
                || serverDrain.drainClose(services.worker().now(), services.worker().random());
    }

    long nextConnectionId() {
        return CONNECTION_IDS.getAndIncrement();
    }

    void opened(ServerConnection connection) {
        connections.add(connection);
        StatsShard shard = services.worker().stats();
        shard.touch(stats.preCxActive());
        shard.inc(stats.cxTotal());
        shard.inc(stats.cxActive());
        shard.inc(stats.workerCxTotal(services.worker().index()));
        shard.inc(stats.workerCxActive(services.worker().index()));
    }

    /** A connection goes on as another, whose protocol it turned out to speak. */
    void becomes(ServerConnection connection, ServerConnection other) {
        connections.remove(connection);
        connections.add(other);
    }

    void closed(ServerConnection connection, long lengthMillis) {
        connections.remove(connection);
        StatsShard shard = services.worker().stats();
        shard.inc(stats.cxDestroy());
        shard.dec(stats.cxActive());
        shard.dec(stats.workerCxActive(services.worker().index()));
        shard.record(stats.cxLengthMs(), lengthMillis);
    }

    void closeAll() {
        new ArrayList<>(connections).forEach(ServerConnection::closeNow);
    }

    boolean isEmpty() {
        return connections.isEmpty();
    }

    void bug(Throwable cause) {
        log.error("connection closed after an internal error", cause);
    }
}
