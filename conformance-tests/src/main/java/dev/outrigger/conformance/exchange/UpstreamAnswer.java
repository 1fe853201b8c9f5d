// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.conformance.exchange;

import java.time.Duration;

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
        HANG
    }
}
