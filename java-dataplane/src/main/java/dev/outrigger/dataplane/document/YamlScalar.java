// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.document;

import java.util.Locale;
import java.util.Set;
import org.snakeyaml.engine.v2.common.ScalarStyle;
import org.snakeyaml.engine.v2.nodes.ScalarNode;

/**
 * What Envoy takes a YAML scalar for ({@code MessageUtil::loadFromYaml} over yaml-cpp, which is
 * YAML 1.1 here): an unquoted {@code n}, {@code yes} or {@code off} is a boolean, integers may be
 * hexadecimal or octal, and everything else, decimal fractions too, is text.
 */
sealed interface YamlScalar {
    record Null() implements YamlScalar {}

    record Bool(boolean value) implements YamlScalar {}

    record Int(long value) implements YamlScalar {}

    record Text(String value) implements YamlScalar {}

    /** yaml-cpp accepts all lower, all upper and capitalised spellings, no others. */
    Set<String> TRUE = Set.of("y", "yes", "true", "on");

    Set<String> FALSE = Set.of("n", "no", "false", "off");

    /** Of true and false. */
    int LONGEST_WORD = 5;

    Set<String> NULL = Set.of("", "~", "null", "Null", "NULL");

    static YamlScalar of(ScalarNode node) {
        String text = node.getValue();
        if (node.getScalarStyle() != ScalarStyle.PLAIN) {
            return new Text(text);
        }
        if (NULL.contains(text)) {
            return new Null();
        }
        if (text.length() <= LONGEST_WORD && isOneSpelling(text)) {
            String lower = text.toLowerCase(Locale.ROOT);
            if (TRUE.contains(lower)) {
                return new Bool(true);
            }
            if (FALSE.contains(lower)) {
                return new Bool(false);
            }
        }
        if (!isNumeric(text)) {
            return new Text(text);
        }
        try {
            return new Int(Long.decode(text));
        } catch (NumberFormatException e) {
            return new Text(text);
        }
    }

    /** Whether it can be a number at all: most text is not, and an exception for each is dear. */
    private static boolean isNumeric(String text) {
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (Character.digit(c, 16) < 0 && c != 'x' && c != 'X' && c != '-' && c != '+') {
                return false;
            }
        }
        char first = text.charAt(0);
        return first == '-' || first == '+' || (first >= '0' && first <= '9');
    }

    private static boolean isOneSpelling(String text) {
        String rest = text.substring(1);
        return text.equals(text.toLowerCase(Locale.ROOT))
                || text.equals(text.toUpperCase(Locale.ROOT))
                || (Character.isUpperCase(text.charAt(0))
                        && rest.equals(rest.toLowerCase(Locale.ROOT)));
    }
}
