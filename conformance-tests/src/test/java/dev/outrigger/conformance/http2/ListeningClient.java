// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.conformance.http2;

import static dev.outrigger.conformance.http2.Frames.ACK;
import static dev.outrigger.conformance.http2.Frames.DATA;
import static dev.outrigger.conformance.http2.Frames.END;
import static dev.outrigger.conformance.http2.Frames.HEADERS;
import static dev.outrigger.conformance.http2.Frames.PING;
import static dev.outrigger.conformance.http2.Frames.RST_STREAM;
import static dev.outrigger.conformance.http2.Frames.frame;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Set;
import java.util.function.BooleanSupplier;

/** A client that says frames, and hears until what it waits for has come. One thread. */
final class ListeningClient implements AutoCloseable {
    private static final int HEAD_BYTES = 9;

    private final Socket socket;
    private final ByteArrayOutputStream received = new ByteArrayOutputStream();
    private final Set<Integer> ended = new HashSet<>();
    private boolean answersPings;
    private boolean closed;
    private int looked;
    private int bodyBytes;
    private int pings;
    private int answers;

    /**
     * @param patience what it waits for comes by then
     */
    ListeningClient(int port, Duration patience) throws IOException {
        socket = new Socket(InetAddress.getLoopbackAddress(), port);
        socket.setTcpNoDelay(true);
        socket.setSoTimeout((int) patience.toMillis());
    }

    ListeningClient say(byte[] frames) throws IOException {
        socket.getOutputStream().write(frames);
        return this;
    }

    void answerPings() {
        answersPings = true;
    }

    /**
     * Hears until then, or until the connection ends.
     *
     * @throws IOException also when nothing more comes although it should
     */
    ListeningClient hearUntil(BooleanSupplier enough) throws IOException {
        var buffer = new byte[1 << 16];
        while (!closed && !enough.getAsBoolean()) {
            int count = socket.getInputStream().read(buffer);
            closed = count < 0;
            received.write(buffer, 0, Math.max(0, count));
            look();
        }
        return this;
    }

    private void look() throws IOException {
        byte[] bytes = received.toByteArray();
        while (bytes.length - looked >= HEAD_BYTES) {
            var head = ByteBuffer.wrap(bytes, looked, HEAD_BYTES);
            int lengthAndType = head.getInt();
            int flags = head.get();
            int stream = head.getInt();
            int end = looked + HEAD_BYTES + (lengthAndType >>> 8);
            if (end > bytes.length) {
                return;
            }
            byte[] payload = Arrays.copyOfRange(bytes, looked + HEAD_BYTES, end);
            looked = end;
            switch (lengthAndType & 255) {
                case PING -> onPing((flags & ACK) != 0, payload);
                case DATA, HEADERS -> {
                    bodyBytes += (lengthAndType & 255) == DATA ? payload.length : 0;
                    if ((flags & END) != 0) {
                        ended.add(stream);
                    }
                }
                case RST_STREAM -> ended.add(stream);
                default -> {}
            }
        }
    }

    private void onPing(boolean answer, byte[] payload) throws IOException {
        if (answer) {
            answers++;
            return;
        }
        pings++;
        if (answersPings) {
            say(frame(PING, ACK, 0, payload));
        }
    }

    /** How many PINGs came that want an answer. */
    int pings() {
        return pings;
    }

    /** How many answers to PINGs came. */
    int answers() {
        return answers;
    }

    /** How much came of all bodies. */
    int bodyBytes() {
        return bodyBytes;
    }

    boolean isEnded(int stream) {
        return closed || ended.contains(stream);
    }

    /** What came on streams, and whether the connection has ended. */
    String told() {
        var streams = FrameClient.describe(received.toByteArray());
        streams.remove(0);
        return streams + (closed ? ", closed" : ", open");
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
