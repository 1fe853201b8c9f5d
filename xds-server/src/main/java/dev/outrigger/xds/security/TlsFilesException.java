// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.xds.security;

import java.io.IOException;

/** Credentials that cannot be used; the message names the file. */
public final class TlsFilesException extends IOException {
    private static final long serialVersionUID = 1L;

    TlsFilesException(String message) {
        super(message);
    }

    TlsFilesException(String message, Throwable cause) {
        super(message, cause);
    }
}
