// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.exchange;

import dev.outrigger.dataplane.message.HeaderBlock;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What came of a request while its head waits for the next turn of the event loop. Owns the buffers
 * it holds. Reused; confined to its event loop.
 */
final class DeferredRequest {
    private final List<ByteBuf> data = new ArrayList<>();
    private @Nullable HeaderBlock trailers;
    private boolean waiting;
    private boolean ended;

    void begin(boolean endStream) {
        waiting = true;
        ended = endStream;
    }

    boolean isWaiting() {
        return waiting;
    }

    /** Takes the data over. */
    void add(ByteBuf more, boolean endStream) {
        data.add(more);
        ended |= endStream;
    }

    void end(HeaderBlock last) {
        trailers = last;
        ended = true;
    }

    /** Whether the head is all there is. */
    boolean endsWithHead() {
        return ended && data.isEmpty() && trailers == null;
    }

    /** Whether the data are followed by nothing. */
    boolean endsWithData() {
        return ended && trailers == null;
    }

    /** The request goes on. */
    void goOn() {
        waiting = false;
    }

    /** All data at once, given away; {@code null} for none. */
    @Nullable ByteBuf takeData() {
        if (data.isEmpty()) {
            return null;
        }
        ByteBuf all = Unpooled.wrappedBuffer(data.toArray(ByteBuf[]::new));
        data.clear();
        return all;
    }

    @Nullable HeaderBlock trailers() {
        return trailers;
    }

    void reset() {
        data.forEach(ByteBuf::release);
        data.clear();
        trailers = null;
        waiting = false;
        ended = false;
    }
}
