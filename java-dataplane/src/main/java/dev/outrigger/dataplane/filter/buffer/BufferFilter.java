// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.filter.buffer;

import dev.outrigger.dataplane.filter.FilterCallbacks;
import dev.outrigger.dataplane.filter.HttpFilter;
import dev.outrigger.dataplane.message.HeaderBlock;
import dev.outrigger.dataplane.message.KnownHeader;
import dev.outrigger.dataplane.message.RequestHead;
import io.netty.buffer.ByteBuf;
import org.jspecify.annotations.Nullable;

/**
 * Holds a request back until it is complete, and then says how long it is. A request without a body
 * passes.
 */
final class BufferFilter implements HttpFilter {
    private final FilterCallbacks callbacks;
    private final BufferConfig config;
    private @Nullable RequestHead held;
    private long bytes;

    BufferFilter(FilterCallbacks callbacks, BufferConfig config) {
        this.callbacks = callbacks;
        this.config = config;
    }

    @Override
    public HeadersStatus decodeHeaders(RequestHead head, boolean endStream) {
        if (endStream) {
            return HeadersStatus.CONTINUE;
        }
        long limit = config.limit(callbacks.routeConfig());
        if (limit < 0) {
            return HeadersStatus.CONTINUE;
        }
        callbacks.setDecoderBufferLimit(limit);
        held = head;
        return HeadersStatus.STOP_ITERATION;
    }

    @Override
    public DataStatus decodeData(ByteBuf data, boolean endStream) {
        if (held == null) {
            return DataStatus.CONTINUE;
        }
        bytes += data.readableBytes();
        if (!endStream) {
            return DataStatus.STOP_ITERATION_AND_BUFFER;
        }
        complete();
        return DataStatus.CONTINUE;
    }

    @Override
    public TrailersStatus decodeTrailers(HeaderBlock trailers) {
        if (held != null) {
            complete();
        }
        return TrailersStatus.CONTINUE;
    }

    /** The upstream is spared a chunked body now that the length is known. */
    private void complete() {
        RequestHead head = held;
        held = null;
        if (head != null && !head.headers().has(KnownHeader.CONTENT_LENGTH)) {
            head.headers().set(KnownHeader.CONTENT_LENGTH, bytes);
        }
    }

    @Override
    public void onDestroy() {
        held = null;
        bytes = 0;
    }
}
