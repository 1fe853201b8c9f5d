// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.parse;

import java.math.BigDecimal;
import java.math.MathContext;
import java.math.RoundingMode;
import java.util.Locale;

/** Numbers as C prints them with {@code %g}: an exponent where that is shorter. */
final class NumberText {
    private static final int SHORT = 6;
    private static final int EXACT = 15;
    private static final int MOST = 17;

    private NumberText() {}

    /** Six digits, as Envoy makes text of a number. */
    static String sixDigits(double number) {
        return general(number, SHORT);
    }

    /** As many digits as tell it from others, 15 or 17, as protobuf does in its text format. */
    static String exact(double number) {
        String text = general(number, EXACT);
        return Double.isFinite(number) && Double.parseDouble(text) != number
                ? general(number, MOST)
                : text;
    }

    private static String general(double number, int digits) {
        if (Double.isNaN(number)) {
            return "nan";
        }
        if (Double.isInfinite(number)) {
            return number > 0 ? "inf" : "-inf";
        }
        if (number == 0) {
            return 1 / number < 0 ? "-0" : "0";
        }
        var rounded = new BigDecimal(number, new MathContext(digits, RoundingMode.HALF_EVEN));
        int exponent = rounded.precision() - rounded.scale() - 1;
        if (exponent >= -4 && exponent < digits) {
            return rounded.stripTrailingZeros().toPlainString();
        }
        BigDecimal mantissa = rounded.scaleByPowerOfTen(-exponent).stripTrailingZeros();
        return mantissa.toPlainString() + String.format(Locale.ROOT, "e%+03d", exponent);
    }
}
