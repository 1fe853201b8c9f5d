// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.bootstrap;

/** The command line cannot be used; the message is all of what goes to standard error. */
final class UsageException extends Exception {
    private static final long serialVersionUID = 1L;

    UsageException(String message) {
        super(message);
    }
}
