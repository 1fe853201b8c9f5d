// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.conformance.exchange;

import java.time.Duration;
import java.util.OptionalInt;

/**
 * What an upstream does with one request. Text is sent as ISO-8859-1 bytes, byte for byte.
 *
 * @param early whether it answers as soon as it has the request's head, without reading the body
 * @param delay before the head
 * @param head everything before the body; may be empty or malformed
 * @param bodyDelay between head and body
 * @param body with its framing; left out for HEAD
 * @param after what becomes of the connection
 */
public record UpstreamAnswer(
        boolean early, Duration delay, String head, Duration bodyDelay, String body, After after) {

    /** 200 with the text as body. */
    public static UpstreamAnswer ok(String text) {
        return new UpstreamAnswer(
                false,
                Duration.ZERO,
                "HTTP/1.1 200 OK\r\ncontent-length: " + text.length() + "\r\n\r\n",
                Duration.ZERO,
                text,
                After.KEEP);
    }

    /** The same with another end. */
    public UpstreamAnswer withAfter(After other) {
        return new UpstreamAnswer(early, delay, head, bodyDelay, body, other);
    }

    /** What becomes of the connection after the answer. */
    public enum After {
        /** The next request is read from it. */
        KEEP,
        /** It is closed with FIN. */
        CLOSE,
        /** It is closed with RST. */
        RESET,
        /** Whatever comes is sent back, until the proxy closes the connection. */
        ECHO,
        /** Nothing more is read or written until the proxy closes it. */
        HANG,
        /** Over HTTP/2 the stream is reset with NO_ERROR; like the following, over HTTP/1 RESET. */
        STREAM_NO_ERROR(0),
        /** The same with PROTOCOL_ERROR. */
        STREAM_PROTOCOL_ERROR(1),
        /** The same with INTERNAL_ERROR. */
        STREAM_INTERNAL_ERROR(2),
        /** The same with REFUSED_STREAM. */
        STREAM_REFUSED(7),
        /** The same with CANCEL. */
        STREAM_CANCEL(8),
        /** The same with CONNECT_ERROR. */
        STREAM_CONNECT_ERROR(10),
        /** The same with ENHANCE_YOUR_CALM. */
        STREAM_CALM(11),
        /** The same with HTTP_1_1_REQUIRED. */
        STREAM_HTTP11_REQUIRED(13),
        /** A GOAWAY without error that takes this stream follows the answer. */
        GOAWAY,
        /**
         * A GOAWAY without error comes in the place of the answer, and does not take the stream.
         */
        GOAWAY_UNSEEN,
        /** A GOAWAY with INTERNAL_ERROR that takes this stream follows the answer. */
        GOAWAY_ERROR;

        /** The error code a stream is reset with; -1 for none. */
        private final int errorCode;

        After() {
            this(-1);
        }

        After(int errorCode) {
            this.errorCode = errorCode;
        }

        /** The error code a stream is reset with, where it is. */
        public OptionalInt errorCode() {
            return errorCode < 0 ? OptionalInt.empty() : OptionalInt.of(errorCode);
        }
    }
}
