// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.conformance.stage;

import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;

/**
 * A connection of its own.
 *
 * @param raw what carries the bytes
 * @param socket the same, or TLS over it
 * @param secured whether it is TLS
 */
record SocketWire(Socket raw, Socket socket, boolean secured) implements Wire {

    @Override
    public InputStream in() throws IOException {
        return socket.getInputStream();
    }

    @Override
    public void write(byte[] bytes) throws IOException {
        // Frames are written from several threads, and each is to stay whole.
        synchronized (socket) {
            socket.getOutputStream().write(bytes);
        }
    }

    @Override
    public void finish() throws IOException {
        socket.shutdownOutput();
        if (secured) {
            raw.shutdownOutput();
        }
    }

    @Override
    public void abort() throws IOException {
        raw.setSoLinger(true, 0);
        raw.close();
    }

    @Override
    public int localPort() {
        return raw.getLocalPort();
    }

    @Override
    public void close() throws IOException {
        socket.close();
        raw.close();
    }
}
