// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.filter.fault;

import dev.outrigger.dataplane.filter.FilterCallbacks;
import dev.outrigger.dataplane.worker.Timers;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.ArrayDeque;

/**
 * Lets a response through at so many bytes a second, in slices of 50 ms. Begins with one slice's
 * worth of tokens. Confined to the event loop of its exchange; reused.
 */
final class StreamRateLimiter {
    private static final long SLICE_NANOS = 50_000_000;
    private static final double NANOS_PER_SECOND = 1e9;

    private final FilterCallbacks callbacks;
    private final Timers.Timer timer;
    private final ArrayDeque<ByteBuf> held = new ArrayDeque<>();
    private long heldBytes;
    private boolean active;
    private boolean ended;
    private boolean trailers;
    private boolean pressed;
    private double bytesPerSecond;
    private double tokens;
    private long filledNanos;

    StreamRateLimiter(FilterCallbacks callbacks) {
        this.callbacks = callbacks;
        this.timer = callbacks.worker().timers().timer(this::onTokens);
    }

    void begin(long kbps) {
        active = true;
        ended = false;
        trailers = false;
        bytesPerSecond = kbps * 1024.0;
        tokens = Math.floor(bytesPerSecond * SLICE_NANOS / NANOS_PER_SECOND);
        filledNanos = callbacks.worker().now();
    }

    boolean isActive() {
        return active;
    }

    /** Takes data over; it goes on later, as tokens come. */
    void write(ByteBuf data, boolean endStream) {
        heldBytes += data.readableBytes();
        held.add(data);
        ended = endStream;
        long limit = callbacks.bufferLimit();
        if (!pressed && limit > 0 && heldBytes > limit) {
            pressed = true;
            callbacks.onEncoderFilterWatermark(true);
        }
        if (!timer.isArmed()) {
            timer.arm(callbacks.worker().now(), 0);
        }
    }

    /**
     * The response ends with trailers.
     *
     * @return whether they must wait for data
     */
    boolean onTrailers() {
        ended = true;
        trailers = true;
        return heldBytes > 0;
    }

    private long take(long wanted) {
        long now = callbacks.worker().now();
        tokens =
                Math.min(
                        bytesPerSecond,
                        tokens + (now - filledNanos) * bytesPerSecond / NANOS_PER_SECOND);
        filledNanos = now;
        long taken = Math.min(wanted, (long) Math.floor(tokens));
        tokens -= taken;
        return taken;
    }

    private void onTokens() {
        if (!active) {
            return;
        }
        long budget = take(heldBytes);
        heldBytes -= budget;
        if (heldBytes > 0) {
            timer.arm(callbacks.worker().now(), SLICE_NANOS);
        }
        if (pressed && heldBytes <= callbacks.bufferLimit() / 2) {
            pressed = false;
            callbacks.onEncoderFilterWatermark(false);
        }
        boolean last = heldBytes == 0;
        boolean withTrailers = trailers;
        boolean withEnd = ended && last && !withTrailers;
        while (budget > 0 && active) {
            ByteBuf piece = next(budget);
            budget -= piece.readableBytes();
            callbacks.injectEncodedData(piece, withEnd && budget == 0);
        }
        if (withEnd && active) {
            // Nothing but the end was held.
            callbacks.injectEncodedData(Unpooled.EMPTY_BUFFER, true);
        } else if (active && last && withTrailers) {
            callbacks.continueEncoding();
        }
    }

    /** The next of the bytes held, as many as there are in one piece. */
    private ByteBuf next(long budget) {
        while (true) {
            ByteBuf first = held.getFirst();
            if (first.readableBytes() > budget) {
                return first.readRetainedSlice((int) budget);
            }
            held.removeFirst();
            if (first.isReadable()) {
                return first;
            }
            first.release();
        }
    }

    /** The exchange is over. */
    void end() {
        if (!active) {
            return;
        }
        active = false;
        pressed = false;
        timer.disarm();
        held.forEach(ByteBuf::release);
        held.clear();
        heldBytes = 0;
    }

    void dispose() {
        end();
        timer.discard();
    }
}
