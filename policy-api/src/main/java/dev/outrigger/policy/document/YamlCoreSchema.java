// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.policy.document;

import dev.outrigger.policy.document.DocumentTree.ScalarTree;
import dev.outrigger.policy.document.DocumentTree.ScalarType;
import java.math.BigInteger;
import java.util.regex.Pattern;

/** What a plain YAML scalar means: YAML 1.2.2 section 10.3.2, so {@code yes} is a string. */
final class YamlCoreSchema {
    private static final Pattern DECIMAL_INTEGER = Pattern.compile("[-+]?[0-9]+");
    private static final Pattern OCTAL = Pattern.compile("0o[0-7]+");
    private static final Pattern HEX = Pattern.compile("0x[0-9a-fA-F]+");
    private static final Pattern FLOAT =
            Pattern.compile("[-+]?(?:\\.[0-9]+|[0-9]+(?:\\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?");

    private YamlCoreSchema() {}

    static ScalarTree resolve(String text, Position position) {
        return switch (text) {
            case "", "~", "null", "Null", "NULL" ->
                    new ScalarTree(position, ScalarType.NULL, "null");
            case "true", "True", "TRUE" -> new ScalarTree(position, ScalarType.BOOLEAN, "true");
            case "false", "False", "FALSE" -> new ScalarTree(position, ScalarType.BOOLEAN, "false");
            default -> number(text, position);
        };
    }

    private static ScalarTree number(String text, Position position) {
        char first = text.charAt(0);
        boolean mayBeNumber =
                (first >= '0' && first <= '9') || first == '-' || first == '+' || first == '.';
        if (!mayBeNumber || text.length() > 4 * DocumentLimits.MAX_NUMBER_CHARS) {
            return new ScalarTree(position, ScalarType.STRING, text);
        }
        if (DECIMAL_INTEGER.matcher(text).matches()) {
            return new ScalarTree(position, ScalarType.INTEGER, new BigInteger(text).toString());
        }
        if (OCTAL.matcher(text).matches()) {
            return radix(text, 8, position);
        }
        if (HEX.matcher(text).matches()) {
            return radix(text, 16, position);
        }
        if (FLOAT.matcher(text).matches()) {
            return new ScalarTree(position, ScalarType.DECIMAL, jsonDecimal(text));
        }
        // .inf and .nan stay strings: JSON has no such numbers and no field takes them.
        return new ScalarTree(position, ScalarType.STRING, text);
    }

    private static ScalarTree radix(String text, int radix, Position position) {
        return new ScalarTree(
                position, ScalarType.INTEGER, new BigInteger(text.substring(2), radix).toString());
    }

    /** JSON wants digits on both sides of the point and no plus sign. */
    private static String jsonDecimal(String text) {
        String unsigned = text.startsWith("+") || text.startsWith("-") ? text.substring(1) : text;
        String digits = unsigned.startsWith(".") ? "0" + unsigned : unsigned;
        digits = digits.replaceFirst("^0+(?=[0-9])", "").replaceFirst("\\.(?![0-9])", "");
        return (text.startsWith("-") ? "-" : "") + digits;
    }
}
