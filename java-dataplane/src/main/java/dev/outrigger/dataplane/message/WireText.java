// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.message;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import org.jspecify.annotations.Nullable;

/**
 * Configured text as it goes over the wire. Messages are kept as bytes, and where they are strings
 * each character is one byte; configuration is Unicode, which Envoy writes and compares as UTF-8.
 * Whatever of it meets a message passes through here when it is compiled: {@code é} becomes the two
 * characters that stand for its two bytes. Text that is ASCII, which nearly all is, stays the same
 * object.
 */
public final class WireText {
    private WireText() {}

    /** The text with one character for each byte of its UTF-8. */
    public static String of(String configured) {
        return isAscii(configured)
                ? configured
                : new String(configured.getBytes(UTF_8), ISO_8859_1);
    }

    /** The same of a text there may not be. */
    public static @Nullable String ofNullable(@Nullable String configured) {
        return configured == null ? null : of(configured);
    }

    /** The bytes of a configured text. */
    public static byte[] bytes(String configured) {
        return configured.getBytes(UTF_8);
    }

    /**
     * What configuration would have called this text of a message. Bytes that are no UTF-8 become
     * replacement characters, and so the name of nothing.
     */
    public static String configured(String wire) {
        return isAscii(wire) ? wire : new String(wire.getBytes(ISO_8859_1), UTF_8);
    }

    private static boolean isAscii(String text) {
        for (int i = 0; i < text.length(); i++) {
            if (text.charAt(i) > 127) {
                return false;
            }
        }
        return true;
    }
}
