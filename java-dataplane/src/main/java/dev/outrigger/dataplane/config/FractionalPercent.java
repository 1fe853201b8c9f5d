// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.config;

/**
 * A share of something, in parts of a hundred, ten thousand or a million ({@code
 * envoy.type.v3.FractionalPercent}). A numerator above the denominator means "always".
 *
 * @param numerator from 0, below 2^32
 * @param denominator 100, 10 000 or 1 000 000
 */
public record FractionalPercent(long numerator, int denominator) {
    public static final FractionalPercent NEVER = new FractionalPercent(0, 100);
    public static final FractionalPercent ALWAYS = new FractionalPercent(100, 100);

    public FractionalPercent {
        if (denominator != 100 && denominator != 10_000 && denominator != 1_000_000) {
            throw new IllegalArgumentException(
                    "denominator: " + denominator + " (expected: 100, 10000 or 1000000)");
        }
    }

    /**
     * Whether a draw hits.
     *
     * @param random 64 random bits
     */
    public boolean hit(long random) {
        return Long.remainderUnsigned(random, denominator) < numerator;
    }
}
