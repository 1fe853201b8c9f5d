// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.conformance.stage;

import dev.outrigger.conformance.exchange.Transport;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import javax.net.ssl.SSLSocket;

/** Opens and takes connections of each transport. */
final class Connector {
    private static final int CONNECT_MILLIS = 5000;

    private Connector() {}

    /** Opens a client's connection to a port of this machine. */
    static Wire connect(Transport transport, int port) throws IOException {
        var raw = new Socket();
        raw.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), CONNECT_MILLIS);
        var wire = secured(transport, raw, true);
        return transport.isHttp2()
                ? Http2Client.over(wire, transport.isTls() ? "https" : "http")
                : wire;
    }

    /** What a server does with a connection first; HTTP/2 is for {@link Http2Server}. */
    static Wire accept(Transport transport, Socket raw) throws IOException {
        return secured(transport, raw, false);
    }

    private static SocketWire secured(Transport transport, Socket raw, boolean isClient)
            throws IOException {
        raw.setTcpNoDelay(true);
        if (!transport.isTls()) {
            return new SocketWire(raw, raw, false);
        }
        var factory = TestIdentity.context().getSocketFactory();
        var socket =
                (SSLSocket)
                        factory.createSocket(
                                raw, TestIdentity.NAME, raw.getPort(), /* autoClose= */ true);
        socket.setUseClientMode(isClient);
        var parameters = socket.getSSLParameters();
        parameters.setApplicationProtocols(new String[] {transport.isHttp2() ? "h2" : "http/1.1"});
        socket.setSSLParameters(parameters);
        socket.startHandshake();
        return new SocketWire(raw, socket, true);
    }
}
