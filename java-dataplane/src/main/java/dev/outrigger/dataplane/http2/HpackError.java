// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.http2;

/** A header block that cannot be decoded; the connection's state of compression is lost with it. */
final class HpackError extends Exception {
    private static final long serialVersionUID = 1;

    HpackError(String message) {
        super(message, null, false, false);
    }
}
