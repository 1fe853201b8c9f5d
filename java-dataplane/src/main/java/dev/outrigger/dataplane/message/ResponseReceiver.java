// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.message;

import io.netty.buffer.ByteBuf;

/** Who hears of one attempt's response. Called on the event loop of the exchange. */
public interface ResponseReceiver {
    /** Where the codec counts what the attempt moves; asked once a stream is given to it. */
    BytesMeter bytes();

    /** An informational head other than 101; it is not forwarded unless asked for (E11). */
    void onInformational(ResponseHead head);

    /**
     * The final head.
     *
     * @param head valid until the exchange ends
     */
    void onResponseHead(ResponseHead head, boolean endStream);

    /**
     * Body data.
     *
     * @param data owned by the receiver
     */
    void onResponseBody(ByteBuf data, boolean endStream);

    /**
     * The body ended with trailers; nothing follows.
     *
     * @param trailers valid until the exchange ends
     */
    void onResponseTrailers(HeaderBlock trailers);

    /** The stream ended abnormally; nothing follows. */
    void onUpstreamReset(StreamReset reason, String transportFailure);

    /** Whether the request goes on when the response has ended; else it is given up. */
    default boolean outlivesResponse() {
        return false;
    }

    /** The upstream keeps up again, or no longer does. */
    void onUpstreamWritable(boolean writable);
}
