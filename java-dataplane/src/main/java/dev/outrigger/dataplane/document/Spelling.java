// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.document;

import com.google.protobuf.Descriptors.EnumDescriptor;
import com.google.protobuf.Descriptors.EnumValueDescriptor;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/** What Envoy takes for a value although it is written as text: in quotes, or as YAML has it. */
final class Spelling {
    private static final Set<String> TRUE = Set.of("true", "t", "yes", "y", "1");
    private static final Set<String> FALSE = Set.of("false", "f", "no", "n", "0");
    private static final Pattern HEXADECIMAL = Pattern.compile("[+-]?0[xX][0-9a-fA-F]{1,16}");
    private static final Pattern WHOLE = Pattern.compile("-?\\d{1,10}");

    /** Beyond, a number is not worth the digits it would be written with. */
    private static final int MAX_EXPONENT = 400;

    private static final int HEXADECIMAL_BASE = 16;

    private Spelling() {}

    static Optional<Boolean> bool(String text) {
        String lower = text.toLowerCase(Locale.ROOT);
        if (TRUE.contains(lower)) {
            return Optional.of(true);
        }
        return FALSE.contains(lower) ? Optional.of(false) : Optional.empty();
    }

    /** The number of an enumeration's value, by its name in any case or as digits. */
    static Optional<Integer> enumeration(EnumDescriptor type, String text) {
        EnumValueDescriptor exact = type.findValueByName(text);
        if (exact != null) {
            return Optional.of(exact.getNumber());
        }
        EnumValueDescriptor upper = type.findValueByName(text.toUpperCase(Locale.ROOT));
        if (upper != null) {
            return Optional.of(upper.getNumber());
        }
        if (!WHOLE.matcher(text).matches()) {
            return Optional.empty();
        }
        long number = Long.parseLong(text);
        return number == (int) number ? Optional.of((int) number) : Optional.empty();
    }

    /** Hexadecimal too; empty for what is no number. */
    static Optional<BigDecimal> number(String text) {
        if (HEXADECIMAL.matcher(text).matches()) {
            String digits =
                    text.substring(
                            text.indexOf('x') < 0 ? text.indexOf('X') + 1 : text.indexOf('x') + 1);
            var value = new BigInteger(digits, HEXADECIMAL_BASE);
            return Optional.of(new BigDecimal(text.startsWith("-") ? value.negate() : value));
        }
        try {
            var number = new BigDecimal(text);
            boolean sane = Math.abs((long) number.scale()) <= MAX_EXPONENT;
            return sane ? Optional.of(number) : Optional.empty();
        } catch (NumberFormatException e) {
            return Optional.empty();
        }
    }
}
