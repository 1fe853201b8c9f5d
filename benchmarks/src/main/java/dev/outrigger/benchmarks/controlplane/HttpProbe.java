// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.benchmarks.controlplane;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** GETs on one kept connection, for the status alone. Confined to one thread. */
final class HttpProbe implements AutoCloseable {
    private static final int TIMEOUT_MILLIS = 10_000;

    private final int port;
    private final byte[] request;
    private @Nullable Socket socket;
    private @Nullable InputStream input;

    HttpProbe(int port, String host) {
        this.port = port;
        this.request =
                ("GET / HTTP/1.1\r\nHost: " + host + "\r\n\r\n")
                        .getBytes(StandardCharsets.US_ASCII);
    }

    /** The status of one exchange; 0 if the connection failed, which begins anew then. */
    int status() {
        try {
            if (socket == null) {
                socket = new Socket(InetAddress.getLoopbackAddress(), port);
                socket.setTcpNoDelay(true);
                socket.setSoTimeout(TIMEOUT_MILLIS);
                input = new BufferedInputStream(socket.getInputStream());
            }
            socket.getOutputStream().write(request);
            return read(java.util.Objects.requireNonNull(input, "input"));
        } catch (IOException gone) {
            close();
            return 0;
        }
    }

    private static int read(InputStream from) throws IOException {
        int status = Integer.parseInt(line(from).split(" ")[1]);
        int length = 0;
        for (var header = line(from); !header.isEmpty(); header = line(from)) {
            var lower = header.toLowerCase(Locale.ROOT);
            if (lower.startsWith("content-length:")) {
                length = Integer.parseInt(lower.substring("content-length:".length()).strip());
            }
        }
        from.skipNBytes(length);
        return status;
    }

    private static String line(InputStream from) throws IOException {
        var line = new StringBuilder();
        for (int next = from.read(); next != '\n'; next = from.read()) {
            if (next < 0) {
                throw new IOException("the connection ended");
            }
            if (next != '\r') {
                line.append((char) next);
            }
        }
        return line.toString();
    }

    @Override
    public void close() {
        try {
            if (socket != null) {
                socket.close();
            }
        } catch (IOException e) {
            // It is of no use any more either way.
        }
        socket = null;
        input = null;
    }
}
