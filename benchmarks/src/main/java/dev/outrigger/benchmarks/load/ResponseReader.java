// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.benchmarks.load;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/**
 * Finds the end of one HTTP/1.1 answer after the other on a connection that carries one exchange at
 * a time. Knows Content-Length only: what the compared proxies send back for the fixed body.
 */
final class ResponseReader {

    private static final int HEAD_LIMIT_BYTES = 16 * 1024;
    private static final int STATUS_OFFSET = "HTTP/1.1 ".length();

    private final byte[] head = new byte[HEAD_LIMIT_BYTES];
    private int headLength;
    private long bodyMissing = -1;
    private int status;

    /**
     * Takes what was read.
     *
     * @return whether the answer is complete; the reader is then ready for the next one
     * @throws IOException when the answer cannot be understood; the connection is of no use
     *     afterwards
     */
    boolean take(ByteBuffer bytes) throws IOException {
        while (bodyMissing < 0 && bytes.hasRemaining()) {
            takeHeadByte(bytes.get());
        }
        if (bodyMissing < 0) {
            return false;
        }
        if (bytes.remaining() > bodyMissing) {
            throw new IOException(
                    "answer: " + (bytes.remaining() - bodyMissing) + " bytes after its end");
        }
        bodyMissing -= bytes.remaining();
        bytes.position(bytes.limit());
        if (bodyMissing > 0) {
            return false;
        }
        bodyMissing = -1;
        headLength = 0;
        return true;
    }

    /** Status of the answer whose head was read last. */
    int status() {
        return status;
    }

    private void takeHeadByte(byte next) throws IOException {
        if (headLength == HEAD_LIMIT_BYTES) {
            throw new IOException("answer head: longer than " + HEAD_LIMIT_BYTES + " bytes");
        }
        head[headLength++] = next;
        if (next == '\n'
                && headLength >= 4
                && head[headLength - 2] == '\r'
                && head[headLength - 3] == '\n'
                && head[headLength - 4] == '\r') {
            readHead();
        }
    }

    private void readHead() throws IOException {
        if (headLength < STATUS_OFFSET + 3 || head[0] != 'H') {
            throw new IOException("answer head: no status line");
        }
        status =
                (head[STATUS_OFFSET] - '0') * 100
                        + (head[STATUS_OFFSET + 1] - '0') * 10
                        + (head[STATUS_OFFSET + 2] - '0');
        bodyMissing = contentLength();
    }

    /** Runs once an answer, on the generator's core: no text is made except of the digits. */
    private long contentLength() throws IOException {
        int lineStart = 0;
        for (int i = 0; i < headLength; i++) {
            if (head[i] == '\n') {
                lineStart = i + 1;
            } else if (head[i] == ':' && isContentLength(lineStart, i)) {
                return digitsFrom(i + 1);
            }
        }
        throw new IOException("answer head: no content-length");
    }

    private boolean isContentLength(int start, int end) {
        var name = "content-length";
        if (end - start != name.length()) {
            return false;
        }
        for (int i = 0; i < name.length(); i++) {
            if ((head[start + i] | 0x20) != name.charAt(i)) {
                return false;
            }
        }
        return true;
    }

    private long digitsFrom(int start) throws IOException {
        int end = start;
        while (end < headLength && head[end] != '\r') {
            end++;
        }
        var text = new String(head, start, end - start, StandardCharsets.ISO_8859_1).strip();
        try {
            return Long.parseUnsignedLong(text);
        } catch (NumberFormatException notANumber) {
            throw new IOException("content-length: '" + text + "' (expected: digits)", notANumber);
        }
    }
}
