// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.message;

/** Reads {@code content-length} as Envoy's codec does: digits only, up to 2^64-1. */
final class ContentLength {
    private static final long LAST_SAFE = Long.MAX_VALUE / 10 - 1;

    private ContentLength() {}

    /**
     * The length, or -1 when the value is none. Values above 2^63-1 are legal on the wire and come
     * out as 2^63-1: nobody lives to see the end of such a body.
     */
    static long parse(HeaderBlock headers, int entry) {
        byte[] data = headers.data;
        int start = headers.valueOffset(entry);
        int end = start + headers.valueLength(entry);
        if (start == end) {
            return -1;
        }
        long value = 0;
        for (int i = start; i < end; i++) {
            int digit = data[i] - '0';
            if (digit < 0 || digit > 9) {
                return -1;
            }
            if (value <= LAST_SAFE) {
                value = value * 10 + digit;
            } else {
                return large(data, start, end);
            }
        }
        return value;
    }

    private static long large(byte[] data, int start, int end) {
        try {
            String text =
                    new String(
                            data, start, end - start, java.nio.charset.StandardCharsets.ISO_8859_1);
            long value = Long.parseUnsignedLong(text);
            return value < 0 ? Long.MAX_VALUE : value;
        } catch (NumberFormatException e) {
            return -1;
        }
    }
}
