// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.http2;

import dev.outrigger.dataplane.telemetry.StatsShard;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.ArrayDeque;
import java.util.Collection;

/**
 * What we may send, on the connection and on each stream (RFC 9113 section 5.2), and in which order
 * streams that waited for the connection go on: the one that waits longest first. Confined to the
 * connection's event loop.
 */
final class SendFlow {
    private static final int DEFAULT_WINDOW = 65535;

    private final Http2Session session;
    private final FrameWriter writer;
    private final FloodGuard guard;
    private final Http2Stats stats;
    private final StatsShard shard;
    private final ArrayDeque<Http2Stream> blocked = new ArrayDeque<>();
    private int window = DEFAULT_WINDOW;
    private int streamWindow = DEFAULT_WINDOW;

    SendFlow(
            Http2Session session,
            FrameWriter writer,
            FloodGuard guard,
            Http2Stats stats,
            StatsShard shard) {
        this.session = session;
        this.writer = writer;
        this.guard = guard;
        this.stats = stats;
        this.shard = shard;
    }

    /** The window a new stream begins with. */
    int streamWindow() {
        return streamWindow;
    }

    /** Sends what waits, as far as the windows go. */
    void drain(Http2Stream stream) {
        sendWhatFits(stream);
        count(stream);
    }

    /** Counts what waits on a stream now. */
    void count(Http2Stream stream) {
        int change = stream.pendingBytes - stream.countedBytes;
        if (change != 0) {
            stream.countedBytes += change;
            shard.add(stats.pendingSendBytes, change);
        }
    }

    private void sendWhatFits(Http2Stream stream) {
        if (stream.held) {
            return;
        }
        while (!stream.pending.isEmpty()) {
            int room = Math.min(stream.sendWindow, window);
            if (room <= 0) {
                waitForConnection(stream);
                return;
            }
            if (send(stream, room)) {
                return;
            }
        }
        finish(stream);
    }

    private void waitForConnection(Http2Stream stream) {
        if (window <= 0 && !stream.blockedOnConnection) {
            stream.blockedOnConnection = true;
            blocked.addLast(stream);
        }
    }

    /** Sends one frame; true when it was the stream's last. */
    private boolean send(Http2Stream stream, int room) {
        ByteBuf first = stream.pending.element();
        int bytes = Math.min(Math.min(room, FrameWriter.MAX_FRAME_BYTES), first.readableBytes());
        boolean whole = bytes == first.readableBytes();
        ByteBuf part = whole ? stream.pending.removeFirst() : first.readRetainedSlice(bytes);
        stream.pendingBytes -= bytes;
        stream.sendWindow -= bytes;
        window -= bytes;
        boolean last =
                stream.pendingEnd && stream.pending.isEmpty() && stream.pendingTrailers == null;
        data(stream, part, last);
        return last;
    }

    private void data(Http2Stream stream, ByteBuf data, boolean last) {
        stream.dataSent(FrameType.HEADER_BYTES + data.readableBytes());
        writer.data(stream.id(), data, last);
        guard.onDataSent();
        session.queued(false);
        if (last) {
            stream.pendingEnd = false;
            session.endLocal(stream);
        }
    }

    /** No data waits any more; what ends the stream may. */
    private void finish(Http2Stream stream) {
        if (stream.localEnd) {
            return;
        }
        byte[] trailers = stream.pendingTrailers;
        if (trailers != null) {
            stream.pendingTrailers = null;
            int sent = writer.headers(stream.id(), trailers, trailers.length, true);
            stream.headersSent(sent, stream.pendingTrailerFieldBytes);
            session.queued(false);
            session.endLocal(stream);
        } else if (stream.pendingEnd) {
            data(stream, Unpooled.EMPTY_BUFFER, true);
        }
    }

    private void resume(Http2Stream stream) {
        if (stream.isIdle()) {
            return;
        }
        drain(stream);
        if (stream.hasEmptied()) {
            stream.listener().onWritable();
        }
    }

    /** The peer takes more on a stream; false where its window would become too large. */
    boolean grow(Http2Stream stream, int increment) {
        long grown = (long) stream.sendWindow + increment;
        if (grown > Integer.MAX_VALUE) {
            return false;
        }
        stream.sendWindow = (int) grown;
        resume(stream);
        return true;
    }

    /** The peer takes more on the connection; false where its window would become too large. */
    boolean grow(int increment) {
        if (increment > Integer.MAX_VALUE - window) {
            return false;
        }
        window += increment;
        for (int i = blocked.size(); i > 0; i--) {
            Http2Stream stream = blocked.removeFirst();
            stream.blockedOnConnection = false;
            resume(stream);
        }
        return true;
    }

    /** The peer's setting for all streams has changed; false where a window becomes too large. */
    boolean setStreamWindow(int bytes, Collection<Http2Stream> streams) {
        int change = bytes - streamWindow;
        streamWindow = bytes;
        for (Http2Stream stream : streams) {
            if (!grow(stream, change)) {
                return false;
            }
        }
        return true;
    }

    void discard() {
        blocked.clear();
    }
}
