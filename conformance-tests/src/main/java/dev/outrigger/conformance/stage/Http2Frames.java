// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.conformance.stage;

import dev.outrigger.conformance.frame.FieldReader;
import dev.outrigger.conformance.observe.Header;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;

/**
 * One end of an HTTP/2 connection (RFC 9113): frames in and out, windows, header blocks. Written to
 * by any thread, read by one.
 */
final class Http2Frames {
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
    static final int PADDED = 8;
    static final int HAS_PRIORITY = 0x20;

    static final int INTERNAL_ERROR = 2;
    static final int REFUSED_STREAM = 7;

    static final byte[] MAGIC =
            "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".getBytes(StandardCharsets.ISO_8859_1);

    private static final int INITIAL_WINDOW = 4;
    private static final int LARGEST_WINDOW = Integer.MAX_VALUE;
    private static final int DEFAULT_WINDOW = 65_535;
    private static final int LARGEST_FRAME = 16_384;

    private final Wire wire;
    private final DataInputStream in;
    private final FieldReader fields = new FieldReader();
    private final Windows windows = new Windows();
    private final ByteArrayOutputStream block = new ByteArrayOutputStream();

    Http2Frames(Wire wire) throws IOException {
        this.wire = wire;
        InputStream from = wire.in();
        this.in = new DataInputStream(from);
    }

    /** A frame as it came; header blocks are whole and decoded. */
    record Frame(int type, int flags, int stream, ByteBuffer payload, List<Header> headers) {
        Frame {
            headers = List.copyOf(headers);
        }

        boolean ends() {
            return (type == DATA || type == HEADERS) && (flags & END_STREAM) != 0;
        }

        /** The error code of RST_STREAM and GOAWAY. */
        int code() {
            return payload.getInt(type == GOAWAY ? 4 : 0);
        }

        private byte[] bytes() {
            var bytes = new byte[payload.remaining()];
            payload.duplicate().get(bytes);
            return bytes;
        }

        String text() {
            return StandardCharsets.ISO_8859_1.decode(payload.duplicate()).toString();
        }
    }

    /** How much the peer still takes; for a while only, as a script may not be held up for ever. */
    private static final class Windows {
        private static final long PATIENCE_MILLIS = 1000;

        private final java.util.Map<Integer, Integer> streams = new java.util.HashMap<>();
        private int connection = DEFAULT_WINDOW;
        private int initial = DEFAULT_WINDOW;

        synchronized void add(int stream, int more) {
            if (stream == 0) {
                connection += more;
            } else {
                streams.merge(stream, more, Integer::sum);
            }
            notifyAll();
        }

        synchronized void setInitial(int size) {
            initial = size;
            notifyAll();
        }

        /** How many of so many bytes may be sent now; 0 when none may for too long. */
        synchronized int take(int stream, int wanted) {
            long deadline = System.nanoTime() + PATIENCE_MILLIS * 1_000_000;
            while (available(stream) <= 0) {
                long left = (deadline - System.nanoTime()) / 1_000_000;
                if (left <= 0) {
                    return 0;
                }
                try {
                    wait(left);
                } catch (InterruptedException _) {
                    Thread.currentThread().interrupt();
                    return 0;
                }
            }
            int taken = Math.min(wanted, Math.min(available(stream), LARGEST_FRAME));
            connection -= taken;
            streams.merge(stream, -taken, Integer::sum);
            return taken;
        }

        private int available(int stream) {
            return Math.min(connection, initial + streams.getOrDefault(stream, 0));
        }
    }

    /** What each side says first: whatever comes is welcome. */
    void greet() throws IOException {
        var setting = ByteBuffer.allocate(6).putShort((short) INITIAL_WINDOW);
        write(SETTINGS, 0, 0, setting.putInt(LARGEST_WINDOW).array());
        write(WINDOW_UPDATE, 0, 0, int32(LARGEST_WINDOW - DEFAULT_WINDOW));
    }

    void readMagic() throws IOException {
        in.readFully(new byte[MAGIC.length]);
    }

    /** The next frame that is about a stream, or that says that the connection goes away. */
    Frame next() throws IOException {
        while (true) {
            var frame = read();
            switch (frame.type()) {
                case SETTINGS -> onSettings(frame);
                case PING -> {
                    if ((frame.flags() & ACK) == 0) {
                        write(PING, ACK, 0, frame.bytes());
                    }
                }
                case WINDOW_UPDATE -> windows.add(frame.stream(), frame.payload().getInt(0));
                case HEADERS, CONTINUATION -> {
                    block.writeBytes(frame.bytes());
                    if ((frame.flags() & END_HEADERS) != 0) {
                        var headers = fields.read(block.toByteArray());
                        return new Frame(
                                HEADERS, flags, frame.stream(), ByteBuffer.allocate(0), headers);
                    }
                }
                default -> {
                    if (frame.type() <= CONTINUATION) {
                        return frame;
                    }
                }
            }
        }
    }

    /** Of the HEADERS frame whose block is being put together. */
    private int flags;

    private Frame read() throws IOException {
        int length = (in.readUnsignedByte() << 16) | in.readUnsignedShort();
        int type = in.readUnsignedByte();
        int ofFrame = in.readUnsignedByte();
        int stream = in.readInt() & Integer.MAX_VALUE;
        var payload = new byte[length];
        in.readFully(payload);
        if (type == HEADERS) {
            flags = ofFrame;
            block.reset();
        }
        if (type == HEADERS || type == DATA) {
            payload = withoutPadding(payload, ofFrame, type);
        }
        return new Frame(type, ofFrame, stream, ByteBuffer.wrap(payload), List.of());
    }

    private static byte[] withoutPadding(byte[] payload, int flags, int type) {
        int from = 0;
        int to = payload.length;
        if ((flags & PADDED) != 0) {
            to -= payload[0] & 255;
            from++;
        }
        if (type == HEADERS && (flags & HAS_PRIORITY) != 0) {
            from += 5;
        }
        return Arrays.copyOfRange(payload, from, to);
    }

    private void onSettings(Frame frame) throws IOException {
        if ((frame.flags() & ACK) != 0) {
            return;
        }
        var settings = frame.payload().duplicate();
        while (settings.remaining() >= 6) {
            int id = settings.getShort();
            int value = settings.getInt();
            if (id == INITIAL_WINDOW) {
                windows.setInitial(value);
            }
        }
        write(SETTINGS, ACK, 0, new byte[0]);
    }

    /** Sends a header block. */
    void headers(int stream, List<Header> headers, boolean endStream) throws IOException {
        wire.write(headerFrames(stream, headers, endStream));
    }

    /** A header block, as literals that no table keeps, in as many frames as it takes. */
    static byte[] headerFrames(int stream, List<Header> headers, boolean endStream) {
        var whole = new ByteArrayOutputStream();
        for (var header : headers) {
            whole.write(0);
            string(whole, header.name());
            string(whole, header.value());
        }
        byte[] bytes = whole.toByteArray();
        var frames = new ByteArrayOutputStream();
        int at = 0;
        do {
            int end = Math.min(bytes.length, at + LARGEST_FRAME);
            int bits = (end == bytes.length ? END_HEADERS : 0);
            frames.writeBytes(
                    frame(
                            at == 0 ? HEADERS : CONTINUATION,
                            at == 0 && endStream ? bits | END_STREAM : bits,
                            stream,
                            Arrays.copyOfRange(bytes, at, end)));
            at = end;
        } while (at < bytes.length);
        return frames.toByteArray();
    }

    /** Sends data as fast as the peer takes it; an empty piece only where it ends the stream. */
    void data(int stream, String text, boolean endStream) throws IOException {
        byte[] bytes = text.getBytes(StandardCharsets.ISO_8859_1);
        int at = 0;
        do {
            int taken = at == bytes.length ? 0 : taken(stream, bytes.length - at);
            boolean last = endStream && at + taken == bytes.length;
            if (taken > 0 || last) {
                wire.write(
                        frame(
                                DATA,
                                last ? END_STREAM : 0,
                                stream,
                                Arrays.copyOfRange(bytes, at, at + taken)));
            }
            at += taken;
        } while (at < bytes.length);
    }

    /** The frame for a little data, once the peer takes it. */
    byte[] dataFrame(int stream, String text, boolean endStream) throws IOException {
        byte[] bytes = text.getBytes(StandardCharsets.ISO_8859_1);
        for (int at = 0; at < bytes.length; ) {
            at += taken(stream, bytes.length - at);
        }
        return frame(DATA, endStream ? END_STREAM : 0, stream, bytes);
    }

    private int taken(int stream, int wanted) throws IOException {
        int taken = windows.take(stream, wanted);
        if (taken == 0) {
            throw new IOException("the peer takes no more data");
        }
        return taken;
    }

    void reset(int stream, int code) throws IOException {
        write(RST_STREAM, 0, stream, int32(code));
    }

    /** Says that no stream after this one is answered. */
    void goAway(int lastStream) throws IOException {
        write(GOAWAY, 0, 0, ByteBuffer.allocate(8).putInt(lastStream).putInt(0).array());
    }

    private void write(int type, int bits, int stream, byte[] payload) throws IOException {
        wire.write(frame(type, bits, stream, payload));
    }

    private static byte[] frame(int type, int bits, int stream, byte[] payload) {
        return ByteBuffer.allocate(9 + payload.length)
                .put((byte) (payload.length >> 16))
                .putShort((short) payload.length)
                .put((byte) type)
                .put((byte) bits)
                .putInt(stream)
                .put(payload)
                .array();
    }

    private static byte[] int32(int value) {
        return ByteBuffer.allocate(4).putInt(value).array();
    }

    /** RFC 7541 5.2, without Huffman's code. */
    private static void string(ByteArrayOutputStream out, String text) {
        int longest = 127;
        if (text.length() < longest) {
            out.write(text.length());
        } else {
            out.write(longest);
            int rest = text.length() - longest;
            for (; rest >= 128; rest >>>= 7) {
                out.write((rest & 127) | 128);
            }
            out.write(rest);
        }
        out.writeBytes(text.getBytes(StandardCharsets.ISO_8859_1));
    }
}
