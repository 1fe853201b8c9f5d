// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.upstream;

import java.util.List;

/** What the connections of a pool speak (CP6). */
enum PoolProtocol {
    HTTP1("http/1.1"),
    HTTP2("h2"),
    /** What the handshake chooses, for each connection of its own. */
    ALPN("h2", "http/1.1");

    private final List<String> alpn;

    PoolProtocol(String... alpn) {
        this.alpn = List.of(alpn);
    }

    /** What is offered to hosts by TLS that names no protocols (TL7). */
    List<String> alpn() {
        return alpn;
    }
}
