// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.als;

import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CoderResult;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;

/** Bytes of headers as texts of messages, which must be UTF-8: as Envoy mends what is not. */
final class Utf8 {
    private static final char MENDED = '!';

    private Utf8() {}

    /** Each byte that belongs to no character is an exclamation mark. */
    static String mended(byte[] bytes, int offset, int length) {
        if (isAscii(bytes, offset, length)) {
            return new String(bytes, offset, length, StandardCharsets.ISO_8859_1);
        }
        CharsetDecoder decoder =
                StandardCharsets.UTF_8
                        .newDecoder()
                        .onMalformedInput(CodingErrorAction.REPORT)
                        .onUnmappableCharacter(CodingErrorAction.REPORT);
        ByteBuffer in = ByteBuffer.wrap(bytes, offset, length);
        CharBuffer out = CharBuffer.allocate(length);
        while (in.hasRemaining()) {
            CoderResult result = decoder.reset().decode(in, out, true);
            if (result.isUnderflow()) {
                break;
            }
            in.position(in.position() + 1);
            out.put(MENDED);
        }
        return out.flip().toString();
    }

    /** Of a text whose characters are bytes. */
    static String mended(String latin1) {
        byte[] bytes = latin1.getBytes(StandardCharsets.ISO_8859_1);
        return mended(bytes, 0, bytes.length);
    }

    private static boolean isAscii(byte[] bytes, int offset, int length) {
        for (int i = offset; i < offset + length; i++) {
            if (bytes[i] < 0) {
                return false;
            }
        }
        return true;
    }
}
