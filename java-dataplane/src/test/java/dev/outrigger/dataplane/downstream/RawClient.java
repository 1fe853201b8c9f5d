// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.downstream;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;

/** Speaks raw bytes to a proxy on loopback. */
final class RawClient {
    private RawClient() {}

    /** Sends bytes and returns all that comes until the proxy closes or is quiet for a while. */
    static String send(int port, String raw, int quietMillis) throws IOException {
        var out = new ByteArrayOutputStream();
        try (var socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            socket.setTcpNoDelay(true);
            socket.setSoTimeout(quietMillis);
            socket.getOutputStream().write(raw.getBytes(ISO_8859_1));
            byte[] buffer = new byte[65536];
            while (true) {
                int n = socket.getInputStream().read(buffer);
                if (n < 0) {
                    break;
                }
                out.write(buffer, 0, n);
            }
        } catch (SocketTimeoutException e) {
            // Quiet: the connection is kept.
        }
        return out.toString(ISO_8859_1);
    }

    /**
     * Asks for {@code connection: close}, so that the end of the reply is the end of the stream.
     */
    static String get(int port, String path, String headers) throws IOException {
        return send(
                port,
                "GET " + path + " HTTP/1.1\r\nHost: a\r\nConnection: close\r\n" + headers + "\r\n",
                10_000);
    }
}
