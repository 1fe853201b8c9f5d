// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.policy.rest;

/** A token is not good. Its message goes to the caller and says nothing of the keys. */
final class TokenRefused extends Exception {
    private static final long serialVersionUID = 1;

    TokenRefused(String message, Throwable cause) {
        super(message, cause);
    }

    TokenRefused(String message) {
        super(message);
    }

    String detail() {
        return String.valueOf(getMessage());
    }
}
