// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.conformance.frame;

import dev.outrigger.conformance.observe.Header;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** Writes fields as literals that no table keeps (RFC 7541 section 6.2.2). */
final class FieldBlock {
    private static final int SHORT = 127;

    private FieldBlock() {}

    static byte[] of(List<Header> fields) {
        var out = new ByteArrayOutputStream();
        for (var field : fields) {
            out.write(0);
            string(out, field.name());
            string(out, field.value());
        }
        return out.toByteArray();
    }

    private static void string(ByteArrayOutputStream out, String text) {
        int length = text.length();
        if (length < SHORT) {
            out.write(length);
        } else {
            out.write(SHORT);
            int rest = length - SHORT;
            for (; rest >= 128; rest >>>= 7) {
                out.write((rest & 127) | 128);
            }
            out.write(rest);
        }
        out.writeBytes(text.getBytes(StandardCharsets.ISO_8859_1));
    }
}
