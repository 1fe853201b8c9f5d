// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.message;

import io.netty.buffer.ByteBuf;

/** Chunk framing of bodies without a declared length, and how bodies are put on the wire. */
public final class ChunkWriter {
    /** Body data up to this size is copied behind the head, so that one write carries both. */
    public static final int COPY_BYTES = 4096;

    /** The most bytes one call here writes. */
    public static final int MAX_OVERHEAD = 16;

    private static final byte[] HEX = Ascii.bytes("0123456789abcdef");
    private static final byte[] LAST = Ascii.bytes("0\r\n\r\n");

    private ChunkWriter() {}

    public static void writeSize(ByteBuf out, int size) {
        int shift = 28;
        while (shift > 0 && size >>> shift == 0) {
            shift -= 4;
        }
        for (; shift >= 0; shift -= 4) {
            out.writeByte(HEX[size >>> shift & 15]);
        }
        out.writeShort(0x0d0a);
    }

    public static void writeDataEnd(ByteBuf out) {
        out.writeShort(0x0d0a);
    }

    public static void writeLast(ByteBuf out) {
        out.writeBytes(LAST);
    }
}
