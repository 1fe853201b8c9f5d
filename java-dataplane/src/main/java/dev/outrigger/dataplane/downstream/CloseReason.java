// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.downstream;

/**
 * Why a connection is closed at once from this side, in Envoy's words ({@code
 * stream_info::LocalCloseReasons}): what was under way on it says so in its details.
 */
enum CloseReason {
    /** Nobody has heard of a request yet. */
    NONE(""),
    HTTP2_PING_TIMEOUT("http2_ping_timeout"),
    FILTER_CHAIN_REMOVED("filter_chain_is_being_removed"),
    LISTENER_REMOVED("purging_socket_that_have_not_progressed_to_connections");

    private final String details;

    CloseReason(String text) {
        this.details = "downstream_local_disconnect(" + text + ")";
    }

    /** Response code details of a stream that ends with the connection. */
    String details() {
        return details;
    }
}
