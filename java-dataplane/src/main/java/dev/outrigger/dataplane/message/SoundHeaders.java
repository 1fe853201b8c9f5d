// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.message;

/**
 * What a header may be that goes upstream. A client's have passed a codec; what configuration makes
 * of them has not, and could be a header of its own making or a message behind the message. Envoy
 * looks at every header of every request before it writes them; here whoever adds what no codec
 * would have let in says so ({@link HeaderBlock#doubt}), and only such a request is looked at.
 */
public final class SoundHeaders {
    private SoundHeaders() {}

    /** Whether a name may be sent: a token, of whichever case. */
    public static boolean isName(byte[] data, int offset, int length) {
        return Http2FieldRules.isMethod(data, offset, length);
    }

    /**
     * Whether a value may be sent: no control but tab; blanks at its ends are part of it
     * (observed).
     */
    public static boolean isValue(byte[] data, int offset, int length) {
        for (int i = offset; i < offset + length; i++) {
            int b = data[i] & 0xff;
            if ((b < ' ' && b != '\t') || b == 127) {
                return false;
            }
        }
        return true;
    }

    public static boolean isName(byte[] name) {
        return isName(name, 0, name.length);
    }

    public static boolean isValue(byte[] value) {
        return isValue(value, 0, value.length);
    }

    /** Whether a configured text may be part of a value. */
    public static boolean isValue(String configured) {
        return isValue(WireText.bytes(configured));
    }
}
