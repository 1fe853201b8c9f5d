// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.benchmarks.xdsclient;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Deque;

/**
 * HTTP/2 with one gRPC stream on one connection, as far as a client of a well-behaved server needs
 * it (RFC 9113). Windows for what it receives are as large as can be; those for what it sends are
 * obeyed.
 */
final class Wire {
    private static final int HEAD = 9;
    private static final int DATA = 0;
    private static final int HEADERS = 1;
    private static final int RST_STREAM = 3;
    private static final int SETTINGS = 4;
    private static final int PING = 6;
    private static final int GOAWAY = 7;
    private static final int WINDOW_UPDATE = 8;
    private static final int ACK = 1;
    private static final int END_STREAM = 1;
    private static final int INITIAL_WINDOW = 65_535;
    private static final int LARGEST_WINDOW = Integer.MAX_VALUE;
    private static final int FRAME = 16_384;
    private static final int SETTING_INITIAL_WINDOW = 4;

    private static final byte[] OPENING = opening();

    /** Where the bytes of the gRPC stream go. */
    interface Inbound {
        void data(byte[] from, int offset, int length);
    }

    private final SocketChannel channel;
    private final Inbound inbound;
    private final byte[] head = new byte[HEAD];
    private int headRead;
    private int left;
    private byte[] control = new byte[0];
    private int controlRead;

    private final Deque<ByteBuffer> messages = new ArrayDeque<>();
    private final Deque<ByteBuffer> unwritten = new ArrayDeque<>();
    private int connectionWindow = INITIAL_WINDOW;
    private int streamWindow = INITIAL_WINDOW;
    private int initialWindow = INITIAL_WINDOW;
    private boolean ended;

    Wire(SocketChannel channel, Inbound inbound) {
        this.channel = channel;
        this.inbound = inbound;
    }

    /** Whether the server has ended the stream or the connection. */
    boolean isEnded() {
        return ended;
    }

    /** Preface, settings and the request's headers. */
    void open() throws IOException {
        write(ByteBuffer.wrap(OPENING));
    }

    /** Sends bytes of the stream; those of several calls may be parts of one message. */
    void send(byte[] part) throws IOException {
        messages.add(ByteBuffer.wrap(part));
        pump();
    }

    /** Whether something waits for the socket to take it. */
    boolean isBackedUp() {
        return !unwritten.isEmpty();
    }

    void flush() throws IOException {
        while (!unwritten.isEmpty()) {
            var next = unwritten.peek();
            channel.write(next);
            if (next.hasRemaining()) {
                return;
            }
            unwritten.remove();
        }
        pump();
    }

    private void pump() throws IOException {
        while (!messages.isEmpty() && unwritten.isEmpty()) {
            int room = Math.min(FRAME, Math.min(connectionWindow, streamWindow));
            if (room <= 0) {
                return;
            }
            var frame = ByteBuffer.allocate(HEAD + Math.min(room, waiting(room)));
            frame.position(HEAD);
            while (frame.hasRemaining()) {
                var next = messages.element();
                int part = Math.min(next.remaining(), frame.remaining());
                frame.put(next.slice(next.position(), part));
                next.position(next.position() + part);
                if (!next.hasRemaining()) {
                    messages.remove();
                }
            }
            int payload = frame.position() - HEAD;
            connectionWindow -= payload;
            streamWindow -= payload;
            head(frame.flip(), payload, DATA, 0, 1);
            write(frame);
        }
    }

    /** How much waits, but no more than a limit. */
    private int waiting(int limit) {
        int sum = 0;
        for (ByteBuffer message : messages) {
            sum += message.remaining();
            if (sum >= limit) {
                return limit;
            }
        }
        return sum;
    }

    private void write(ByteBuffer bytes) throws IOException {
        if (unwritten.isEmpty()) {
            channel.write(bytes);
        }
        if (bytes.hasRemaining()) {
            unwritten.add(bytes);
        }
    }

    void read(byte[] from, int count) throws IOException {
        int at = 0;
        while (at < count) {
            if (headRead < HEAD) {
                int part = Math.min(HEAD - headRead, count - at);
                System.arraycopy(from, at, head, headRead, part);
                headRead += part;
                at += part;
                if (headRead < HEAD) {
                    return;
                }
                left = ((head[0] & 0xFF) << 16) | ((head[1] & 0xFF) << 8) | (head[2] & 0xFF);
                controlRead = 0;
            }
            int part = Math.min(left, count - at);
            payload(from, at, part);
            at += part;
            left -= part;
            if (left == 0) {
                headRead = 0;
                end();
            }
        }
    }

    private void payload(byte[] from, int offset, int length) {
        switch (head[3]) {
            case DATA -> inbound.data(from, offset, length);
            case SETTINGS, PING, WINDOW_UPDATE -> {
                if (control.length < controlRead + length) {
                    control = java.util.Arrays.copyOf(control, controlRead + length);
                }
                System.arraycopy(from, offset, control, controlRead, length);
                controlRead += length;
            }
            default -> {} // Headers and the like say nothing we need.
        }
    }

    private void end() throws IOException {
        int flags = head[4];
        switch (head[3]) {
            case DATA, HEADERS -> ended |= (flags & END_STREAM) != 0;
            case RST_STREAM, GOAWAY -> ended = true;
            case SETTINGS -> {
                if ((flags & ACK) == 0) {
                    settings();
                    write(frame(SETTINGS, ACK, 0, new byte[0]));
                }
            }
            case PING -> {
                if ((flags & ACK) == 0) {
                    write(frame(PING, ACK, 0, java.util.Arrays.copyOf(control, controlRead)));
                }
            }
            case WINDOW_UPDATE -> {
                int more = ByteBuffer.wrap(control).getInt();
                if (head[5] == 0 && head[6] == 0 && head[7] == 0 && head[8] == 0) {
                    connectionWindow += more;
                } else {
                    streamWindow += more;
                }
                pump();
            }
            default -> {}
        }
    }

    private void settings() throws IOException {
        var settings = ByteBuffer.wrap(control, 0, controlRead);
        while (settings.remaining() >= 6) {
            int name = settings.getShort();
            int value = settings.getInt();
            if (name == SETTING_INITIAL_WINDOW) {
                streamWindow += value - initialWindow;
                initialWindow = value;
            }
        }
        pump();
    }

    private static ByteBuffer frame(int type, int flags, int stream, byte[] payload) {
        var frame = ByteBuffer.allocate(HEAD + payload.length);
        frame.position(HEAD);
        frame.put(payload).flip();
        return head(frame, payload.length, type, flags, stream);
    }

    private static ByteBuffer head(ByteBuffer frame, int length, int type, int flags, int stream) {
        return frame.put(0, (byte) (length >>> 16))
                .put(1, (byte) (length >>> 8))
                .put(2, (byte) length)
                .put(3, (byte) type)
                .put(4, (byte) flags)
                .putInt(5, stream);
    }

    private static byte[] opening() {
        var bytes = new ByteArrayOutputStream();
        bytes.writeBytes("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
        bytes.writeBytes(
                frame(
                                SETTINGS,
                                0,
                                0,
                                ByteBuffer.allocate(6)
                                        .putShort((short) SETTING_INITIAL_WINDOW)
                                        .putInt(LARGEST_WINDOW)
                                        .array())
                        .array());
        bytes.writeBytes(
                frame(
                                WINDOW_UPDATE,
                                0,
                                0,
                                ByteBuffer.allocate(4)
                                        .putInt(LARGEST_WINDOW - INITIAL_WINDOW)
                                        .array())
                        .array());
        int endHeaders = 4;
        bytes.writeBytes(frame(HEADERS, endHeaders, 1, requestHeaders()).array());
        return bytes.toByteArray();
    }

    /** HPACK without a table of its own: names by their static index, values as they are. */
    private static byte[] requestHeaders() {
        var block = new ByteArrayOutputStream();
        block.write(0x83); // :method POST
        block.write(0x86); // :scheme http
        block.write(0x04); // :path
        literal(
                block,
                "/envoy.service.discovery.v3.AggregatedDiscoveryService/DeltaAggregatedResources");
        block.write(0x01); // :authority
        literal(block, "localhost");
        block.write(0x0F); // content-type, index 31
        block.write(0x10);
        literal(block, "application/grpc");
        block.write(0x00);
        literal(block, "te");
        literal(block, "trailers");
        return block.toByteArray();
    }

    private static void literal(ByteArrayOutputStream block, String value) {
        block.write(value.length()); // Below 127: one byte.
        block.writeBytes(value.getBytes(StandardCharsets.US_ASCII));
    }
}
