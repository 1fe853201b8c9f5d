// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.upstream;

import dev.outrigger.dataplane.message.AnsweredRequest;
import dev.outrigger.dataplane.message.BytesMeter;
import dev.outrigger.dataplane.message.ConnectTimes;
import dev.outrigger.dataplane.message.EncoderOptions;
import dev.outrigger.dataplane.message.HeadWriter;
import dev.outrigger.dataplane.message.HeaderBlock;
import dev.outrigger.dataplane.message.Http1BodyDecoder;
import dev.outrigger.dataplane.message.Http1HeadParser;
import dev.outrigger.dataplane.message.Protocol;
import dev.outrigger.dataplane.message.RequestHead;
import dev.outrigger.dataplane.message.ResponseHead;
import dev.outrigger.dataplane.message.ResponseReader;
import dev.outrigger.dataplane.message.ResponseReceiver;
import dev.outrigger.dataplane.message.StreamReset;
import dev.outrigger.dataplane.message.TlsInfo;
import dev.outrigger.dataplane.message.UpstreamStream;
import dev.outrigger.dataplane.worker.CollectedOutput;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * One HTTP/1.1 connection to a host: codec, stream and Netty handler in one, because at any time it
 * carries one request. Confined to its event loop.
 *
 * <p>Buffers: input is released here; body slices handed to the receiver are the receiver's. Output
 * is collected and flushed when the event that made it ends.
 */
final class Http1ClientConnection extends ClientConnection implements UpstreamStream {
    private static final int OUTPUT_BYTES = 1024;

    private final EncoderOptions encoderOptions;
    private final ResponseReader reader;
    private final Http1BodyDecoder body;
    private final Http1BodyDecoder.Sink bodySink = this::onBody;
    private final CollectedOutput out;
    private final AnsweredRequest request = new AnsweredRequest();
    private @Nullable ResponseReceiver receiver;
    private BytesMeter meter = new BytesMeter();
    private boolean inBody;
    private boolean tunnelAsked;
    private boolean tunnel;
    private boolean chunkedRequest;
    private boolean requestComplete;
    private boolean ended;
    private boolean closeAfter;
    private boolean tunnelEnded;
    private boolean resetByHost;

    Http1ClientConnection(ConnectionPool pool) {
        super(pool, 1);
        Http1CodecOptions options = pool.codec();
        this.encoderOptions = options.encoder();
        this.reader = new ResponseReader(options.reader());
        this.body =
                options.encoder().trailers()
                        ? new Http1BodyDecoder(
                                options.reader().maxHeadBytes(), options.reader().maxHeaders())
                        : new Http1BodyDecoder(options.reader().maxHeadBytes());
        this.out = new CollectedOutput(worker, this, stats.cxTxBytes, OUTPUT_BYTES);
    }

    @Override
    UpstreamStream open(ResponseReceiver to) {
        receiver = to;
        meter = to.bytes();
        inBody = false;
        request.reset();
        tunnelAsked = false;
        tunnel = false;
        chunkedRequest = false;
        requestComplete = false;
        closeAfter = false;
        tunnelEnded = false;
        reader.begin();
        return this;
    }

    @Override
    public void handlerAdded(ChannelHandlerContext ctx) {
        super.handlerAdded(ctx);
        out.attach(ctx);
    }

    @Override
    public Protocol protocol() {
        return Protocol.HTTP_1_1;
    }

    @Override
    public long connectionId() {
        return super.connectionId();
    }

    @Override
    public String localAddress() {
        return super.localAddress();
    }

    @Override
    public ConnectTimes connectTimes() {
        return super.connectTimes();
    }

    @Override
    public @Nullable TlsInfo tls() {
        return super.tls();
    }

    @Override
    public void sendHead(RequestHead head, boolean endStream) {
        HeadWriter writer = worker.headWriter();
        request.set(head);
        tunnelAsked = head.isTunnel();
        chunkedRequest = writer.request(head, endStream, encoderOptions);
        requestComplete = endStream;
        sendHead(writer);
    }

    private void sendHead(HeadWriter writer) {
        out.head(writer);
        meter.sent(writer.length());
        meter.headSent(writer.headerBytes());
    }

    @Override
    public void sendBody(ByteBuf data, boolean endStream) {
        long before = out.handed();
        out.body(data, chunkedRequest);
        if (endStream) {
            if (chunkedRequest) {
                out.lastChunk();
            }
            endRequest();
        }
        meter.sent(out.handed() - before);
    }

    @Override
    public void sendTrailers(HeaderBlock trailers) {
        if (chunkedRequest && encoderOptions.trailers()) {
            HeadWriter writer = worker.headWriter();
            writer.trailers(trailers, encoderOptions);
            sendHead(writer);
        } else if (chunkedRequest) {
            long before = out.handed();
            out.lastChunk();
            meter.sent(out.handed() - before);
        }
        endRequest();
    }

    private void endRequest() {
        requestComplete = true;
        if (request.isConnect()) {
            tunnelEnded = true;
            out.markDirty();
        }
    }

    @Override
    public void flush() {
        out.flush();
        if (tunnelEnded) {
            // HTTP/1 has no other way to say that the bytes of a tunnel have ended.
            tunnelEnded = false;
            if (receiver != null) {
                fail(StreamReset.CONNECTION_TERMINATION, true);
                close();
            }
        }
    }

    @Override
    public void cancel() {
        if (receiver != null) {
            receiver = null;
            pool.streamEnded(this);
            countActiveStreams(true);
            // Envoy writes what it can before it closes, so that the host sees what was asked.
            out.flushUncounted();
            close();
        }
    }

    @Override
    public void readDisable(boolean disable) {
        context().channel().config().setAutoRead(!disable);
    }

    @Override
    public boolean isWritable() {
        return context().channel().isWritable();
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext ctx) {
        ResponseReceiver to = receiver;
        if (to != null) {
            to.onUpstreamWritable(ctx.channel().isWritable());
        }
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        ByteBuf in = (ByteBuf) message;
        try {
            worker.refreshNow();
            received(in.readableBytes());
            if (receiver != null) {
                meter.received(in.readableBytes());
            }
            dispatch(in);
        } finally {
            in.release();
        }
    }

    private void dispatch(ByteBuf in) {
        while (in.isReadable() && !isClosedLocally()) {
            if (receiver == null) {
                // Bytes nobody asked for: the connection cannot be trusted any more (CP7).
                shard.inc(stats.cxProtocolError);
                close();
                return;
            }
            boolean more = inBody ? readBody(in) : readHead(in);
            if (ended) {
                ended = false;
                if (in.isReadable()) {
                    // More than was asked for: never to be taken for the next request's answer.
                    shard.inc(stats.cxProtocolError);
                    countUnlessRequested(true);
                    close();
                } else {
                    recycle();
                }
                return;
            }
            if (!more) {
                return;
            }
        }
        if (in.isReadable() && failsBehindGivenUp(in)) {
            // The attempt was given up over its head; Envoy's codec reads to the end nevertheless.
            shard.inc(stats.cxProtocolError);
        }
    }

    /** Behind the answer that is no handshake one head more may come, as observed. */
    private boolean failsBehindGivenUp(ByteBuf in) {
        if (inBody) {
            return switch (body.decode(in, bodySink)) {
                case NEED_MORE -> false;
                case FAILED -> true;
                case COMPLETE -> in.isReadable();
            };
        }
        return tunnelAsked
                && switch (in.getByte(in.readerIndex()) == '\r'
                        ? Http1HeadParser.Result.FAILED
                        : reader.read(in)) {
                    case NEED_MORE -> false;
                    case FAILED -> true;
                    case COMPLETE -> in.isReadable() && isBodyless(reader.head());
                };
    }

    /** Counts a request that is still under way when its connection ends. */
    private void countUnlessRequested(boolean locally) {
        if (!requestComplete) {
            countActiveStreams(locally);
        }
    }

    private boolean readHead(ByteBuf in) {
        Http1HeadParser.Result result = reader.read(in);
        return switch (result) {
            case NEED_MORE -> false;
            case FAILED -> {
                protocolError();
                yield false;
            }
            case COMPLETE -> {
                onHead(reader.head());
                yield true;
            }
        };
    }

    private boolean readBody(ByteBuf in) {
        Http1BodyDecoder.Result result = body.decode(in, bodySink);
        return switch (result) {
            case NEED_MORE -> false;
            case FAILED -> {
                protocolError();
                yield false;
            }
            case COMPLETE -> {
                ResponseReceiver to = receiver;
                if (to != null) {
                    endBody(to);
                }
                yield true;
            }
        };
    }

    private void protocolError() {
        shard.inc(stats.cxProtocolError);
        fail(StreamReset.PROTOCOL_ERROR, true);
        close();
    }

    private void onHead(ResponseHead head) {
        ResponseReceiver to = receiver;
        if (to == null) {
            return;
        }
        meter.headRead(reader.headerBytes());
        int status = head.status();
        if (status >= 100 && status < 200 && status != 101) {
            to.onInformational(head);
            reader.begin();
            return;
        }
        closeAfter = head.isCloseRequested();
        if (closeAfter) {
            shard.inc(stats.cxCloseNotify);
        }
        if (tunnelAsked && opensTunnel(status)) {
            tunnel = true;
            inBody = true;
            body.beginUntilClose();
            to.onResponseHead(head, false);
            return;
        }
        boolean bodyless = isBodyless(head);
        if (bodyless && (status >= 100 || request.isHead())) {
            endStream();
            to.onResponseHead(head, true);
            ended = true;
            return;
        }
        inBody = true;
        if (bodyless) {
            // Envoy's codec tells of the end of these apart: it may be too late by then.
            body.beginFixed(0);
            to.onResponseHead(head, false);
            if (receiver != null) {
                endBody(to);
            }
            return;
        }
        if (head.isChunked()) {
            body.beginChunked();
        } else if (head.contentLength() > 0) {
            body.beginFixed(head.contentLength());
        } else {
            body.beginUntilClose();
            closeAfter = true;
        }
        to.onResponseHead(head, false);
    }

    private boolean isBodyless(ResponseHead head) {
        int status = head.status();
        return request.isHead()
                || (status >= 100 && status < 200)
                || status == 204
                || status == 304
                || head.contentLength() == 0;
    }

    /** From here on there is no HTTP: 101 to an upgrade, success to a CONNECT. */
    private boolean opensTunnel(int status) {
        return request.isConnect() ? status / 100 == 2 : status == 101;
    }

    private void onBody(ByteBuf data) {
        ResponseReceiver to = receiver;
        if (to == null) {
            data.release();
        } else {
            to.onResponseBody(data, false);
        }
    }

    private void endBody(ResponseReceiver to) {
        endStream();
        HeaderBlock trailers = body.trailers();
        if (trailers == null) {
            to.onResponseBody(Unpooled.EMPTY_BUFFER, true);
        } else {
            meter.trailersRead(body.trailerBytes());
            to.onResponseTrailers(trailers);
        }
        ended = true;
    }

    private void endStream() {
        receiver = null;
        inBody = false;
        pool.streamEnded(this);
    }

    /** After the receiver has seen the end: its head is ours again. */
    private void recycle() {
        if (isClosedLocally()) {
            return;
        }
        // A response before the request was sent whole leaves the connection in an unknown state.
        if (closeAfter || !requestComplete) {
            countUnlessRequested(true);
            close();
        } else {
            Channel channel = context().channel();
            if (!channel.config().isAutoRead()) {
                channel.config().setAutoRead(true);
            }
            pool.releaseAfterEvents(this);
        }
    }

    /** Ends the attempt abnormally. */
    private void fail(StreamReset reason) {
        fail(reason, isClosedLocally());
    }

    private void fail(StreamReset reason, boolean locally) {
        ResponseReceiver to = receiver;
        if (to != null) {
            receiver = null;
            pool.streamEnded(this);
            countActiveStreams(locally);
            to.onUpstreamReset(reason, "");
        }
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        // Of what the system reports while reading, only a reset ends a connection like this.
        resetByHost = cause instanceof IOException;
        super.exceptionCaught(ctx, cause);
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        worker.refreshNow();
        out.discard();
        if (!beginEnd()) {
            return;
        }
        pool.closing(this);
        ResponseReceiver to = receiver;
        if (to != null && (tunnel || request.isConnect())) {
            // Where there is a CONNECT, Envoy takes the end for its own doing, whatever came.
            if (request.isConnect() && !resetByHost) {
                setClosedLocally();
            }
            fail(StreamReset.CONNECTION_TERMINATION);
        } else if (to != null && inBody && body.isUntilClose()) {
            countUnlessRequested(false);
            endBody(to);
        } else {
            boolean partial = inBody || reader.hasStarted();
            if (partial && to != null && !body.isUntilClose()) {
                shard.inc(stats.cxProtocolError);
            }
            fail(partial ? StreamReset.PROTOCOL_ERROR : StreamReset.CONNECTION_TERMINATION);
        }
        end();
        worker.flushDirty();
    }
}
