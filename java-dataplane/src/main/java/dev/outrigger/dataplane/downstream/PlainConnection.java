// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.downstream;

import dev.outrigger.dataplane.message.Ascii;
import dev.outrigger.dataplane.worker.WorkerContext;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * One accepted connection of a chain whose network filter needs no more than the connection: it is
 * answered and closed, echoed, or just closed. Confined to its event loop.
 */
final class PlainConnection extends ChannelInboundHandlerAdapter implements ServerConnection {
    private final WorkerChain chain;
    private final WorkerContext worker;
    private final NetworkFilter.Plain filter;
    private final @Nullable ConnectionLog log;
    private @Nullable ChannelHandlerContext context;
    private long openedNanos;
    private long bytesReceived;
    private long bytesSent;
    private boolean open;

    PlainConnection(WorkerChain chain, NetworkFilter.Plain filter, @Nullable ConnectionLog log) {
        this.chain = chain;
        this.worker = chain.services().worker();
        this.filter = filter;
        this.log = log;
    }

    @Override
    public void handlerAdded(ChannelHandlerContext ctx) {
        context = ctx;
    }

    @Override
    public void channelActive(ChannelHandlerContext ctx) {
        open = true;
        openedNanos = worker.refreshNow();
        chain.opened(this);
        switch (filter) {
            case NetworkFilter.DirectResponse(String response) -> {
                if (log != null) {
                    log.info().setDetails("direct_response");
                }
                bytesSent = response.length();
                ctx.writeAndFlush(Unpooled.wrappedBuffer(Ascii.bytes(response)))
                        .addListener(_ -> ctx.channel().close());
            }
            case NetworkFilter.Echo() -> {}
            case NetworkFilter.None() -> {
                worker.stats().inc(chain.stats().networkExtensionConfigMissing());
                ctx.channel().close();
            }
        }
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        var in = (ByteBuf) message;
        bytesReceived += in.readableBytes();
        if (filter instanceof NetworkFilter.Echo) {
            bytesSent += in.readableBytes();
            ctx.write(in, ctx.voidPromise());
            if (!ctx.channel().isWritable()) {
                ctx.channel().config().setAutoRead(false);
            }
        } else {
            in.release();
        }
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext ctx) {
        ctx.flush();
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext ctx) {
        ctx.channel().config().setAutoRead(ctx.channel().isWritable());
    }

    @Override
    public void closeNow(CloseReason reason) {
        if (context != null) {
            context.close();
        }
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        if (!open) {
            return;
        }
        open = false;
        long now = worker.refreshNow();
        chain.closed(this, (now - openedNanos) / 1_000_000);
        if (log != null) {
            log.end(null, bytesReceived, bytesSent);
        }
        worker.flushDirty();
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        if (!(cause instanceof IOException)) {
            chain.bug(cause);
        }
        ctx.close();
    }
}
