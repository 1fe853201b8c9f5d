// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.downstream;

import dev.outrigger.dataplane.config.HttpConnectionManagerConfig;
import dev.outrigger.dataplane.exchange.HcmStats;
import dev.outrigger.dataplane.http2.Http2Session;
import dev.outrigger.dataplane.http2.Http2Stats;
import dev.outrigger.dataplane.http2.Http2Stream;
import dev.outrigger.dataplane.message.Ascii;
import dev.outrigger.dataplane.message.Http2RequestReader;
import dev.outrigger.dataplane.message.Protocol;
import dev.outrigger.dataplane.message.ResponseFlag;
import dev.outrigger.dataplane.telemetry.StatsShard;
import dev.outrigger.dataplane.worker.CollectedOutput;
import dev.outrigger.dataplane.worker.Timers;
import dev.outrigger.dataplane.worker.WorkerContext;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One accepted HTTP/2 connection: its preface, its streams, how it drains and how it ends. The
 * protocol is {@link Http2Session}'s. Confined to its event loop; input buffers are released here.
 */
final class Http2ServerConnection extends ChannelInboundHandlerAdapter
        implements ServerConnection,
                Http2Session.Server,
                WorkerContext.Flushable,
                ConnectionLifetime.Owner {
    private static final byte[] PREFACE = Ascii.bytes("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n");

    /** How much of the preface tells HTTP/2 from HTTP/1 (C1). */
    private static final int TELLING_BYTES = 12;

    private static final int OUTPUT_BYTES = 4096;
    private static final int SPARE_STREAMS = 16;

    private final AcceptedConnection accepted;
    private final WorkerContext worker;
    private final StatsShard shard;
    private final HcmStats stats;
    private final Channel channel;
    private final CollectedOutput out;
    private final Http2Session session;
    private final ConnectionLifetime lifetime;
    private final PrematureResets prematureResets;
    private final DeferredRequests deferred;
    private final Timers.Timer flushTimer;
    private final long flushNanos;
    private final List<Http2ServerStream> active = new ArrayList<>();
    private final List<Http2ServerStream> spare = new ArrayList<>();
    private @Nullable ChannelHandlerContext context;
    private int prefaceBytes;
    private boolean open = true;
    private boolean closing;
    private boolean resetByPeer;

    /** Takes a connection over from the handler that has read its first bytes. */
    Http2ServerConnection(AcceptedConnection accepted, Channel channel) {
        this.accepted = accepted;
        this.worker = accepted.worker();
        this.shard = worker.stats();
        this.stats = accepted.stats();
        this.channel = channel;
        this.out = new CollectedOutput(worker, this, stats.cxTxBytes, OUTPUT_BYTES);
        this.session =
                Http2Session.server(
                        this,
                        accepted.config().http2Options(),
                        out,
                        channel::isWritable,
                        stats.http2(),
                        worker);
        this.lifetime = new ConnectionLifetime(accepted.chain(), accepted.pinned(), this, false);
        this.prematureResets = new PrematureResets(worker);
        this.deferred = new DeferredRequests(worker);
        this.flushNanos = accepted.config().streamIdleTimeout().toNanos();
        this.flushTimer = worker.timers().timer(this::onFlushTimeout);
        shard.inc(stats.http2().downstreamConnections);
        lifetime.begin();
    }

    /**
     * Counts what a block of fields brought.
     *
     * @param excess why it costs its stream, {@code null} where it does not
     * @param dropped how many of its fields were left out for underscores
     */
    void countRead(@Nullable String excess, int dropped) {
        Http2Stats http2 = stats.http2();
        if (Http2RequestReader.UNDERSCORE.equals(excess)) {
            shard.inc(http2.rejectedUnderscores);
            return;
        }
        if (dropped > 0) {
            shard.add(http2.droppedUnderscores, dropped);
        }
        if (excess != null) {
            boolean tooMany = excess.equals(Http2RequestReader.TOO_MANY);
            shard.inc(tooMany ? http2.headerOverflow : http2.headerListTooLarge);
        }
    }

    /** Whether the first bytes of a connection are those of HTTP/2. */
    static boolean isPreface(ByteBuf in) {
        if (in.readableBytes() < TELLING_BYTES) {
            return false;
        }
        for (int i = 0; i < TELLING_BYTES; i++) {
            if (in.getByte(in.readerIndex() + i) != PREFACE[i]) {
                return false;
            }
        }
        return true;
    }

    DeferredRequests deferred() {
        return deferred;
    }

    AcceptedConnection accepted() {
        return accepted;
    }

    @Override
    public void handlerAdded(ChannelHandlerContext ctx) {
        context = ctx;
        out.attach(ctx);
    }

    private ChannelHandlerContext context() {
        if (context == null) {
            throw new IllegalStateException("not connected");
        }
        return context;
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        worker.refreshNow();
        ByteBuf in = (ByteBuf) message;
        if (accepted.ignores(in)) {
            return;
        }
        accepted.counts().received(in.readableBytes());
        read(in);
    }

    /**
     * Reads bytes that have been counted.
     *
     * @param in given away
     */
    void read(ByteBuf in) {
        deferred.onRead();
        try {
            if (!closing && readPreface(in)) {
                session.read(in);
            }
        } finally {
            in.release();
        }
    }

    private boolean readPreface(ByteBuf in) {
        while (prefaceBytes < PREFACE.length) {
            if (!in.isReadable()) {
                return false;
            }
            if (in.readByte() != PREFACE[prefaceBytes]) {
                onConnectionError("codec_error:Bad_client_magic_byte_string", false, true);
                return false;
            }
            prefaceBytes++;
            if (prefaceBytes == PREFACE.length) {
                session.begin();
            }
        }
        return true;
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext ctx) {
        session.endRead();
        if (lifetime.isDrainOver() && session.streamCount() == 0) {
            out.markDirty();
        }
        worker.flushDirty();
    }

    @Override
    public Http2Stream.Listener onStream(Http2Stream opened) {
        lifetime.onRequest();
        Http2ServerStream stream = spare.isEmpty() ? newStream() : spare.removeLast();
        stream.begin(opened);
        active.add(stream);
        stream.exchange().begin(accepted.manager());
        opened.setMeter(stream.exchange().info().downstreamBytes());
        return stream;
    }

    private Http2ServerStream newStream() {
        HttpConnectionManagerConfig config = accepted.config();
        var reader =
                new Http2RequestReader(
                        config.maxRequestHeadersBytes(),
                        config.maxHeadersCount(),
                        accepted.settings().readerOptions(false).underscores(),
                        config.http2Options().allowConnect());
        return new Http2ServerStream(this, session, reader);
    }

    /**
     * A stream was reset, by the peer or because of what it sent; too many that had no answer yet
     * end the connection (K5).
     */
    void onReset(boolean premature, boolean byPeer) {
        prematureResets.onReset(premature);
        resetByPeer = byPeer;
    }

    /** A stream's exchange is over; what is left of its response still goes out. */
    void onStreamEnd(Http2ServerStream stream) {
        active.remove(stream);
        if (spare.size() < SPARE_STREAMS && open) {
            spare.add(stream);
        } else {
            stream.exchange().dispose();
        }
        prematureResets.onClosed();
        armFlushTimer();
        if (active.isEmpty() && !closing) {
            lifetime.armIdle();
        }
        if (prematureResets.areTooMany() && !closing) {
            shard.inc(stats.rqTooManyPrematureResets);
            if (!resetByPeer) {
                // Envoy's codec takes the end within its own reset for an error (observed).
                shard.inc(stats.cxProtocolError);
            }
            end("overload_error:too_many_premature_resets");
            closeNow(CloseReason.NONE);
        } else if (lifetime.isDrainOver() && session.streamCount() == 0) {
            out.markDirty();
        }
    }

    /**
     * How long the rest of a response may wait for the client, 0 for ever; whatever its route says
     * (observed).
     */
    long flushNanos() {
        return flushNanos;
    }

    private void armFlushTimer() {
        long next = session.nextFlushNanos();
        if (next >= 0) {
            flushTimer.arm(worker.now(), next);
        }
    }

    /** Peers that do not take the rest of a response lose it. */
    private void onFlushTimeout() {
        worker.refreshNow();
        session.resetFlushing();
        armFlushTimer();
        worker.flushDirty();
    }

    @Override
    public void onConnectionError(String details, boolean flood, boolean silently) {
        if (!flood) {
            shard.inc(stats.cxProtocolError);
        }
        accepted.protocolError();
        if (silently) {
            out.discard();
        }
        end(details);
    }

    @Override
    public void onKeepaliveTimeout() {
        closeNow(CloseReason.HTTP2_PING_TIMEOUT);
    }

    /** Ends all streams, and the connection when everything written has gone out. */
    private void end(String details) {
        if (closing) {
            return;
        }
        closing = true;
        if (!active.isEmpty()) {
            accepted.counts().closedWithRequests();
        }
        for (Http2ServerStream stream : newestFirst()) {
            stream.exchange().onDownstreamReset(ResponseFlag.DOWNSTREAM_PROTOCOL_ERROR, details);
        }
        session.discard();
        out.markDirty();
    }

    /** The order in which Envoy gives up what a connection carried. */
    private List<Http2ServerStream> newestFirst() {
        return new ArrayList<>(active).reversed();
    }

    @Override
    public void flush() {
        out.settled();
        if (!open) {
            out.discard();
            return;
        }
        if (closing || (lifetime.isDrainOver() && session.streamCount() == 0)) {
            finish();
            return;
        }
        out.flush();
    }

    private void finish() {
        if (!accepted.isClosing()) {
            closing = true;
            out.writeOut();
            accepted.close(context(), true, true);
        }
    }

    boolean isWritable() {
        return channel.isWritable();
    }

    void startDrain() {
        lifetime.drain();
    }

    /** One more request, though no stream. */
    void onRedirect() {
        lifetime.onRedirect();
    }

    boolean isDraining() {
        return lifetime.isDraining();
    }

    @Override
    public boolean isBetweenRequests() {
        return open && active.isEmpty();
    }

    @Override
    public boolean hasSpoken() {
        return true;
    }

    @Override
    public void onDrain() {
        session.sendShutdownNotice();
        // Within a read it goes out with what else that brings, if the connection lives so long.
        if (!session.isReading()) {
            worker.flushDirty();
        }
    }

    @Override
    public void onDrainOver() {
        session.sendGoAway();
        out.markDirty();
        worker.flushDirty();
    }

    @Override
    public void closeNow(CloseReason reason) {
        accepted.closeNow(channel, reason);
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext ctx) {
        for (Http2ServerStream stream : new ArrayList<>(active)) {
            stream.onWritable();
        }
        if (ctx.channel().isWritable()) {
            session.onWritable();
            worker.flushDirty();
        }
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        if (!open) {
            return;
        }
        worker.refreshNow();
        open = false;
        boolean activeRequests = !active.isEmpty();
        for (Http2ServerStream stream : newestFirst()) {
            accepted.lost(stream.exchange());
        }
        spare.forEach(stream -> stream.exchange().dispose());
        spare.clear();
        session.discard();
        lifetime.discard();
        flushTimer.discard();
        accepted.closed(this, Protocol.HTTP_2, out.written(), activeRequests);
        worker.flushDirty();
        out.discard();
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        accepted.caught(ctx, cause);
    }
}
