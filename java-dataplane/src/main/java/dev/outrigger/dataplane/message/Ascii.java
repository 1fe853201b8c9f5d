// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.message;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

/** Operations on bytes that are text. */
public final class Ascii {
    private static final byte[] LOWER = new byte[256];

    static {
        for (int i = 0; i < 256; i++) {
            LOWER[i] = (byte) (i >= 'A' && i <= 'Z' ? i + 32 : i);
        }
    }

    private Ascii() {}

    /**
     * The bytes of a text of a message, which has one character for each, and of constants.
     * Configured text is {@link WireText}'s.
     */
    public static byte[] bytes(String text) {
        return text.getBytes(ISO_8859_1);
    }

    /** The text with its ASCII letters in lower case; other letters have one case only. */
    public static String lower(String text) {
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c >= 'A' && c <= 'Z') {
                return lowered(text, i);
            }
        }
        return text;
    }

    private static String lowered(String text, int from) {
        char[] chars = text.toCharArray();
        for (int i = from; i < chars.length; i++) {
            if (chars[i] >= 'A' && chars[i] <= 'Z') {
                chars[i] = (char) (chars[i] + 32);
            }
        }
        return new String(chars);
    }

    public static byte lower(byte value) {
        return LOWER[value & 0xff];
    }

    /** Compares {@code lower.length} bytes at {@code offset} with a lower-case text. */
    public static boolean equalsIgnoreCase(byte[] data, int offset, byte[] lower) {
        for (int i = 0; i < lower.length; i++) {
            if (LOWER[data[offset + i] & 0xff] != lower[i]) {
                return false;
            }
        }
        return true;
    }

    /** An unsigned decimal number that fits a {@code long}, or -1. */
    public static long decimal(byte[] data, int offset, int length) {
        if (length == 0) {
            return -1;
        }
        long value = 0;
        for (int i = offset; i < offset + length; i++) {
            int digit = data[i] - '0';
            if (digit < 0 || digit > 9 || value > (Long.MAX_VALUE - digit) / 10) {
                return -1;
            }
            value = value * 10 + digit;
        }
        return value;
    }

    /**
     * Writes a decimal number.
     *
     * @return the offset behind it
     */
    public static int writeDecimal(long value, byte[] target, int offset) {
        if (value < 0) {
            byte[] text = bytes(Long.toString(value));
            System.arraycopy(text, 0, target, offset, text.length);
            return offset + text.length;
        }
        int digits = 1;
        for (long rest = value; rest >= 10; rest /= 10) {
            digits++;
        }
        long rest = value;
        for (int i = offset + digits - 1; i >= offset; i--) {
            target[i] = (byte) ('0' + rest % 10);
            rest /= 10;
        }
        return offset + digits;
    }

    /** Whether one of the bytes from {@code from} to {@code to} is this one. */
    static boolean contains(byte[] data, int from, int to, char wanted) {
        for (int i = from; i < to; i++) {
            if (data[i] == wanted) {
                return true;
            }
        }
        return false;
    }

    /**
     * Whether a comma-separated list holds a token, ASCII case ignored.
     *
     * @param lower the token in lower case
     */
    public static boolean listContains(byte[] data, int offset, int length, byte[] lower) {
        int end = offset + length;
        int start = offset;
        while (start <= end) {
            int comma = start;
            while (comma < end && data[comma] != ',') {
                comma++;
            }
            int from = start;
            int to = comma;
            while (from < to && isBlank(data[from])) {
                from++;
            }
            while (to > from && isBlank(data[to - 1])) {
                to--;
            }
            if (to - from == lower.length && equalsIgnoreCase(data, from, lower)) {
                return true;
            }
            start = comma + 1;
        }
        return false;
    }

    public static boolean isBlank(byte value) {
        return value == ' ' || value == '\t';
    }
}
