// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.conformance.generate;

/** How connections of HTTP/2 are set up, on either side. */
final class Http2Options {
    private Http2Options() {}

    static Message of(Choices choices) {
        return new Message()
                .maybe(choices, 40, "max_concurrent_streams", choices.pick(1, 2, 100))
                .maybe(choices, 40, "initial_stream_window_size", choices.pick(65_535, 1 << 20))
                .maybe(choices, 40, "initial_connection_window_size", choices.pick(65_535, 1 << 20))
                .maybe(choices, 30, "hpack_table_size", choices.pick(0, 4096))
                .maybe(choices, 20, "override_stream_error_on_invalid_http_message", true);
    }
}
