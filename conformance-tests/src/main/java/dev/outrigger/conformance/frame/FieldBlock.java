// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.conformance.frame;

import dev.outrigger.conformance.observe.Header;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** Writes fields as literals that no table keeps (RFC 7541 section 6.2.2). */
final class FieldBlock {
    private static final int SHORT = 127;
    private static final int TABLE_SIZE = 0x20;
    private static final int TABLE_SIZE_MAX = 0x1f;

    private FieldBlock() {}

    /**
     * @param tableBytes what the block says of the table first (section 6.3); -1 for nothing
     */
    static byte[] of(List<Header> fields, int tableBytes) {
        var out = new ByteArrayOutputStream();
        if (tableBytes >= 0) {
            number(out, TABLE_SIZE, TABLE_SIZE_MAX, tableBytes);
        }
        for (var field : fields) {
            out.write(0);
            string(out, field.name());
            string(out, field.value());
        }
        return out.toByteArray();
    }

    private static void string(ByteArrayOutputStream out, String text) {
        number(out, 0, SHORT, text.length());
        out.writeBytes(text.getBytes(StandardCharsets.ISO_8859_1));
    }

    /** Section 5.1: in the first byte's lower bits, or in as many more as it takes. */
    private static void number(ByteArrayOutputStream out, int first, int max, int value) {
        if (value < max) {
            out.write(first | value);
            return;
        }
        out.write(first | max);
        int rest = value - max;
        for (; rest >= 128; rest >>>= 7) {
            out.write((rest & 127) | 128);
        }
        out.write(rest);
    }
}
