// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.message;

/** What a block of fields belongs to: it decides which lines Envoy keeps in one. */
public enum MessagePart {
    REQUEST_HEADERS,
    /** Nothing is joined. */
    REQUEST_TRAILERS,
    RESPONSE_HEADERS,
    /** Only what gRPC says is joined. */
    RESPONSE_TRAILERS
}
