// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.policy.model;

/**
 * A share, in millionths so that equality is exact and every value is one of Envoy's {@code
 * FractionalPercent}.
 *
 * @param millionths 0..1,000,000
 */
public record Percentage(int millionths) {
    public static final int WHOLE = 1_000_000;
    public static final Percentage ALL = new Percentage(WHOLE);

    public Percentage {
        if (millionths < 0 || millionths > WHOLE) {
            throw new IllegalArgumentException(
                    "millionths: " + millionths + " (expected: 0.." + WHOLE + ")");
        }
    }

    /** 0..100. */
    public double percent() {
        return millionths / 10_000.0;
    }
}
