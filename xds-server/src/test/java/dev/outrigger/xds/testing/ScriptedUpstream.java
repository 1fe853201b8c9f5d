// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.xds.testing;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntUnaryOperator;

/** An HTTP service on a free port that answers with scripted statuses and counts. */
public final class ScriptedUpstream implements AutoCloseable {
    private final HttpServer server;
    private final AtomicInteger requests = new AtomicInteger();

    /**
     * @param status of the n-th request, counted from 1
     */
    public ScriptedUpstream(IntUnaryOperator status) throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext(
                "/",
                exchange -> {
                    try (exchange) {
                        int number = requests.incrementAndGet();
                        exchange.sendResponseHeaders(status.applyAsInt(number), -1);
                    }
                });
        server.start();
    }

    public int port() {
        return server.getAddress().getPort();
    }

    public int requests() {
        return requests.get();
    }

    @Override
    public void close() {
        server.stop(0);
    }
}
