// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.filter;

import dev.outrigger.dataplane.filter.HttpFilter.DataStatus;
import dev.outrigger.dataplane.filter.HttpFilter.HeadersStatus;
import dev.outrigger.dataplane.filter.HttpFilter.TrailersStatus;
import dev.outrigger.dataplane.message.HeaderBlock;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.CompositeByteBuf;
import io.netty.buffer.Unpooled;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * One direction of a message through the filters: where it stands, and what is kept while a filter
 * has stopped it. Follows the rules of Envoy's {@code filter_manager.cc}. Confined to the event
 * loop of its exchange; reused with it.
 *
 * <p>Positions count in the order this direction takes: the response's begin at the last filter.
 */
abstract class Iteration {
    private static final byte GOING = 0;
    private static final byte STOPPED = 1;
    private static final byte STOPPED_ALL_BUFFER = 2;
    private static final byte STOPPED_ALL_WATERMARK = 3;

    private final int length;
    private final byte[] states;
    private final boolean[] headersContinued;
    private final boolean[] skipped;
    private @Nullable ByteBuf kept;
    private @Nullable HeaderBlock trailers;
    private long limit;
    private boolean complete;
    private boolean pressed;

    /** Whether what is too much is waited for, not refused: it is, unless a filter said so. */
    private boolean streaming;

    private boolean over = true;

    Iteration(int length) {
        this.length = length;
        this.states = new byte[length];
        this.headersContinued = new boolean[length];
        this.skipped = new boolean[length];
    }

    /** Whether the data kept is more than the limit: answered by an error. */
    abstract void tooLarge();

    abstract void pressure(boolean on);

    abstract HeadersStatus callHeaders(int position, boolean endStream);

    abstract DataStatus callData(int position, ByteBuf data, boolean endStream);

    abstract TrailersStatus callTrailers(int position, HeaderBlock block);

    abstract void leaveHeaders(boolean endStream);

    abstract void leaveData(ByteBuf data, boolean endStream);

    abstract void leaveTrailers(HeaderBlock block);

    /** Begins a new message. */
    void begin(long limitBytes) {
        Arrays.fill(states, GOING);
        Arrays.fill(headersContinued, false);
        limit = limitBytes;
        complete = false;
        streaming = true;
        over = false;
    }

    /** Leaves a filter out of this message. */
    void skip(int position, boolean value) {
        skipped[position] = value;
    }

    /** Also for what is kept already (observed). */
    void setLimit(long bytes) {
        limit = bytes;
        checkLimit();
    }

    long limit() {
        return limit;
    }

    /** Whether nothing goes on here any more. */
    boolean isOver() {
        return over;
    }

    /** Ends the message where it stands; what was kept is freed. */
    void end() {
        over = true;
        trailers = null;
        ByteBuf held = kept;
        kept = null;
        if (held != null) {
            held.release();
        }
        if (pressed) {
            pressed = false;
            pressure(false);
        }
    }

    final void headers(boolean endStream) {
        complete |= endStream;
        headersFrom(0, endStream);
    }

    private void headersFrom(int from, boolean endStream) {
        for (int i = from; i < length; i++) {
            if (skipped[i]) {
                continue;
            }
            HeadersStatus status = callHeaders(i, endStream);
            if (over) {
                return;
            }
            switch (status) {
                case CONTINUE -> headersContinued[i] = true;
                case STOP_ITERATION -> states[i] = STOPPED;
                case STOP_ALL_ITERATION_AND_BUFFER -> states[i] = STOPPED_ALL_BUFFER;
                case STOP_ALL_ITERATION_AND_WATERMARK -> states[i] = STOPPED_ALL_WATERMARK;
            }
            if (states[i] != GOING) {
                return;
            }
        }
        leaveHeaders(endStream);
    }

    /** Takes the data over. */
    final void data(ByteBuf data, boolean endStream) {
        if (over) {
            data.release();
            return;
        }
        complete |= endStream;
        dataFrom(0, data, endStream, false);
    }

    /** As {@link #data}, behind a filter that made the data. */
    final void inject(int position, ByteBuf data, boolean endStream) {
        if (over) {
            data.release();
            return;
        }
        dataFrom(position + 1, data, endStream, false);
    }

    /**
     * @param counted whether the data was kept before: the limit is only for what is added
     */
    private void dataFrom(int from, ByteBuf data, boolean endStream, boolean counted) {
        for (int i = from; i < length; i++) {
            if (skipped[i]) {
                continue;
            }
            if (states[i] >= STOPPED_ALL_BUFFER) {
                streaming = states[i] == STOPPED_ALL_WATERMARK;
                keep(data, counted);
                return;
            }
            DataStatus status = callData(i, data, endStream);
            if (over) {
                if (status != DataStatus.STOP_ITERATION_NO_BUFFER) {
                    data.release();
                }
                return;
            }
            if (status == DataStatus.CONTINUE && states[i] == GOING) {
                continue;
            }
            afterData(i, status, data, counted);
            return;
        }
        leaveData(data, endStream);
    }

    private void afterData(int position, DataStatus status, ByteBuf data, boolean counted) {
        switch (status) {
            case CONTINUE -> {
                // What ends the wait is added to what waits, and may be too much (observed).
                keep(data, counted);
                resume(position);
            }
            case STOP_ITERATION_AND_BUFFER -> {
                states[position] = STOPPED;
                streaming = false;
                keep(data, counted);
            }
            case STOP_ITERATION_AND_WATERMARK -> {
                states[position] = STOPPED;
                streaming = true;
                keep(data, counted);
            }
            case STOP_ITERATION_NO_BUFFER -> {
                states[position] = STOPPED;
                if (complete && trailers == null && kept == null) {
                    // So that going on later passes an end.
                    kept = Unpooled.EMPTY_BUFFER;
                }
            }
        }
    }

    private void keep(ByteBuf data, boolean counted) {
        append(data);
        if (!counted) {
            checkLimit();
        }
    }

    private void checkLimit() {
        ByteBuf held = kept;
        if (limit > 0 && held != null && held.readableBytes() > limit) {
            if (!streaming) {
                tooLarge();
            } else if (!pressed) {
                pressed = true;
                pressure(true);
            }
        }
    }

    /** What has gone on makes room; what another filter keeps of it does not (observed). */
    private void relieve() {
        ByteBuf held = kept;
        if (pressed && (held == null || held.readableBytes() <= limit / 2)) {
            pressed = false;
            pressure(false);
        }
    }

    private void append(ByteBuf data) {
        ByteBuf held = kept;
        if (held == null || !held.isReadable()) {
            if (held != null) {
                held.release();
            }
            kept = data;
        } else if (!data.isReadable()) {
            data.release();
        } else if (held instanceof CompositeByteBuf composite) {
            composite.addComponent(true, data);
        } else {
            kept =
                    Unpooled.compositeBuffer(Integer.MAX_VALUE)
                            .addComponent(true, held)
                            .addComponent(true, data);
        }
    }

    /** Takes the trailers, which stay valid until the message ends. */
    final void trailers(HeaderBlock block) {
        if (over) {
            return;
        }
        complete = true;
        trailers = block;
        trailersFrom(0, block);
    }

    private void trailersFrom(int from, HeaderBlock block) {
        for (int i = from; i < length; i++) {
            if (skipped[i]) {
                continue;
            }
            if (states[i] >= STOPPED_ALL_BUFFER) {
                return;
            }
            TrailersStatus status = callTrailers(i, block);
            if (over) {
                return;
            }
            if (status == TrailersStatus.STOP_ITERATION) {
                states[i] = STOPPED;
                return;
            }
            if (states[i] != GOING) {
                resume(i);
                return;
            }
        }
        leaveTrailers(block);
    }

    /** Goes on behind a filter that had stopped. */
    final void resume(int position) {
        if (over || states[position] == GOING) {
            return;
        }
        // Who stopped everything has not seen the body yet.
        int next = states[position] >= STOPPED_ALL_BUFFER ? position : position + 1;
        states[position] = GOING;
        HeaderBlock block = trailers;
        if (!headersContinued[position]) {
            headersContinued[position] = true;
            headersFrom(position + 1, complete && kept == null && block == null);
        }
        ByteBuf held = kept;
        if (!over && held != null) {
            kept = null;
            dataFrom(next, held, complete && block == null, true);
            relieve();
        }
        if (!over && block != null) {
            trailersFrom(next, block);
        }
    }
}
