// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.cli.command;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;

/** Answers what a test tells it to, and remembers what it was asked. */
final class FakeControlPlane implements AutoCloseable {
    record Asked(String method, String target, Map<String, List<String>> headers, String body) {
        String header(String name) {
            return headers.getOrDefault(name, List.of("")).getFirst();
        }
    }

    private record Answer(int status, String etag, String body) {}

    private final HttpServer server;
    private final Map<String, Answer> answers = new ConcurrentHashMap<>();
    private volatile boolean isDenying;
    private final List<Asked> asked = new CopyOnWriteArrayList<>();

    FakeControlPlane() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext(
                "/",
                exchange -> {
                    try (exchange) {
                        var body =
                                new String(
                                        exchange.getRequestBody().readAllBytes(),
                                        StandardCharsets.UTF_8);
                        var method = exchange.getRequestMethod();
                        var target = exchange.getRequestURI().toString();
                        asked.add(
                                new Asked(
                                        method,
                                        target,
                                        Map.copyOf(exchange.getRequestHeaders()),
                                        body));
                        var answer = answer(method + " " + target);
                        var bytes = answer.body.getBytes(StandardCharsets.UTF_8);
                        if (!answer.etag.isEmpty()) {
                            exchange.getResponseHeaders().set("ETag", answer.etag);
                        }
                        exchange.sendResponseHeaders(
                                answer.status, bytes.length == 0 ? -1 : bytes.length);
                        exchange.getResponseBody().write(bytes);
                    }
                });
        server.start();
    }

    /** Whoever asks may not. */
    FakeControlPlane denying() {
        isDenying = true;
        return this;
    }

    private Answer answer(String request) {
        if (isDenying) {
            return new Answer(403, "", "{\"title\":\"Forbidden\",\"status\":403}");
        }
        return answers.getOrDefault(
                request,
                answers.getOrDefault(
                        request.replaceAll("\\?.*", "?*"),
                        new Answer(404, "", "{\"title\":\"Not found\"}")));
    }

    /** Whatever the query says. */
    FakeControlPlane always(String request, int status, String body) {
        return on(request + "?*", status, body);
    }

    FakeControlPlane on(String request, int status, String body) {
        answers.put(request, new Answer(status, "", body));
        return this;
    }

    FakeControlPlane on(String request, int status, String etag, String body) {
        answers.put(request, new Answer(status, etag, body));
        return this;
    }

    List<Asked> asked() {
        return List.copyOf(asked);
    }

    String option() {
        return "--server=http://127.0.0.1:" + server.getAddress().getPort();
    }

    @Override
    public void close() {
        server.stop(0);
    }
}
