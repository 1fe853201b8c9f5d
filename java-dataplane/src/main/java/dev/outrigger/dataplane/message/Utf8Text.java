// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.message;

/**
 * Bytes that should be UTF-8 as text, as Envoy's JSON shows them: what is none becomes a space, and
 * takes the byte along that should have gone on with it. Needlessly long forms are read as well.
 */
public final class Utf8Text {
    private static final int CONTINUATION = 0x80;
    private static final int CONTINUATION_MASK = 0xc0;
    private static final int CONTINUATION_BITS = 6;

    private Utf8Text() {}

    public static String of(byte[] bytes) {
        var text = new StringBuilder(bytes.length);
        int i = 0;
        while (i < bytes.length) {
            int first = bytes[i++] & 0xff;
            int more = continuations(first);
            int code = more <= 0 ? first : first & (0x3f >> more);
            boolean valid = more >= 0;
            for (int k = 0; valid && k < more; k++) {
                int next = i < bytes.length ? bytes[i++] : 0;
                valid = (next & CONTINUATION_MASK) == CONTINUATION;
                code = code << CONTINUATION_BITS | (next & 0x3f);
            }
            text.appendCodePoint(valid && code <= Character.MAX_CODE_POINT ? code : ' ');
        }
        return text.toString();
    }

    /** How many bytes belong to a first one; -1 where it is none. */
    private static int continuations(int first) {
        if (first < CONTINUATION) {
            return 0;
        }
        int ones = Integer.numberOfLeadingZeros(~(first << 24));
        return ones >= 2 && ones <= 4 ? ones - 1 : -1;
    }
}
