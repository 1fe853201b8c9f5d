// SPDX-License-Identifier: Apache-2.0
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.LongAdder;

/**
 * A service of the demo: answers, fails a share of its requests, and passes some on to another
 * service through the sidecar beside it. It has no idea that there is one: it talks HTTP to an
 * address and is told that name by its deployment.
 *
 * <p>{@code GET /call} asks the other service and answers with its answer; everything else is
 * answered here. Counts are on a port of their own as {@code /metrics}.
 */
final class Service {
    private static final Duration CALL_LIMIT = Duration.ofSeconds(10);
    private static final List<String> OPTIONS =
            List.of("name", "address", "port", "metrics-port", "error-rate", "call", "call-host");

    private final String name;
    private final double errorRate;
    private final URI callAddress;
    private final String callHost;
    private final HttpClient client =
            HttpClient.newBuilder()
                    .version(HttpClient.Version.HTTP_1_1)
                    .connectTimeout(CALL_LIMIT)
                    .build();
    // Seeded: two runs fail the same requests, counted in the order of arrival. Guarded by itself.
    private final SplittableRandom draws = new SplittableRandom(20);
    private final Map<String, LongAdder> counters = new TreeMap<>();

    private Service(Map<String, String> options) {
        this.name = options.get("name");
        this.errorRate = Double.parseDouble(options.get("error-rate"));
        this.callAddress = URI.create(options.get("call"));
        this.callHost = options.get("call-host");
    }

    public static void main(String[] arguments) throws IOException {
        // Read once by the classes below: no pause between head and body, and a Host of our own.
        System.setProperty("sun.net.httpserver.nodelay", "true");
        System.setProperty("jdk.httpclient.allowRestrictedHeaders", "host");
        var options = options(arguments);
        var service = new Service(options);
        var address = options.get("address");
        serve(address, options.get("port"), service::answer);
        serve("0.0.0.0", options.get("metrics-port"), service::metrics);
        System.out.println(
                service.name + " answers on " + address + ":" + options.get("port"));
    }

    private static void serve(String address, String port, com.sun.net.httpserver.HttpHandler handler)
            throws IOException {
        var server = HttpServer.create(new InetSocketAddress(address, Integer.parseInt(port)), 256);
        server.createContext("/", handler);
        server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
        server.start();
    }

    private static Map<String, String> options(String[] arguments) {
        var options =
                new HashMap<>(
                        Map.of(
                                "name", "service",
                                "address", "0.0.0.0",
                                "port", "8080",
                                "metrics-port", "9090",
                                "error-rate", "0",
                                "call", "http://127.0.0.1:15001/",
                                "call-host", "b.local.service"));
        for (int i = 0; i < arguments.length; i += 2) {
            var option = arguments[i].startsWith("--") ? arguments[i].substring(2) : "";
            if (!OPTIONS.contains(option) || i + 1 == arguments.length) {
                System.err.println(arguments[i] + ": expected --OPTION VALUE, one of " + OPTIONS);
                System.exit(2);
            }
            options.put(option, arguments[i + 1]);
        }
        return options;
    }

    private void answer(HttpExchange exchange) throws IOException {
        try (exchange) {
            exchange.getRequestBody().transferTo(OutputStream.nullOutputStream());
            if (exchange.getRequestURI().getPath().equals("/call")) {
                call(exchange);
            } else if (fails()) {
                count("service_requests_total", "outcome", "failed");
                reply(exchange, 500, name + " failed\n");
            } else {
                count("service_requests_total", "outcome", "ok");
                reply(exchange, 200, "hello from " + name + "\n");
            }
        }
    }

    private boolean fails() {
        synchronized (draws) {
            return draws.nextDouble() < errorRate;
        }
    }

    /** The call of one service to another, as any client library makes it. */
    private void call(HttpExchange exchange) throws IOException {
        var request =
                HttpRequest.newBuilder(callAddress)
                        .header("Host", callHost)
                        .timeout(CALL_LIMIT)
                        .build();
        int status;
        String body;
        try {
            var answer = client.send(request, HttpResponse.BodyHandlers.ofString());
            status = answer.statusCode();
            body = answer.body();
        } catch (IOException failed) {
            status = 502;
            body = name + " cannot reach " + callHost + ": " + failed.getMessage() + "\n";
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            status = 503;
            body = name + " stops\n";
        }
        count("service_calls_total", "code", Integer.toString(status));
        reply(exchange, status, body);
    }

    private void metrics(HttpExchange exchange) throws IOException {
        try (exchange) {
            var text = new StringBuilder();
            synchronized (counters) {
                var typed = "";
                for (var counter : counters.entrySet()) {
                    var metric = counter.getKey().substring(0, counter.getKey().indexOf('{'));
                    if (!metric.equals(typed)) {
                        text.append("# TYPE ").append(metric).append(" counter\n");
                        typed = metric;
                    }
                    text.append(counter.getKey()).append(' ').append(counter.getValue()).append('\n');
                }
            }
            reply(exchange, 200, text.toString());
        }
    }

    private void count(String metric, String label, String value) {
        LongAdder counter;
        synchronized (counters) {
            counter =
                    counters.computeIfAbsent(
                            metric + "{" + label + "=\"" + value + "\"}", _ -> new LongAdder());
        }
        counter.increment();
    }

    private static void reply(HttpExchange exchange, int status, String text) throws IOException {
        var body = text.getBytes(StandardCharsets.UTF_8);
        exchange.getResponseHeaders().set("Content-Type", "text/plain; charset=utf-8");
        exchange.sendResponseHeaders(status, body.length == 0 ? -1 : body.length);
        exchange.getResponseBody().write(body);
    }
}
