// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.telemetry;

import java.math.BigDecimal;
import java.math.MathContext;
import java.math.RoundingMode;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Numbers as Envoy prints them, which it does in several ways. */
public final class NumberText {
    private static final int SHORT = 6;
    private static final int EXACT = 15;
    private static final int MOST = 17;

    private NumberText() {}

    /** Six digits, as Envoy makes text of a number. */
    public static String sixDigits(double number) {
        return general(number, SHORT);
    }

    /**
     * As many digits as tell it from others, 15 or 17, as protobuf does in its text format and in
     * JSON.
     */
    public static String exact(double number) {
        String text = general(number, EXACT);
        return Double.isFinite(number) && Double.parseDouble(text) != number
                ? general(number, MOST)
                : text;
    }

    /**
     * As few digits as tell it from others, as Envoy's own JSON has it: with an exponent only where
     * that is shorter, and otherwise exact to the last digit of a whole number.
     */
    public static String shortest(double number) {
        String special = special(number);
        if (special != null) {
            return special;
        }
        BigDecimal digits = fewestDigits(Math.abs(number));
        int length = digits.precision();
        int exponent = length - digits.scale() - 1;
        String plain =
                exponent >= length
                        ? new BigDecimal(Math.abs(number)).toPlainString()
                        : digits.toPlainString();
        String scientific = scientific(digits, exponent);
        return (number < 0 ? "-" : "")
                + (plain.length() <= scientific.length() ? plain : scientific);
    }

    private static BigDecimal fewestDigits(double number) {
        BigDecimal digits = new BigDecimal(Double.toString(number)).stripTrailingZeros();
        if (digits.precision() == 2) {
            // Java never looks for fewer than two.
            BigDecimal one = digits.round(new MathContext(1, RoundingMode.HALF_EVEN));
            return one.doubleValue() == number ? one.stripTrailingZeros() : digits;
        }
        return digits;
    }

    private static String scientific(BigDecimal number, int exponent) {
        BigDecimal mantissa = number.scaleByPowerOfTen(-exponent).stripTrailingZeros();
        return mantissa.toPlainString() + String.format(Locale.ROOT, "e%+03d", exponent);
    }

    private static @Nullable String special(double number) {
        if (Double.isNaN(number)) {
            return "nan";
        }
        if (Double.isInfinite(number)) {
            return number > 0 ? "inf" : "-inf";
        }
        if (number == 0) {
            return 1 / number < 0 ? "-0" : "0";
        }
        return null;
    }

    /** As C prints it with {@code %g}: an exponent for what has more digits. */
    private static String general(double number, int digits) {
        String special = special(number);
        if (special != null) {
            return special;
        }
        var rounded = new BigDecimal(number, new MathContext(digits, RoundingMode.HALF_EVEN));
        int exponent = rounded.precision() - rounded.scale() - 1;
        if (exponent >= -4 && exponent < digits) {
            return rounded.stripTrailingZeros().toPlainString();
        }
        return scientific(rounded, exponent);
    }
}
