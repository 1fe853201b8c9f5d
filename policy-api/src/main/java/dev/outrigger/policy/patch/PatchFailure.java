// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.policy.patch;

/**
 * A patch is not one, or does not fit the value it is applied to. Its message is for its author.
 */
public final class PatchFailure extends Exception {
    private static final long serialVersionUID = 1;

    private final boolean malformed;

    private PatchFailure(String message, boolean malformed) {
        super(message);
        this.malformed = malformed;
    }

    /** It is no patch, whatever it would be applied to. */
    static PatchFailure malformed(String message) {
        return new PatchFailure(message, true);
    }

    /** It is a patch, but not for this value. */
    static PatchFailure unfit(String message) {
        return new PatchFailure(message, false);
    }

    public boolean isMalformed() {
        return malformed;
    }

    /** What is wrong, as a sentence. */
    public String detail() {
        return String.valueOf(getMessage());
    }
}
