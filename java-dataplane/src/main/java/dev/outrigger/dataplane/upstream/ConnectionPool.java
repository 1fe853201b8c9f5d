// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.upstream;

import dev.outrigger.dataplane.message.StreamReset;
import dev.outrigger.dataplane.telemetry.StatsShard;
import dev.outrigger.dataplane.worker.WorkerContext;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ConnectTimeoutException;
import java.net.ConnectException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * The HTTP/1.1 connections of one worker to one host at one priority (5.5). Idle connections are
 * used last in, first out; requests without a connection wait first in, first out. Confined to the
 * worker's event loop.
 */
public final class ConnectionPool {
    private final Cluster cluster;
    private final Host host;
    private final WorkerContext worker;
    private final UpstreamConnector connector;
    private final CircuitBreakers breakers;
    private final ClusterStats stats;
    private final StatsShard shard;
    private final HostCounters counters;
    private final ArrayDeque<Http1ClientConnection> idle = new ArrayDeque<>();
    private final ArrayDeque<PoolCallbacks> pending = new ArrayDeque<>();
    private int connecting;
    private int busy;
    private boolean draining;

    ConnectionPool(
            Cluster cluster,
            Host host,
            WorkerContext worker,
            UpstreamConnector connector,
            boolean highPriority) {
        this.cluster = cluster;
        this.host = host;
        this.worker = worker;
        this.connector = connector;
        this.breakers = cluster.breakers(highPriority);
        this.stats = cluster.stats();
        this.shard = worker.stats();
        this.counters = host.counters(worker.index());
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
        Http1ClientConnection connection = idle.pollLast();
        if (connection != null) {
            attach(connection, callbacks);
            return;
        }
        if (!breakers.pendingRequests.canCreate()) {
            shard.inc(stats.rqPendingOverflow);
            callbacks.onPoolFailure(StreamReset.OVERFLOW, "");
            return;
        }
        breakers.pendingRequests.inc(shard);
        shard.inc(stats.rqPendingTotal);
        shard.inc(stats.rqPendingActive);
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
    }

    private void attach(Http1ClientConnection connection, PoolCallbacks callbacks) {
        if (!breakers.requests.canCreate()) {
            idle.addLast(connection);
            shard.inc(stats.rqActiveOverflow);
            callbacks.onPoolFailure(StreamReset.OVERFLOW, "");
            return;
        }
        breakers.requests.inc(shard);
        busy++;
        shard.inc(stats.rqTotal);
        shard.inc(stats.rqActive);
        counters.add(HostCounters.RQ_TOTAL, 1);
        counters.add(HostCounters.RQ_ACTIVE, 1);
        connection.begin(callbacks.receiver());
        callbacks.onPoolReady(connection);
    }

    private void connectIfNeeded() {
        while (pending.size() > connecting) {
            if (!breakers.connections.canCreate()) {
                shard.inc(stats.cxOverflow);
                // A pool may always have one connection, else its requests would wait for ever
                // (CB2).
                if (connecting + busy + idle.size() > 0) {
                    return;
                }
            }
            connect();
        }
    }

    private void connect() {
        var config = cluster.config();
        connecting++;
        breakers.connections.inc(shard);
        shard.inc(stats.cxTotal);
        shard.inc(stats.cxHttp1Total);
        shard.inc(stats.cxActive);
        counters.add(HostCounters.CX_TOTAL, 1);
        counters.add(HostCounters.CX_ACTIVE, 1);
        var connection = new Http1ClientConnection(this);
        long started = worker.now();
        ChannelFuture future =
                connector.connect(
                        host.address(),
                        connection,
                        config.connectTimeout(),
                        config.perConnectionBufferLimitBytes());
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
        if (draining && pending.isEmpty()) {
            connection.close();
            return;
        }
        idle.addLast(connection);
        connection.armIdle();
        serve();
    }

    private void connectFailed(@Nullable Throwable cause) {
        counters.add(HostCounters.CX_CONNECT_FAIL, 1);
        shard.inc(stats.cxConnectFail);
        StreamReset reason = StreamReset.LOCAL_CONNECTION_FAILURE;
        if (cause instanceof ConnectTimeoutException) {
            shard.inc(stats.cxConnectTimeout);
            reason = StreamReset.CONNECTION_TIMEOUT;
        } else if (cause instanceof ConnectException) {
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
            callbacks.onPoolFailure(reason, failure);
        }
        if (!draining) {
            connectIfNeeded();
        }
    }

    /** Envoy's words: the system's error, as it appears in response code details (Y9). */
    private static String transportFailure(StreamReset reason, @Nullable Throwable cause) {
        if (cause == null || reason == StreamReset.CONNECTION_TIMEOUT) {
            return "";
        }
        String message = String.valueOf(cause.getMessage());
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
            shard.inc(stats.cxMaxRequests);
            connection.close();
            return;
        }
        if (draining) {
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

    /** A connection is gone; called once per connection that had been established. */
    void closed(Http1ClientConnection connection, boolean wasIdle) {
        if (wasIdle) {
            idle.remove(connection);
        }
        leftOpen();
        if (!pending.isEmpty()) {
            connectIfNeeded();
        }
    }

    private void leftOpen() {
        breakers.connections.dec(shard);
        shard.dec(stats.cxActive);
        counters.add(HostCounters.CX_ACTIVE, -1);
    }

    /** Idle connections close now, active ones when they are done; waiting requests still run. */
    void drain() {
        draining = true;
        for (Http1ClientConnection connection : new ArrayList<>(idle)) {
            connection.close();
        }
    }
}
