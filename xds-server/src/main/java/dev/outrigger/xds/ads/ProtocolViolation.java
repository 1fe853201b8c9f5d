// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.xds.ads;

import dev.outrigger.policy.document.Quoted;

/** A request that ends its stream. What it says quotes the client, and is logged: one line. */
final class ProtocolViolation extends Exception {
    private static final long serialVersionUID = 1L;
    private static final int MAX_CHARS = 1_000;

    private final Kind kind;

    ProtocolViolation(Kind kind, String message) {
        super(Quoted.line(message, MAX_CHARS), null, false, false);
        this.kind = kind;
    }

    Kind kind() {
        return kind;
    }

    enum Kind {
        INVALID,
        LIMIT_EXCEEDED
    }
}
