// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.downstream;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import org.jspecify.annotations.Nullable;

/**
 * When a connection is read from, and what was read too early: bytes behind a request whose
 * response is not complete (K6). While there are any, or while the request's way upstream is
 * blocked, nothing more is read. Owns what it keeps. Confined to the connection's event loop.
 */
final class ReadAhead {
    private @Nullable ChannelHandlerContext context;
    private @Nullable ByteBuf kept;
    private boolean disabled;

    void attach(ChannelHandlerContext ctx) {
        context = ctx;
    }

    boolean isEmpty() {
        return kept == null;
    }

    /** Takes a buffer over for later. */
    void keep(ByteBuf in) {
        kept = kept == null ? in : Unpooled.wrappedBuffer(kept, in);
        update();
    }

    /** Gives up what was kept; {@link #update} follows when the taker is done with it. */
    @Nullable ByteBuf take() {
        ByteBuf in = kept;
        kept = null;
        return in;
    }

    /** Stops or resumes reading for back-pressure. */
    void disable(boolean disable) {
        if (disabled != disable) {
            disabled = disable;
            update();
        }
    }

    /** Reads if nothing speaks against it. */
    void update() {
        if (context == null) {
            throw new IllegalStateException("not attached");
        }
        boolean read = !disabled && kept == null;
        var config = context.channel().config();
        if (config.isAutoRead() != read) {
            config.setAutoRead(read);
        }
    }

    /** Forgets what was kept. */
    void release() {
        if (kept != null) {
            kept.release();
            kept = null;
        }
    }
}
