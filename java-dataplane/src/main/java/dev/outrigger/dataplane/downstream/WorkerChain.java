// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.downstream;

import dev.outrigger.dataplane.downstream.CompiledListener.ChainKey;
import dev.outrigger.dataplane.downstream.CompiledListener.CompiledChain;
import dev.outrigger.dataplane.downstream.CompiledListener.SecuredChain;
import dev.outrigger.dataplane.exchange.HttpConnectionManager;
import dev.outrigger.dataplane.exchange.WorkerServices;
import dev.outrigger.dataplane.upstream.Cluster;
import dev.outrigger.dataplane.worker.WorkerContext;
import io.netty.channel.Channel;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A filter chain on one worker: what new exchanges see, and the open connections. It lives as long
 * as its listener has the chain, and then until its last connection is gone. Confined to the
 * worker's event loop.
 */
final class WorkerChain {
    private static final Logger log = LoggerFactory.getLogger(WorkerChain.class);

    private final WorkerListener listener;
    private final ListenerVersion version;
    private final ChainKey key;
    private final String name;
    private final List<ConnectionLimitFilter> limits;
    private final Set<ServerConnection> connections = new LinkedHashSet<>();
    private NetworkFilter filter;
    private @Nullable SecuredChain tls;

    WorkerChain(WorkerListener listener, ListenerVersion version, CompiledChain chain) {
        this.listener = listener;
        this.version = version;
        this.key = chain.key();
        this.name = chain.name();
        this.limits = chain.limits();
        this.filter = chain.filter();
        this.tls = chain.tls();
    }

    ChainKey key() {
        return key;
    }

    String name() {
        return name;
    }

    NetworkFilter filter() {
        return filter;
    }

    /** The limit that a new connection is beyond; {@code null} where it may stay. */
    @Nullable ConnectionLimitFilter refusing(Channel channel) {
        for (ConnectionLimitFilter limit : limits) {
            if (!limit.admit(services().worker(), channel)) {
                return limit;
            }
        }
        return null;
    }

    /** {@code null} for cleartext. */
    @Nullable SecuredChain tls() {
        return tls;
    }

    /** A swap that keeps the chain. */
    void update(CompiledChain chain) {
        tls = chain.tls();
        filter = chain.filter();
    }

    WorkerServices services() {
        return listener.services();
    }

    ListenerStats stats() {
        return listener.stats();
    }

    /**
     * What new connections and the next exchange of an open one see: the newest routes and
     * clusters. The settings are always the same.
     *
     * @throws IllegalStateException for a chain without HTTP
     */
    HttpConnectionManager manager() {
        if (filter instanceof NetworkFilter.Http(HttpConnectionManager manager)) {
            return manager;
        }
        throw new IllegalStateException("filter chain '" + name + "' has no connection manager");
    }

    /**
     * The clusters new connections see.
     *
     * @throws IllegalStateException for a chain without TCP proxy
     */
    Map<String, Cluster> clusters() {
        if (filter instanceof NetworkFilter.Tcp(var _, Map<String, Cluster> clusters)) {
            return clusters;
        }
        throw new IllegalStateException("filter chain '" + name + "' has no TCP proxy");
    }

    /** Whether a connection should begin to drain with the response being sent. */
    boolean drainClose() {
        WorkerContext worker = services().worker();
        DrainState server = listener.serverDrain();
        return version.drain().drainClose(worker.now(), worker.random())
                || (version.drainsOnHealthCheckFail() && server.isHealthCheckFailed())
                || server.drainClose(worker.now(), worker.random());
    }

    void opened(ServerConnection connection) {
        connections.add(connection);
        listener.opened();
    }

    /** A connection goes on as another, whose protocol it turned out to speak. */
    void becomes(ServerConnection connection, ServerConnection other) {
        connections.remove(connection);
        connections.add(other);
    }

    void closed(ServerConnection connection, long lengthMillis) {
        connections.remove(connection);
        listener.closed(lengthMillis);
        if (connections.isEmpty()) {
            listener.onEmpty(this);
        }
    }

    boolean hasConnections() {
        return !connections.isEmpty();
    }

    void closeAll(CloseReason reason) {
        new ArrayList<>(connections).forEach(connection -> connection.closeNow(reason));
    }

    void bug(Throwable cause) {
        log.error("connection closed after an internal error", cause);
    }
}
