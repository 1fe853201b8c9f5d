// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.conformance.http2;

import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * An HTTP/2 upstream that says what a script tells it to, right or wrong, and notes what it hears.
 */
final class FrameUpstream implements AutoCloseable {
    /** In a script: the connection ends here. */
    static final byte[] CLOSE = "close".getBytes(java.nio.charset.StandardCharsets.US_ASCII);

    /**
     * What is said on one connection.
     *
     * @param greeting at once
     * @param atHead when a stream's first HEADERS have come, by stream
     * @param atEnd when a stream has ended
     * @param answersPings whether PINGs are answered
     */
    record Script(
            List<byte[]> greeting,
            Map<Integer, List<byte[]>> atHead,
            Map<Integer, List<byte[]>> atEnd,
            boolean answersPings) {
        static Script greets(byte[]... parts) {
            return new Script(List.of(parts), new HashMap<>(), new HashMap<>(), false);
        }

        /** The same, and every PING is answered. */
        Script answeringPings() {
            return new Script(greeting, atHead, atEnd, true);
        }

        Script atHead(int stream, byte[]... parts) {
            atHead.put(stream, List.of(parts));
            return this;
        }

        Script atEnd(int stream, byte[]... parts) {
            atEnd.put(stream, List.of(parts));
            return this;
        }
    }

    private final ServerSocket server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    private final List<Script> scripts;
    private final List<ByteArrayOutputStream> heard = new ArrayList<>();
    private final List<Socket> open = Collections.synchronizedList(new ArrayList<>());

    /**
     * @param scripts one connection after another; the last for all further ones
     */
    FrameUpstream(List<Script> scripts) throws IOException {
        this.scripts = scripts;
        Thread.ofVirtual().start(this::accept);
    }

    int port() {
        return server.getLocalPort();
    }

    /** What each connection has brought so far, as {@link FrameClient#describe} tells it. */
    List<Map<Integer, List<String>>> heard() {
        synchronized (heard) {
            return heard.stream().map(each -> FrameClient.describe(each.toByteArray())).toList();
        }
    }

    /** Says something on every connection, whatever the scripts say. */
    void tell(byte[] frames) throws IOException {
        for (Socket socket : List.copyOf(open)) {
            socket.getOutputStream().write(frames);
        }
    }

    private void accept() {
        try {
            for (int i = 0; ; i++) {
                Socket socket = server.accept();
                socket.setTcpNoDelay(true);
                open.add(socket);
                var into = new ByteArrayOutputStream();
                synchronized (heard) {
                    heard.add(into);
                }
                Script script = scripts.get(Math.min(i, scripts.size() - 1));
                Thread.ofVirtual().start(() -> serve(socket, script, into));
            }
        } catch (IOException e) {
            // Closed.
        }
    }

    private void serve(Socket socket, Script script, ByteArrayOutputStream into) {
        try (socket) {
            var out = socket.getOutputStream();
            say(out, script.greeting());
            var in = new DataInputStream(socket.getInputStream());
            in.readFully(new byte[Frames.MAGIC.length]);
            var begun = new ArrayList<Integer>();
            while (true) {
                byte[] head = new byte[9];
                in.readFully(head);
                int length = ((head[0] & 255) << 16) | ((head[1] & 255) << 8) | (head[2] & 255);
                byte[] payload = new byte[length];
                in.readFully(payload);
                synchronized (heard) {
                    into.writeBytes(head);
                    into.writeBytes(payload);
                }
                int type = head[3];
                if (type == Frames.PING && head[4] == 0 && script.answersPings()) {
                    out.write(Frames.frame(Frames.PING, Frames.ACK, 0, payload));
                }
                int stream = (head[8] & 255) | ((head[7] & 255) << 8);
                if (type == Frames.HEADERS && !begun.contains(stream)) {
                    begun.add(stream);
                    say(out, script.atHead().getOrDefault(stream, List.of()));
                }
                boolean ends = type == Frames.HEADERS || type == Frames.DATA;
                if (ends && (head[4] & Frames.END) != 0) {
                    say(out, script.atEnd().getOrDefault(stream, List.of()));
                }
            }
        } catch (IOException e) {
            // The proxy has gone, or the script says so.
        }
    }

    /** In one piece, so that what is said together is read together. */
    private static void say(OutputStream out, List<byte[]> parts) throws IOException {
        var together = new ByteArrayOutputStream();
        boolean closes = false;
        for (byte[] part : parts) {
            closes = Arrays.equals(part, CLOSE);
            if (closes) {
                break;
            }
            together.writeBytes(part);
        }
        out.write(together.toByteArray());
        if (closes) {
            throw new IOException("as the script says");
        }
    }

    @Override
    public void close() {
        try {
            server.close();
            for (Socket socket : List.copyOf(open)) {
                socket.close();
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
