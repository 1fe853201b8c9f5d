// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.upstream;

import dev.outrigger.dataplane.message.AnsweredRequest;
import dev.outrigger.dataplane.message.ConnectionInfo;
import dev.outrigger.dataplane.message.EncoderOptions;
import dev.outrigger.dataplane.message.HeadWriter;
import dev.outrigger.dataplane.message.HeaderBlock;
import dev.outrigger.dataplane.message.Http1BodyDecoder;
import dev.outrigger.dataplane.message.Http1HeadParser;
import dev.outrigger.dataplane.message.RequestHead;
import dev.outrigger.dataplane.message.ResponseHead;
import dev.outrigger.dataplane.message.ResponseReader;
import dev.outrigger.dataplane.message.ResponseReceiver;
import dev.outrigger.dataplane.message.StreamReset;
import dev.outrigger.dataplane.message.TlsInfo;
import dev.outrigger.dataplane.message.UpstreamStream;
import dev.outrigger.dataplane.telemetry.StatsShard;
import dev.outrigger.dataplane.tls.TlsHandler;
import dev.outrigger.dataplane.worker.CollectedOutput;
import dev.outrigger.dataplane.worker.Timers;
import dev.outrigger.dataplane.worker.WorkerContext;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import java.net.InetSocketAddress;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * One HTTP/1.1 connection to a host: codec, stream and Netty handler in one, because at any time it
 * carries one request. Confined to its event loop.
 *
 * <p>Buffers: input is released here; body slices handed to the receiver are the receiver's. Output
 * is collected and flushed when the event that made it ends.
 */
final class Http1ClientConnection extends ChannelInboundHandlerAdapter
        implements UpstreamStream, WorkerContext.Flushable {
    private static final int OUTPUT_BYTES = 1024;

    private final ConnectionPool pool;
    private final WorkerContext worker;
    private final StatsShard shard;
    private final ClusterStats stats;
    private final EncoderOptions encoderOptions;
    private final ResponseReader reader;
    private final Http1BodyDecoder body;
    private final Http1BodyDecoder.Sink bodySink = this::onBody;
    private final CollectedOutput out;
    private final Timers.Timer idleTimer;
    private @Nullable ChannelHandlerContext context;
    private @Nullable ResponseReceiver receiver;
    private @Nullable String localText;
    private @Nullable TlsInfo tls;
    private boolean tlsKnown;
    private boolean active;
    private boolean inBody;
    private final AnsweredRequest request = new AnsweredRequest();
    private boolean tunnelAsked;
    private boolean tunnel;
    private boolean chunkedRequest;
    private boolean requestComplete;
    private boolean ended;
    private boolean closeAfter;
    private boolean closedLocally;
    private long streams;
    private long openedNanos;
    private int lastReceived;
    private int generation;
    private Timers.@Nullable Timer lifetime;
    private boolean tooOld;

    Http1ClientConnection(ConnectionPool pool) {
        this.pool = pool;
        this.worker = pool.worker();
        this.shard = worker.stats();
        this.stats = pool.cluster().stats();
        Http1CodecOptions options = pool.codec();
        this.encoderOptions = options.encoder();
        this.reader = new ResponseReader(options.reader());
        this.body =
                options.encoder().trailers()
                        ? new Http1BodyDecoder(
                                options.reader().maxHeadBytes(), options.reader().maxHeaders())
                        : new Http1BodyDecoder(options.reader().maxHeadBytes());
        this.out = new CollectedOutput(worker, this, stats.cxTxBytes, OUTPUT_BYTES);
        this.idleTimer = worker.timers().timer(this::onIdle);
    }

    long streams() {
        return streams;
    }

    /** When it was made, as the pool counts its drains. */
    int generation() {
        return generation;
    }

    void setGeneration(int value) {
        generation = value;
    }

    /** Begins the time after which it takes no more requests. */
    void armLifetime(long nanos) {
        var timer = worker.timers().timer(this::onLifetimeEnd);
        lifetime = timer;
        timer.arm(worker.now(), nanos);
    }

    boolean isTooOld() {
        return tooOld;
    }

    private void onLifetimeEnd() {
        tooOld = true;
        pool.onLifetimeEnd(this, receiver == null);
    }

    /** Begins an attempt. */
    void begin(ResponseReceiver to) {
        idleTimer.disarm();
        receiver = to;
        streams++;
        inBody = false;
        request.reset();
        tunnelAsked = false;
        tunnel = false;
        chunkedRequest = false;
        requestComplete = false;
        closeAfter = false;
        reader.begin();
    }

    void armIdle() {
        Duration timeout = pool.cluster().config().idleTimeout();
        if (!timeout.isZero()) {
            idleTimer.arm(worker.now(), timeout.toNanos());
        }
    }

    private void onIdle() {
        if (receiver == null) {
            shard.inc(stats.cxIdleTimeout);
            close();
        }
    }

    /** Closes from our side. */
    void close() {
        closedLocally = true;
        context().close();
    }

    private ChannelHandlerContext context() {
        if (context == null) {
            throw new IllegalStateException("not connected");
        }
        return context;
    }

    @Override
    public void handlerAdded(ChannelHandlerContext ctx) {
        context = ctx;
        out.attach(ctx);
    }

    @Override
    public void channelActive(ChannelHandlerContext ctx) {
        active = true;
        openedNanos = worker.now();
    }

    @Override
    public String localAddress() {
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

    @Override
    public @Nullable TlsInfo tls() {
        // The first stream begins before the channel tells that it is active.
        if (!tlsKnown) {
            tlsKnown = true;
            tls = TlsHandler.find(context().channel());
        }
        return tls;
    }

    @Override
    public void sendHead(RequestHead head, boolean endStream) {
        HeadWriter writer = worker.headWriter();
        request.set(head);
        tunnelAsked = head.isTunnel();
        chunkedRequest = writer.request(head, endStream, encoderOptions);
        requestComplete = endStream;
        out.head(writer);
    }

    @Override
    public void sendBody(ByteBuf data, boolean endStream) {
        out.body(data, chunkedRequest);
        if (endStream) {
            if (chunkedRequest) {
                out.lastChunk();
            }
            requestComplete = true;
        }
    }

    @Override
    public void sendTrailers(HeaderBlock trailers) {
        if (chunkedRequest && encoderOptions.trailers()) {
            HeadWriter writer = worker.headWriter();
            writer.trailers(trailers, encoderOptions);
            out.head(writer);
        } else if (chunkedRequest) {
            out.lastChunk();
        }
        requestComplete = true;
    }

    @Override
    public void flush() {
        out.flush();
    }

    @Override
    public void cancel() {
        if (receiver != null) {
            receiver = null;
            pool.streamEnded();
            shard.inc(stats.cxDestroyWithActiveRq);
            shard.inc(stats.cxDestroyLocalWithActiveRq);
            // Envoy writes what it can before it closes, so that the host sees what was asked.
            out.flush();
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
            dispatch(in);
        } finally {
            in.release();
        }
    }

    private void received(int bytes) {
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

    private void dispatch(ByteBuf in) {
        while (in.isReadable() && !closedLocally) {
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
        if (inBody
                && in.isReadable()
                && body.decode(in, bodySink) == Http1BodyDecoder.Result.FAILED) {
            // The attempt was given up over its head; Envoy's codec reads to the end nevertheless.
            shard.inc(stats.cxProtocolError);
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
        fail(StreamReset.PROTOCOL_ERROR);
        close();
    }

    private void onHead(ResponseHead head) {
        ResponseReceiver to = receiver;
        if (to == null) {
            return;
        }
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
        boolean bodyless =
                request.isHead()
                        || status < 200
                        || status == 204
                        || status == 304
                        || head.contentLength() == 0;
        if (bodyless) {
            endStream();
            to.onResponseHead(head, true);
            ended = true;
            return;
        }
        inBody = true;
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
            to.onResponseTrailers(trailers);
        }
        ended = true;
    }

    private void endStream() {
        receiver = null;
        inBody = false;
        pool.streamEnded();
    }

    /** After the receiver has seen the end: its head is ours again. */
    private void recycle() {
        if (closedLocally) {
            return;
        }
        // A response before the request was sent whole leaves the connection in an unknown state.
        if (closeAfter || !requestComplete) {
            close();
        } else {
            Channel channel = context().channel();
            if (!channel.config().isAutoRead()) {
                channel.config().setAutoRead(true);
            }
            pool.release(this);
        }
    }

    /** Ends the attempt abnormally. */
    private void fail(StreamReset reason) {
        ResponseReceiver to = receiver;
        if (to != null) {
            receiver = null;
            pool.streamEnded();
            shard.inc(stats.cxDestroyWithActiveRq);
            shard.inc(
                    closedLocally || reason == StreamReset.PROTOCOL_ERROR
                            ? stats.cxDestroyLocalWithActiveRq
                            : stats.cxDestroyRemoteWithActiveRq);
            to.onUpstreamReset(reason, "");
        }
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        worker.refreshNow();
        idleTimer.discard();
        if (lifetime != null) {
            lifetime.discard();
        }
        out.discard();
        if (!active) {
            return;
        }
        active = false;
        boolean wasIdle = receiver == null;
        ResponseReceiver to = receiver;
        if (to != null && (tunnel || request.isConnect())) {
            // Where there is a CONNECT, Envoy takes the end for its own doing, whatever came.
            closedLocally |= request.isConnect();
            fail(StreamReset.CONNECTION_TERMINATION);
        } else if (to != null && inBody && body.isUntilClose()) {
            closedLocally = true;
            endBody(to);
        } else {
            boolean partial = inBody || reader.hasStarted();
            if (partial && to != null && !body.isUntilClose()) {
                shard.inc(stats.cxProtocolError);
            }
            fail(partial ? StreamReset.PROTOCOL_ERROR : StreamReset.CONNECTION_TERMINATION);
        }
        shard.add(stats.cxRxBytesBuffered, -lastReceived);
        shard.inc(stats.cxDestroy);
        shard.inc(closedLocally ? stats.cxDestroyLocal : stats.cxDestroyRemote);
        shard.record(stats.cxLengthMs, (worker.now() - openedNanos) / 1_000_000);
        pool.closed(this, wasIdle);
        worker.flushDirty();
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        ctx.close();
    }
}
