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
    /** Envoy takes up to the connection's buffer limit at once, whatever comes of it. */
    private static final int AT_ONCE_BYTES = 65_536;

    private @Nullable ChannelHandlerContext context;
    private @Nullable ByteBuf kept;
    private boolean disabled;
    private boolean resumed;

    /** What the event at hand has brought so far; -1 between events. */
    private int readNow = -1;

    void attach(ChannelHandlerContext ctx) {
        context = ctx;
    }

    boolean isEmpty() {
        return kept == null;
    }

    /** So much has been read, and more may be there. */
    void onRead(int bytes) {
        resumed = false;
        readNow = Math.max(0, readNow) + bytes;
    }

    /** All that was there has been read, or as much as is read at once. */
    void onReadComplete() {
        readNow = -1;
        update();
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
            resumed = !disable;
            update();
        }
    }

    /** Whether nothing has been read since reading was stopped, though it may have been resumed. */
    boolean isStopped() {
        return disabled || resumed;
    }

    /**
     * Whether what has just been read was read although reading was stopped before its event: as it
     * came with the client's end, or as the event was on its way.
     */
    boolean isReadUnasked() {
        return disabled && readNow < 0;
    }

    /** Reads if nothing speaks against it; what is being read is read to its end. */
    void update() {
        if (context == null) {
            throw new IllegalStateException("not attached");
        }
        boolean read = !disabled && kept == null;
        var config = context.channel().config();
        boolean goesOn = readNow >= 0 && readNow < AT_ONCE_BYTES;
        if (config.isAutoRead() != read && (read || !goesOn)) {
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
