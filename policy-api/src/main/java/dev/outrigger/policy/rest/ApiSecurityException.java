// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.policy.rest;

/** The API is not protected well enough for where it listens, or its files cannot be used. */
public final class ApiSecurityException extends RuntimeException {
    private static final long serialVersionUID = 1;

    ApiSecurityException(String message) {
        super(message);
    }

    ApiSecurityException(String message, Throwable cause) {
        super(message, cause);
    }
}
