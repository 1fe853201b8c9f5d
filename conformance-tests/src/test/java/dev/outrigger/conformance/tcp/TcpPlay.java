// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.conformance.tcp;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Plays a script between a client and an upstream and tells what both saw. A script is a line of
 * words: {@code c} or {@code u} for who acts, and what it does: {@code >text} sends (blanks as
 * {@code _}, bytes as {@code #hex}), {@code <n} reads so many bytes, {@code <} reads to the end,
 * {@code |} ends its side, {@code .} closes, {@code !} resets; {@code u+} accepts, {@code u-} sees
 * that nobody has connected; {@code ~} waits until the proxy has taken what was sent.
 */
final class TcpPlay implements AutoCloseable {
    private static final int PATIENCE_MILLIS = 5_000;
    private static final int BRIEF_MILLIS = 150;

    private final ServerSocket server;

    TcpPlay() throws IOException {
        server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    }

    int upstreamPort() {
        return server.getLocalPort();
    }

    /**
     * What was seen, in order.
     *
     * @param greeting a port at which the proxy itself answers: its one worker thread has read all
     *     that was sent before a connection there is answered
     */
    List<String> play(int port, int greeting, String script) throws IOException {
        var seen = new ArrayList<String>();
        Socket upstream = null;
        try (var client = new Socket()) {
            client.connect(
                    new InetSocketAddress(InetAddress.getLoopbackAddress(), port), PATIENCE_MILLIS);
            client.setSoTimeout(PATIENCE_MILLIS);
            for (String word : script.strip().split("\\s+")) {
                if (word.equals("~")) {
                    greet(greeting);
                } else if (word.equals("u+") || word.equals("u-")) {
                    upstream = accept(word.equals("u+"), seen);
                } else {
                    act(word, word.charAt(0) == 'c' ? client : upstream, seen);
                }
            }
        } finally {
            if (upstream != null) {
                upstream.close();
            }
        }
        return seen;
    }

    private static void greet(int port) throws IOException {
        try (var socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            socket.setSoTimeout(PATIENCE_MILLIS);
            read(socket, "");
        }
    }

    private @Nullable Socket accept(boolean wanted, List<String> seen) throws IOException {
        server.setSoTimeout(wanted ? PATIENCE_MILLIS : BRIEF_MILLIS);
        try {
            Socket accepted = server.accept();
            accepted.setSoTimeout(PATIENCE_MILLIS);
            seen.add("u connected");
            return accepted;
        } catch (SocketTimeoutException e) {
            seen.add("u nobody");
            return null;
        }
    }

    private static void act(String word, @Nullable Socket socket, List<String> seen)
            throws IOException {
        if (socket == null) {
            seen.add(word + " not connected");
            return;
        }
        String rest = word.substring(2);
        switch (word.charAt(1)) {
            case '>' -> send(socket, bytes(rest));
            case '<' -> seen.add(word.charAt(0) + " " + read(socket, rest));
            case '|' -> socket.shutdownOutput();
            case '.' -> socket.close();
            case '!' -> {
                socket.setSoLinger(true, 0);
                socket.close();
            }
            default -> throw new IllegalArgumentException("word: " + word);
        }
    }

    private static void send(Socket socket, byte[] bytes) throws IOException {
        try {
            socket.getOutputStream().write(bytes);
        } catch (SocketException e) {
            // The other side has gone first: what is read next will tell.
        }
    }

    private static byte[] bytes(String text) {
        if (text.startsWith("#")) {
            return HexFormat.of().parseHex(text.substring(1));
        }
        return text.replace('_', ' ')
                .replace("\\r", "\r")
                .replace("\\n", "\n")
                .getBytes(ISO_8859_1);
    }

    private static String read(Socket socket, String count) throws IOException {
        var in = socket.getInputStream();
        var text = new StringBuilder();
        int wanted = count.isEmpty() ? Integer.MAX_VALUE : Integer.parseInt(count);
        try {
            while (text.length() < wanted) {
                int next = in.read();
                if (next < 0) {
                    return text + "<end>";
                }
                text.append((char) next);
            }
            return text.toString();
        } catch (SocketTimeoutException e) {
            return text + "<nothing>";
        } catch (SocketException e) {
            return text + "<reset>";
        }
    }

    @Override
    public void close() throws IOException {
        server.close();
    }
}
