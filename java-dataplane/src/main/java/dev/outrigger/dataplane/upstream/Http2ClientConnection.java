// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.upstream;

import dev.outrigger.dataplane.config.ClusterConfig.UpstreamHttp;
import dev.outrigger.dataplane.http2.Http2Session;
import dev.outrigger.dataplane.http2.Http2Stats;
import dev.outrigger.dataplane.message.Http2ResponseReader;
import dev.outrigger.dataplane.message.ResponseReceiver;
import dev.outrigger.dataplane.message.StreamReset;
import dev.outrigger.dataplane.message.UpstreamStream;
import dev.outrigger.dataplane.worker.CollectedOutput;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import java.util.ArrayList;
import java.util.List;

/**
 * One HTTP/2 connection to a host: its streams, how it is told to stop and how it ends (CP3). The
 * protocol is {@link Http2Session}'s. Confined to its event loop; input buffers are released here.
 */
final class Http2ClientConnection extends ClientConnection implements Http2Session.Client {
    private static final int OUTPUT_BYTES = 4096;
    private static final int SPARE_STREAMS = 16;

    private final Http2Stats http2;
    private final CollectedOutput out;
    private final Http2Session session;
    private final long configuredLimit;
    private final List<Http2ClientStream> streams = new ArrayList<>();
    private boolean reading;
    private final List<Http2ClientStream> spare = new ArrayList<>();

    Http2ClientConnection(ConnectionPool pool, Http2Stats http2) {
        super(pool, pool.cluster().config().http().http2().maxConcurrentStreams());
        this.http2 = http2;
        this.configuredLimit = pool.cluster().config().http().http2().maxConcurrentStreams();
        this.out = new CollectedOutput(worker, this, stats.cxTxBytes, OUTPUT_BYTES);
        this.session =
                Http2Session.client(
                        this,
                        pool.cluster().config().http().http2(),
                        out,
                        this::peerReads,
                        http2,
                        worker);
        shard.inc(http2.upstreamConnections);
    }

    private boolean peerReads() {
        return context().channel().isWritable();
    }

    Http2Session session() {
        return session;
    }

    Http2Stats http2() {
        return http2;
    }

    @Override
    public void handlerAdded(ChannelHandlerContext ctx) {
        super.handlerAdded(ctx);
        out.attach(ctx);
    }

    @Override
    public void channelActive(ChannelHandlerContext ctx) {
        super.channelActive(ctx);
        session.begin();
    }

    @Override
    UpstreamStream open(ResponseReceiver receiver) {
        Http2ClientStream stream = spare.isEmpty() ? newStream() : spare.removeLast();
        streams.add(stream);
        stream.begin(receiver);
        return stream;
    }

    private Http2ClientStream newStream() {
        UpstreamHttp options = pool.cluster().config().http();
        return new Http2ClientStream(
                this,
                new Http2ResponseReader(
                        options.maxHttp2ResponseHeadersKb() * 1024, options.maxHeadersCount()));
    }

    /** A stream's receiver hears nothing more of it. */
    void streamEnded(Http2ClientStream stream) {
        streams.remove(stream);
        pool.streamEnded(this);
    }

    /** Whether the connection ends with this stream. */
    boolean closesWith(Http2ClientStream stream) {
        return state == State.DRAINING && streams.size() == 1 && streams.contains(stream);
    }

    /** A response that was whole is not used by anybody any more. */
    void answered(Http2ClientStream stream) {
        keep(stream);
        free();
    }

    /** A stream's response was whole: another may take its place. */
    void free() {
        boolean open = state != State.CLOSED;
        pool.release(this);
        countOwnClose(open);
    }

    /** Envoy takes its own closing within a read for the peer's fault (observed). */
    private void countOwnClose(boolean wasOpen) {
        if (wasOpen && reading && state == State.CLOSED) {
            shard.inc(stats.cxProtocolError);
        }
    }

    /** A stream that has ended is not used by anybody any more. */
    void recycle(Http2ClientStream stream) {
        keep(stream);
        pool.release(this);
    }

    /** The object will do for another stream. */
    void keep(Http2ClientStream stream) {
        if (spare.size() < SPARE_STREAMS) {
            spare.add(stream);
        }
    }

    @Override
    public void onMaxConcurrentStreams(long most) {
        setLimit(Math.min(most, configuredLimit));
        pool.onLimitChange(this);
    }

    @Override
    public void onGoAway(boolean graceful) {
        if (state == State.CLOSED) {
            // Closed by what came before it in the same read: Envoy does not get to see it.
            return;
        }
        shard.inc(stats.cxCloseNotify);
        // Envoy writes when all is read, and takes it for the peer's fault that it cannot any more.
        boolean unwritten = streams.isEmpty() && session.takeBackResets();
        if (unwritten) {
            out.discard();
        }
        boolean open = state != State.CLOSED;
        pool.drain(this);
        if (unwritten && open && state == State.CLOSED) {
            shard.inc(stats.cxProtocolError);
        }
    }

    @Override
    public void onConnectionError(String details, boolean flood, boolean silently) {
        shard.inc(stats.cxProtocolError);
        if (silently) {
            out.discard();
        }
        pool.closing(this);
        endStreams(StreamReset.PROTOCOL_ERROR, true);
        session.discard();
        close();
    }

    @Override
    public void onKeepaliveTimeout() {
        pool.closing(this);
        endStreams(StreamReset.CONNECTION_TERMINATION, true);
        close();
    }

    private void endStreams(StreamReset reason, boolean locally) {
        if (streams.isEmpty()) {
            return;
        }
        countActiveStreams(locally);
        // The newest first, as in Envoy.
        for (Http2ClientStream stream : new ArrayList<>(streams).reversed()) {
            stream.onConnectionEnd(reason);
        }
    }

    @Override
    void close() {
        if (isActive()) {
            out.flush();
        }
        super.close();
    }

    @Override
    public void flush() {
        out.flush();
    }

    boolean isWritable() {
        return context().channel().isWritable();
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext ctx) {
        for (Http2ClientStream stream : new ArrayList<>(streams)) {
            stream.onWritable();
        }
        if (ctx.channel().isWritable()) {
            session.onWritable();
            worker.flushDirty();
        }
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        var in = (ByteBuf) message;
        try {
            worker.refreshNow();
            received(in.readableBytes());
            if (!isClosedLocally()) {
                reading = true;
                session.read(in);
            }
        } finally {
            in.release();
        }
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext ctx) {
        boolean open = state != State.CLOSED;
        session.endRead();
        countOwnClose(open);
        reading = false;
        super.channelReadComplete(ctx);
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        worker.refreshNow();
        if (!beginEnd()) {
            session.discard();
            out.discard();
            return;
        }
        pool.closing(this);
        endStreams(StreamReset.CONNECTION_TERMINATION, isClosedLocally());
        session.discard();
        out.discard();
        end();
        worker.flushDirty();
    }
}
