// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.tcpproxy;

import dev.outrigger.dataplane.telemetry.StatsShard;
import dev.outrigger.dataplane.worker.WorkerContext;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOption;
import io.netty.channel.ChannelOutboundBuffer;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.channel.socket.DuplexChannel;
import java.io.IOException;
import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The downstream side of a TCP session: each side of the connection ends on its own, and nothing is
 * read before {@link #startReading}. Confined to its event loop; owns what arrived too early.
 */
public final class DownstreamConnection extends ChannelInboundHandlerAdapter {
    private static final Logger log = LoggerFactory.getLogger(DownstreamConnection.class);

    /** Who goes on with what is read. */
    interface Owner {
        void onDownstreamActive();

        /**
         * @param data the owner's from here on
         */
        void onDownstreamData(ByteBuf data);

        void onDownstreamReadComplete();

        /** The client will send nothing more. */
        void onDownstreamEnd();

        /** The client has been told that nothing more will come. */
        void onDownstreamTold();

        void onDownstreamWritable(boolean writable);

        /**
         * The connection is gone.
         *
         * @param reset whether the client reset it
         */
        void onDownstreamClosed(boolean reset);
    }

    private final WorkerContext worker;
    private final StatsShard shard;
    private final TcpProxyStats stats;
    private final Owner owner;
    private final ArrayDeque<ByteBuf> early = new ArrayDeque<>();
    private @Nullable Channel channel;
    private boolean reading;
    private boolean ended;
    private boolean endSeen;
    private boolean told;
    private boolean reset;
    private boolean open;
    private boolean closing;
    private int lastReceived;

    DownstreamConnection(WorkerContext worker, TcpProxyStats stats, Owner owner) {
        this.worker = worker;
        this.shard = worker.stats();
        this.stats = stats;
        this.owner = owner;
    }

    private Channel channel() {
        if (channel == null) {
            throw new IllegalStateException("not connected");
        }
        return channel;
    }

    @Override
    public void handlerAdded(ChannelHandlerContext ctx) {
        channel = ctx.channel();
        channel.config().setAutoRead(false);
        channel.config().setOption(ChannelOption.ALLOW_HALF_CLOSURE, true);
    }

    @Override
    public void channelActive(ChannelHandlerContext ctx) {
        if (open) {
            return;
        }
        worker.refreshNow();
        open = true;
        owner.onDownstreamActive();
        worker.flushDirty();
    }

    /** There is a place for what the client sends. */
    void startReading() {
        reading = true;
        while (!early.isEmpty()) {
            owner.onDownstreamData(early.removeFirst());
        }
        owner.onDownstreamReadComplete();
        if (endSeen && !ended) {
            ended = true;
            owner.onDownstreamEnd();
        }
        if (!ended) {
            channel().config().setAutoRead(true);
        }
    }

    /** Stops or resumes reading, for back-pressure. */
    void readDisable(boolean disable) {
        var config = channel().config();
        if (reading && !ended && config.isAutoRead() == disable) {
            shard.inc(disable ? stats.flowControlPaused : stats.flowControlResumed);
            config.setAutoRead(!disable);
        }
    }

    boolean isWritable() {
        return channel().isWritable();
    }

    /** Whether the client knows that nothing more will come. */
    boolean isTold() {
        return told;
    }

    /** What was written and is not sent yet. */
    long pendingBytes() {
        ChannelOutboundBuffer pending = channel().unsafe().outboundBuffer();
        return pending == null ? 0 : pending.totalPendingWriteBytes();
    }

    /** Queues data until {@link #flush}; takes it over. */
    void write(ByteBuf data) {
        shard.add(stats.cxTxBytes, data.readableBytes());
        channel().write(data, channel().voidPromise());
    }

    void flush() {
        channel().flush();
    }

    /** Tells the client that nothing more will come, once it has all that was written. */
    void end() {
        channel()
                .writeAndFlush(Unpooled.EMPTY_BUFFER)
                .addListener(written -> {
                    if (written.isSuccess() && channel() instanceof DuplexChannel duplex) {
                        duplex.shutdownOutput()
                                .addListener(_ -> {
                                    told = true;
                                    owner.onDownstreamTold();
                                });
                    }
                });
    }

    /** Closes at once. */
    void closeNow() {
        closing = true;
        channel().close();
    }

    /** Closes so that the client sees a reset. */
    void abort() {
        channel().config().setOption(ChannelOption.SO_LINGER, 0);
        closeNow();
    }

    /** Closes when everything that was written is sent. */
    void closeAfterFlush() {
        if (!closing) {
            closing = true;
            channel().writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(_ -> channel().close());
        }
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
        if (reading) {
            owner.onDownstreamData(data);
        } else {
            // The end of a side is reported with what came before it, wanted or not; the system's
            // own buffer is the limit of that.
            early.addLast(data);
        }
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext ctx) {
        if (reading) {
            owner.onDownstreamReadComplete();
        }
        worker.flushDirty();
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
        if (event == ChannelInputShutdownEvent.INSTANCE && !endSeen) {
            worker.refreshNow();
            endSeen = true;
            if (reading) {
                ended = true;
                owner.onDownstreamEnd();
            }
            worker.flushDirty();
        }
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext ctx) {
        worker.refreshNow();
        if (open && !closing) {
            owner.onDownstreamWritable(ctx.channel().isWritable());
        }
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        while (!early.isEmpty()) {
            early.removeFirst().release();
        }
        if (!open) {
            return;
        }
        open = false;
        worker.refreshNow();
        shard.add(stats.cxRxBytesBuffered, -lastReceived);
        owner.onDownstreamClosed(reset);
        worker.flushDirty();
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        if (cause instanceof IOException) {
            // Of what the system reports while reading, only a reset ends a connection like this.
            reset = true;
        } else {
            log.error("connection closed after an internal error", cause);
        }
        ctx.close();
    }
}
