// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.downstream;

import dev.outrigger.dataplane.config.HttpConnectionManagerConfig.CodecType;
import dev.outrigger.dataplane.exchange.Exchange;
import dev.outrigger.dataplane.message.CodecError;
import dev.outrigger.dataplane.message.HeaderBlock;
import dev.outrigger.dataplane.message.Http1BodyDecoder;
import dev.outrigger.dataplane.message.Http1HeadParser;
import dev.outrigger.dataplane.message.Protocol;
import dev.outrigger.dataplane.message.RequestHead;
import dev.outrigger.dataplane.message.RequestReader;
import dev.outrigger.dataplane.message.TlsInfo;
import dev.outrigger.dataplane.worker.CollectedOutput;
import dev.outrigger.dataplane.worker.Timers;
import dev.outrigger.dataplane.worker.WorkerContext;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * One accepted HTTP/1.1 connection: Netty handler and request codec in one, because its requests
 * are served one after another (K6); the responses are {@link Http1ServerStream}'s. Confined to its
 * event loop.
 *
 * <p>While a request is being answered, what the client sends ahead is kept (one read's worth) and
 * reading stops. Input buffers are released here; body slices handed on are the exchange's. Output
 * is collected, and flushed once when the event that made it ends. How long the connection lives is
 * {@link ConnectionLifetime}'s, how it ends {@link DelayedClose}'s.
 */
final class Http1ServerConnection extends ChannelInboundHandlerAdapter
        implements ServerConnection, WorkerContext.Flushable, ConnectionLifetime.Owner {
    private enum Phase {
        HEAD,
        BODY,
        /** The request is complete; its response is not. */
        RESPONSE,
        /** Only the rest of the output still goes out. */
        CLOSING
    }

    private static final int OUTPUT_BYTES = 2048;

    private final AcceptedConnection accepted;
    private final WorkerContext worker;
    private final ConnectionCounts counts;
    private final CodecType codec;
    private final RequestReader reader;
    private final Http1BodyDecoder body;
    private final Http1BodyDecoder.Sink bodySink;
    private final CollectedOutput out;
    private final ReadAhead input = new ReadAhead();
    private final ConnectionLifetime lifetime;
    private final Timers.Timer headTimer;
    private @Nullable ChannelHandlerContext context;
    private @Nullable Http1ServerStream stream;
    private Phase phase = Phase.HEAD;
    private boolean dispatching;
    private boolean resume;
    private boolean open;
    private boolean finishing;
    private boolean begun;
    private boolean answeredAtOnce;

    /** Read before the request it belongs to had begun. */
    private int unclaimedBytes;

    /** Another request may begin in what is being read. */
    private boolean again;

    Http1ServerConnection(AcceptedConnection accepted) {
        this.accepted = accepted;
        this.worker = accepted.worker();
        this.counts = accepted.counts();
        this.codec = accepted.config().codecType();
        RequestReader.Options options =
                accepted.settings().readerOptions(accepted.chain().tls() != null);
        this.reader = new RequestReader(options);
        this.body =
                accepted.config().http1Options().enableTrailers()
                        ? new Http1BodyDecoder(
                                options.maxHeadBytes(), options.maxHeaders(), options.underscores())
                        : new Http1BodyDecoder(options.maxHeadBytes());
        this.bodySink = this::onBody;
        this.out = new CollectedOutput(worker, this, accepted.stats().cxTxBytes, OUTPUT_BYTES);
        this.lifetime = new ConnectionLifetime(accepted.chain(), accepted.pinned(), this, true);
        this.headTimer = worker.timers().timer(this::onHeadTimeout);
    }

    private ChannelHandlerContext context() {
        if (context == null) {
            throw new IllegalStateException("not connected");
        }
        return context;
    }

    private Http1ServerStream stream() {
        if (stream == null) {
            throw new IllegalStateException("not connected");
        }
        return stream;
    }

    private Exchange exchange() {
        return stream().exchange();
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
        stream =
                new Http1ServerStream(
                        accepted, ctx.channel(), input, out, lifetime, this::onExchangeEnd);
        accepted.opened(this);
        lifetime.begin();
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        ByteBuf in = (ByteBuf) message;
        worker.refreshNow();
        if (accepted.ignores(in)) {
            return;
        }
        if (input.isReadUnasked() && ClientEnd.isKnown(ctx.channel())) {
            accepted.endedUnread(ctx, in);
            return;
        }
        if (codec != CodecType.HTTP1 && !counts.hasSpoken() && isHttp2(in)) {
            becomeHttp2(ctx, in);
            return;
        }
        counts.received(in.readableBytes());
        input.onRead(in.readableBytes());
        if (phase == Phase.RESPONSE || !input.isEmpty()) {
            input.keep(in);
            return;
        }
        stream().onRead();
        dispatch(in);
    }

    private boolean isHttp2(ByteBuf in) {
        if (codec == CodecType.HTTP2) {
            return true;
        }
        TlsInfo tls = accepted.info().tls();
        String agreed = tls == null ? "" : tls.alpn();
        return agreed.isEmpty() ? Http2ServerConnection.isPreface(in) : agreed.equals("h2");
    }

    /** Hands the connection over to the protocol it speaks (C1). */
    private void becomeHttp2(ChannelHandlerContext ctx, ByteBuf in) {
        open = false;
        exchange().dispose();
        headTimer.discard();
        lifetime.discard();
        counts.setHttp2();
        counts.received(in.readableBytes());
        var http2 = new Http2ServerConnection(accepted, ctx.channel());
        accepted.becomes(this, http2);
        ctx.pipeline().replace(this, null, http2);
        http2.read(in);
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext ctx) {
        if (!accepted.isClosing()) {
            input.onReadComplete();
        }
        worker.flushDirty();
    }

    /** Takes the buffer over. */
    private void dispatch(ByteBuf in) {
        boolean kept = false;
        dispatching = true;
        measure(in.readableBytes());
        try {
            while (in.isReadable() && phase != Phase.CLOSING) {
                if (again) {
                    // Envoy counts what is left once more.
                    again = false;
                    measure(in.readableBytes());
                }
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
            again = false;
            if (!kept) {
                in.release();
            }
        }
    }

    /** Counts what was read, as soon as there is a request whose it is. */
    private void measure(int bytes) {
        unclaimedBytes += bytes;
        if (begun) {
            exchange().info().downstreamBytes().received(unclaimedBytes);
            unclaimedBytes = 0;
        }
    }

    private boolean readHead(ByteBuf in) {
        if (!reader.hasStarted() && stream().isFull()) {
            begin();
            stream().reset(false);
            phase = Phase.BODY;
            worker.stats().inc(accepted.stats().http1ResponseFlood);
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
                exchange().info().downstreamBytes().headRead(reader.headerBytes());
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
        Duration limit = accepted.config().requestHeadersTimeout();
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
        stream().begin(accepted.manager());
        measure(0);
    }

    private void onHead(RequestHead head) {
        begin();
        exchange().info().downstreamBytes().headRead(reader.headerBytes());
        stream().onHead(head);
        countDropped(head.droppedHeaders());
        boolean endStream = head.isBodyless() && !head.isTunnel();
        if (endStream) {
            phase = Phase.RESPONSE;
        } else {
            phase = Phase.BODY;
            body.begin(head);
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
                        exchange().info().downstreamBytes().trailersRead(body.trailerBytes());
                        countDropped(body.droppedTrailers());
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

    private void countDropped(int fields) {
        if (fields > 0) {
            worker.stats().add(accepted.stats().http1DroppedUnderscores, fields);
        }
    }

    private void codecError(CodecError error) {
        if (reader.isAnsweredAsHttp10()) {
            stream().answerAsHttp10();
        }
        if (reader.isToHead()) {
            stream().answerRefusedHead(reader.head().isHttp10());
        }
        worker.stats().inc(accepted.stats().cxProtocolError);
        accepted.protocolError();
        if (error == CodecError.UNEXPECTED_UNDERSCORE) {
            worker.stats().inc(accepted.stats().http1RejectedUnderscores);
        }
        phase = Phase.BODY;
        exchange().onCodecError(error);
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
        stream().onFlush();
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
        if (stream().isCloseAfter() || lifetime.isDrainOver() || phase != Phase.RESPONSE) {
            answeredAtOnce = dispatching;
            phase = Phase.CLOSING;
            finishing = true;
            out.markDirty();
            return;
        }
        phase = Phase.HEAD;
        begun = false;
        again = dispatching;
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
        accepted.close(context(), mayRace(), !input.isStopped());
    }

    /**
     * Whether closing at once could cost the client its response. Not when it has sent all of its
     * request, and asked for the close or for something that ended the connection; while a request
     * is still being read Envoy does not know yet that it was all.
     */
    private boolean mayRace() {
        boolean expected =
                reader.head().isCloseRequested()
                        || exchange().isCloseAsked()
                        || (exchange().info().protocol() == Protocol.HTTP_1_0
                                && !exchange().mayStay())
                        || lifetime.isLastFromTheBeginning();
        return answeredAtOnce || !exchange().isRequestComplete() || !expected;
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
    public void closeNow(CloseReason reason) {
        accepted.closeNow(context().channel(), reason);
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
        accepted.lost(exchange());
        exchange().dispose();
        input.release();
        headTimer.discard();
        lifetime.discard();
        accepted.closed(
                this, counts.hasSpoken() ? Protocol.HTTP_1_1 : null, out.written(), activeRequest);
        worker.flushDirty();
        out.discard();
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        accepted.caught(ctx, cause);
    }
}
