// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.conformance.stage;

import dev.outrigger.conformance.exchange.Transport;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import javax.net.ssl.SSLSocket;

/**
 * A connection, plain or encrypted. Written to and closed by any thread, read by one.
 *
 * @param raw what carries the bytes
 * @param socket the same, or TLS over it
 */
record Wire(Socket raw, Socket socket) implements AutoCloseable {
    private static final int CONNECT_MILLIS = 5000;
    private static final String[] PROTOCOLS = {"h2", "http/1.1"};

    /** Opens a client's connection to a port of this machine. */
    static Wire connect(Transport transport, int port) throws IOException {
        var raw = new Socket();
        raw.setTcpNoDelay(true);
        raw.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), CONNECT_MILLIS);
        if (!transport.isTls()) {
            return new Wire(raw, raw);
        }
        var socket = encrypted(raw);
        socket.setUseClientMode(true);
        offer(socket, transport.isHttp2() ? "h2" : "http/1.1");
        return greeted(raw, socket);
    }

    /** What a server does with a connection first; it asks callers with TLS who they are. */
    static Wire accept(Socket raw, boolean secured) throws IOException {
        raw.setTcpNoDelay(true);
        if (!secured) {
            return new Wire(raw, raw);
        }
        var socket = encrypted(raw);
        socket.setUseClientMode(false);
        socket.setWantClientAuth(true);
        offer(socket, PROTOCOLS);
        return greeted(raw, socket);
    }

    private static SSLSocket encrypted(Socket raw) throws IOException {
        var factory = Certificates.context().getSocketFactory();
        return (SSLSocket)
                factory.createSocket(
                        raw, Certificates.SERVER_NAME, raw.getPort(), /* autoClose= */ true);
    }

    private static void offer(SSLSocket socket, String... protocols) {
        var parameters = socket.getSSLParameters();
        parameters.setApplicationProtocols(protocols);
        socket.setSSLParameters(parameters);
    }

    private static Wire greeted(Socket raw, SSLSocket socket) throws IOException {
        try {
            socket.startHandshake();
            return new Wire(raw, socket);
        } catch (IOException e) {
            raw.close();
            throw e;
        }
    }

    /** What comes; its end is the peer's FIN, its failure the peer's RST. */
    InputStream in() throws IOException {
        return socket.getInputStream();
    }

    OutputStream out() throws IOException {
        return socket.getOutputStream();
    }

    /** Says that nothing more is written; what comes is still read. */
    void finish() throws IOException {
        socket.shutdownOutput();
        if (!raw.isOutputShutdown()) {
            raw.shutdownOutput();
        }
    }

    /** Ends the connection with RST, and without a word of TLS. */
    void abort() throws IOException {
        raw.setSoLinger(true, 0);
        raw.close();
    }

    boolean isClosed() {
        return raw.isClosed();
    }

    int localPort() {
        return raw.getLocalPort();
    }

    @Override
    public void close() throws IOException {
        socket.close();
        raw.close();
    }
}
