// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.message;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;

/** Percent encoding of everything but RFC 3986's unreserved characters. */
public final class UrlEncoding {
    private static final String UNRESERVED = "-_.~";
    private static final int HEX_BASE = 16;

    /** How many characters stand for a byte. */
    public static final int ESCAPE_CHARS = 3;

    private static final String HEX = "0123456789ABCDEF";

    private UrlEncoding() {}

    /** Of characters that stand for bytes. */
    public static String encode(String text) {
        var encoded = new StringBuilder(text.length() * 2);
        for (byte b : text.getBytes(StandardCharsets.ISO_8859_1)) {
            char c = (char) (b & 0xff);
            if ((c >= 'a' && c <= 'z')
                    || (c >= 'A' && c <= 'Z')
                    || (c >= '0' && c <= '9')
                    || UNRESERVED.indexOf(c) >= 0) {
                encoded.append(c);
            } else {
                encoded.append('%').append(HEX.charAt(c >> 4)).append(HEX.charAt(c & 0xf));
            }
        }
        return encoded.toString();
    }

    /** The bytes of such characters; what only looks like an encoding stays. */
    public static byte[] decode(String text) {
        var decoded = new ByteArrayOutputStream(text.length());
        for (int i = 0; i < text.length(); i++) {
            int code = escape(text, i);
            if (code < 0) {
                decoded.write(text.charAt(i));
            } else {
                decoded.write(code);
                i += ESCAPE_CHARS - 1;
            }
        }
        return decoded.toByteArray();
    }

    /** The byte that an escape at this place stands for, or -1 where there is none. */
    public static int escape(String text, int at) {
        if (text.charAt(at) != '%' || at + ESCAPE_CHARS > text.length()) {
            return -1;
        }
        int high = digit(text.charAt(at + 1));
        int low = digit(text.charAt(at + 2));
        return high < 0 || low < 0 ? -1 : high * HEX_BASE + low;
    }

    private static int digit(char c) {
        return c < 0x80 ? Character.digit(c, HEX_BASE) : -1;
    }
}
