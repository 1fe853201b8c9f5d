// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.conformance.tls;

import java.nio.ByteBuffer;
import java.util.HexFormat;

/**
 * A ClientHello without what is drawn anew each time: versions, ciphers, compression, and the
 * extensions in their order with what they say (RFC 8446, 4.1.2).
 */
final class HelloText {
    private static final int RECORD_AND_MESSAGE = 9;
    private static final int RANDOM = 32;
    private static final int KEY_SHARE = 51;
    private static final int PRE_SHARED_KEY = 41;
    private static final int SESSION_TICKET = 35;

    private HelloText() {}

    /**
     * @param record the whole record, which holds the whole message
     */
    static String of(byte[] record) {
        ByteBuffer in = ByteBuffer.wrap(record);
        var text = new StringBuilder("record " + hex(in.position(1), 2));
        text.append(", version ").append(hex(in.position(RECORD_AND_MESSAGE), 2));
        in.position(in.position() + RANDOM);
        int session = in.get() & 0xff;
        in.position(in.position() + session);
        text.append(", session ").append(session);
        text.append("\nciphers ").append(hex(in, in.getShort() & 0xffff));
        text.append("\ncompression ").append(hex(in, in.get() & 0xff));
        in.getShort();
        while (in.hasRemaining()) {
            int type = in.getShort() & 0xffff;
            ByteBuffer content = in.slice(in.position() + 2, in.getShort(in.position()) & 0xffff);
            in.position(in.position() + 2 + content.remaining());
            text.append("\nextension ").append(type).append(' ').append(content(type, content));
        }
        return text.toString();
    }

    private static String content(int type, ByteBuffer content) {
        return switch (type) {
            case KEY_SHARE -> shares(content);
            case SESSION_TICKET, PRE_SHARED_KEY -> content.hasRemaining() ? "some" : "none";
            default -> hex(content, content.remaining());
        };
    }

    /** The groups and how long their keys are. */
    private static String shares(ByteBuffer content) {
        var text = new StringBuilder();
        content.getShort();
        while (content.hasRemaining()) {
            text.append(hex(content, 2));
            int length = content.getShort() & 0xffff;
            content.position(content.position() + length);
            text.append(" of ").append(length).append(' ');
        }
        return text.toString();
    }

    private static String hex(ByteBuffer in, int length) {
        var bytes = new byte[length];
        in.get(bytes);
        return HexFormat.of().formatHex(bytes);
    }
}
