// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.downstream;

import dev.outrigger.dataplane.exchange.Exchange;
import dev.outrigger.dataplane.exchange.HcmStats;
import dev.outrigger.dataplane.exchange.HttpConnectionManager;
import dev.outrigger.dataplane.message.ChunkWriter;
import dev.outrigger.dataplane.message.CodecError;
import dev.outrigger.dataplane.message.ConnectionInfo;
import dev.outrigger.dataplane.message.DownstreamStream;
import dev.outrigger.dataplane.message.HeadWriter;
import dev.outrigger.dataplane.message.Http1BodyDecoder;
import dev.outrigger.dataplane.message.Http1HeadParser;
import dev.outrigger.dataplane.message.KnownHeader;
import dev.outrigger.dataplane.message.Method;
import dev.outrigger.dataplane.message.RequestHead;
import dev.outrigger.dataplane.message.RequestReader;
import dev.outrigger.dataplane.message.ResponseHead;
import dev.outrigger.dataplane.telemetry.StatsShard;
import dev.outrigger.dataplane.worker.Timers;
import dev.outrigger.dataplane.worker.WorkerContext;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One accepted HTTP/1.1 connection: codec, stream and Netty handler in one, because its requests
 * are served one after another (K6). Confined to its event loop.
 *
 * <h2>Input</h2>
 *
 * While a request is being answered, what the client sends ahead is kept (one read's worth) and
 * reading stops. Input buffers are released here; body slices handed on are the exchange's.
 *
 * <h2>Output</h2>
 *
 * Collected, and flushed once when the event that made it ends.
 *
 * <h2>Closing</h2>
 *
 * After a response that says {@code connection: close} the connection lingers for {@code
 * delayed_close_timeout}, so that the response is not lost to a reset (K4).
 */
final class Http1ServerConnection extends ChannelInboundHandlerAdapter
        implements DownstreamStream, WorkerContext.Flushable {
    private enum Phase {
        HEAD,
        BODY,
        /** The request is complete; its response is not. */
        RESPONSE,
        /** Only the rest of the output still goes out. */
        CLOSING
    }

    private final WorkerListener listener;
    private final WorkerContext worker;
    private final StatsShard shard;
    private final HttpConnectionManager pinned;
    private final HcmStats stats;
    private final RequestReader reader;
    private final Http1BodyDecoder body;
    private final Http1BodyDecoder.Sink bodySink;
    private final Timers.Timer idleTimer;
    private final Timers.Timer headTimer;
    private final Timers.Timer durationTimer;
    private final Timers.Timer drainTimer;
    private final Timers.Timer closeTimer;
    private @Nullable ChannelHandlerContext context;
    private @Nullable ConnectionInfo info;
    private @Nullable Exchange exchange;
    private @Nullable ByteBuf out;
    private @Nullable ByteBuf ahead;
    private @Nullable Map<String, Object> filterState;
    private Phase phase = Phase.HEAD;
    private boolean dispatching;
    private boolean dirty;
    private boolean resume;
    private boolean open;
    private boolean spoke;
    private boolean closedLocally;
    private boolean closeAfter;
    private boolean finishing;
    private boolean aborted;
    private boolean chunked;
    private boolean toHead;
    private boolean readDisabled;
    private boolean draining;
    private boolean drainOver;
    private int requests;
    private long openedNanos;

    Http1ServerConnection(WorkerListener listener) {
        this.listener = listener;
        this.worker = listener.services().worker();
        this.shard = worker.stats();
        this.pinned = listener.manager();
        this.stats = pinned.settings().stats();
        RequestReader.Options options = pinned.settings().readerOptions();
        this.reader = new RequestReader(options);
        this.body =
                pinned.settings().config().http1Options().enableTrailers()
                        ? new Http1BodyDecoder(options.maxHeadBytes(), options.maxHeaders())
                        : new Http1BodyDecoder(options.maxHeadBytes());
        this.bodySink = this::onBody;
        this.idleTimer = worker.timers().timer(this::onIdle);
        this.headTimer = worker.timers().timer(this::onHeadTimeout);
        this.durationTimer = worker.timers().timer(this::onMaxDuration);
        this.drainTimer = worker.timers().timer(this::onDrainTimeout);
        this.closeTimer = worker.timers().timer(this::onCloseTimeout);
    }

    private ChannelHandlerContext context() {
        if (context == null) {
            throw new IllegalStateException("not connected");
        }
        return context;
    }

    private Exchange exchange() {
        if (exchange == null) {
            throw new IllegalStateException("not connected");
        }
        return exchange;
    }

    @Override
    public ConnectionInfo connection() {
        if (info == null) {
            throw new IllegalStateException("not connected");
        }
        return info;
    }

    @Override
    public Map<String, Object> filterState() {
        Map<String, Object> state = filterState;
        if (state == null) {
            state = new HashMap<>();
            filterState = state;
        }
        return state;
    }

    /**
     * Exchanges of a connection see new routes and clusters, but keep their listener's settings.
     */
    private HttpConnectionManager manager() {
        return listener.managerFor(pinned);
    }

    @Override
    public void handlerAdded(ChannelHandlerContext ctx) {
        context = ctx;
    }

    @Override
    public void channelActive(ChannelHandlerContext ctx) {
        worker.refreshNow();
        open = true;
        openedNanos = worker.now();
        info =
                ConnectionInfo.of(
                        listener.nextConnectionId(),
                        (InetSocketAddress) ctx.channel().remoteAddress(),
                        (InetSocketAddress) ctx.channel().localAddress());
        exchange = new Exchange(listener.services(), pinned, this, this::onExchangeEnd);
        listener.opened(this);
        shard.inc(stats.cxTotal);
        shard.inc(stats.cxActive);
        armIdle();
        pinned.settings()
                .config()
                .maxConnectionDuration()
                .filter(d -> !d.isZero())
                .ifPresent(d -> durationTimer.arm(worker.now(), d.toNanos()));
    }

    private void armIdle() {
        Duration timeout = pinned.settings().config().idleTimeout();
        if (!timeout.isZero()) {
            idleTimer.arm(worker.now(), timeout.toNanos());
        }
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        ByteBuf in = (ByteBuf) message;
        worker.refreshNow();
        shard.add(stats.cxRxBytes, in.readableBytes());
        if (!spoke) {
            // Envoy makes the codec, and counts it, when the first bytes come.
            spoke = true;
            shard.inc(stats.cxHttp1Total);
            shard.inc(stats.cxHttp1Active);
        }
        if (phase == Phase.RESPONSE || ahead != null) {
            keepAhead(in);
            return;
        }
        dispatch(in);
    }

    private void keepAhead(ByteBuf in) {
        if (ahead == null) {
            ahead = in;
        } else {
            ahead = Unpooled.wrappedBuffer(ahead, in);
        }
        setReading();
    }

    private void setReading() {
        boolean read = !readDisabled && ahead == null;
        if (context().channel().config().isAutoRead() != read) {
            context().channel().config().setAutoRead(read);
        }
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext ctx) {
        worker.flushDirty();
    }

    /** Takes the buffer over. */
    private void dispatch(ByteBuf in) {
        boolean kept = false;
        dispatching = true;
        try {
            while (in.isReadable() && phase != Phase.CLOSING) {
                if (phase == Phase.RESPONSE) {
                    kept = true;
                    keepAhead(in);
                    return;
                }
                boolean more = phase == Phase.HEAD ? readHead(in) : readBody(in);
                if (!more) {
                    return;
                }
            }
        } finally {
            dispatching = false;
            if (!kept) {
                in.release();
            }
        }
    }

    private boolean readHead(ByteBuf in) {
        Http1HeadParser.Result result = reader.read(in);
        return switch (result) {
            case NEED_MORE -> {
                if (reader.hasStarted() && !headTimer.isArmed()) {
                    armHeadTimer();
                }
                yield false;
            }
            case FAILED -> {
                headTimer.disarm();
                begin();
                codecError(reader.error());
                yield false;
            }
            case COMPLETE -> {
                headTimer.disarm();
                onHead(reader.head());
                yield true;
            }
        };
    }

    private void armHeadTimer() {
        var config = pinned.settings().config();
        Duration limit = config.requestHeadersTimeout();
        if (limit.isZero()) {
            limit = config.streamIdleTimeout();
        }
        if (!limit.isZero()) {
            headTimer.arm(worker.now(), limit.toNanos());
        }
    }

    private void begin() {
        idleTimer.disarm();
        requests++;
        closeAfter = drainOver;
        chunked = false;
        toHead = false;
        exchange().begin(manager());
    }

    private void onHead(RequestHead head) {
        begin();
        toHead = head.method() == Method.HEAD;
        // What follows a CONNECT or an upgrade is not HTTP; both are refused, and the rest unread.
        boolean opaque = head.method() == Method.CONNECT || head.isUpgrade();
        boolean endStream = head.isBodyless() && !opaque;
        if (endStream) {
            phase = Phase.RESPONSE;
        } else {
            phase = Phase.BODY;
            if (opaque) {
                body.beginUntilClose();
            } else if (head.isChunked()) {
                body.beginChunked();
            } else {
                body.beginFixed(head.contentLength());
            }
        }
        exchange().onHead(head, endStream);
    }

    private boolean readBody(ByteBuf in) {
        Http1BodyDecoder.Result result = body.decode(in, bodySink);
        return switch (result) {
            case NEED_MORE -> false;
            case FAILED -> {
                codecError(body.error());
                yield false;
            }
            case COMPLETE -> {
                if (phase == Phase.BODY) {
                    phase = Phase.RESPONSE;
                    exchange().onBody(Unpooled.EMPTY_BUFFER, true);
                }
                yield true;
            }
        };
    }

    private void onBody(ByteBuf data) {
        if (phase == Phase.BODY) {
            exchange().onBody(data, false);
        } else {
            data.release();
        }
    }

    private void codecError(CodecError error) {
        shard.inc(stats.cxProtocolError);
        phase = Phase.BODY;
        exchange().onCodecError(error);
    }

    @Override
    public void sendContinue() {
        byte[] line = HeadWriter.continueLine();
        output(line.length).writeBytes(line);
    }

    @Override
    public void sendHead(ResponseHead head, boolean endStream, boolean close) {
        closeAfter = close || drainOver;
        boolean toHttp10 = exchange().info().isHttp10();
        if (toHttp10 && !endStream && !head.headers().has(KnownHeader.CONTENT_LENGTH)) {
            // The end of the body can only be told by closing.
            closeAfter = true;
        }
        HeadWriter writer = worker.headWriter();
        chunked = writer.response(head, endStream, toHead, toHttp10);
        writer.writeTo(output(writer.length()));
    }

    @Override
    public void sendBody(ByteBuf data, boolean endStream) {
        int length = data.readableBytes();
        if (length == 0 || toHead) {
            data.release();
        } else {
            if (chunked) {
                ChunkWriter.writeSize(output(ChunkWriter.MAX_OVERHEAD), length);
            }
            if (length <= ChunkWriter.COPY_BYTES) {
                output(length).writeBytes(data);
                data.release();
            } else {
                writeOut();
                shard.add(stats.cxTxBytes, length);
                context().write(data, context().voidPromise());
                markDirty();
            }
            if (chunked) {
                ChunkWriter.writeDataEnd(output(2));
            }
        }
        if (endStream && chunked) {
            ChunkWriter.writeLast(output(ChunkWriter.MAX_OVERHEAD));
        }
    }

    private ByteBuf output(int more) {
        ByteBuf buffer = out;
        if (buffer == null) {
            buffer = context().alloc().directBuffer(Math.max(more + 256, 2048));
            out = buffer;
            markDirty();
        } else if (buffer.readableBytes() > 64 * 1024) {
            writeOut();
            return output(more);
        }
        return buffer;
    }

    private void markDirty() {
        if (!dirty) {
            dirty = true;
            worker.markDirty(this);
        }
    }

    private void writeOut() {
        ByteBuf buffer = out;
        if (buffer != null) {
            out = null;
            shard.add(stats.cxTxBytes, buffer.readableBytes());
            context().write(buffer, context().voidPromise());
        }
    }

    @Override
    public void flush() {
        dirty = false;
        if (!open) {
            if (out != null) {
                out.release();
                out = null;
            }
            return;
        }
        if (finishing) {
            finishing = false;
            finish();
            return;
        }
        writeOut();
        context().flush();
        if (resume) {
            resume = false;
            dispatchAhead();
        }
    }

    private void dispatchAhead() {
        ByteBuf in = ahead;
        if (in != null && phase != Phase.RESPONSE) {
            ahead = null;
            dispatch(in);
            setReading();
        }
    }

    /** The exchange has handed over all of its response, or was reset. */
    private void onExchangeEnd() {
        if (!open) {
            return;
        }
        if (closeAfter || phase != Phase.RESPONSE) {
            phase = Phase.CLOSING;
            finishing = true;
            markDirty();
            return;
        }
        phase = Phase.HEAD;
        reader.begin();
        armIdle();
        if (readDisabled) {
            readDisabled = false;
            setReading();
        }
        // Not from here: the end of a response may be reported from within another connection.
        if (ahead != null && !dispatching) {
            resume = true;
            markDirty();
        }
    }

    /** Flushes and closes, giving the client time to read (K4). */
    private void finish() {
        releaseAhead();
        writeOut();
        closedLocally = true;
        Duration delay = pinned.settings().config().delayedCloseTimeout();
        if (delay.isZero() || !mayRace()) {
            context().writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(done -> context().close());
            if (!delay.isZero()) {
                closeTimer.arm(worker.now(), delay.toNanos());
            }
            return;
        }
        context().flush();
        closeTimer.arm(worker.now(), delay.toNanos());
        readDisabled = false;
        setReading();
    }

    /**
     * Whether closing at once could cost the client its response. Not when it asked for the close
     * itself and has sent all of its request.
     */
    private boolean mayRace() {
        return aborted
                || !exchange().isRequestComplete()
                || (!reader.head().isCloseRequested() && !exchange().info().isHttp10());
    }

    private void onCloseTimeout() {
        shard.inc(stats.cxDelayedCloseTimeout);
        context().close();
    }

    @Override
    public void reset() {
        closeAfter = true;
        aborted = true;
    }

    @Override
    public void readDisable(boolean disable) {
        if (readDisabled != disable) {
            readDisabled = disable;
            setReading();
        }
    }

    @Override
    public boolean isWritable() {
        return context().channel().isWritable();
    }

    @Override
    public boolean isLastRequest() {
        int max = pinned.settings().config().maxRequestsPerConnection();
        if (max > 0 && requests >= max) {
            shard.inc(stats.cxMaxRequestsReached);
            return true;
        }
        return false;
    }

    @Override
    public boolean isDraining() {
        if (!draining && listener.drainClose(pinned)) {
            startDrain();
            shard.inc(stats.cxDrainClose);
        }
        return draining;
    }

    /** The client is told to go with each response, and is let go after {@code drain_timeout}. */
    private void startDrain() {
        draining = true;
        drainTimer.arm(worker.now(), pinned.settings().config().drainTimeout().toNanos());
    }

    private void onDrainTimeout() {
        if (!open) {
            return;
        }
        drainOver = true;
        closeAfter = true;
        if (phase == Phase.HEAD && !reader.hasStarted()) {
            worker.refreshNow();
            phase = Phase.CLOSING;
            finish();
        }
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext ctx) {
        exchange().onDownstreamWritable(ctx.channel().isWritable());
        if (ctx.channel().isWritable()) {
            worker.flushDirty();
        }
    }

    private void onIdle() {
        if (open && phase == Phase.HEAD && !exchange().isActive()) {
            shard.inc(stats.cxIdleTimeout);
            if (!spoke) {
                closeNow();
            } else if (!draining) {
                startDrain();
            }
        }
    }

    private void onHeadTimeout() {
        if (open && phase == Phase.HEAD && reader.hasStarted()) {
            worker.refreshNow();
            begin();
            phase = Phase.BODY;
            exchange().onHeadTimeout(!pinned.settings().config().requestHeadersTimeout().isZero());
            worker.flushDirty();
        }
    }

    private void onMaxDuration() {
        if (!open) {
            return;
        }
        shard.inc(stats.cxMaxDurationReached);
        if (!spoke) {
            closeNow();
        } else if (!draining) {
            startDrain();
        }
    }

    void closeNow() {
        closedLocally = true;
        context().close();
    }

    private void releaseAhead() {
        if (ahead != null) {
            ahead.release();
            ahead = null;
        }
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        if (!open) {
            return;
        }
        worker.refreshNow();
        open = false;
        if (phase == Phase.HEAD && reader.hasStarted()) {
            // Envoy's stream begins with the first byte, so half a head is logged too.
            begin();
        }
        boolean activeRequest = exchange().isActive();
        exchange().onDownstreamClosed();
        exchange().dispose();
        releaseAhead();
        idleTimer.discard();
        headTimer.discard();
        durationTimer.discard();
        drainTimer.discard();
        closeTimer.discard();
        shard.inc(stats.cxDestroy);
        shard.inc(closedLocally ? stats.cxDestroyLocal : stats.cxDestroyRemote);
        if (activeRequest) {
            shard.inc(stats.cxDestroyActiveRq);
            shard.inc(closedLocally ? stats.cxDestroyLocalActiveRq : stats.cxDestroyRemoteActiveRq);
        }
        shard.dec(stats.cxActive);
        if (spoke) {
            shard.dec(stats.cxHttp1Active);
        }
        long lengthMillis = (worker.now() - openedNanos) / 1_000_000;
        shard.record(stats.cxLengthMs, lengthMillis);
        listener.closed(this, lengthMillis);
        worker.flushDirty();
        if (out != null) {
            out.release();
            out = null;
        }
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        if (!(cause instanceof java.io.IOException)) {
            listener.bug(cause);
        }
        ctx.close();
    }
}
