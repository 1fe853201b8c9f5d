// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.conformance.frame;

import dev.outrigger.conformance.observe.Header;
import java.io.BufferedOutputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The frames of one HTTP/2 connection, from either side. It takes whatever the peer sends, answers
 * its settings and PINGs, and keeps to its windows. One thread reads, any may write; writing waits
 * for the peer's windows. What is written goes out with {@link #flush}, so that what belongs
 * together is not torn apart by chance.
 */
public final class FrameConnection {
    /** What is read; called by the reading thread. */
    public interface Listener {
        void onHeaders(int stream, List<Header> fields, boolean end) throws IOException;

        /**
         * @param text ISO-8859-1
         */
        void onData(int stream, String text, boolean end) throws IOException;

        void onReset(int stream, int code);

        void onGoAway(int lastStream, int code, String debug);
    }

    private static final byte[] PREFACE =
            "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".getBytes(StandardCharsets.US_ASCII);

    /** The first bytes of a client's connection, by which it is known. */
    public static final String PREFACE_START = "PRI *";

    private static final int DEFAULT_WINDOW = 65535;
    private static final int DEFAULT_TABLE_BYTES = 4096;
    private static final int MAX_FRAME_BYTES = 16384;
    private static final int TABLE_SETTING = 1;
    private static final int WINDOW_SETTING = 4;
    private static final int SETTING_BYTES = 6;

    /** More than any case brings, so that windows need not be renewed. */
    private static final int OWN_WINDOW = 1 << 30;

    private static final int OUTPUT_BYTES = 1 << 16;
    private static final int MAX_PAYLOAD_BYTES = 1 << 20;

    private final DataInputStream in;
    private final OutputStream out;
    private final FieldReader fields = new FieldReader();
    private final Map<Integer, Integer> windows = new HashMap<>();
    private int window = DEFAULT_WINDOW;
    private int streamWindow = DEFAULT_WINDOW;
    private boolean over;

    /** What the next block has to say of the table, which the peer has made smaller; else -1. */
    private int smallerTable = -1;

    public FrameConnection(InputStream in, OutputStream out) {
        this.in = new DataInputStream(in);
        this.out = new BufferedOutputStream(out, OUTPUT_BYTES);
    }

    /** Says what a client says first. */
    public void beginAsClient() throws IOException {
        out.write(PREFACE);
        settings();
        flush();
    }

    /** Reads what a client says first, and answers it. */
    public void beginAsServer() throws IOException {
        var seen = in.readNBytes(PREFACE.length);
        if (!Arrays.equals(seen, PREFACE)) {
            throw new IOException(
                    "no preface: '" + new String(seen, StandardCharsets.ISO_8859_1) + "'");
        }
        settings();
        flush();
    }

    private void settings() throws IOException {
        var payload =
                ByteBuffer.allocate(SETTING_BYTES)
                        .putShort((short) WINDOW_SETTING)
                        .putInt(OWN_WINDOW)
                        .array();
        write(new Frame(Frame.SETTINGS, 0, 0, payload));
        write(new Frame(Frame.WINDOW_UPDATE, 0, 0, int32(OWN_WINDOW)));
    }

    /** Reads until the connection ends. */
    public void read(Listener to) throws IOException {
        try {
            for (var frame = next(); frame != null; frame = next()) {
                on(frame, to);
            }
        } finally {
            end();
        }
    }

    private synchronized void end() {
        over = true;
        notifyAll();
    }

    private @Nullable Frame next() throws IOException {
        var head = in.readNBytes(Frame.HEAD_BYTES);
        if (head.length < Frame.HEAD_BYTES) {
            return null;
        }
        var values = ByteBuffer.wrap(head);
        int length = values.getInt(0) >>> 8;
        if (length > MAX_PAYLOAD_BYTES) {
            throw new IOException("a frame of " + length + " bytes");
        }
        var payload = in.readNBytes(length);
        if (payload.length < length) {
            throw new EOFException("within a frame");
        }
        return new Frame(head[3], head[4], values.getInt(5) & Integer.MAX_VALUE, payload);
    }

    private void on(Frame frame, Listener to) throws IOException {
        switch (frame.type()) {
            case Frame.HEADERS ->
                    to.onHeaders(
                            frame.stream(), fields.read(block(frame)), frame.has(Frame.END_STREAM));
            case Frame.DATA ->
                    to.onData(
                            frame.stream(),
                            new String(frame.content(), StandardCharsets.ISO_8859_1),
                            frame.has(Frame.END_STREAM));
            case Frame.RST_STREAM -> to.onReset(frame.stream(), frame.number(0));
            case Frame.GOAWAY ->
                    to.onGoAway(
                            frame.number(0),
                            frame.number(4),
                            new String(
                                    frame.payload(),
                                    8,
                                    frame.payload().length - 8,
                                    StandardCharsets.ISO_8859_1));
            case Frame.SETTINGS -> onSettings(frame);
            case Frame.PING -> {
                if (!frame.has(Frame.ACK)) {
                    write(new Frame(Frame.PING, Frame.ACK, 0, frame.payload()));
                    flush();
                }
            }
            case Frame.WINDOW_UPDATE -> grow(frame.stream(), frame.number(0));
            default -> {
                // Nothing that a case is about.
            }
        }
    }

    /** The whole block that the frame begins. */
    private byte[] block(Frame first) throws IOException {
        var block = new ByteArrayOutputStream();
        block.writeBytes(first.content());
        for (var frame = first; !frame.has(Frame.END_HEADERS); ) {
            var more = next();
            if (more == null || more.type() != Frame.CONTINUATION) {
                throw new IOException("a field block that does not go on");
            }
            block.writeBytes(more.payload());
            frame = more;
        }
        return block.toByteArray();
    }

    private void onSettings(Frame frame) throws IOException {
        if (frame.has(Frame.ACK)) {
            return;
        }
        int table = DEFAULT_TABLE_BYTES;
        for (int at = 0; at < frame.payload().length; at += SETTING_BYTES) {
            switch (ByteBuffer.wrap(frame.payload()).getShort(at)) {
                case TABLE_SETTING -> table = frame.number(at + 2);
                case WINDOW_SETTING -> setWindow(frame.number(at + 2));
                default -> {
                    // Nothing that this side comes close to.
                }
            }
        }
        synchronized (out) {
            if (table < DEFAULT_TABLE_BYTES) {
                smallerTable = table;
            }
            write(new Frame(Frame.SETTINGS, Frame.ACK, 0, new byte[0]));
        }
        flush();
    }

    private synchronized void setWindow(int bytes) {
        int change = bytes - streamWindow;
        streamWindow = bytes;
        windows.replaceAll((_, left) -> left + change);
        notifyAll();
    }

    private synchronized void grow(int stream, int bytes) {
        if (stream == 0) {
            window += bytes;
        } else {
            windows.put(stream, windows.getOrDefault(stream, streamWindow) + bytes);
        }
        notifyAll();
    }

    /** Sends a field block. */
    public void headers(int stream, List<Header> block, boolean end) throws IOException {
        synchronized (this) {
            windows.putIfAbsent(stream, streamWindow);
        }
        synchronized (out) {
            var bytes = FieldBlock.of(block, smallerTable);
            smallerTable = -1;
            writeBlock(stream, bytes, end);
        }
    }

    private void writeBlock(int stream, byte[] bytes, boolean end) throws IOException {
        var frames = new ByteArrayOutputStream();
        int at = 0;
        do {
            int to = Math.min(bytes.length, at + MAX_FRAME_BYTES);
            int flags = (to == bytes.length ? Frame.END_HEADERS : 0);
            if (at == 0 && end) {
                flags |= Frame.END_STREAM;
            }
            var part = Arrays.copyOfRange(bytes, at, to);
            int type = at == 0 ? Frame.HEADERS : Frame.CONTINUATION;
            frames.writeBytes(new Frame(type, flags, stream, part).bytes());
            at = to;
        } while (at < bytes.length);
        writeBytes(frames.toByteArray());
    }

    /** Sends data, in as many frames as the peer's windows ask for. */
    public void data(int stream, String text, boolean end) throws IOException {
        var bytes = text.getBytes(StandardCharsets.ISO_8859_1);
        int at = 0;
        do {
            if (bytes.length > 0 && !mayTake(stream)) {
                flush();
            }
            int length = bytes.length == 0 ? 0 : take(stream, bytes.length - at);
            int to = at + length;
            int flags = end && to == bytes.length ? Frame.END_STREAM : 0;
            write(new Frame(Frame.DATA, flags, stream, Arrays.copyOfRange(bytes, at, to)));
            at = to;
        } while (at < bytes.length);
    }

    /** Waits until something may be sent, and says how much. */
    private synchronized int take(int stream, int wanted) throws IOException {
        while (!over && room(stream) <= 0) {
            try {
                wait();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new IOException("interrupted", e);
            }
        }
        if (over) {
            throw new EOFException("the peer has gone");
        }
        int taken = Math.min(wanted, Math.min(MAX_FRAME_BYTES, room(stream)));
        window -= taken;
        windows.put(stream, windows.getOrDefault(stream, streamWindow) - taken);
        return taken;
    }

    private synchronized boolean mayTake(int stream) {
        return room(stream) > 0;
    }

    private int room(int stream) {
        return Math.min(window, windows.getOrDefault(stream, streamWindow));
    }

    /** Ends a stream with an error. */
    public void reset(int stream, int code) throws IOException {
        write(new Frame(Frame.RST_STREAM, 0, stream, int32(code)));
    }

    /** Says that streams behind that one are not looked at. */
    public void goAway(int lastStream, int code) throws IOException {
        var payload = ByteBuffer.allocate(8).putInt(lastStream).putInt(code).array();
        write(new Frame(Frame.GOAWAY, 0, 0, payload));
    }

    /** Sends what was written. */
    public void flush() throws IOException {
        synchronized (out) {
            out.flush();
        }
    }

    private static byte[] int32(int value) {
        return ByteBuffer.allocate(4).putInt(value).array();
    }

    private void write(Frame frame) throws IOException {
        writeBytes(frame.bytes());
    }

    private void writeBytes(byte[] bytes) throws IOException {
        synchronized (out) {
            out.write(bytes);
        }
    }
}
