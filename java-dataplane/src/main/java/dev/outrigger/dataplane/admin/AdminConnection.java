// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.admin;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;

/** Counts a connection's bytes and its life; first in the pipeline. Confined to the main loop. */
final class AdminConnection extends ChannelDuplexHandler {
    private final AdminRoutes routes;
    private final AdminStats stats;
    private long openedMillis;
    private int lastRead;
    private boolean closedHere;

    AdminConnection(AdminRoutes routes) {
        this.routes = routes;
        this.stats = routes.stats();
    }

    @Override
    public void channelActive(ChannelHandlerContext ctx) {
        openedMillis = routes.nowMillis();
        stats.onConnection();
        ctx.fireChannelActive();
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        stats.onBuffered(-lastRead);
        stats.onClose(closedHere, routes.nowMillis() - openedMillis);
        ctx.fireChannelInactive();
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        if (message instanceof ByteBuf bytes) {
            int length = bytes.readableBytes();
            stats.onRead(length);
            stats.onBuffered(length - lastRead);
            lastRead = length;
        }
        ctx.fireChannelRead(message);
    }

    @Override
    public void write(ChannelHandlerContext ctx, Object message, ChannelPromise promise) {
        if (message instanceof ByteBuf bytes) {
            stats.onWritten(bytes.readableBytes());
        }
        ctx.write(message, promise);
    }

    @Override
    public void close(ChannelHandlerContext ctx, ChannelPromise promise) {
        closedHere = true;
        ctx.close(promise);
    }
}
