// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.xds.ads;

/** A request that ends its stream. */
final class ProtocolViolation extends Exception {
    private static final long serialVersionUID = 1L;

    private final Kind kind;

    ProtocolViolation(Kind kind, String message) {
        super(message, null, false, false);
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
