// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.tcpproxy;

import dev.outrigger.dataplane.accesslog.AccessLog;
import dev.outrigger.dataplane.accesslog.FormatContext;
import dev.outrigger.dataplane.accesslog.MetadataKind;
import dev.outrigger.dataplane.config.Metadata;
import dev.outrigger.dataplane.config.TcpProxyConfig;
import dev.outrigger.dataplane.config.TcpProxyConfig.TargetCluster;
import dev.outrigger.dataplane.exchange.RequestIds;
import dev.outrigger.dataplane.exchange.WorkerServices;
import dev.outrigger.dataplane.message.AccessLogType;
import dev.outrigger.dataplane.message.RequestHead;
import dev.outrigger.dataplane.message.ResponseFlag;
import dev.outrigger.dataplane.message.ResponseHead;
import dev.outrigger.dataplane.message.StreamInfo;
import dev.outrigger.dataplane.message.StreamReset;
import dev.outrigger.dataplane.telemetry.StatsShard;
import dev.outrigger.dataplane.upstream.Cluster;
import dev.outrigger.dataplane.upstream.ConnectionPool;
import dev.outrigger.dataplane.upstream.Host;
import dev.outrigger.dataplane.upstream.OutlierMonitor.Result;
import dev.outrigger.dataplane.upstream.TcpSessionUpstream;
import dev.outrigger.dataplane.upstream.TcpUpstream;
import dev.outrigger.dataplane.worker.Timers;
import dev.outrigger.dataplane.worker.WorkerContext;
import io.netty.buffer.ByteBuf;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One downstream connection on its way through a TCP proxy (6.5): finds a host, connects, and hands
 * bytes and ends over in both directions. Confined to the connection's event loop.
 *
 * <p>Nothing is read from downstream until the upstream connection is there; what arrives all the
 * same, because the client ended its side, is kept. Each direction stops reading while the other
 * side does not keep up.
 */
public final class TcpSession
        implements DownstreamConnection.Owner, TcpUpstream.Owner, FormatContext {
    /** What the session's connection belongs to. */
    public interface Owner {
        /** By name, as of now. */
        Map<String, Cluster> clusters();

        /** The session has begun. */
        void opened(TcpSession session);

        /** The downstream connection is gone; called once. */
        void closed(TcpSession session, long lengthMillis);
    }

    private enum Phase {
        CONNECTING,
        PROXYING,
        /** The downstream connection is gone; what it sent still goes upstream. */
        FLUSHING,
        OVER
    }

    private final TcpProxy proxy;
    private final Owner owner;
    private final WorkerServices services;
    private final WorkerContext worker;
    private final StatsShard shard;
    private final TcpProxyStats stats;
    private final StreamInfo info;
    private final DownstreamConnection downstream;
    private final HostChoice choice;
    private final Timers.Timer idleTimer;
    private final Timers.Timer durationTimer;
    private final Timers.Timer retryTimer;
    private final Timers.Timer logTimer;
    private final Timers.Timer refusalTimer;
    private @Nullable TcpSessionUpstream upstream;
    private @Nullable Cluster cluster;
    private Phase phase = Phase.CONNECTING;
    private int attempts;
    private long openedNanos;
    private long lastPending;
    private boolean upstreamEnded;
    private boolean upstreamTold;
    private boolean downstreamEndedLast;
    private boolean closedLocally;
    private @Nullable String streamId;

    /** After so long it is closed, and that is all; negative for a session that goes on. */
    private long refusalNanos = -1;

    /**
     * @param info of the connection, which has begun
     */
    public TcpSession(TcpProxy proxy, Owner owner, WorkerServices services, StreamInfo info) {
        this.proxy = proxy;
        this.owner = owner;
        this.services = services;
        this.worker = services.worker();
        this.shard = worker.stats();
        this.stats = proxy.stats();
        this.info = info;
        this.downstream = new DownstreamConnection(worker, stats, this);
        this.choice = new HostChoice(info, proxy.config().hashSource());
        this.idleTimer = worker.timers().timer(this::onIdle);
        this.durationTimer = worker.timers().timer(this::onMaxDuration);
        this.retryTimer = worker.timers().timer(this::onRetry);
        this.logTimer = worker.timers().timer(this::onLogInterval);
        this.refusalTimer = worker.timers().timer(this::closeDownstream);
    }

    /** The handler of the downstream connection. */
    public DownstreamConnection downstream() {
        return downstream;
    }

    /** The handler of a connection that may not stay: it is counted, logged, and closed. */
    public DownstreamConnection refuse(long delayNanos) {
        refusalNanos = delayNanos;
        return downstream;
    }

    @Override
    public void onDownstreamActive() {
        TcpProxyConfig config = proxy.config();
        openedNanos = worker.now();
        owner.opened(this);
        shard.inc(stats.cxTotal);
        if (refusalNanos == 0) {
            closeDownstream();
            return;
        }
        if (refusalNanos > 0) {
            // Nothing is read meanwhile.
            refusalTimer.arm(openedNanos, refusalNanos);
            return;
        }
        arm(durationTimer, config.maxDownstreamConnectionDuration());
        arm(logTimer, config.accessLogFlushInterval());
        arm(idleTimer, config.idleTimeout());
        connect();
    }

    private void arm(Timers.Timer timer, Duration after) {
        if (!after.isZero()) {
            timer.arm(worker.now(), after.toNanos());
        }
    }

    private void connect() {
        TargetCluster target = proxy.pick(worker.random());
        Cluster found = owner.clusters().get(target.name());
        cluster = found;
        if (found == null) {
            shard.inc(stats.cxNoRoute);
            fail(ResponseFlag.NO_CLUSTER_FOUND);
            return;
        }
        info.setUpstreamCluster(found.name());
        if (!TcpUpstream.admits(found, worker, false)) {
            fail(ResponseFlag.UPSTREAM_OVERFLOW);
            return;
        }
        choice.begin(target);
        Host host = found.chooseHost(worker, choice);
        if (host == null) {
            shard.inc(found.stats().cxNoneHealthy);
            fail(ResponseFlag.NO_HEALTHY_UPSTREAM);
            return;
        }
        attempts++;
        info.setAttemptCount(attempts);
        info.addUpstreamHostAttempted(host.addressText());
        info.beginAttempt();
        reach(found, host);
    }

    private void reach(Cluster of, Host host) {
        TunnelRequest request = proxy.tunnel();
        if (request == null) {
            upstream =
                    TcpUpstream.connect(
                            host, worker, services.connector(), false, info.connection(), this);
            return;
        }
        ConnectionPool pool = of.pool(host, worker, services.connector(), false, choice);
        if (pool == null) {
            fail(ResponseFlag.NO_HEALTHY_UPSTREAM);
            return;
        }
        var tunnel = new HttpTunnel(pool, request.head(this), worker, this);
        upstream = tunnel;
        tunnel.start();
    }

    private void fail(ResponseFlag flag) {
        info.setFlag(flag);
        closeDownstream();
    }

    private void closeDownstream() {
        closedLocally = true;
        downstream.closeNow();
    }

    @Override
    public void onUpstreamConnectFailure(StreamReset reason, String transportFailure) {
        TcpSessionUpstream failed = upstream;
        upstream = null;
        if (phase != Phase.CONNECTING || failed == null) {
            return;
        }
        Host host = failed.host();
        if (reason != StreamReset.OVERFLOW) {
            named(host);
        }
        if (!transportFailure.isEmpty()) {
            info.setTransportFailure(transportFailure);
        }
        if (reason == StreamReset.CONNECTION_TIMEOUT) {
            host.putResult(Result.LOCAL_ORIGIN_TIMEOUT, 0);
            info.setFlag(ResponseFlag.UPSTREAM_CONNECTION_FAILURE);
        } else if (reason == StreamReset.REMOTE_CONNECTION_FAILURE) {
            host.putResult(Result.LOCAL_ORIGIN_CONNECT_FAILED, 0);
            info.setFlag(ResponseFlag.UPSTREAM_CONNECTION_FAILURE);
        }
        idleTimer.disarm();
        if (attempts >= proxy.config().maxConnectAttempts()) {
            if (cluster != null) {
                shard.inc(cluster.stats().cxConnectAttemptsExceeded);
            }
            fail(ResponseFlag.UPSTREAM_RETRY_LIMIT_EXCEEDED);
            return;
        }
        retryTimer.arm(worker.now(), proxy.backOffMillis(attempts, worker.random()) * 1_000_000L);
    }

    private void named(Host host) {
        info.setUpstreamHost(host.addressText());
        info.setUpstreamHostName(host.hostname());
        info.setUpstreamMetadata(host.metadata());
    }

    private void onRetry() {
        if (phase == Phase.CONNECTING) {
            worker.refreshNow();
            connect();
        }
    }

    @Override
    public void onUpstreamConnected() {
        TcpSessionUpstream connected = upstream;
        if (connected == null) {
            return;
        }
        phase = Phase.PROXYING;
        Host host = connected.host();
        named(host);
        info.setUpstreamAddresses(connected.localAddress());
        info.setUpstreamConnectionId(connected.connectionId());
        info.setConnectTimes(connected.connectTimes());
        host.putResult(Result.LOCAL_ORIGIN_CONNECT_SUCCESS_FINAL, 0);
        arm(idleTimer, proxy.config().idleTimeout());
        if (proxy.config().flushAccessLogOnConnected()) {
            log(AccessLogType.TCP_UPSTREAM_CONNECTED);
        }
        downstream.startReading();
    }

    @Override
    public void onDownstreamData(ByteBuf data) {
        TcpSessionUpstream to = upstream;
        info.addBytesReceived(data.readableBytes());
        info.downstreamBytes().received(data.readableBytes());
        if (to == null || !to.isOpen()) {
            data.release();
            return;
        }
        info.upstreamBytes().sent(data.readableBytes());
        to.write(data);
        if (!to.isWritable()) {
            downstream.readDisable(true);
        }
        arm(idleTimer, proxy.config().idleTimeout());
    }

    @Override
    public void onDownstreamReadComplete() {
        if (upstream != null && upstream.isOpen()) {
            upstream.flush();
        }
    }

    @Override
    public void onDownstreamEnd() {
        TcpSessionUpstream to = upstream;
        if (upstreamEnded) {
            // The side that ends last is the one that closes; the other is told what is left.
            downstreamEndedLast = true;
            onDownstreamTold();
        } else if (to != null && to.isOpen()) {
            to.end(() -> {
                upstreamTold = true;
                closeIfUpstreamEndedLast();
            });
        }
    }

    @Override
    public void onUpstreamData(ByteBuf data) {
        if (phase == Phase.FLUSHING) {
            // Nobody is there to be told, as the system would say to the host itself.
            data.release();
            endFlush();
            return;
        }
        info.addBytesSent(data.readableBytes());
        info.downstreamBytes().sent(data.readableBytes());
        info.upstreamBytes().received(data.readableBytes());
        downstream.write(data);
        if (!downstream.isWritable() && upstream != null) {
            pauseUpstream(true);
        }
        arm(idleTimer, proxy.config().idleTimeout());
    }

    @Override
    public void onUpstreamReadComplete() {
        if (phase == Phase.PROXYING) {
            downstream.flush();
        }
    }

    @Override
    public void onUpstreamEnd() {
        upstreamEnded = true;
        if (phase == Phase.PROXYING) {
            downstream.end();
            closeIfUpstreamEndedLast();
        }
    }

    private void closeIfUpstreamEndedLast() {
        if (phase == Phase.PROXYING && upstreamEnded && upstreamTold && upstream != null) {
            upstream.closeEnded();
            upstream = null;
            closedLocally = true;
            downstream.closeAfterFlush();
        }
    }

    @Override
    public void onDownstreamTold() {
        if (downstreamEndedLast && downstream.isTold()) {
            downstream.closeNow();
        }
    }

    @Override
    public void onUpstreamWritable(boolean writable) {
        if (phase == Phase.PROXYING) {
            downstream.readDisable(!writable);
        }
        arm(idleTimer, proxy.config().idleTimeout());
    }

    @Override
    public void onDownstreamWritable(boolean writable) {
        if (phase == Phase.PROXYING) {
            pauseUpstream(!writable);
            arm(idleTimer, proxy.config().idleTimeout());
        }
    }

    private void pauseUpstream(boolean pause) {
        TcpSessionUpstream from = upstream;
        if (from != null && from.readDisable(pause)) {
            var of = from.host().cluster().stats();
            shard.inc(pause ? of.flowControlPaused : of.flowControlResumed);
        }
    }

    @Override
    public void onUpstreamClosed(boolean reset) {
        upstream = null;
        switch (phase) {
            case PROXYING -> {
                closedLocally = true;
                if (reset) {
                    info.setFlag(ResponseFlag.UPSTREAM_REMOTE_RESET);
                    downstream.abort();
                } else {
                    downstream.closeAfterFlush();
                }
            }
            case FLUSHING -> over();
            case CONNECTING, OVER -> {}
        }
    }

    @Override
    public void onDownstreamClosed(boolean reset) {
        durationTimer.discard();
        retryTimer.discard();
        logTimer.discard();
        refusalTimer.discard();
        TcpSessionUpstream left = upstream;
        boolean unsent = phase == Phase.PROXYING && pendingUpstream() > 0;
        if (left != null && unsent && !closedLocally && !reset) {
            phase = Phase.FLUSHING;
            shard.inc(stats.upstreamFlushTotal);
            shard.inc(stats.upstreamFlushActive);
            left.closeAfterFlush();
        } else {
            phase = Phase.OVER;
            idleTimer.discard();
            dropUpstream(left, reset);
        }
        owner.closed(this, (worker.now() - openedNanos) / 1_000_000);
        info.setEndNanos(worker.now());
        log(AccessLogType.TCP_CONNECTION_END);
    }

    private void dropUpstream(@Nullable TcpSessionUpstream left, boolean reset) {
        upstream = null;
        if (left == null) {
            return;
        }
        if (!left.isOpen()) {
            left.cancel();
        } else if (reset) {
            left.abort();
        } else {
            left.closeNow();
        }
    }

    private void endFlush() {
        TcpSessionUpstream left = upstream;
        upstream = null;
        if (left != null) {
            left.closeNow();
        }
        over();
    }

    /** What was flushed upstream after the downstream connection had gone is through. */
    private void over() {
        phase = Phase.OVER;
        idleTimer.discard();
        shard.dec(stats.upstreamFlushActive);
    }

    private void onIdle() {
        worker.refreshNow();
        long pending = downstream.pendingBytes() + (upstream == null ? 0 : pendingUpstream());
        if (pending > 0 && pending != lastPending) {
            // A side that takes what it is sent, however slowly, is not idle.
            lastPending = pending;
            arm(idleTimer, proxy.config().idleTimeout());
            return;
        }
        shard.inc(stats.idleTimeout);
        if (phase == Phase.FLUSHING) {
            endFlush();
        } else {
            closeDownstream();
        }
    }

    private long pendingUpstream() {
        return upstream != null && upstream.isOpen() ? upstream.pendingBytes() : 0;
    }

    private void onMaxDuration() {
        worker.refreshNow();
        shard.inc(stats.maxDownstreamConnectionDuration);
        info.setFlag(ResponseFlag.DURATION_TIMEOUT);
        closeDownstream();
    }

    private void onLogInterval() {
        worker.refreshNow();
        log(AccessLogType.TCP_PERIODIC);
        arm(logTimer, proxy.config().accessLogFlushInterval());
    }

    private void log(AccessLogType type) {
        AccessLogType before = info.logType();
        info.setLogType(type);
        info.setEndNanos(worker.now());
        for (AccessLog each : proxy.accessLogs()) {
            services.log(each, this);
        }
        info.setLogType(before);
    }

    /** Ends the connection at once. */
    public void closeNow() {
        closeDownstream();
    }

    @Override
    public @Nullable RequestHead request() {
        return null;
    }

    @Override
    public @Nullable ResponseHead response() {
        return null;
    }

    @Override
    public @Nullable Metadata metadata(MetadataKind kind) {
        Cluster of = cluster;
        return switch (kind) {
            case CLUSTER -> of == null ? null : of.config().metadata();
            case UPSTREAM_HOST -> info.upstreamMetadata();
            case DYNAMIC, ROUTE, VIRTUAL_HOST -> null;
        };
    }

    @Override
    public String connectionStreamId() {
        String id = streamId;
        if (id == null) {
            id = uniqueId();
            streamId = id;
        }
        return id;
    }

    @Override
    public String uniqueId() {
        return new String(RequestIds.next(worker.random()), StandardCharsets.US_ASCII);
    }

    @Override
    public StreamInfo info() {
        return info;
    }
}
