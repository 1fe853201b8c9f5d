// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.config;

import java.util.Optional;

/**
 * One value of the runtime, in every form it can be read as. Which forms a value has depends on how
 * it was written: a number is no bool, and a text is neither.
 *
 * @param text as it was written, or as Envoy prints it
 * @param unsigned when it is a number from 0; its fraction is cut off
 * @param number when it is a number
 * @param bool when it is true or false
 * @param percent when it is a fractional percent
 */
public record RuntimeValue(
        String text,
        Optional<Long> unsigned,
        Optional<Double> number,
        Optional<Boolean> bool,
        Optional<FractionalPercent> percent) {
    /** As a double the largest unsigned number is the one behind it. */
    private static final double UNSIGNED_MAX = 0x1p64;

    public static RuntimeValue text(String text) {
        return new RuntimeValue(
                text, Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty());
    }

    public static RuntimeValue number(double value, String text) {
        boolean whole = value >= 0 && value <= UNSIGNED_MAX;
        return new RuntimeValue(
                text,
                whole ? Optional.of(unsigned(value)) : Optional.empty(),
                Optional.of(value),
                Optional.empty(),
                Optional.empty());
    }

    public static RuntimeValue bool(boolean value, String text) {
        return new RuntimeValue(
                text, Optional.empty(), Optional.empty(), Optional.of(value), Optional.empty());
    }

    public static RuntimeValue percent(FractionalPercent value, String text) {
        return new RuntimeValue(
                text, Optional.empty(), Optional.empty(), Optional.empty(), Optional.of(value));
    }

    private static long unsigned(double value) {
        return value < 0x1p63 ? (long) value : (long) (value - 0x1p63) ^ Long.MIN_VALUE;
    }
}
