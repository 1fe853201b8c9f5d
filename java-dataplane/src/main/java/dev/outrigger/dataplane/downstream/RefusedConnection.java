// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.downstream;

import dev.outrigger.dataplane.worker.Timers;
import dev.outrigger.dataplane.worker.WorkerContext;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * An accepted connection beyond the limit of its filter chain. It is counted as any other of the
 * chain, nothing of what it sends is looked at, and it is closed, at once or after a delay that
 * keeps the client from coming back too soon. Confined to its event loop.
 */
final class RefusedConnection extends ChannelInboundHandlerAdapter implements ServerConnection {
    private final WorkerChain chain;
    private final WorkerContext worker;
    private final @Nullable AcceptedConnection http;
    private final @Nullable ConnectionLog log;
    private final long delayNanos;
    private final Timers.Timer timer;
    private @Nullable ChannelHandlerContext context;
    private long openedNanos;
    private long bytesReceived;
    private boolean open;

    /**
     * @param http how HTTP counts and logs it; {@code null} for a chain without HTTP
     * @param log hears of the end where {@code http} does not see to that
     */
    RefusedConnection(
            WorkerChain chain,
            @Nullable AcceptedConnection http,
            @Nullable ConnectionLog log,
            long delayNanos) {
        this.chain = chain;
        this.worker = chain.services().worker();
        this.http = http;
        this.log = log;
        this.delayNanos = delayNanos;
        this.timer = worker.timers().timer(() -> closeNow(CloseReason.NONE));
    }

    @Override
    public void handlerAdded(ChannelHandlerContext ctx) {
        context = ctx;
    }

    @Override
    public void channelActive(ChannelHandlerContext ctx) {
        openedNanos = worker.refreshNow();
        open = true;
        if (http != null) {
            http.opened(this);
        } else {
            chain.opened(this);
        }
        if (delayNanos > 0) {
            timer.arm(openedNanos, delayNanos);
        } else {
            closeNow(CloseReason.NONE);
        }
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        var in = (ByteBuf) message;
        bytesReceived += in.readableBytes();
        if (http != null) {
            http.counts().receivedUnread(in.readableBytes());
        }
        in.release();
    }

    @Override
    public void closeNow(CloseReason reason) {
        if (http != null) {
            http.counts().closedLocally();
        }
        if (context != null) {
            context.close();
        }
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        timer.discard();
        if (!open) {
            return;
        }
        open = false;
        long now = worker.refreshNow();
        if (http != null) {
            http.closed(this, null, 0, false);
        } else {
            chain.closed(this, (now - openedNanos) / 1_000_000);
            if (log != null) {
                log.end(null, bytesReceived, 0);
            }
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
