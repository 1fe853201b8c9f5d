// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.x509;

/** A certificate, key or list that cannot be used; the message is in Envoy's words. */
public final class LoadException extends Exception {
    private static final long serialVersionUID = 1;

    public LoadException(String message) {
        super(message);
    }

    public LoadException(String message, Throwable cause) {
        super(message, cause);
    }
}
