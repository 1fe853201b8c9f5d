// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.downstream;

import dev.outrigger.dataplane.config.HttpConnectionManagerConfig.CodecType;
import dev.outrigger.dataplane.exchange.Exchange;
import dev.outrigger.dataplane.exchange.HcmStats;
import dev.outrigger.dataplane.exchange.HttpConnectionManager;
import dev.outrigger.dataplane.message.CodecError;
import dev.outrigger.dataplane.message.ConnectionInfo;
import dev.outrigger.dataplane.message.DownstreamStream;
import dev.outrigger.dataplane.message.HeaderBlock;
import dev.outrigger.dataplane.message.Http1BodyDecoder;
import dev.outrigger.dataplane.message.Http1HeadParser;
import dev.outrigger.dataplane.message.Protocol;
import dev.outrigger.dataplane.message.RequestHead;
import dev.outrigger.dataplane.message.RequestReader;
import dev.outrigger.dataplane.message.ResponseHead;
import dev.outrigger.dataplane.telemetry.StatsShard;
import dev.outrigger.dataplane.worker.CollectedOutput;
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
 * <p>While a request is being answered, what the client sends ahead is kept (one read's worth) and
 * reading stops. Input buffers are released here; body slices handed on are the exchange's. Output
 * is collected, and flushed once when the event that made it ends. How long the connection lives is
 * {@link ConnectionLifetime}'s, how it ends {@link DelayedClose}'s.
 */
final class Http1ServerConnection extends ChannelInboundHandlerAdapter
        implements ServerConnection,
                DownstreamStream,
                WorkerContext.Flushable,
                ConnectionLifetime.Owner {
    private enum Phase {
        HEAD,
        BODY,
        /** The request is complete; its response is not. */
        RESPONSE,
        /** Only the rest of the output still goes out. */
        CLOSING
    }

    private static final int OUTPUT_BYTES = 2048;

    private final WorkerListener listener;
    private final WorkerContext worker;
    private final StatsShard shard;
    private final HttpConnectionManager pinned;
    private final HcmStats stats;
    private final ConnectionCounts counts;
    private final CodecType codec;
    private final RequestReader reader;
    private final Http1BodyDecoder body;
    private final Http1BodyDecoder.Sink bodySink;
    private final CollectedOutput out;
    private final Http1ResponseEncoder encoder;
    private final QueuedResponses queued = new QueuedResponses();
    private final ReadAhead input = new ReadAhead();
    private final ConnectionLifetime lifetime;
    private final Timers.Timer headTimer;
    private final @Nullable ConnectionLog log;
    private @Nullable DelayedClose delayedClose;
    private @Nullable ChannelHandlerContext context;
    private @Nullable ConnectionInfo info;
    private @Nullable Exchange exchange;
    private @Nullable Map<String, Object> filterState;
    private Phase phase = Phase.HEAD;
    private boolean dispatching;
    private boolean resume;
    private boolean open;
    private boolean closeAfter;
    private boolean finishing;
    private boolean aborted;
    private boolean begun;
    private boolean answeredAtOnce;

    Http1ServerConnection(WorkerListener listener) {
        this.listener = listener;
        this.worker = listener.services().worker();
        this.shard = worker.stats();
        this.pinned = listener.manager();
        this.stats = pinned.settings().stats();
        this.counts = new ConnectionCounts(worker, stats);
        HttpConnectionManager.Settings settings = pinned.settings();
        this.codec = settings.config().codecType();
        RequestReader.Options options = settings.readerOptions();
        this.reader = new RequestReader(options);
        this.body =
                pinned.settings().config().http1Options().enableTrailers()
                        ? new Http1BodyDecoder(options.maxHeadBytes(), options.maxHeaders())
                        : new Http1BodyDecoder(options.maxHeadBytes());
        this.bodySink = this::onBody;
        this.out = new CollectedOutput(worker, this, stats.cxTxBytes, OUTPUT_BYTES);
        this.encoder =
                new Http1ResponseEncoder(worker.headWriter(), out, settings.encoderOptions());
        this.lifetime = new ConnectionLifetime(listener, pinned, this, true);
        this.log = listener.connectionLog();
        this.headTimer = worker.timers().timer(this::onHeadTimeout);
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
        out.attach(ctx);
        input.attach(ctx);
    }

    @Override
    public void channelActive(ChannelHandlerContext ctx) {
        worker.refreshNow();
        open = true;
        info =
                ConnectionInfo.of(
                        listener.nextConnectionId(),
                        (InetSocketAddress) ctx.channel().remoteAddress(),
                        (InetSocketAddress) ctx.channel().localAddress());
        exchange = new Exchange(listener.services(), pinned, this, this::onExchangeEnd);
        if (log != null) {
            log.begin(info);
        }
        listener.opened(this);
        counts.opened();
        lifetime.begin();
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        ByteBuf in = (ByteBuf) message;
        worker.refreshNow();
        if (codec != CodecType.HTTP1 && !counts.hasSpoken() && isHttp2(in)) {
            becomeHttp2(ctx, in);
            return;
        }
        counts.received(in.readableBytes());
        if (phase == Phase.RESPONSE || !input.isEmpty()) {
            input.keep(in);
            return;
        }
        dispatch(in);
    }

    private boolean isHttp2(ByteBuf in) {
        return codec == CodecType.HTTP2 || Http2ServerConnection.isPreface(in);
    }

    /** Hands the connection over to the protocol it speaks (C1). */
    private void becomeHttp2(ChannelHandlerContext ctx, ByteBuf in) {
        open = false;
        exchange().dispose();
        headTimer.discard();
        lifetime.discard();
        counts.setHttp2();
        counts.received(in.readableBytes());
        var http2 =
                new Http2ServerConnection(
                        listener, pinned, counts, connection(), log, ctx.channel());
        listener.becomes(this, http2);
        ctx.pipeline().replace(this, null, http2);
        http2.read(in);
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
                    input.keep(in);
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
        if (!reader.hasStarted() && queued.isFull()) {
            begin();
            aborted = true;
            phase = Phase.BODY;
            exchange().onTooManyResponses();
            return false;
        }
        Http1HeadParser.Result result = reader.read(in);
        return switch (result) {
            case NEED_MORE -> {
                if (reader.hasStarted() && !begun) {
                    begin();
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
        if (!limit.isZero()) {
            headTimer.arm(worker.now(), limit.toNanos());
        }
    }

    /** With the first byte of a head, once for each. */
    private void begin() {
        if (begun) {
            return;
        }
        begun = true;
        lifetime.onRequest();
        closeAfter = false;
        encoder.begin();
        exchange().begin(manager());
    }

    private void onHead(RequestHead head) {
        begin();
        encoder.onRequest(head);
        // What follows a CONNECT or an upgrade is not HTTP, whether they are granted or not.
        boolean opaque = head.isTunnel();
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
                    HeaderBlock trailers = body.trailers();
                    if (trailers == null) {
                        exchange().onBody(Unpooled.EMPTY_BUFFER, true);
                    } else {
                        exchange().onTrailers(trailers);
                    }
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
        if (reader.isAnsweredAsHttp10()) {
            encoder.answerAsHttp10();
        }
        shard.inc(stats.cxProtocolError);
        phase = Phase.BODY;
        exchange().onCodecError(error);
    }

    @Override
    public Protocol protocol() {
        return Protocol.HTTP_1_1;
    }

    @Override
    public void sendContinue() {
        exchange().info().setResponseCode(100);
        queued.onOutput();
        encoder.sendContinue();
    }

    @Override
    public void sendInterim(ResponseHead head) {
        queued.onOutput();
        encoder.interim(head);
    }

    @Override
    public void sendTrailers(HeaderBlock trailers) {
        encoder.trailers(trailers);
        queued.onEnd(encoder.isChunked());
    }

    @Override
    public void sendHead(ResponseHead head, boolean endStream, boolean close) {
        queued.onOutput();
        closeAfter = encoder.head(head, endStream) || close;
        if (endStream) {
            queued.onEnd(true);
        }
    }

    @Override
    public void sendBody(ByteBuf data, boolean endStream) {
        boolean empty = !data.isReadable();
        encoder.body(data, endStream);
        if (!empty) {
            queued.onOutput();
        }
        if (endStream) {
            queued.onEnd(!empty || encoder.isChunked());
        }
    }

    @Override
    public void flush() {
        out.settled();
        if (!open) {
            out.discard();
            return;
        }
        if (finishing) {
            finishing = false;
            finish();
            return;
        }
        out.flush();
        queued.onFlush();
        if (resume) {
            resume = false;
            dispatchAhead();
        }
    }

    private void dispatchAhead() {
        if (phase == Phase.RESPONSE) {
            return;
        }
        ByteBuf in = input.take();
        if (in != null) {
            dispatch(in);
            input.update();
        }
    }

    /** The exchange has handed over all of its response, or was reset. */
    private void onExchangeEnd() {
        if (!open) {
            return;
        }
        if (closeAfter || lifetime.isDrainOver() || phase != Phase.RESPONSE) {
            answeredAtOnce = dispatching;
            phase = Phase.CLOSING;
            finishing = true;
            out.markDirty();
            return;
        }
        phase = Phase.HEAD;
        begun = false;
        reader.begin();
        lifetime.armIdle();
        input.disable(false);
        // Not from here: the end of a response may be reported from within another connection.
        if (!input.isEmpty() && !dispatching) {
            resume = true;
            out.markDirty();
        }
    }

    /** Flushes and closes, giving the client time to read. */
    private void finish() {
        input.release();
        out.writeOut();
        var closing =
                new DelayedClose(
                        worker,
                        stats,
                        counts,
                        pinned.settings().config().delayedCloseTimeout(),
                        context());
        delayedClose = closing;
        if (closing.begin(mayRace())) {
            input.disable(false);
            input.update();
        }
    }

    /**
     * Whether closing at once could cost the client its response. Not when it expects the close and
     * has sent all of its request; while a request is still being read Envoy does not know yet that
     * it was all.
     */
    private boolean mayRace() {
        boolean expected =
                reader.head().isCloseRequested()
                        || exchange().info().protocol() == Protocol.HTTP_1_0
                        || lifetime.isLastRequest();
        return aborted || answeredAtOnce || !exchange().isRequestComplete() || !expected;
    }

    @Override
    public void reset() {
        closeAfter = true;
        aborted = true;
    }

    @Override
    public void readDisable(boolean disable) {
        input.disable(disable);
    }

    @Override
    public boolean isWritable() {
        return context().channel().isWritable();
    }

    @Override
    public boolean isLastRequest() {
        return lifetime.isLastRequest();
    }

    @Override
    public boolean isDraining() {
        return lifetime.isDraining();
    }

    @Override
    public boolean isBetweenRequests() {
        return open && phase == Phase.HEAD && !reader.hasStarted();
    }

    @Override
    public boolean hasSpoken() {
        return counts.hasSpoken();
    }

    @Override
    public void onDrain() {
        // Each response says so from now on.
    }

    @Override
    public void onDrainOver() {
        if (isBetweenRequests()) {
            phase = Phase.CLOSING;
            finish();
        }
    }

    @Override
    public void closeNow() {
        counts.closedLocally();
        context().close();
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext ctx) {
        exchange().onDownstreamWritable(ctx.channel().isWritable());
        if (ctx.channel().isWritable()) {
            worker.flushDirty();
        }
    }

    private void onHeadTimeout() {
        if (open && phase == Phase.HEAD && begun) {
            worker.refreshNow();
            phase = Phase.BODY;
            exchange().onHeadTimeout();
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
        boolean activeRequest = exchange().isActive();
        exchange().onDownstreamClosed();
        exchange().dispose();
        input.release();
        headTimer.discard();
        lifetime.discard();
        if (delayedClose != null) {
            delayedClose.discard();
        }
        listener.closed(this, counts.closed(activeRequest));
        if (log != null) {
            log.end(
                    counts.hasSpoken() ? Protocol.HTTP_1_1 : null,
                    counts.bytesReceived(),
                    out.written());
        }
        worker.flushDirty();
        out.discard();
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        if (!(cause instanceof java.io.IOException)) {
            listener.bug(cause);
        } else if (delayedClose != null) {
            delayedClose.onReset();
        }
        ctx.close();
    }
}
