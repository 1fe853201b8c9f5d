// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.benchmarks.xdsclient;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/** A Protobuf message under construction: length-delimited fields only. */
final class Message {
    private static final int LENGTH_DELIMITED = 2;

    /** A gRPC message begins with a flag (not compressed) and its length. */
    private static final int PREFIX = 5;

    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

    Message text(int field, String value) {
        return field(field, value.getBytes(StandardCharsets.UTF_8));
    }

    Message field(int field, byte[] value) {
        varint((field << 3) | LENGTH_DELIMITED);
        varint(value.length);
        bytes.writeBytes(value);
        return this;
    }

    private void varint(int value) {
        int rest = value;
        while (rest > 0x7F) {
            bytes.write((rest & 0x7F) | 0x80);
            rest >>>= 7;
        }
        bytes.write(rest);
    }

    byte[] toBytes() {
        return bytes.toByteArray();
    }

    /** What precedes a message of that length on a gRPC stream. */
    static byte[] prefix(int length) {
        return ByteBuffer.allocate(PREFIX).put((byte) 0).putInt(length).array();
    }
}
