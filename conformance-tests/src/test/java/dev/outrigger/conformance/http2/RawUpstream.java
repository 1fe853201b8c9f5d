// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.conformance.http2;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/**
 * A TCP upstream that acts by a script and notes what it hears. A script is a line of words: {@code
 * >text} says (blanks as {@code _}), {@code <text} hears until that has come, {@code ~} hears until
 * there is nothing for a while, {@code |} ends its side, {@code .} closes, {@code !} resets. Behind
 * the script it hears to the end.
 */
final class RawUpstream implements AutoCloseable {
    private static final int QUIET_MILLIS = 150;

    private final ServerSocket server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    private final List<String> scripts;
    private final List<Heard> heard = Collections.synchronizedList(new ArrayList<>());
    private final List<Socket> open = Collections.synchronizedList(new ArrayList<>());

    /** What one connection has brought. */
    private static final class Heard {
        private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        private volatile String end = "";

        synchronized void add(byte[] data, int length) {
            bytes.write(data, 0, length);
        }

        synchronized String text() {
            return bytes.toString(ISO_8859_1) + end;
        }
    }

    /**
     * @param scripts one connection after another; the last for all further ones
     */
    RawUpstream(List<String> scripts) throws IOException {
        this.scripts = List.copyOf(scripts);
        Thread.ofVirtual().start(this::accept);
    }

    int port() {
        return server.getLocalPort();
    }

    /** What each connection has brought so far, and how it ended. */
    List<String> heard() {
        synchronized (heard) {
            return heard.stream().map(Heard::text).toList();
        }
    }

    private void accept() {
        try {
            for (int i = 0; ; i++) {
                Socket socket = server.accept();
                socket.setTcpNoDelay(true);
                open.add(socket);
                var into = new Heard();
                heard.add(into);
                String script = scripts.get(Math.min(i, scripts.size() - 1));
                Thread.ofVirtual().start(() -> serve(socket, script, into));
            }
        } catch (IOException e) {
            // Closed.
        }
    }

    private static void serve(Socket socket, String script, Heard into) {
        try (socket) {
            for (String word : script.split(" ")) {
                act(word, socket, into);
            }
            if (!socket.isClosed()) {
                hear(socket, into, 0);
            }
        } catch (IOException e) {
            into.end = "<reset>";
        }
    }

    private static void act(String word, Socket socket, Heard into) throws IOException {
        if (word.isEmpty() || socket.isClosed()) {
            return;
        }
        switch (word.charAt(0)) {
            case '>' -> socket.getOutputStream().write(text(word).getBytes(ISO_8859_1));
            case '<' -> {
                while (!into.text().contains(text(word)) && into.end.isEmpty()) {
                    hearOnce(socket, into);
                }
            }
            case '~' -> hear(socket, into, QUIET_MILLIS);
            case '|' -> socket.shutdownOutput();
            case '.' -> socket.close();
            case '!' -> {
                socket.setSoLinger(true, 0);
                socket.close();
            }
            default -> throw new IllegalArgumentException("word: " + word);
        }
    }

    private static String text(String word) {
        return word.substring(1).replace('_', ' ').replace("\\r", "\r").replace("\\n", "\n");
    }

    private static void hear(Socket socket, Heard into, int patienceMillis) throws IOException {
        socket.setSoTimeout(patienceMillis);
        try {
            while (into.end.isEmpty()) {
                hearOnce(socket, into);
            }
        } catch (SocketTimeoutException e) {
            // Quiet.
        }
    }

    private static void hearOnce(Socket socket, Heard into) throws IOException {
        byte[] buffer = new byte[65536];
        int count = socket.getInputStream().read(buffer);
        if (count < 0) {
            into.end = "<end>";
        } else {
            into.add(buffer, count);
        }
    }

    /** Whether every connection has come to its end. */
    boolean isOver() {
        synchronized (heard) {
            return heard.stream().noneMatch(each -> each.end.isEmpty());
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
