// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.downstream;

import dev.outrigger.dataplane.listenerfilter.AcceptedSocket;
import dev.outrigger.dataplane.listenerfilter.ListenerFilter;
import dev.outrigger.dataplane.listenerfilter.ListenerFilter.Verdict;
import dev.outrigger.dataplane.listenerfilter.ListenerFilters;
import dev.outrigger.dataplane.worker.Timers;
import dev.outrigger.dataplane.worker.WorkerContext;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOption;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * An accepted connection that listener filters still look at. When they are done it goes to its
 * filter chain with everything they did not take. Confined to its event loop; owns what was read.
 */
final class ListenerFilterHandler extends ChannelInboundHandlerAdapter {
    /** Who goes on with the connection. */
    interface Owner {
        /** The filters are done with it, or may not go on. */
        void onFiltered(ChannelHandlerContext context, AcceptedSocket socket);

        /** It is gone, or has to go, without ever having had a filter chain. */
        void onFilteredOut(AcceptedSocket socket);
    }

    private final WorkerContext worker;
    private final ListenerStats stats;
    private final ListenerFilters filters;
    private final AcceptedSocket socket;
    private final Owner owner;
    private final List<ListenerFilter.Session> sessions = new ArrayList<>();
    private final Timers.Timer timer;
    private ByteBuf read = Unpooled.EMPTY_BUFFER;
    private @Nullable ChannelHandlerContext context;
    private int current;
    private boolean waiting;
    private boolean done;

    ListenerFilterHandler(
            WorkerContext worker,
            ListenerStats stats,
            ListenerFilters filters,
            AcceptedSocket socket,
            Owner owner) {
        this.worker = worker;
        this.stats = stats;
        this.filters = filters;
        this.socket = socket;
        this.owner = owner;
        this.timer = worker.timers().timer(this::onTimeout);
        for (ListenerFilter each : filters.filters()) {
            sessions.add(each.begin(worker.stats()));
        }
    }

    @Override
    public void handlerAdded(ChannelHandlerContext ctx) {
        context = ctx;
        // The end of the connection must not close it before this class has had a say.
        ctx.channel().config().setOption(ChannelOption.ALLOW_HALF_CLOSURE, true);
    }

    @Override
    public void channelActive(ChannelHandlerContext ctx) {
        begin(ctx);
        worker.flushDirty();
    }

    /**
     * The connection is there.
     *
     * @param ctx of this handler
     */
    private void begin(ChannelHandlerContext ctx) {
        worker.refreshNow();
        worker.stats().inc(stats.preCxActive());
        if (filters.timeoutNanos() > 0) {
            timer.arm(worker.now(), filters.timeoutNanos());
        }
        proceed(ctx);
    }

    /** Asks one filter after the other for as long as each has what it wants. */
    private void proceed(ChannelHandlerContext ctx) {
        while (!done && current < sessions.size()) {
            ListenerFilter.Session session = sessions.get(current);
            Verdict verdict = waiting ? Verdict.WAIT : session.onAccept(ctx.channel(), socket);
            if (verdict == Verdict.WAIT) {
                waiting = true;
                verdict = read.isReadable() ? session.onData(read, socket) : Verdict.WAIT;
            }
            switch (verdict) {
                case WAIT -> {
                    return;
                }
                case CLOSE -> {
                    close(ctx);
                    return;
                }
                case CONTINUE -> {
                    waiting = false;
                    current++;
                }
            }
        }
        if (!done) {
            finish(ctx);
        }
    }

    private void leave() {
        done = true;
        timer.discard();
        worker.stats().dec(stats.preCxActive());
    }

    private void finish(ChannelHandlerContext ctx) {
        leave();
        ctx.channel().config().setOption(ChannelOption.ALLOW_HALF_CLOSURE, false);
        ByteBuf left = read;
        read = Unpooled.EMPTY_BUFFER;
        socket.setUnread(left.isReadable());
        owner.onFiltered(ctx, socket);
        if (ctx.isRemoved()) {
            left.release();
            return;
        }
        if (!ctx.channel().isOpen()) {
            left.release();
        } else if (left.isReadable()) {
            ctx.fireChannelRead(left);
            ctx.fireChannelReadComplete();
        } else {
            left.release();
        }
        ctx.pipeline().remove(this);
    }

    private void close(ChannelHandlerContext ctx) {
        leave();
        if (read.isReadable()) {
            // The system resets a connection that is closed with data nobody has read.
            ctx.channel().config().setOption(ChannelOption.SO_LINGER, 0);
        }
        release();
        owner.onFilteredOut(socket);
        ctx.close();
    }

    private void release() {
        read.release();
        read = Unpooled.EMPTY_BUFFER;
    }

    private void onTimeout() {
        ChannelHandlerContext ctx = context;
        if (done || ctx == null) {
            return;
        }
        worker.refreshNow();
        worker.stats().inc(stats.preCxTimeout());
        if (filters.continueOnTimeout()) {
            finish(ctx);
        } else {
            close(ctx);
        }
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        var data = (ByteBuf) message;
        if (done) {
            data.release();
            return;
        }
        read = read.isReadable() ? Unpooled.wrappedBuffer(read, data) : data;
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext ctx) {
        if (!done) {
            worker.refreshNow();
            proceed(ctx);
            worker.flushDirty();
        }
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
        if (done) {
            ctx.fireUserEventTriggered(event);
        } else if (event == ChannelInputShutdownEvent.INSTANCE) {
            worker.refreshNow();
            worker.stats().inc(stats.filterRemoteClose());
            close(ctx);
            worker.flushDirty();
        }
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        if (done) {
            ctx.fireChannelInactive();
            return;
        }
        worker.refreshNow();
        worker.stats().inc(stats.filterRemoteClose());
        leave();
        release();
        owner.onFilteredOut(socket);
        worker.flushDirty();
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        if (!done && cause instanceof IOException) {
            worker.stats().inc(stats.filterError());
            close(ctx);
            return;
        }
        ctx.close();
    }
}
