// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.tls;

import java.io.IOException;

/**
 * A connection whose TLS failed; the message is Envoy's transport failure reason. Has no stack: it
 * happens on the wire, not in the code.
 */
public final class TlsException extends IOException {
    private static final long serialVersionUID = 1;

    TlsException(String reason) {
        super(reason);
    }

    @Override
    @SuppressWarnings("UnsynchronizedOverridesSynchronized") // nothing is filled in
    public Throwable fillInStackTrace() {
        return this;
    }
}
