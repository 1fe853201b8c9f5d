// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.conformance.http2;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.Arrays;

/** Frames as a client sends them, right or wrong. */
final class Frames {
    static final int DATA = 0;
    static final int HEADERS = 1;
    static final int PRIORITY = 2;
    static final int RST_STREAM = 3;
    static final int SETTINGS = 4;
    static final int PUSH_PROMISE = 5;
    static final int PING = 6;
    static final int GOAWAY = 7;
    static final int WINDOW_UPDATE = 8;
    static final int CONTINUATION = 9;
    static final int END = 1;
    static final int ACK = 1;
    static final int END_HEADERS = 4;
    static final int PADDED = 8;
    static final int HAS_PRIORITY = 0x20;
    static final byte[] MAGIC = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".getBytes(ISO_8859_1);
    static final byte[] NONE = {};

    private Frames() {}

    static byte[] frame(int type, int flags, int stream, byte[] payload) {
        return ByteBuffer.allocate(9 + payload.length)
                .put((byte) (payload.length >> 16))
                .putShort((short) payload.length)
                .put((byte) type)
                .put((byte) flags)
                .putInt(stream)
                .put(payload)
                .array();
    }

    static byte[] headers(int flags, int stream, String... fields) {
        return frame(HEADERS, flags, stream, block(fields));
    }

    static byte[] data(int flags, int stream, String text) {
        return frame(DATA, flags, stream, text.getBytes(ISO_8859_1));
    }

    static byte[] int32(int value) {
        return ByteBuffer.allocate(4).putInt(value).array();
    }

    static byte[] setting(int id, int value) {
        return frame(
                SETTINGS, 0, 0, ByteBuffer.allocate(6).putShort((short) id).putInt(value).array());
    }

    /** Name and value by turns, as literals that no table keeps. */
    static byte[] block(String... fields) {
        var out = new ByteArrayOutputStream();
        for (int i = 0; i < fields.length; i += 2) {
            out.write(0);
            string(out, fields[i]);
            string(out, fields[i + 1]);
        }
        return out.toByteArray();
    }

    private static void string(ByteArrayOutputStream out, String text) {
        if (text.length() < 127) {
            out.write(text.length());
        } else {
            out.write(127);
            int rest = text.length() - 127;
            for (; rest >= 128; rest >>>= 7) {
                out.write((rest & 127) | 128);
            }
            out.write(rest);
        }
        out.writeBytes(text.getBytes(ISO_8859_1));
    }

    /** A header block cut into frames of 16 KiB. */
    static byte[] longHeaders(int stream, String... fields) {
        byte[] block = block(fields);
        var out = new ByteArrayOutputStream();
        for (int at = 0; at < block.length; at += 16384) {
            int end = Math.min(block.length, at + 16384);
            int flags = end == block.length ? END_HEADERS : 0;
            out.writeBytes(
                    frame(
                            at == 0 ? HEADERS : CONTINUATION,
                            at == 0 ? flags | END : flags,
                            stream,
                            Arrays.copyOfRange(block, at, end)));
        }
        return out.toByteArray();
    }

    static byte[] join(byte[]... parts) {
        var out = new ByteArrayOutputStream();
        for (byte[] part : parts) {
            out.writeBytes(part);
        }
        return out.toByteArray();
    }

    static byte[] times(int count, byte[] frame) {
        var out = new ByteArrayOutputStream();
        for (int i = 0; i < count; i++) {
            out.writeBytes(frame);
        }
        return out.toByteArray();
    }
}
