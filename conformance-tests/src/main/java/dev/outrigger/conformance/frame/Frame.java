// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.conformance.frame;

import java.nio.ByteBuffer;

/** One frame (RFC 9113 section 4.1). Immutable, as long as nobody changes its payload. */
final class Frame {
    static final int DATA = 0;
    static final int HEADERS = 1;
    static final int RST_STREAM = 3;
    static final int SETTINGS = 4;
    static final int PING = 6;
    static final int GOAWAY = 7;
    static final int WINDOW_UPDATE = 8;
    static final int CONTINUATION = 9;

    static final int END_STREAM = 1;
    static final int ACK = 1;
    static final int END_HEADERS = 4;
    private static final int PADDED = 8;
    private static final int PRIORITY = 0x20;

    static final int HEAD_BYTES = 9;

    private final int type;
    private final int flags;
    private final int stream;
    private final byte[] payload;

    /**
     * @param payload is not copied
     */
    Frame(int type, int flags, int stream, byte[] payload) {
        this.type = type;
        this.flags = flags;
        this.stream = stream;
        this.payload = payload;
    }

    int type() {
        return type;
    }

    int stream() {
        return stream;
    }

    byte[] payload() {
        return payload;
    }

    boolean has(int flag) {
        return (flags & flag) != 0;
    }

    /** The payload without padding and priority. */
    byte[] content() {
        int from = 0;
        int padding = 0;
        if (has(PADDED)) {
            padding = payload[from++] & 255;
        }
        if (type == HEADERS && has(PRIORITY)) {
            from += 5;
        }
        var content = new byte[Math.max(0, payload.length - from - padding)];
        System.arraycopy(payload, from, content, 0, content.length);
        return content;
    }

    /** The 32 bits at an offset of the payload. */
    int number(int at) {
        return ByteBuffer.wrap(payload).getInt(at);
    }

    byte[] bytes() {
        return ByteBuffer.allocate(HEAD_BYTES + payload.length)
                .put((byte) (payload.length >> 16))
                .putShort((short) payload.length)
                .put((byte) type)
                .put((byte) flags)
                .putInt(stream)
                .put(payload)
                .array();
    }
}
