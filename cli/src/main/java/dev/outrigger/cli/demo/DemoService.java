// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.cli.demo;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.outrigger.cli.net.HostPort;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/**
 * An ordinary HTTP service that knows nothing of proxies. It counts what reaches it, and fails the
 * attempts that its draws name. Any thread.
 */
final class DemoService implements AutoCloseable {
    /** Names the round, the sidecar and the request: {@code 1/envoy/17}. */
    static final String REQUEST_HEADER = "x-demo-request";

    private static final int STATUS_OF_FAILURE = 500;

    private final String name;
    private final FailureDraws draws;
    private final HttpServer server;
    private final ExecutorService threads;
    private final ConcurrentMap<String, AtomicInteger> attempts = new ConcurrentHashMap<>();
    private final ConcurrentMap<String, AtomicLong> received = new ConcurrentHashMap<>();
    private final AtomicInteger unnumbered = new AtomicInteger();

    private DemoService(String name, FailureDraws draws, HttpServer server) {
        this.name = name;
        this.draws = draws;
        this.server = server;
        this.threads = Executors.newVirtualThreadPerTaskExecutor();
    }

    static DemoService start(String name, int port, FailureDraws draws) throws IOException {
        // Without this the server sends head and body as two segments and waits for the first one's
        // acknowledgement, which the peer delays by 40 ms. Read once, when the first server is
        // made.
        System.setProperty("sun.net.httpserver.nodelay", "true");
        var service =
                new DemoService(
                        name,
                        draws,
                        HttpServer.create(HostPort.loopback(port).toSocketAddress(), 256));
        service.server.createContext("/", service::answer);
        service.server.setExecutor(service.threads);
        service.server.start();
        return service;
    }

    int port() {
        return server.getAddress().getPort();
    }

    /** How many requests, retries included, came in this round through this sidecar. */
    long received(int round, String sidecar) {
        var count = received.get(round + "/" + sidecar);
        return count == null ? 0 : count.get();
    }

    @Override
    public void close() {
        server.stop(0);
        threads.shutdownNow();
    }

    private void answer(HttpExchange exchange) throws IOException {
        try (exchange) {
            exchange.getRequestBody().transferTo(java.io.OutputStream.nullOutputStream());
            boolean fails = fails(exchange.getRequestHeaders().getFirst(REQUEST_HEADER));
            var body =
                    (fails ? name + " failed\n" : "hello from " + name + "\n")
                            .getBytes(StandardCharsets.UTF_8);
            exchange.getResponseHeaders().set("Content-Type", "text/plain; charset=utf-8");
            exchange.sendResponseHeaders(fails ? STATUS_OF_FAILURE : 200, body.length);
            exchange.getResponseBody().write(body);
        }
    }

    private boolean fails(@org.jspecify.annotations.Nullable String number) {
        if (number == null) {
            // Somebody's own request: fails like any other, in the order of arrival.
            return draws.fails(0, unnumbered.incrementAndGet(), 1);
        }
        var parts = number.split("/", -1);
        if (parts.length != 3) {
            return false;
        }
        received.computeIfAbsent(parts[0] + "/" + parts[1], _ -> new AtomicLong())
                .incrementAndGet();
        int attempt = attempts.computeIfAbsent(number, _ -> new AtomicInteger()).incrementAndGet();
        return draws.fails(Integer.parseInt(parts[0]), Integer.parseInt(parts[2]), attempt);
    }
}
