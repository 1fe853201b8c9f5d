// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.message;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;

/** Percent encoding of everything but RFC 3986's unreserved characters. */
public final class UrlEncoding {
    private static final String UNRESERVED = "-_.~";
    private static final int HEX_BASE = 16;
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
            char c = text.charAt(i);
            if (c == '%' && i + 2 < text.length()) {
                int high = Character.digit(text.charAt(i + 1), HEX_BASE);
                int low = Character.digit(text.charAt(i + 2), HEX_BASE);
                if (high >= 0 && low >= 0) {
                    decoded.write(high * HEX_BASE + low);
                    i += 2;
                    continue;
                }
            }
            decoded.write(c);
        }
        return decoded.toByteArray();
    }
}
