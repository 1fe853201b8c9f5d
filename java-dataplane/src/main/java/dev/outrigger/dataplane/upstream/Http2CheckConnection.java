// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.upstream;

import dev.outrigger.dataplane.config.ClusterConfig.UpstreamHttp;
import dev.outrigger.dataplane.http2.Http2Error;
import dev.outrigger.dataplane.http2.Http2Session;
import dev.outrigger.dataplane.http2.Http2Stream;
import dev.outrigger.dataplane.message.HeaderBlock;
import dev.outrigger.dataplane.message.HeaderSink;
import dev.outrigger.dataplane.message.Http2ResponseReader;
import dev.outrigger.dataplane.message.Method;
import dev.outrigger.dataplane.message.RequestHead;
import dev.outrigger.dataplane.message.ResponseHead;
import dev.outrigger.dataplane.worker.CollectedOutput;
import dev.outrigger.dataplane.worker.WorkerContext;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import org.jspecify.annotations.Nullable;

/** An HTTP/2 connection that carries one health check after another. Main loop only. */
final class Http2CheckConnection extends ChannelInboundHandlerAdapter
        implements ConnectedHealthCheck.Connection,
                Http2Session.Client,
                Http2Stream.Listener,
                WorkerContext.Flushable {
    /** Who asks. */
    interface Asker {
        void onHead(ResponseHead head, boolean endStream);

        /**
         * @param data given away
         */
        void onBody(ByteBuf data, boolean endStream);

        void onTrailers(HeaderBlock trailers);

        /**
         * The connection or the stream has ended.
         *
         * @param waiting whether an answer was waited for, which will not come
         * @param usable whether the connection can be asked again
         */
        void onBroken(Http2CheckConnection from, boolean waiting, boolean usable);
    }

    private static final int OUTPUT_BYTES = 1024;

    private final Asker asker;
    private final ClusterStats stats;
    private final WorkerContext loop;
    private final Http2ResponseReader reader;
    private final CollectedOutput out;
    private final Http2Session session;
    private @Nullable ChannelHandlerContext context;
    private @Nullable Http2Stream stream;
    private boolean headRead;
    private boolean leaving;
    private boolean reading;

    Http2CheckConnection(Cluster cluster, WorkerContext loop, Asker asker) {
        this.asker = asker;
        this.stats = cluster.stats();
        this.loop = loop;
        UpstreamHttp options = cluster.config().http();
        this.reader =
                new Http2ResponseReader(
                        options.maxHttp2ResponseHeadersKb() * 1024, options.maxHeadersCount());
        this.out = new CollectedOutput(loop, this, cluster.stats().cxTxBytes, OUTPUT_BYTES);
        var http2 = cluster.stats().http2();
        this.session =
                Http2Session.client(
                        this,
                        options.http2(),
                        out,
                        () -> context().channel().isWritable(),
                        http2,
                        loop);
        loop.stats().inc(http2.upstreamConnections);
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

    /** Sends a request; the one before has been answered. */
    void ask(RequestHead head, byte[] body) {
        loop.refreshNow();
        reader.expect(head.method() == Method.HEAD, false);
        headRead = false;
        Http2Stream opened = session.newStream(this);
        stream = opened;
        session.headerWriter().request(head);
        session.sendHeaders(opened, body.length == 0);
        if (body.length > 0) {
            session.sendData(opened, Unpooled.wrappedBuffer(body), true);
        }
        loop.flushDirty();
    }

    /** What is still to come of the answer is not wanted. */
    void cancel() {
        Http2Stream current = stream;
        if (current != null) {
            stream = null;
            session.reset(current, Http2Error.INTERNAL_ERROR);
        }
    }

    /** Whether the host has said goodbye. */
    boolean isLeaving() {
        return leaving;
    }

    /** Whether an answer is under way, or waited for. */
    boolean isAsked() {
        return stream != null;
    }

    @Override
    public void close() {
        stream = null;
        if (reading) {
            // Envoy takes its own closing within a read for the peer's fault (observed).
            loop.stats().inc(stats.cxProtocolError);
        }
        if (context != null) {
            out.flush();
            context.close();
        }
    }

    @Override
    public void flush() {
        out.flush();
    }

    @Override
    public void channelActive(ChannelHandlerContext ctx) {
        loop.refreshNow();
        session.begin();
        loop.flushDirty();
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        var in = (ByteBuf) message;
        try {
            loop.refreshNow();
            reading = true;
            session.read(in);
        } finally {
            in.release();
        }
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext ctx) {
        reading = false;
        session.endRead();
        loop.flushDirty();
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        session.discard();
        out.discard();
        fail(false);
    }

    private void fail(boolean usable) {
        boolean waiting = stream != null;
        stream = null;
        asker.onBroken(this, waiting, usable);
    }

    @Override
    public void onConnectionError(String details, boolean flood, boolean silently) {
        if (silently) {
            out.discard();
        }
        fail(false);
        close();
    }

    @Override
    public void onKeepaliveTimeout() {
        fail(false);
        close();
    }

    @Override
    public void onGoAway(boolean graceful) {
        leaving = true;
        if (stream == null || !graceful) {
            fail(false);
            close();
        }
    }

    @Override
    public void onMaxConcurrentStreams(long streams) {
        // There is one at a time.
    }

    @Override
    public HeaderSink beginHeaders() {
        if (headRead) {
            reader.beginTrailers();
        } else {
            reader.begin();
        }
        return reader;
    }

    @Override
    public @Nullable String onHeaders(boolean endStream) {
        Http2Stream current = stream;
        if (current == null) {
            return null;
        }
        if (reader.isTooLarge() || reader.isTooMany()) {
            session.reset(current, Http2Error.INTERNAL_ERROR);
            fail(true);
            return null;
        }
        String details = headRead ? reader.endTrailers() : reader.end(endStream);
        if (details != null) {
            return details;
        }
        if (headRead) {
            stream = null;
            asker.onTrailers(reader.trailers());
        } else if (reader.isInterim()) {
            current.expectAnotherHead();
        } else {
            headRead = true;
            current.expect(reader.bodyBytes());
            stream = endStream ? null : current;
            asker.onHead(reader.head(), endStream);
        }
        return null;
    }

    @Override
    public void onData(ByteBuf data, boolean endStream) {
        if (stream == null) {
            data.release();
            return;
        }
        stream = endStream ? null : stream;
        asker.onBody(data, endStream);
    }

    @Override
    public void onPeerReset(Http2Error error) {
        if (stream != null) {
            fail(true);
        }
    }

    @Override
    public void onRefused() {
        onPeerReset(Http2Error.REFUSED_STREAM);
    }

    @Override
    public void onInvalid(String details) {
        onPeerReset(Http2Error.PROTOCOL_ERROR);
    }

    @Override
    public void onViolation(Http2Error error) {
        onPeerReset(error);
    }

    @Override
    public void onWritable() {
        // What waits is all there is.
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        ctx.close();
    }
}
