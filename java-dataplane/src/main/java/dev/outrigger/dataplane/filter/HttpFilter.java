// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.filter;

import dev.outrigger.dataplane.message.HeaderBlock;
import dev.outrigger.dataplane.message.RequestHead;
import dev.outrigger.dataplane.message.ResponseHead;
import io.netty.buffer.ByteBuf;

/**
 * What an HTTP filter does to one exchange (Envoy's {@code StreamFilter}). Made once for each
 * {@code Exchange} object and used for one exchange after another, so {@link #onDestroy} puts
 * everything back. Confined to the exchange's event loop.
 *
 * <p>A reply of our own, by whomever, passes the encode methods of every filter, also of those
 * whose decode methods were not called.
 */
public interface HttpFilter {
    /** What happens after a filter has seen a head. */
    enum HeadersStatus {
        CONTINUE,
        /** The next filter sees nothing until this one continues; this one sees the body. */
        STOP_ITERATION,
        /** As {@link #STOP_ITERATION}, but the body is kept without this filter seeing it. */
        STOP_ALL_ITERATION_AND_BUFFER,
        /** As {@link #STOP_ALL_ITERATION_AND_BUFFER}, with back-pressure at the buffer limit. */
        STOP_ALL_ITERATION_AND_WATERMARK
    }

    /** What happens after a filter has seen body data. */
    enum DataStatus {
        /** On to the next filter, with the head first if it was held. */
        CONTINUE,
        /** Kept; more than the buffer limit is an error (413 or 500). */
        STOP_ITERATION_AND_BUFFER,
        /** Kept; at the buffer limit the sender is told to wait. */
        STOP_ITERATION_AND_WATERMARK,
        /** The filter took the data: it is the owner from here on. */
        STOP_ITERATION_NO_BUFFER
    }

    /** What happens after a filter has seen trailers. */
    enum TrailersStatus {
        CONTINUE,
        STOP_ITERATION
    }

    /** The request's head; may be changed. */
    default HeadersStatus decodeHeaders(RequestHead head, boolean endStream) {
        return HeadersStatus.CONTINUE;
    }

    /**
     * Body data of the request.
     *
     * @param data the caller's, unless {@link DataStatus#STOP_ITERATION_NO_BUFFER} is returned
     */
    default DataStatus decodeData(ByteBuf data, boolean endStream) {
        return DataStatus.CONTINUE;
    }

    /** The request's trailers; may be changed. They end the request. */
    default TrailersStatus decodeTrailers(HeaderBlock trailers) {
        return TrailersStatus.CONTINUE;
    }

    /** The final response's head; may be changed. */
    default HeadersStatus encodeHeaders(ResponseHead head, boolean endStream) {
        return HeadersStatus.CONTINUE;
    }

    /**
     * Body data of the response.
     *
     * @param data the caller's, unless {@link DataStatus#STOP_ITERATION_NO_BUFFER} is returned
     */
    default DataStatus encodeData(ByteBuf data, boolean endStream) {
        return DataStatus.CONTINUE;
    }

    /** The response's trailers; may be changed. They end the response. */
    default TrailersStatus encodeTrailers(HeaderBlock trailers) {
        return TrailersStatus.CONTINUE;
    }

    /** The exchange is over: frees what it held and forgets what it knew. */
    default void onDestroy() {}

    /** No exchange will follow: gives timers back. */
    default void dispose() {}
}
