// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.upstream;

import dev.outrigger.dataplane.message.StreamReset;
import dev.outrigger.dataplane.telemetry.StatsShard;
import dev.outrigger.dataplane.tls.PeerName;
import dev.outrigger.dataplane.tls.TlsException;
import dev.outrigger.dataplane.tls.TlsTarget;
import dev.outrigger.dataplane.upstream.ClientConnection.State;
import dev.outrigger.dataplane.worker.WorkerContext;
import io.netty.channel.ConnectTimeoutException;
import io.netty.util.concurrent.Future;
import java.io.FileNotFoundException;
import java.net.ConnectException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import org.jspecify.annotations.Nullable;

/**
 * The connections of one worker to one host in one protocol at one priority (5.5). Requests that
 * find no connection to take them wait first in, first out. A pool without connections and requests
 * goes away. Confined to the worker's event loop.
 */
public final class ConnectionPool implements StreamSource {
    /** How many connections one request may cause when there are to be more than requests. */
    private static final int MAX_CONNECTS_AT_ONCE = 3;

    private final Cluster cluster;
    private final PoolProtocol protocol;
    private final Http1CodecOptions codec;
    private final Host host;
    private final WorkerContext worker;
    private final UpstreamConnector connector;
    private final boolean highPriority;
    private final @Nullable Object owner;
    private final @Nullable PeerName name;
    private final @Nullable ProxiedConnection proxied;
    private final CircuitBreakers breakers;
    private final ClusterStats stats;
    private final StatsShard shard;
    private final HostCounters counters;
    private final long maxPerHost;
    private final double preconnectRatio;
    private final PoolConnections connections = new PoolConnections();
    private final ArrayDeque<PoolCallbacks> pending = new ArrayDeque<>();
    private int active;
    private boolean draining;
    private boolean gone;
    private final Runnable serveLater = this::serveLater;
    private boolean serving;

    /**
     * @param owner whose pool it is; {@code null} when all share it
     * @param name what its connections' TLS is for; {@code null}: what the cluster says
     * @param proxied whom hosts are told of; {@code null} for nobody
     */
    ConnectionPool(
            Cluster cluster,
            Host host,
            WorkerContext worker,
            UpstreamConnector connector,
            PoolProtocol protocol,
            boolean highPriority,
            @Nullable Object owner,
            @Nullable PeerName name,
            @Nullable ProxiedConnection proxied) {
        this.cluster = cluster;
        this.protocol = protocol;
        this.codec = Http1CodecOptions.of(cluster.config().http());
        this.host = host;
        this.worker = worker;
        this.connector = connector;
        this.highPriority = highPriority;
        this.owner = owner;
        this.name = name;
        this.proxied = proxied;
        this.breakers = cluster.breakers(highPriority);
        this.stats = cluster.stats();
        this.shard = worker.stats();
        this.counters = host.counters(worker.index());
        this.maxPerHost =
                cluster.config().circuitBreakers().perHostMaxConnections().orElse(Long.MAX_VALUE);
        this.preconnectRatio = cluster.config().preconnect().perUpstreamRatio();
    }

    /** What HTTP/1 connections do on the wire. */
    Http1CodecOptions codec() {
        return codec;
    }

    @Override
    public Host host() {
        return host;
    }

    Cluster cluster() {
        return cluster;
    }

    WorkerContext worker() {
        return worker;
    }

    HostCounters counters() {
        return counters;
    }

    @Override
    public void newStream(PoolCallbacks callbacks) {
        if (gone) {
            comeBack();
        }
        ClientConnection connection = ready();
        if (connection != null) {
            attach(connection, callbacks);
            if (preconnectRatio > 1) {
                connectIfNeeded();
            }
            return;
        }
        if (!breakers.pendingRequests.canCreate()) {
            shard.inc(stats.rqPendingOverflow);
            callbacks.onPoolFailure(StreamReset.OVERFLOW, "", false);
            leaveIfUnused();
            return;
        }
        breakers.pendingRequests.inc(shard);
        shard.inc(stats.rqPendingTotal);
        shard.inc(stats.rqPendingActive);
        counters.add(HostCounters.RQ_PENDING_ACTIVE, 1);
        pending.addLast(callbacks);
        connectIfNeeded();
    }

    @Override
    public void cancel(PoolCallbacks callbacks) {
        if (pending.removeFirstOccurrence(callbacks)) {
            leavePending();
            shard.inc(stats.rqCancelled);
        }
    }

    private void leavePending() {
        breakers.pendingRequests.dec(shard);
        shard.dec(stats.rqPendingActive);
        counters.add(HostCounters.RQ_PENDING_ACTIVE, -1);
    }

    private void attach(ClientConnection connection, PoolCallbacks callbacks) {
        if (!breakers.requests.canCreate()) {
            shard.inc(stats.rqActiveOverflow);
            callbacks.onPoolFailure(StreamReset.OVERFLOW, "", true);
            return;
        }
        breakers.requests.inc(shard);
        active++;
        shard.inc(stats.rqTotal);
        shard.inc(stats.rqActive);
        counters.add(HostCounters.RQ_TOTAL, 1);
        counters.add(HostCounters.RQ_ACTIVE, 1);
        connection.taken();
        if (connection.isUsedUp()) {
            shard.inc(stats.cxMaxRequests);
            connections.set(connection, State.DRAINING);
        } else {
            connections.update(connection);
        }
        callbacks.onPoolReady(connection.open(callbacks.receiver()));
    }

    private void connectIfNeeded() {
        for (int i = 0; i < MAX_CONNECTS_AT_ONCE && wantsConnection(); i++) {
            if (!tryConnect()) {
                return;
            }
        }
    }

    /** Whether there was room for another connection. */
    private boolean tryConnect() {
        boolean allowed =
                breakers.connections.canCreate() && host.total(HostCounters.CX_ACTIVE) < maxPerHost;
        if (!allowed) {
            shard.inc(stats.cxOverflow);
        }
        // A pool may always have one connection, else its requests would wait for ever (CB2).
        if (allowed || connections.isEmpty()) {
            connect();
        }
        return allowed;
    }

    /** Connects for a request that is expected to come; whether it did. */
    boolean maybePreconnect(double ratio) {
        boolean wanted =
                host.isHealthy()
                        ? (streams() + 1) * ratio > provided()
                        : pending.size() > connections.capacity();
        return wanted && tryConnect();
    }

    /** Requests that wait or are under way. */
    int streams() {
        return pending.size() + active;
    }

    /** Requests there are connections for. */
    long provided() {
        return connections.capacity() + active;
    }

    private boolean wantsConnection() {
        if (preconnectRatio == 1.0 || !host.isHealthy()) {
            return pending.size() > connections.capacity();
        }
        return streams() * preconnectRatio > provided();
    }

    private void connect() {
        var config = cluster.config();
        cluster.noteTraffic();
        breakers.connections.inc(shard);
        shard.inc(stats.cxTotal);
        shard.inc(stats.cxActive);
        counters.add(HostCounters.CX_TOTAL, 1);
        counters.add(HostCounters.CX_ACTIVE, 1);
        ClientConnection connection = newConnection();
        connections.add(connection);
        long started = worker.now();
        connection.setAsked(started);
        Future<?> future =
                host.additionalAddresses().isEmpty()
                        ? connector.connect(
                                host.address(),
                                host.newTransport(
                                        shard, config.connectTimeout(), target(), proxied),
                                connection,
                                config.connectTimeout(),
                                config.perConnectionBufferLimitBytes(),
                                config.sockets())
                        : HappyEyeballs.connect(
                                connector,
                                host,
                                shard,
                                target(),
                                proxied,
                                connection,
                                config,
                                counters);
        future.addListener(done -> {
            worker.refreshNow();
            if (done.isSuccess()) {
                shard.record(stats.cxConnectMs, (worker.now() - started) / 1_000_000);
                connected(connection);
            } else {
                connectFailed(connection, done.cause());
            }
            worker.flushDirty();
        });
    }

    private TlsTarget target() {
        TlsTarget target = TlsTarget.of(host.hostname()).withAlpnFallback(protocol.alpn());
        return name == null ? target : target.withName(name);
    }

    private ClientConnection newConnection() {
        return switch (protocol) {
            case HTTP1 -> newHttp1();
            case HTTP2 -> newHttp2();
            case ALPN -> new UndecidedConnection(this);
        };
    }

    private ClientConnection newHttp1() {
        shard.inc(stats.cxHttp1Total);
        stats.onCodec();
        return new Http1ClientConnection(this);
    }

    private ClientConnection newHttp2() {
        shard.inc(stats.cxHttp2Total);
        return new Http2ClientConnection(this, stats.http2());
    }

    /** The handshake has chosen what a connection speaks. */
    private ClientConnection decide(UndecidedConnection undecided) {
        ClientConnection decided = undecided.isHttp2() ? newHttp2() : newHttp1();
        decided.stale = undecided.stale;
        decided.setAsked(undecided.asked());
        // Envoy counts what was connected and what is spoken on it.
        shard.inc(stats.cxTotal);
        counters.add(HostCounters.CX_TOTAL, 1);
        connections.remove(undecided);
        connections.add(decided);
        undecided.becomes(decided);
        return decided;
    }

    private void connected(ClientConnection made) {
        ClientConnection connection =
                made instanceof UndecidedConnection undecided ? decide(undecided) : made;
        connection.setConnected();
        Duration lifetime = cluster.config().http().maxConnectionDuration();
        if (!lifetime.isZero()) {
            connection.armLifetime(lifetime.toNanos());
        }
        boolean stale = draining || connection.stale;
        if (stale && pending.isEmpty()) {
            connection.close();
            return;
        }
        connections.set(connection, State.READY);
        connection.armIdle();
        serve();
        if (stale) {
            drain(connection);
        }
    }

    /** It takes no more streams, and closes behind the last. */
    void drain(ClientConnection connection) {
        switch (connection.state) {
            case CONNECTING -> connection.stale = true;
            case READY, BUSY, DRAINING -> {
                if (connection.activeStreams() == 0) {
                    connection.close();
                } else {
                    connections.set(connection, State.DRAINING);
                }
            }
            case CLOSED -> {}
        }
    }

    private void connectFailed(ClientConnection connection, @Nullable Throwable cause) {
        connections.remove(connection);
        counters.add(HostCounters.CX_CONNECT_FAIL, 1);
        shard.inc(stats.cxConnectFail);
        StreamReset reason = StreamReset.LOCAL_CONNECTION_FAILURE;
        if (cause instanceof ConnectTimeoutException) {
            shard.inc(stats.cxConnectTimeout);
            reason = StreamReset.CONNECTION_TIMEOUT;
        } else if (cause instanceof ConnectException
                || cause instanceof FileNotFoundException
                || cause instanceof TlsException) {
            // Whoever ended a handshake: Envoy takes it for the host.
            reason = StreamReset.REMOTE_CONNECTION_FAILURE;
        }
        shard.inc(stats.cxDestroy);
        shard.inc(
                reason == StreamReset.REMOTE_CONNECTION_FAILURE
                        ? stats.cxDestroyRemote
                        : stats.cxDestroyLocal);
        leftOpen();
        String failure = TransportFailure.text(reason, cause, host.address());
        // Taken out first: a retry that asks again for this pool must not be failed with the rest.
        var waiting = new ArrayList<>(pending);
        pending.clear();
        for (PoolCallbacks callbacks : waiting) {
            leavePending();
            shard.inc(stats.rqPendingFailureEject);
            callbacks.onPoolFailure(reason, failure, true);
        }
        if (!draining) {
            connectIfNeeded();
        }
        leaveIfUnused();
    }

    private void serve() {
        ClientConnection connection = ready();
        while (connection != null && !pending.isEmpty()) {
            PoolCallbacks callbacks = pending.removeFirst();
            leavePending();
            attach(connection, callbacks);
            connection = ready();
        }
    }

    /** The connection to use next. What has ended already will say so only after this event. */
    private @Nullable ClientConnection ready() {
        ClientConnection connection = connections.ready();
        while (connection != null && connection.hasEnded()) {
            closing(connection);
            connection = connections.ready();
        }
        return connection;
    }

    /** A stream ended, whichever way; its connection says when it can take another. */
    void streamEnded(ClientConnection connection) {
        connection.ended();
        active--;
        breakers.requests.dec(shard);
        shard.dec(stats.rqActive);
        counters.add(HostCounters.RQ_ACTIVE, -1);
    }

    /** A connection is done with a stream, and takes another at once. */
    void release(ClientConnection connection) {
        if (becomesFree(connection)) {
            serve();
        }
        armIdleIfUnused(connection);
    }

    /**
     * As {@link #release}, but who waits is served after the events that are there now: the host
     * may have closed the connection behind its answer ({@code scheduleOnUpstreamReady}).
     */
    void releaseAfterEvents(ClientConnection connection) {
        if (becomesFree(connection) && !pending.isEmpty() && !serving) {
            serving = true;
            worker.afterEvents(serveLater);
        }
        armIdleIfUnused(connection);
    }

    private void serveLater() {
        serving = false;
        serve();
    }

    private boolean becomesFree(ClientConnection connection) {
        if (connection.state == State.DRAINING) {
            drain(connection);
            return false;
        }
        return connections.update(connection);
    }

    private void armIdleIfUnused(ClientConnection connection) {
        if (connection.activeStreams() == 0 && connection.state == State.READY) {
            connection.armIdle();
        }
    }

    /** A connection carries another number of streams at a time. */
    void onLimitChange(ClientConnection connection) {
        if (connections.update(connection)) {
            serve();
        }
    }

    /** A connection has been there for as long as it may be ({@code max_connection_duration}). */
    void onLifetimeEnd(ClientConnection connection) {
        shard.inc(stats.cxMaxDuration);
        drain(connection);
    }

    /** A connection is about to close, and is no longer to be used. */
    void closing(ClientConnection connection) {
        connections.set(connection, State.CLOSED);
    }

    /** A connection is gone; called once per connection that had been established. */
    void closed(ClientConnection connection) {
        connections.remove(connection);
        shard.record(stats.rqPerCx, connection.streams());
        leftOpen();
        if (!pending.isEmpty()) {
            connectIfNeeded();
        }
        leaveIfUnused();
    }

    private void leftOpen() {
        breakers.connections.dec(shard);
        shard.dec(stats.cxActive);
        counters.add(HostCounters.CX_ACTIVE, -1);
    }

    private boolean isUnused() {
        return pending.isEmpty() && connections.isEmpty();
    }

    private void leaveIfUnused() {
        if (!gone && isUnused()) {
            leave();
        }
    }

    private void leave() {
        gone = true;
        breakers.pools.dec(shard);
        if (host.pools().find(worker.index(), protocol, highPriority, owner) == this) {
            host.pools().remove(worker.index(), protocol, highPriority, owner);
        }
    }

    /** Somebody held it while it left. */
    private void comeBack() {
        gone = false;
        breakers.pools.inc(shard);
        if (host.pools().find(worker.index(), protocol, highPriority, owner) == null) {
            host.pools().put(worker.index(), protocol, highPriority, owner, this);
        }
    }

    /** Makes room for another pool, if nobody needs this one now. */
    boolean evict() {
        if (gone || active > 0 || !pending.isEmpty() || connections.isConnecting()) {
            return false;
        }
        drain();
        if (!gone) {
            leave();
        }
        return true;
    }

    /** Idle connections close now, active ones when they are done; waiting requests still run. */
    void drain() {
        draining = true;
        drainExisting();
    }

    /** As {@link #drain}, but what is connected from now on is used again and again. */
    void drainExisting() {
        for (ClientConnection connection : connections.all()) {
            drain(connection);
        }
    }
}
