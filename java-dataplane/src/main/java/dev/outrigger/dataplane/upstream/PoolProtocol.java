// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.upstream;

import java.util.List;

/** What the connections of a pool speak (CP6). */
enum PoolProtocol {
    HTTP1,
    HTTP2,
    /** What the handshake chooses, for each connection of its own. */
    ALPN;

    private static final List<String> HTTP1_ONLY = List.of("http/1.1");
    private static final List<String> HTTP2_ONLY = List.of("h2");
    private static final List<String> BOTH = List.of("h2", "http/1.1");

    /** What is offered to hosts by TLS that names no protocols (TL7). */
    List<String> alpn() {
        return switch (this) {
            case HTTP1 -> HTTP1_ONLY;
            case HTTP2 -> HTTP2_ONLY;
            case ALPN -> BOTH;
        };
    }
}
