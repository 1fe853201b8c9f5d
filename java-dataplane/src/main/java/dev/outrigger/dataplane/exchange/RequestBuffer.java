// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.exchange;

import dev.outrigger.dataplane.message.HeaderBlock;
import dev.outrigger.dataplane.message.UpstreamStream;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.ArrayList;
import org.jspecify.annotations.Nullable;

/**
 * The part of a request's body that was not sent yet or may have to be sent again (RT19, RT20).
 * Owns the buffers it holds. Confined to its event loop.
 */
final class RequestBuffer {
    private final ArrayList<ByteBuf> chunks = new ArrayList<>();
    private long bytes;
    private long limit;
    private long mostHeld;
    private long taken;
    private boolean limited;
    private int sent;
    private boolean keep;
    private boolean complete;
    private @Nullable HeaderBlock trailers;

    /**
     * @param keepForRetry whether sent data is kept, up to {@code limitBytes}
     * @param most how much may wait for a stream before the client is no longer read; 0 for any
     */
    void begin(boolean keepForRetry, long limitBytes, long most) {
        end();
        keep = keepForRetry;
        limited = keepForRetry;
        limit = limitBytes;
        mostHeld = most;
        taken = 0;
        complete = false;
        trailers = null;
    }

    /**
     * The body ends with trailers, valid until the exchange ends.
     *
     * @param stream to send them to; {@code null} while there is none
     */
    void end(HeaderBlock last, @Nullable UpstreamStream stream) {
        complete = true;
        trailers = last;
        if (stream != null) {
            stream.sendTrailers(last);
        }
    }

    void setComplete(boolean value) {
        complete = value;
    }

    boolean isComplete() {
        return complete;
    }

    /** How much is held. */
    long bytes() {
        return bytes;
    }

    /** Whether the data is followed by trailers. */
    boolean hasTrailers() {
        return trailers != null;
    }

    boolean isEmpty() {
        return chunks.isEmpty();
    }

    /** Whether no more should be read while it cannot be sent. */
    boolean isFull() {
        return mostHeld > 0 && bytes > mostHeld;
    }

    /**
     * Takes data and sends it if there is a stream.
     *
     * @return whether it is more than may be kept, once; that counts what was kept before as well
     */
    boolean add(ByteBuf data, boolean endStream, @Nullable UpstreamStream stream) {
        complete |= endStream;
        taken += data.readableBytes();
        boolean exceeds = limited && taken > limit;
        if (exceeds) {
            limited = false;
            giveUpKeeping(stream != null);
        }
        if (stream == null) {
            hold(data);
        } else if (keep) {
            stream.sendBody(data.retainedDuplicate(), endStream);
            hold(data);
            sent = chunks.size();
        } else {
            stream.sendBody(data, endStream);
        }
        return exceeds;
    }

    private void hold(ByteBuf data) {
        if (data.isReadable()) {
            bytes += data.readableBytes();
            chunks.add(data);
        } else {
            data.release();
        }
    }

    private void giveUpKeeping(boolean sending) {
        boolean kept = keep;
        keep = false;
        if (kept && sending) {
            releaseFrom(0, sent);
        }
    }

    /** Sends everything held to a new attempt's stream. */
    void replay(UpstreamStream stream) {
        for (int i = 0; i < chunks.size(); i++) {
            ByteBuf chunk = chunks.get(i);
            boolean last = complete && trailers == null && i == chunks.size() - 1;
            stream.sendBody(keep ? chunk.retainedDuplicate() : chunk, last);
        }
        if (complete && trailers != null) {
            stream.sendTrailers(trailers);
        } else if (chunks.isEmpty() && complete) {
            stream.sendBody(Unpooled.EMPTY_BUFFER, true);
        }
        if (keep) {
            sent = chunks.size();
        } else {
            chunks.clear();
            bytes = 0;
            sent = 0;
        }
    }

    /** Gives away everything that was kept, in one buffer. */
    ByteBuf take() {
        ByteBuf all = Unpooled.wrappedBuffer(chunks.toArray(ByteBuf[]::new));
        chunks.clear();
        bytes = 0;
        sent = 0;
        keep = false;
        return all;
    }

    /** No retry will happen any more. */
    void dropKept() {
        if (keep) {
            keep = false;
            releaseFrom(0, sent);
        }
    }

    private void releaseFrom(int from, int to) {
        for (int i = from; i < to; i++) {
            bytes -= chunks.get(i).readableBytes();
            chunks.get(i).release();
        }
        chunks.subList(from, to).clear();
        sent = 0;
    }

    void end() {
        for (ByteBuf chunk : chunks) {
            chunk.release();
        }
        chunks.clear();
        bytes = 0;
        sent = 0;
        keep = false;
    }
}
