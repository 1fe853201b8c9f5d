// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.document;

/** A configuration cannot be used; the message says why, in Envoy's words where it has some. */
public final class ConfigException extends Exception {
    private static final long serialVersionUID = 1L;

    public ConfigException(String message) {
        super(message);
    }

    public ConfigException(String message, Throwable cause) {
        super(message, cause);
    }
}
