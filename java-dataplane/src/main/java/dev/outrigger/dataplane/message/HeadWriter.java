// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.message;

import io.netty.buffer.ByteBuf;
import java.util.Arrays;

/**
 * Serialises heads from the model into one scratch array, so that the output buffer is written
 * once. One per event loop.
 */
public final class HeadWriter {
    private static final byte[] HTTP11 = Ascii.bytes(" HTTP/1.1\r\n");
    private static final byte[] CRLF = {'\r', '\n'};
    private static final byte[] LENGTH_ZERO = Ascii.bytes("content-length: 0\r\n");
    private static final byte[] CHUNKED = Ascii.bytes("transfer-encoding: chunked\r\n");
    private static final byte[] CONTINUE = Ascii.bytes("HTTP/1.1 100 Continue\r\n\r\n");
    private static final int VERSION_DIGIT = "HTTP/1.".length();
    private static final int KEEP_BYTES = 64 * 1024;

    private byte[] scratch = new byte[4096];
    private int length;

    /**
     * Serialises a request.
     *
     * @return whether the body must be sent in chunks
     */
    public boolean request(RequestHead head, boolean endStream) {
        begin();
        HeaderBlock headers = head.headers();
        byte[] data = headers.data;
        put(data, head.methodOffset(), head.methodLength());
        put((byte) ' ');
        put(data, head.pathOffset(), head.pathLength());
        put(HTTP11);
        int host = headers.find(KnownHeader.HOST);
        if (host >= 0) {
            header(headers, host);
        }
        int limit = headers.limit();
        for (int i = 0; i < limit; i++) {
            int id = headers.id(i);
            if (id >= 0 && id != KnownHeader.HOST) {
                header(headers, i);
            }
        }
        boolean chunked = false;
        if (!headers.has(KnownHeader.CONTENT_LENGTH)) {
            if (!endStream) {
                put(CHUNKED);
                chunked = true;
            } else if (!head.method().isBodyUnexpected()) {
                put(LENGTH_ZERO);
            }
        }
        put(CRLF);
        return chunked;
    }

    /**
     * Serialises a final response by rule E9.
     *
     * @param toHead whether it answers HEAD
     * @param toHttp10 whether it answers an HTTP/1.0 request
     * @return whether the body must be sent in chunks
     */
    public boolean response(
            ResponseHead head, boolean endStream, boolean toHead, boolean toHttp10) {
        begin();
        int status = head.status();
        put(StatusLine.of(status));
        if (toHttp10) {
            scratch[VERSION_DIGIT] = '0';
        }
        HeaderBlock headers = head.headers();
        int limit = headers.limit();
        for (int i = 0; i < limit; i++) {
            if (headers.id(i) >= 0) {
                header(headers, i);
            }
        }
        boolean chunked = false;
        if (!headers.has(KnownHeader.CONTENT_LENGTH) && mayHaveBody(status)) {
            if (endStream && !toHead) {
                put(LENGTH_ZERO);
            } else if (!toHttp10) {
                put(CHUNKED);
                chunked = !toHead;
            }
        }
        put(CRLF);
        return chunked;
    }

    /** The interim {@code 100 Continue}. */
    public static byte[] continueLine() {
        return CONTINUE;
    }

    /** How many bytes the head takes. */
    public int length() {
        return length;
    }

    /** Appends the serialised head. */
    public void writeTo(ByteBuf out) {
        out.writeBytes(scratch, 0, length);
        if (scratch.length > KEEP_BYTES) {
            scratch = new byte[4096];
        }
    }

    private static boolean mayHaveBody(int status) {
        return status >= 200 && status != 204 && status != 304;
    }

    private void begin() {
        length = 0;
    }

    private void header(HeaderBlock headers, int entry) {
        byte[] data = headers.data;
        int id = headers.id(entry);
        int valueOffset = headers.valueOffset(entry);
        int valueLength = headers.valueLength(entry);
        int nameLength;
        byte[] name;
        int nameOffset;
        if (id > 0) {
            name = KnownHeader.name(id);
            nameOffset = 0;
            nameLength = name.length;
        } else {
            name = data;
            nameOffset = headers.nameOffset(entry);
            nameLength = headers.nameLength(entry);
        }
        int at = length;
        int needed = nameLength + valueLength + 4;
        if (scratch.length - at < needed) {
            grow(needed);
        }
        byte[] out = scratch;
        System.arraycopy(name, nameOffset, out, at, nameLength);
        at += nameLength;
        out[at++] = ':';
        out[at++] = ' ';
        System.arraycopy(data, valueOffset, out, at, valueLength);
        at += valueLength;
        out[at++] = '\r';
        out[at++] = '\n';
        length = at;
    }

    private void put(byte value) {
        if (scratch.length == length) {
            grow(1);
        }
        scratch[length++] = value;
    }

    private void put(byte[] source) {
        put(source, 0, source.length);
    }

    private void put(byte[] source, int offset, int count) {
        if (scratch.length - length < count) {
            grow(count);
        }
        System.arraycopy(source, offset, scratch, length, count);
        length += count;
    }

    private void grow(int more) {
        scratch = Arrays.copyOf(scratch, Math.max(scratch.length * 2, length + more));
    }
}
