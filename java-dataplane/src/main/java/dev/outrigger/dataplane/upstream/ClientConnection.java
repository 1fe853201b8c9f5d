// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.upstream;

import dev.outrigger.dataplane.message.ConnectTimes;
import dev.outrigger.dataplane.message.ConnectionIds;
import dev.outrigger.dataplane.message.ConnectionInfo;
import dev.outrigger.dataplane.message.ResponseReceiver;
import dev.outrigger.dataplane.message.TlsInfo;
import dev.outrigger.dataplane.message.UpstreamStream;
import dev.outrigger.dataplane.telemetry.StatsShard;
import dev.outrigger.dataplane.tls.TlsHandler;
import dev.outrigger.dataplane.worker.Timers;
import dev.outrigger.dataplane.worker.WorkerContext;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import java.net.InetSocketAddress;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * A connection of a {@link ConnectionPool}, whatever it speaks: how many streams it can take, how
 * long it lives, and what is counted of it. Confined to its event loop.
 */
abstract class ClientConnection extends ChannelInboundHandlerAdapter
        implements WorkerContext.Flushable {
    /** What the pool may do with it. */
    enum State {
        CONNECTING,
        /** It can take a stream. */
        READY,
        /** It carries as many streams as it can. */
        BUSY,
        /** It takes no more streams, and closes behind the last one. */
        DRAINING,
        CLOSED
    }

    final ConnectionPool pool;
    final WorkerContext worker;
    final StatsShard shard;
    final ClusterStats stats;
    private final Timers.Timer idleTimer;
    private final long id = ConnectionIds.next();
    private @Nullable ChannelHandlerContext context;
    private Timers.@Nullable Timer lifetime;
    private @Nullable String localText;
    private @Nullable TlsInfo tls;
    private boolean tlsKnown;
    private long askedNanos;
    private @Nullable ConnectTimes connectTimes;
    private boolean active;
    private boolean closedLocally;
    private long openedNanos;
    private int lastReceived;
    private long streams;
    private long remaining;
    private long limit;
    private int activeStreams;

    /** For {@link PoolConnections} only. */
    State state = State.CONNECTING;

    /** How many streams {@link PoolConnections} counts on. */
    long counted;

    /** Whether it was made before the pool was drained. */
    boolean stale;

    /**
     * @param limit how many streams it carries at a time
     */
    ClientConnection(ConnectionPool pool, long limit) {
        this.pool = pool;
        this.worker = pool.worker();
        this.shard = worker.stats();
        this.stats = pool.cluster().stats();
        this.idleTimer = worker.timers().timer(this::onIdle);
        int max = pool.cluster().config().maxRequestsPerConnection();
        this.remaining = max > 0 ? max : Long.MAX_VALUE;
        this.limit = limit;
    }

    /** Begins a stream. */
    abstract UpstreamStream open(ResponseReceiver receiver);

    /** A stream has been given to it. */
    void taken() {
        idleTimer.disarm();
        streams++;
        remaining--;
        activeStreams++;
    }

    /** A stream has ended, whichever way. */
    void ended() {
        activeStreams--;
    }

    /** How many it carries now. */
    int activeStreams() {
        return activeStreams;
    }

    /** How many it has carried so far. */
    long streams() {
        return streams;
    }

    /** Whether it has carried as many as it may. */
    boolean isUsedUp() {
        return remaining == 0;
    }

    /** How many more it can carry now. */
    long capacity() {
        return Math.max(0, Math.min(remaining, limit - activeStreams));
    }

    /** Carries so many at a time from now on. */
    void setLimit(long value) {
        limit = value;
    }

    /** Begins the time after which it takes no more streams. */
    void armLifetime(long nanos) {
        var timer = worker.timers().timer(() -> pool.onLifetimeEnd(this));
        lifetime = timer;
        timer.arm(worker.now(), nanos);
    }

    void armIdle() {
        Duration timeout = pool.cluster().config().idleTimeout();
        if (!timeout.isZero()) {
            idleTimer.arm(worker.now(), timeout.toNanos());
        }
    }

    private void onIdle() {
        if (activeStreams == 0) {
            shard.inc(stats.cxIdleTimeout);
            close();
        }
    }

    /**
     * Closes from our side. It is counted as gone at once, as in Envoy: the channel says so only
     * after this event, in which the next request may already have asked for a connection.
     */
    void close() {
        closedLocally = true;
        pool.closing(this);
        context().close();
        if (beginEnd()) {
            end();
        }
    }

    boolean isClosedLocally() {
        return closedLocally;
    }

    /** The end is our own doing, though nobody called {@link #close}. */
    void setClosedLocally() {
        closedLocally = true;
    }

    /** Whether it is connected. */
    boolean isActive() {
        return active;
    }

    /** Whether its channel is no longer open, though {@link #channelInactive} is still to come. */
    boolean hasEnded() {
        return !context().channel().isActive();
    }

    ChannelHandlerContext context() {
        if (context == null) {
            throw new IllegalStateException("not connected");
        }
        return context;
    }

    @Override
    public void handlerAdded(ChannelHandlerContext ctx) {
        context = ctx;
    }

    @Override
    public void channelActive(ChannelHandlerContext ctx) {
        active = true;
        openedNanos = worker.now();
    }

    /** Its number among all connections. */
    long connectionId() {
        return id;
    }

    /** It was asked for at this time. */
    void setAsked(long nanos) {
        askedNanos = nanos;
    }

    long asked() {
        return askedNanos;
    }

    /** It is there, with its handshake, if it has one. */
    void setConnected() {
        TlsInfo secured = tls();
        connectTimes =
                ConnectTimes.of(
                        askedNanos, worker.now(), secured == null ? -1 : secured.handshakeNanos());
    }

    ConnectTimes connectTimes() {
        if (connectTimes == null) {
            throw new IllegalStateException("not connected");
        }
        return connectTimes;
    }

    String localAddress() {
        String text = localText;
        if (text == null) {
            text =
                    context().channel().localAddress() instanceof InetSocketAddress address
                            ? ConnectionInfo.text(address)
                            : "";
            localText = text;
        }
        return text;
    }

    /** {@code null} for cleartext. */
    @Nullable TlsInfo tls() {
        // The first stream begins before the channel tells that it is active.
        if (!tlsKnown) {
            tlsKnown = true;
            tls = TlsHandler.find(context().channel());
        }
        return tls;
    }

    /** Counts bytes that came in. */
    void received(int bytes) {
        shard.add(stats.cxRxBytes, bytes);
        // Envoy counts what the last read brought as buffered until the next read.
        if (bytes != lastReceived) {
            shard.add(stats.cxRxBytesBuffered, bytes - lastReceived);
            lastReceived = bytes;
        }
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext ctx) {
        worker.flushDirty();
    }

    /** Counts that it ends while it carries streams. */
    void countActiveStreams(boolean locally) {
        shard.inc(stats.cxDestroyWithActiveRq);
        shard.inc(locally ? stats.cxDestroyLocalWithActiveRq : stats.cxDestroyRemoteWithActiveRq);
    }

    /** No timer runs any more. Whether it had been connected until now. */
    boolean beginEnd() {
        idleTimer.discard();
        if (lifetime != null) {
            lifetime.discard();
        }
        boolean was = active;
        active = false;
        return was;
    }

    /** Its streams have heard of it: the last thing that is counted. */
    void end() {
        shard.add(stats.cxRxBytesBuffered, -lastReceived);
        shard.inc(stats.cxDestroy);
        shard.inc(closedLocally ? stats.cxDestroyLocal : stats.cxDestroyRemote);
        shard.record(stats.cxLengthMs, (worker.now() - openedNanos) / 1_000_000);
        pool.closed(this);
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        ctx.close();
    }
}
