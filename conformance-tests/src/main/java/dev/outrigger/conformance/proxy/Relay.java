// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.conformance.proxy;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.UnaryOperator;

/** Passes bytes between clients and one port of this machine, changed by a {@link Sabotage}. */
final class Relay implements AutoCloseable {
    private final ServerSocket server;
    private final int target;
    private final Sabotage sabotage;
    private final Set<Socket> open = ConcurrentHashMap.newKeySet();

    private Relay(ServerSocket server, int target, Sabotage sabotage) {
        this.server = server;
        this.target = target;
        this.sabotage = sabotage;
    }

    static Relay start(int target, Sabotage sabotage) throws IOException {
        var server = new ServerSocket(0, 128, InetAddress.getLoopbackAddress());
        var relay = new Relay(server, target, sabotage);
        Thread.ofVirtual().start(relay::accept);
        return relay;
    }

    int port() {
        return server.getLocalPort();
    }

    @Override
    public void close() throws IOException {
        server.close();
        for (var socket : open) {
            socket.close();
        }
    }

    private void accept() {
        while (!server.isClosed()) {
            try {
                var client = server.accept();
                var proxy = new Socket(InetAddress.getLoopbackAddress(), target);
                open.add(client);
                open.add(proxy);
                Thread.ofVirtual().start(() -> pass(client, proxy, this::request));
                Thread.ofVirtual().start(() -> pass(proxy, client, sabotage::changedResponse));
            } catch (IOException _) {
                // The relay was closed, or the proxy takes no more connections.
            }
        }
    }

    private String request(String text) {
        if (sabotage == Sabotage.EXTRA_ATTEMPT) {
            sendOnceMore(text);
        }
        return sabotage.changedRequest(text);
    }

    private void sendOnceMore(String text) {
        try (var again = new Socket(InetAddress.getLoopbackAddress(), target)) {
            again.getOutputStream().write(text.getBytes(StandardCharsets.ISO_8859_1));
            var _ = again.getInputStream().read(new byte[1 << 16]);
        } catch (IOException _) {
            // The honest request goes on; the test will see that nothing came of this one.
        }
    }

    private void pass(Socket from, Socket to, UnaryOperator<String> change) {
        var buffer = new byte[1 << 16];
        try {
            var in = from.getInputStream();
            for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
                var text = new String(buffer, 0, n, StandardCharsets.ISO_8859_1);
                to.getOutputStream()
                        .write(change.apply(text).getBytes(StandardCharsets.ISO_8859_1));
                if (sabotage == Sabotage.END && from.getPort() == target) {
                    break;
                }
            }
            to.shutdownOutput();
        } catch (IOException _) {
            closeBoth(from, to);
        }
    }

    private void closeBoth(Socket one, Socket other) {
        try (one;
                other) {
            open.remove(one);
            open.remove(other);
        } catch (IOException _) {
            // Closed all the same.
        }
    }
}
