// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.upstream;

import dev.outrigger.dataplane.message.StreamReset;
import dev.outrigger.dataplane.telemetry.StatsShard;
import dev.outrigger.dataplane.tls.TlsException;
import dev.outrigger.dataplane.worker.WorkerContext;
import io.netty.channel.ChannelException;
import io.netty.channel.ConnectTimeoutException;
import io.netty.util.concurrent.Future;
import java.net.ConnectException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * The HTTP/1.1 connections of one worker to one host at one priority (5.5). Idle connections are
 * used last in, first out; requests without a connection wait first in, first out. A pool without
 * connections and requests goes away. Confined to the worker's event loop.
 */
public final class ConnectionPool {
    /** How many connections one request may cause when there are to be more than requests. */
    private static final int MAX_CONNECTS_AT_ONCE = 3;

    /** What is offered to hosts by TLS that names no protocols (TL7). */
    static final List<String> HTTP1 = List.of("http/1.1");

    private final Cluster cluster;
    private final Http1CodecOptions codec;
    private final Host host;
    private final WorkerContext worker;
    private final UpstreamConnector connector;
    private final boolean highPriority;
    private final @Nullable Object owner;
    private final CircuitBreakers breakers;
    private final ClusterStats stats;
    private final StatsShard shard;
    private final HostCounters counters;
    private final long maxPerHost;
    private final double preconnectRatio;
    private final ArrayDeque<Http1ClientConnection> idle = new ArrayDeque<>();
    private final ArrayDeque<PoolCallbacks> pending = new ArrayDeque<>();
    private int connecting;
    private int open;
    private int busy;
    private int generation;
    private boolean draining;
    private boolean gone;

    /**
     * @param owner the downstream connection whose pool it is; {@code null} when all share it
     */
    ConnectionPool(
            Cluster cluster,
            Host host,
            WorkerContext worker,
            UpstreamConnector connector,
            boolean highPriority,
            @Nullable Object owner) {
        this.cluster = cluster;
        this.codec = Http1CodecOptions.of(cluster.config().http());
        this.host = host;
        this.worker = worker;
        this.connector = connector;
        this.highPriority = highPriority;
        this.owner = owner;
        this.breakers = cluster.breakers(highPriority);
        this.stats = cluster.stats();
        this.shard = worker.stats();
        this.counters = host.counters(worker.index());
        this.maxPerHost =
                cluster.config().circuitBreakers().perHostMaxConnections().orElse(Long.MAX_VALUE);
        this.preconnectRatio = cluster.config().preconnect().perUpstreamRatio();
    }

    /** What the connections do on the wire. */
    Http1CodecOptions codec() {
        return codec;
    }

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

    /** Asks for a stream; the answer may come before this returns. */
    public void newStream(PoolCallbacks callbacks) {
        if (gone) {
            comeBack();
        }
        Http1ClientConnection connection = idle.pollLast();
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

    /** Withdraws a request that still waits. */
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

    private void attach(Http1ClientConnection connection, PoolCallbacks callbacks) {
        if (!breakers.requests.canCreate()) {
            idle.addLast(connection);
            shard.inc(stats.rqActiveOverflow);
            callbacks.onPoolFailure(StreamReset.OVERFLOW, "", true);
            return;
        }
        breakers.requests.inc(shard);
        busy++;
        shard.inc(stats.rqTotal);
        shard.inc(stats.rqActive);
        counters.add(HostCounters.RQ_TOTAL, 1);
        counters.add(HostCounters.RQ_ACTIVE, 1);
        connection.begin(callbacks.receiver());
        int max = cluster.config().maxRequestsPerConnection();
        if (max > 0 && connection.streams() == max) {
            shard.inc(stats.cxMaxRequests);
        }
        callbacks.onPoolReady(connection);
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
        if (allowed || connecting + open == 0) {
            connect();
        }
        return allowed;
    }

    /** Connects for a request that is expected to come; whether it did. */
    boolean maybePreconnect(double ratio) {
        boolean wanted =
                host.isHealthy()
                        ? (streams() + 1) * ratio > provided()
                        : pending.size() > connecting;
        return wanted && tryConnect();
    }

    /** Requests that wait or are under way. */
    int streams() {
        return pending.size() + busy;
    }

    /** Requests there are connections for. */
    int provided() {
        return connecting + idle.size() + busy;
    }

    private boolean wantsConnection() {
        if (preconnectRatio == 1.0 || !host.isHealthy()) {
            return pending.size() > connecting;
        }
        return (pending.size() + busy) * preconnectRatio > connecting + idle.size() + busy;
    }

    private void connect() {
        var config = cluster.config();
        cluster.noteTraffic();
        connecting++;
        breakers.connections.inc(shard);
        shard.inc(stats.cxTotal);
        shard.inc(stats.cxHttp1Total);
        shard.inc(stats.cxActive);
        counters.add(HostCounters.CX_TOTAL, 1);
        counters.add(HostCounters.CX_ACTIVE, 1);
        stats.onCodec();
        var connection = new Http1ClientConnection(this);
        connection.setGeneration(generation);
        long started = worker.now();
        Future<?> future =
                host.additionalAddresses().isEmpty()
                        ? connector.connect(
                                host.address(),
                                host.newTls(shard, config.connectTimeout(), HTTP1),
                                connection,
                                config.connectTimeout(),
                                config.perConnectionBufferLimitBytes(),
                                config.sockets())
                        : HappyEyeballs.connect(connector, host, shard, HTTP1, connection, config);
        future.addListener(done -> {
            worker.refreshNow();
            connecting--;
            if (done.isSuccess()) {
                shard.record(stats.cxConnectMs, (worker.now() - started) / 1_000_000);
                connected(connection);
            } else {
                connectFailed(done.cause());
            }
            worker.flushDirty();
        });
    }

    private void connected(Http1ClientConnection connection) {
        open++;
        Duration lifetime = cluster.config().http().maxConnectionDuration();
        if (!lifetime.isZero()) {
            connection.armLifetime(lifetime.toNanos());
        }
        if (isStale(connection) && pending.isEmpty()) {
            connection.close();
            return;
        }
        idle.addLast(connection);
        connection.armIdle();
        serve();
    }

    /** Whether a connection was made before the last drain. */
    private boolean isStale(Http1ClientConnection connection) {
        return draining || connection.generation() != generation;
    }

    private void connectFailed(@Nullable Throwable cause) {
        counters.add(HostCounters.CX_CONNECT_FAIL, 1);
        shard.inc(stats.cxConnectFail);
        StreamReset reason = StreamReset.LOCAL_CONNECTION_FAILURE;
        if (cause instanceof ConnectTimeoutException) {
            shard.inc(stats.cxConnectTimeout);
            reason = StreamReset.CONNECTION_TIMEOUT;
        } else if (cause instanceof ConnectException || cause instanceof TlsException) {
            // Whoever ended the handshake: Envoy takes it for the host.
            reason = StreamReset.REMOTE_CONNECTION_FAILURE;
        }
        shard.inc(stats.cxDestroy);
        shard.inc(
                reason == StreamReset.REMOTE_CONNECTION_FAILURE
                        ? stats.cxDestroyRemote
                        : stats.cxDestroyLocal);
        leftOpen();
        String failure = transportFailure(reason, cause);
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

    /** Envoy's words: the system's error, as it appears in response code details (Y9). */
    private static String transportFailure(StreamReset reason, @Nullable Throwable cause) {
        if (cause == null
                || reason == StreamReset.CONNECTION_TIMEOUT
                || cause instanceof ChannelException) {
            return "";
        }
        String message = String.valueOf(cause.getMessage());
        if (cause instanceof TlsException) {
            return message;
        }
        String lower = message.toLowerCase(Locale.ROOT);
        String text = "Connection refused";
        if (lower.contains("no route to host")) {
            text = "No route to host";
        } else if (lower.contains("unreachable")) {
            text = "Network is unreachable";
        } else if (!lower.contains("refused")) {
            text = message;
        }
        return "delayed connect error: " + text;
    }

    private void serve() {
        while (!pending.isEmpty() && !idle.isEmpty()) {
            PoolCallbacks callbacks = pending.removeFirst();
            leavePending();
            attach(idle.removeLast(), callbacks);
        }
    }

    /** A stream ended, whichever way. */
    void streamEnded() {
        busy--;
        breakers.requests.dec(shard);
        shard.dec(stats.rqActive);
        counters.add(HostCounters.RQ_ACTIVE, -1);
    }

    /** A connection can take the next request. */
    void release(Http1ClientConnection connection) {
        int max = cluster.config().maxRequestsPerConnection();
        if (max > 0 && connection.streams() >= max) {
            connection.close();
            return;
        }
        if (isStale(connection) || connection.isTooOld()) {
            connection.close();
            return;
        }
        idle.addLast(connection);
        if (pending.isEmpty()) {
            connection.armIdle();
        } else {
            serve();
        }
    }

    /** A connection has been there for as long as it may be ({@code max_connection_duration}). */
    void onLifetimeEnd(Http1ClientConnection connection, boolean isIdle) {
        shard.inc(stats.cxMaxDuration);
        if (isIdle) {
            connection.close();
        }
    }

    /** A connection is gone; called once per connection that had been established. */
    void closed(Http1ClientConnection connection, boolean wasIdle) {
        if (wasIdle) {
            idle.remove(connection);
        }
        open--;
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
        return pending.isEmpty() && connecting == 0 && open == 0;
    }

    private void leaveIfUnused() {
        if (!gone && isUnused()) {
            leave();
        }
    }

    private void leave() {
        gone = true;
        breakers.pools.dec(shard);
        if (host.pools().find(worker.index(), highPriority, owner) == this) {
            host.pools().remove(worker.index(), highPriority, owner);
        }
    }

    /** Somebody held it while it left. */
    private void comeBack() {
        gone = false;
        breakers.pools.inc(shard);
        if (host.pools().find(worker.index(), highPriority, owner) == null) {
            host.pools().put(worker.index(), highPriority, owner, this);
        }
    }

    /** Makes room for another pool, if nobody needs this one now. */
    boolean evict() {
        if (gone || busy > 0 || !pending.isEmpty() || connecting > 0) {
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
        closeIdle();
    }

    /** As {@link #drain}, but what is connected from now on is used again and again. */
    void drainExisting() {
        generation++;
        closeIdle();
    }

    private void closeIdle() {
        for (Http1ClientConnection connection : new ArrayList<>(idle)) {
            connection.close();
        }
    }
}
