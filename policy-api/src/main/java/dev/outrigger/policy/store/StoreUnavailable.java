// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.policy.store;

/** The store cannot do what was asked; nothing was acknowledged. Its message is for operators. */
public final class StoreUnavailable extends RuntimeException {
    private static final long serialVersionUID = 1;

    /** Why. */
    public enum Reason {
        /** Another process, or too many writers of this one, hold the store. Try again. */
        BUSY,
        /** The disk is full. Writes work again when there is room. */
        FULL,
        /** The file or its file system is read-only. */
        READ_ONLY,
        /** The file is damaged, foreign, or from a newer version. */
        DAMAGED,
        /**
         * Reading, writing or syncing failed. What a failed sync left on the disk is unknown, so
         * the store takes no writes until it was opened again.
         */
        IO_ERROR,
        /** The store was closed. */
        CLOSED
    }

    private final Reason reason;

    public StoreUnavailable(Reason reason, String message, Throwable cause) {
        super(message, cause);
        this.reason = reason;
    }

    public StoreUnavailable(Reason reason, String message) {
        super(message);
        this.reason = reason;
    }

    public Reason reason() {
        return reason;
    }
}
