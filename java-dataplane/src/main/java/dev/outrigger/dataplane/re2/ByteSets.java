// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.re2;

import java.util.BitSet;
import java.util.Locale;
import java.util.Optional;
import java.util.function.IntPredicate;

/** The named sets of bytes of a pattern, and what ignoring case adds to a set. */
final class ByteSets {
    static final int SIZE = 256;

    private ByteSets() {}

    /** Only the letters of ASCII have another case. */
    static void add(BitSet to, int from, int last, boolean foldCase) {
        to.set(from, last + 1);
        for (int c = from; foldCase && c <= last; c++) {
            if ((c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z')) {
                to.set(c ^ 0x20);
            }
        }
    }

    /** A negated set leaves out the other case of its letters as well. */
    static void addNamed(BitSet to, BitSet named, boolean negated, boolean foldCase) {
        BitSet bytes = new BitSet(SIZE);
        named.stream().forEach(c -> add(bytes, c, c, foldCase));
        if (negated) {
            bytes.flip(0, SIZE);
        }
        to.or(bytes);
    }

    /** Of {@code \d}, {@code \s} and {@code \w}. */
    static Optional<BitSet> perl(int letter) {
        return switch (letter) {
            case 'd' -> Optional.of(ascii(ByteSets::isDigit));
            case 's' -> Optional.of(ascii(c -> c == ' ' || (c >= '\t' && c <= '\r' && c != 0xB)));
            case 'w' -> Optional.of(ascii(c -> isAlnum(c) || c == '_'));
            default -> Optional.empty();
        };
    }

    /** Of {@code [:name:]}. */
    static Optional<BitSet> posix(String name) {
        IntPredicate member =
                switch (name) {
                    case "alnum" -> ByteSets::isAlnum;
                    case "alpha" -> ByteSets::isAlpha;
                    case "ascii" -> c -> true;
                    case "blank" -> c -> c == ' ' || c == '\t';
                    case "cntrl" -> c -> c < ' ' || c == 0x7F;
                    case "digit" -> ByteSets::isDigit;
                    case "graph" -> c -> c > ' ' && c < 0x7F;
                    case "lower" -> c -> c >= 'a' && c <= 'z';
                    case "print" -> c -> c >= ' ' && c < 0x7F;
                    case "punct" -> c -> c > ' ' && c < 0x7F && !isAlnum(c);
                    case "space" -> c -> c == ' ' || (c >= '\t' && c <= '\r');
                    case "upper" -> c -> c >= 'A' && c <= 'Z';
                    case "word" -> c -> isAlnum(c) || c == '_';
                    case "xdigit" ->
                            c -> isDigit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
                    default -> null;
                };
        return Optional.ofNullable(member).map(ByteSets::ascii);
    }

    /** Of {@code \p{name}}: a general category, its first letter, a script or {@code Any}. */
    static BitSet unicode(String name) {
        BitSet bytes = new BitSet(SIZE);
        for (int c = 0; c < SIZE; c++) {
            String category = category(c);
            if (name.equals("Any")
                    || category.equals(name)
                    || category.substring(0, 1).equals(name)
                    || Character.UnicodeScript.of(c).name().equals(name.toUpperCase(Locale.ROOT))) {
                bytes.set(c);
            }
        }
        return bytes;
    }

    private static String category(int c) {
        return switch (Character.getType(c)) {
            case Character.UPPERCASE_LETTER -> "Lu";
            case Character.LOWERCASE_LETTER -> "Ll";
            case Character.OTHER_LETTER -> "Lo";
            case Character.DECIMAL_DIGIT_NUMBER -> "Nd";
            case Character.OTHER_NUMBER -> "No";
            case Character.SPACE_SEPARATOR -> "Zs";
            case Character.CONTROL -> "Cc";
            case Character.FORMAT -> "Cf";
            case Character.DASH_PUNCTUATION -> "Pd";
            case Character.START_PUNCTUATION -> "Ps";
            case Character.END_PUNCTUATION -> "Pe";
            case Character.CONNECTOR_PUNCTUATION -> "Pc";
            case Character.OTHER_PUNCTUATION -> "Po";
            case Character.INITIAL_QUOTE_PUNCTUATION -> "Pi";
            case Character.FINAL_QUOTE_PUNCTUATION -> "Pf";
            case Character.MATH_SYMBOL -> "Sm";
            case Character.CURRENCY_SYMBOL -> "Sc";
            case Character.MODIFIER_SYMBOL -> "Sk";
            case Character.OTHER_SYMBOL -> "So";
            default -> "Cn";
        };
    }

    private static BitSet ascii(IntPredicate member) {
        BitSet bytes = new BitSet(SIZE);
        for (int c = 0; c < 0x80; c++) {
            bytes.set(c, member.test(c));
        }
        return bytes;
    }

    private static boolean isDigit(int c) {
        return c >= '0' && c <= '9';
    }

    private static boolean isAlpha(int c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
    }

    private static boolean isAlnum(int c) {
        return isDigit(c) || isAlpha(c);
    }
}
