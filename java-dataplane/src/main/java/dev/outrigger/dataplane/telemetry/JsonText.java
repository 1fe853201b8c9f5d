// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.telemetry;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;

/** JSON string literals. */
public final class JsonText {
    private JsonText() {}

    /** The text as a literal, quotes included. */
    public static String quote(String text) {
        var out = new StringBuilder(text.length() + 2).append('"');
        for (int i = 0; i < text.length(); i++) {
            append(out, text.charAt(i));
        }
        return out.append('"').toString();
    }

    /**
     * Makes what a buffer holds from some place on fit for the inside of a literal. Its characters
     * are bytes: what is UTF-8 stays, and where any of it is not, every byte that is not printable
     * ASCII is written as its number, which is how Envoy keeps its lines valid (observed).
     */
    public static void escapeBytes(StringBuilder out, int from) {
        boolean plain = true;
        boolean ascii = true;
        for (int i = from; i < out.length(); i++) {
            char c = out.charAt(i);
            plain &= c >= ' ' && c != '"' && c != '\\';
            ascii &= c < 128;
        }
        if (plain && ascii) {
            return;
        }
        boolean valid = ascii || isUtf8(out, from);
        if (plain && valid) {
            return;
        }
        String text = out.substring(from);
        out.setLength(from);
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (valid) {
                append(out, c);
            } else if (c < ' ' || c == '"' || c == '\\' || c > '~') {
                appendNumber(out, c);
            } else {
                out.append(c);
            }
        }
    }

    private static boolean isUtf8(StringBuilder text, int from) {
        byte[] bytes = text.substring(from).getBytes(StandardCharsets.ISO_8859_1);
        try {
            StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes));
            return true;
        } catch (CharacterCodingException _) {
            return false;
        }
    }

    private static void append(StringBuilder out, char c) {
        switch (c) {
            case '"' -> out.append("\\\"");
            case '\\' -> out.append("\\\\");
            case '\b' -> out.append("\\b");
            case '\f' -> out.append("\\f");
            case '\n' -> out.append("\\n");
            case '\r' -> out.append("\\r");
            case '\t' -> out.append("\\t");
            default -> {
                if (c < ' ') {
                    appendNumber(out, c);
                } else {
                    out.append(c);
                }
            }
        }
    }

    private static void appendNumber(StringBuilder out, char c) {
        out.append("\\u00");
        out.append(Character.forDigit(c >> 4, 16));
        out.append(Character.forDigit(c & 15, 16));
    }
}
