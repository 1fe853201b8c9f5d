// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.conformance.http2;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;

/** An HTTP/1 upstream that does what the path of a request names. */
final class PathUpstream implements AutoCloseable {
    private static final String COOKIES =
            lines("HTTP/1.1 200 OK", "content-length: 2", "set-cookie: a=b", "set-cookie: c=d");
    private static final String CHUNKED =
            lines("HTTP/1.1 200 OK", "transfer-encoding: chunked", "connection: keep-alive")
                    + lines("3", "abc", "0");

    private final ServerSocket server = new ServerSocket(0, 500, InetAddress.getLoopbackAddress());
    private final List<Socket> open = Collections.synchronizedList(new ArrayList<>());

    PathUpstream() throws IOException {
        Thread.ofVirtual().start(this::accept);
    }

    /** Lines and an empty one. */
    private static String lines(String... lines) {
        return String.join("\r\n", lines) + "\r\n\r\n";
    }

    int port() {
        return server.getLocalPort();
    }

    private void accept() {
        try {
            while (true) {
                Socket socket = server.accept();
                open.add(socket);
                Thread.ofVirtual().start(() -> serve(socket));
            }
        } catch (IOException e) {
            // Closed.
        }
    }

    private static void serve(Socket socket) {
        try (socket) {
            var in = new BufferedInputStream(socket.getInputStream());
            for (String head = head(in); !head.isEmpty(); head = head(in)) {
                skipBody(in, head.toLowerCase(Locale.ROOT));
                String path = head.split(" ", 3)[1];
                String answer =
                        switch (path) {
                            case "/close", "/slow" -> "";
                            case "/cut" -> "HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\nabc";
                            case "/chunked" -> CHUNKED;
                            default -> head.startsWith("HEAD") ? COOKIES : COOKIES + "ok";
                        };
                socket.getOutputStream().write(answer.getBytes(ISO_8859_1));
                if (path.equals("/close") || path.equals("/cut")) {
                    return;
                }
            }
        } catch (IOException e) {
            // The proxy has gone.
        }
    }

    private static String head(InputStream in) throws IOException {
        var text = new StringBuilder();
        while (text.indexOf("\r\n\r\n") < 0) {
            int next = in.read();
            if (next < 0) {
                return "";
            }
            text.append((char) next);
        }
        return text.toString();
    }

    private static void skipBody(InputStream in, String head) throws IOException {
        int length = head.indexOf("content-length: ");
        if (head.contains("transfer-encoding: chunked")) {
            var text = new StringBuilder();
            while (text.indexOf("0\r\n\r\n") < 0) {
                int next = in.read();
                if (next < 0) {
                    return;
                }
                text.append((char) next);
            }
        } else if (length >= 0) {
            String digits = head.substring(length + 16, head.indexOf('\r', length));
            in.skipNBytes(Long.parseLong(digits));
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
