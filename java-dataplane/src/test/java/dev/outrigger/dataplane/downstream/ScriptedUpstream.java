// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.downstream;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Function;

/**
 * An upstream on loopback that answers each request with raw bytes. A reply that ends in {@link
 * #FIN} closes the connection behind it, one that ends in {@link #RST} resets it.
 */
final class ScriptedUpstream implements AutoCloseable {
    static final String FIN = "<<FIN>>";
    static final String RST = "<<RST>>";

    private final ServerSocket server;
    private final Function<String, String> script;
    private final List<String> requests = new CopyOnWriteArrayList<>();
    private final List<Socket> sockets = new CopyOnWriteArrayList<>();

    /**
     * @param script from the whole request as Latin-1 text to the reply
     */
    ScriptedUpstream(Function<String, String> script) throws IOException {
        this.script = script;
        server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        Thread.ofPlatform().daemon().name("upstream").start(this::accept);
    }

    int port() {
        return server.getLocalPort();
    }

    List<String> requests() {
        return new ArrayList<>(requests);
    }

    private void accept() {
        while (!server.isClosed()) {
            try {
                Socket socket = server.accept();
                socket.setTcpNoDelay(true);
                sockets.add(socket);
                Thread.ofPlatform().daemon().name("upstream-cx").start(() -> serve(socket));
            } catch (IOException e) {
                return;
            }
        }
    }

    private void serve(Socket socket) {
        try (socket) {
            var in = new BufferedInputStream(socket.getInputStream());
            while (true) {
                String request = read(in);
                if (request.isEmpty()) {
                    return;
                }
                requests.add(request);
                String reply = script.apply(request);
                boolean fin = reply.endsWith(FIN);
                boolean reset = reply.endsWith(RST);
                String bytes = reply.replace(FIN, "").replace(RST, "");
                socket.getOutputStream().write(bytes.getBytes(ISO_8859_1));
                if (reset) {
                    socket.setSoLinger(true, 0);
                }
                if (fin || reset) {
                    return;
                }
            }
        } catch (IOException e) {
            // The proxy hung up: for many cases that is the point.
        }
    }

    private static String read(InputStream in) throws IOException {
        var out = new ByteArrayOutputStream();
        String text = "";
        while (!text.endsWith("\r\n\r\n")) {
            int b = in.read();
            if (b < 0) {
                return "";
            }
            out.write(b);
            if (b == '\n') {
                text = out.toString(ISO_8859_1);
            }
        }
        String head = text.toLowerCase(Locale.ROOT);
        int length = head.indexOf("content-length: ");
        if (length >= 0) {
            int end = head.indexOf("\r\n", length);
            out.write(in.readNBytes(Integer.parseInt(head.substring(length + 16, end))));
        } else if (head.contains("transfer-encoding: chunked")) {
            while (!out.toString(ISO_8859_1).endsWith("0\r\n\r\n")) {
                int b = in.read();
                if (b < 0) {
                    return "";
                }
                out.write(b);
            }
        }
        return out.toString(ISO_8859_1);
    }

    @Override
    public void close() throws IOException {
        server.close();
        for (Socket socket : sockets) {
            socket.close();
        }
    }
}
