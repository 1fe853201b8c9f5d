// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.upstream;

import dev.outrigger.dataplane.config.ClusterConfig;
import dev.outrigger.dataplane.config.ProxyProtocolConfig;
import dev.outrigger.dataplane.message.ConnectTimes;
import dev.outrigger.dataplane.message.ConnectionIds;
import dev.outrigger.dataplane.message.ConnectionInfo;
import dev.outrigger.dataplane.message.StreamReset;
import dev.outrigger.dataplane.message.TlsInfo;
import dev.outrigger.dataplane.telemetry.StatsShard;
import dev.outrigger.dataplane.tls.TlsException;
import dev.outrigger.dataplane.tls.TlsHandler;
import dev.outrigger.dataplane.tls.TlsTarget;
import dev.outrigger.dataplane.worker.WorkerContext;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOption;
import io.netty.channel.ChannelOutboundBuffer;
import io.netty.channel.ConnectTimeoutException;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.channel.socket.DuplexChannel;
import io.netty.util.concurrent.Future;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetSocketAddress;
import org.jspecify.annotations.Nullable;

/**
 * One upstream connection that belongs to one downstream connection: made for it, never shared and
 * never used again. Counted as Envoy's TCP pool counts it (5.5, 5.6). Confined to the worker's
 * event loop.
 *
 * <p>Lifecycle: connecting, then open, then closed; the owner hears of each step once, and of
 * nothing after it has closed or cancelled the connection itself.
 */
public final class TcpUpstream extends ChannelInboundHandlerAdapter implements TcpSessionUpstream {
    /** Whose connection it is. */
    public interface Owner {
        void onUpstreamConnected();

        /**
         * @param transportFailure the system's words, or empty
         */
        void onUpstreamConnectFailure(StreamReset reason, String transportFailure);

        /**
         * @param data the owner's from here on
         */
        void onUpstreamData(ByteBuf data);

        /** There is no more data for now. */
        void onUpstreamReadComplete();

        /** The host will send nothing more. */
        void onUpstreamEnd();

        void onUpstreamWritable(boolean writable);

        /**
         * The connection is gone, not by the owner's doing.
         *
         * @param reset whether the host reset it before it had ended its side
         */
        void onUpstreamClosed(boolean reset);
    }

    private enum State {
        CONNECTING,
        OPEN,
        CLOSED
    }

    private final Host host;
    private final Cluster cluster;
    private final WorkerContext worker;
    private final @Nullable ProxiedConnection proxied;
    private final Owner owner;
    private final CircuitBreakers breakers;
    private final ClusterStats stats;
    private final StatsShard shard;
    private final HostCounters counters;
    private final long id = ConnectionIds.next();
    private @Nullable Channel channel;
    private State state = State.CONNECTING;
    private boolean told;
    private boolean closedLocally;
    private boolean reset;
    private boolean ended;
    private boolean released;
    private long openedNanos;
    private @Nullable ConnectTimes connectTimes;
    private int lastReceived;

    private TcpUpstream(
            Host host,
            WorkerContext worker,
            boolean highPriority,
            @Nullable ProxiedConnection proxied,
            Owner owner) {
        this.host = host;
        this.cluster = host.cluster();
        this.worker = worker;
        this.proxied = proxied;
        this.owner = owner;
        this.breakers = cluster.breakers(highPriority);
        this.stats = cluster.stats();
        this.shard = worker.stats();
        this.counters = host.counters(worker.index());
    }

    /** Whether the cluster may have another connection; counts it where it may not (CB1). */
    public static boolean admits(Cluster cluster, WorkerContext worker, boolean highPriority) {
        boolean admits = cluster.breakers(highPriority).connections.canCreate();
        if (!admits) {
            worker.stats().inc(cluster.stats().cxOverflow);
        }
        return admits;
    }

    /**
     * Connects to a host; the owner hears of the outcome, never from within this call.
     *
     * @param connector of the worker
     * @param highPriority whose circuit breakers count
     * @param client the connection it is made for; {@code null} for none
     */
    public static TcpUpstream connect(
            Host host,
            WorkerContext worker,
            UpstreamConnector connector,
            boolean highPriority,
            @Nullable ConnectionInfo client,
            Owner owner) {
        var proxied = host.isToldOfClients() ? ProxiedConnection.of(client) : null;
        var upstream = new TcpUpstream(host, worker, highPriority, proxied, owner);
        upstream.begin(connector);
        return upstream;
    }

    private void begin(UpstreamConnector connector) {
        if (!breakers.pendingRequests.canCreate()) {
            shard.inc(stats.rqPendingOverflow);
            state = State.CLOSED;
            connector
                    .eventLoop()
                    .execute(() -> {
                        worker.refreshNow();
                        fail(StreamReset.OVERFLOW, "");
                    });
            return;
        }
        ClusterConfig config = cluster.config();
        host.touch();
        cluster.noteTraffic();
        breakers.pendingRequests.inc(shard);
        breakers.connections.inc(shard);
        shard.inc(stats.rqPendingTotal);
        shard.inc(stats.rqPendingActive);
        shard.inc(stats.cxTotal);
        shard.inc(stats.cxActive);
        counters.add(HostCounters.RQ_PENDING_ACTIVE, 1);
        counters.add(HostCounters.CX_TOTAL, 1);
        counters.add(HostCounters.CX_ACTIVE, 1);
        long started = worker.now();
        Future<?> future;
        if (host.additionalAddresses().isEmpty()) {
            ChannelFuture connecting =
                    connector.connect(
                            host.address(),
                            host.newTransport(
                                    shard,
                                    config.connectTimeout(),
                                    TlsTarget.of(host.hostname()),
                                    proxied),
                            this,
                            config.connectTimeout(),
                            config.perConnectionBufferLimitBytes(),
                            config.sockets());
            channel = connecting.channel();
            future = connecting;
        } else {
            future =
                    HappyEyeballs.connect(
                            connector,
                            host,
                            shard,
                            TlsTarget.of(host.hostname()),
                            proxied,
                            this,
                            config,
                            counters);
        }
        future.addListener(done -> {
            worker.refreshNow();
            if (done.isSuccess()) {
                onConnected(started);
            } else {
                onConnectFailed(done.cause());
            }
            worker.flushDirty();
        });
    }

    @Override
    public void handlerAdded(ChannelHandlerContext ctx) {
        channel = ctx.channel();
        ctx.channel().config().setOption(ChannelOption.ALLOW_HALF_CLOSURE, true);
    }

    private void onConnected(long started) {
        leavePending();
        if (state == State.CLOSED) {
            // Cancelled meanwhile.
            shard.inc(stats.cxDestroy);
            shard.inc(stats.cxDestroyLocal);
            leaveOpen();
            channel().close();
            return;
        }
        state = State.OPEN;
        openedNanos = worker.now();
        TlsInfo secured = TlsHandler.find(channel());
        connectTimes =
                ConnectTimes.of(
                        started, openedNanos, secured == null ? -1 : secured.handshakeNanos());
        breakers.requests.inc(shard);
        shard.inc(stats.rqTotal);
        shard.inc(stats.rqActive);
        shard.record(stats.cxConnectMs, (openedNanos - started) / 1_000_000);
        counters.add(HostCounters.RQ_TOTAL, 1);
        counters.add(HostCounters.RQ_ACTIVE, 1);
        owner.onUpstreamConnected();
    }

    private void onConnectFailed(@Nullable Throwable cause) {
        boolean cancelled = state == State.CLOSED;
        state = State.CLOSED;
        StreamReset reason = StreamReset.LOCAL_CONNECTION_FAILURE;
        if (cause instanceof ConnectTimeoutException) {
            shard.inc(stats.cxConnectTimeout);
            reason = StreamReset.CONNECTION_TIMEOUT;
        } else if (cause instanceof ConnectException
                || cause instanceof FileNotFoundException
                || cause instanceof TlsException) {
            reason = StreamReset.REMOTE_CONNECTION_FAILURE;
        }
        counters.add(HostCounters.CX_CONNECT_FAIL, 1);
        shard.inc(stats.cxConnectFail);
        shard.inc(stats.cxDestroy);
        shard.inc(
                reason == StreamReset.REMOTE_CONNECTION_FAILURE
                        ? stats.cxDestroyRemote
                        : stats.cxDestroyLocal);
        leavePending();
        leaveOpen();
        if (!cancelled) {
            shard.inc(stats.rqPendingFailureEject);
            fail(reason, TransportFailure.text(reason, cause, host.address()));
        }
    }

    private void fail(StreamReset reason, String transportFailure) {
        if (!told) {
            told = true;
            owner.onUpstreamConnectFailure(reason, transportFailure);
        }
    }

    private Channel channel() {
        if (channel == null) {
            throw new IllegalStateException("not connected");
        }
        return channel;
    }

    @Override
    public Host host() {
        return host;
    }

    @Override
    public long connectionId() {
        return id;
    }

    @Override
    public String localAddress() {
        return channel().localAddress() instanceof InetSocketAddress address
                ? ConnectionInfo.text(address)
                : "";
    }

    @Override
    public ConnectTimes connectTimes() {
        if (connectTimes == null) {
            throw new IllegalStateException("not connected");
        }
        return connectTimes;
    }

    @Override
    public boolean isOpen() {
        return state == State.OPEN;
    }

    @Override
    public boolean isWritable() {
        return channel().isWritable();
    }

    @Override
    public long pendingBytes() {
        ChannelOutboundBuffer pending = channel().unsafe().outboundBuffer();
        return pending == null ? 0 : pending.totalPendingWriteBytes();
    }

    @Override
    public void write(ByteBuf data) {
        shard.add(stats.cxTxBytes, data.readableBytes());
        channel().write(data, channel().voidPromise());
    }

    /** Says on whose behalf the connection is; nothing has been written on it before. */
    void tellOf(@Nullable ConnectionInfo client, ProxyProtocolConfig config) {
        write(ProxyHeaders.of(config, ProxiedConnection.of(client), channel()));
    }

    @Override
    public void flush() {
        channel().flush();
    }

    @Override
    public void end(Runnable done) {
        channel()
                .writeAndFlush(Unpooled.EMPTY_BUFFER)
                .addListener(written -> {
                    if (written.isSuccess() && channel() instanceof DuplexChannel duplex) {
                        duplex.shutdownOutput().addListener(_ -> done.run());
                    }
                });
    }

    @Override
    public boolean readDisable(boolean disable) {
        var config = channel().config();
        boolean change = config.isAutoRead() == disable;
        if (change) {
            config.setAutoRead(!disable);
        }
        return change;
    }

    @Override
    public void cancel() {
        if (state != State.CONNECTING) {
            return;
        }
        state = State.CLOSED;
        told = true;
        shard.inc(stats.rqCancelled);
        if (channel != null) {
            channel.close();
        }
    }

    @Override
    public void closeNow() {
        told = true;
        closedLocally = true;
        channel().close();
    }

    @Override
    public void abort() {
        channel().config().setOption(ChannelOption.SO_LINGER, 0);
        closeNow();
    }

    @Override
    public void closeAfterFlush() {
        closedLocally = true;
        channel().writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(_ -> channel().close());
    }

    @Override
    public void closeEnded() {
        told = true;
        channel().close();
    }

    /** As {@link #closeEnded}, where what used the connection was over before it ends. */
    void closeUnused() {
        released = true;
        leaveActive();
        closeEnded();
    }

    private void leaveActive() {
        breakers.requests.dec(shard);
        shard.dec(stats.rqActive);
        counters.add(HostCounters.RQ_ACTIVE, -1);
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        worker.refreshNow();
        var data = (ByteBuf) message;
        int bytes = data.readableBytes();
        shard.add(stats.cxRxBytes, bytes);
        if (bytes != lastReceived) {
            // Envoy counts what the last read brought as buffered until the next read.
            shard.add(stats.cxRxBytesBuffered, bytes - lastReceived);
            lastReceived = bytes;
        }
        if (told) {
            data.release();
        } else {
            owner.onUpstreamData(data);
        }
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext ctx) {
        if (!told && state == State.OPEN) {
            owner.onUpstreamReadComplete();
        }
        worker.flushDirty();
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
        if (event == ChannelInputShutdownEvent.INSTANCE && !ended) {
            worker.refreshNow();
            ended = true;
            if (!told) {
                owner.onUpstreamEnd();
            }
            worker.flushDirty();
        }
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext ctx) {
        if (!told && state == State.OPEN) {
            worker.refreshNow();
            owner.onUpstreamWritable(ctx.channel().isWritable());
        }
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        if (openedNanos == 0) {
            return;
        }
        worker.refreshNow();
        state = State.CLOSED;
        shard.inc(stats.cxDestroy);
        shard.inc(closedLocally ? stats.cxDestroyLocal : stats.cxDestroyRemote);
        if (!released) {
            leaveActive();
            shard.inc(stats.cxDestroyWithActiveRq);
            shard.inc(
                    closedLocally
                            ? stats.cxDestroyLocalWithActiveRq
                            : stats.cxDestroyRemoteWithActiveRq);
        }
        shard.record(stats.cxLengthMs, (worker.now() - openedNanos) / 1_000_000);
        shard.add(stats.cxRxBytesBuffered, -lastReceived);
        leaveOpen();
        if (!told) {
            told = true;
            owner.onUpstreamClosed(reset && !ended);
        }
        worker.flushDirty();
    }

    private void leavePending() {
        breakers.pendingRequests.dec(shard);
        shard.dec(stats.rqPendingActive);
        counters.add(HostCounters.RQ_PENDING_ACTIVE, -1);
    }

    private void leaveOpen() {
        breakers.connections.dec(shard);
        shard.dec(stats.cxActive);
        counters.add(HostCounters.CX_ACTIVE, -1);
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        // Of what the system reports while reading, only a reset ends a connection like this.
        reset = cause instanceof IOException;
        ctx.close();
    }
}
