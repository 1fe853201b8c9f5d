// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.message;

import io.netty.buffer.ByteBuf;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Serialises heads from the model into one scratch array, so that the output buffer is written
 * once. One per event loop.
 */
public final class HeadWriter {
    private static final byte[] HTTP11 = Ascii.bytes(" HTTP/1.1\r\n");
    private static final byte[] CRLF = {'\r', '\n'};
    private static final byte[] COLON = {':', ' '};
    private static final byte[] LAST_CHUNK = {'0', '\r', '\n'};
    private static final byte[] HTTP_URL = Ascii.bytes("http://");
    private static final byte[] HTTPS_URL = Ascii.bytes("https://");
    private static final byte[] ZERO = {'0'};
    private static final byte[] CHUNKED = Ascii.bytes("chunked");
    private static final byte[] CONTINUE = Ascii.bytes("HTTP/1.1 100 Continue\r\n\r\n");
    private static final int VERSION_DIGIT = "HTTP/1.".length();
    private static final int KEEP_BYTES = 64 * 1024;

    private byte[] scratch = new byte[4096];
    private int length;
    private int linesFrom;
    private @Nullable HeaderKeyFormat format;

    /**
     * Serialises a request. The target of a CONNECT is its authority; behind it and behind an
     * upgrade follows no HTTP.
     *
     * @param options of the connection it goes to
     * @return whether the body must be sent in chunks
     */
    public boolean request(RequestHead head, boolean endStream, EncoderOptions options) {
        HeaderBlock headers = head.headers();
        begin(headers, options);
        byte[] data = headers.data;
        put(data, head.methodOffset(), head.methodLength());
        put((byte) ' ');
        int host = headers.find(KnownHeader.HOST);
        boolean connect = head.method() == Method.CONNECT;
        if (connect && host >= 0) {
            put(data, headers.valueOffset(host), headers.valueLength(host));
        } else {
            if (options.fullyQualifiedUrl() && host >= 0) {
                put(head.isHttps() ? HTTPS_URL : HTTP_URL);
                put(data, headers.valueOffset(host), headers.valueLength(host));
            }
            put(data, head.pathOffset(), head.pathLength());
        }
        put(HTTP11);
        linesFrom = length;
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
        if (!headers.has(KnownHeader.CONTENT_LENGTH) && !head.isTunnel()) {
            if (!endStream) {
                put(KnownHeader.TRANSFER_ENCODING, CHUNKED);
                chunked = true;
            } else if (!head.method().isBodyUnexpected()) {
                put(KnownHeader.CONTENT_LENGTH, ZERO);
            }
        }
        put(CRLF);
        return chunked;
    }

    /**
     * Serialises a final response by rule E9.
     *
     * @param to the request it answers
     * @return whether the body must be sent in chunks
     */
    public boolean response(
            ResponseHead head, boolean endStream, AnsweredRequest to, EncoderOptions options) {
        HeaderBlock headers = head.headers();
        begin(headers, options);
        int status = head.status();
        statusLine(status);
        if (to.isHttp10()) {
            scratch[VERSION_DIGIT] = '0';
        }
        linesFrom = length;
        int limit = headers.limit();
        for (int i = 0; i < limit; i++) {
            if (headers.id(i) >= 0) {
                header(headers, i);
            }
        }
        boolean chunked = false;
        if (!headers.has(KnownHeader.CONTENT_LENGTH)
                && mayHaveBody(status)
                && (endStream || !(to.isConnect() && status / 100 == 2))) {
            if (endStream && !to.isLengthUntold()) {
                put(KnownHeader.CONTENT_LENGTH, ZERO);
            } else if (!to.isChunkingUntold()) {
                put(KnownHeader.TRANSFER_ENCODING, CHUNKED);
                chunked = !to.isHead();
            }
        }
        put(CRLF);
        return chunked;
    }

    /** Serialises an interim response. */
    public void interim(ResponseHead head, EncoderOptions options) {
        HeaderBlock headers = head.headers();
        begin(headers, options);
        statusLine(head.status());
        linesFrom = length;
        for (int i = 0; i < headers.limit(); i++) {
            if (headers.id(i) >= 0) {
                header(headers, i);
            }
        }
        put(CRLF);
    }

    /** Serialises the end of a body in chunks with its trailers. */
    public void trailers(HeaderBlock trailers, EncoderOptions options) {
        begin(trailers, options);
        put(LAST_CHUNK);
        linesFrom = length;
        for (int i = 0; i < trailers.limit(); i++) {
            if (trailers.id(i) >= 0) {
                header(trailers, i);
            }
        }
        put(CRLF);
    }

    private void statusLine(int status) {
        byte @Nullable [] phrase = format instanceof OriginalNames names ? names.reason() : null;
        if (phrase == null) {
            put(StatusLine.of(status));
        } else {
            put(Ascii.bytes("HTTP/1.1 " + status + ' '));
            put(phrase);
            put(CRLF);
        }
    }

    /** The interim {@code 100 Continue}. */
    public static byte[] continueLine() {
        return CONTINUE;
    }

    /** How many bytes its header lines take, with their ends. */
    public int headerBytes() {
        return length - linesFrom - CRLF.length;
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

    private void begin(HeaderBlock headers, EncoderOptions options) {
        length = 0;
        HeaderKeyFormat wished = headers.keyFormat();
        format = wished == null ? options.keyFormat() : wished;
    }

    private void put(int id, byte[] value) {
        byte[] name = KnownHeader.name(id);
        int at = length;
        put(name);
        if (format != null) {
            format.apply(scratch, at, name.length);
        }
        put(COLON);
        put(value);
        put(CRLF);
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
        if (format != null) {
            format.apply(out, at, nameLength);
        }
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
