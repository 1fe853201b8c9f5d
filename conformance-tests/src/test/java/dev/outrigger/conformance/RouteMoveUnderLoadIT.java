// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import dev.outrigger.conformance.control.RunningControlPlane;
import dev.outrigger.conformance.proxy.ProxyUnderTest;
import dev.outrigger.conformance.proxy.RunningProxy;
import dev.outrigger.conformance.stage.FreePort;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.regex.Pattern;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * A route moves to a service that is new while the service it had goes, again and again and under
 * load: neither proxy loses a request, in neither variant of xDS.
 */
class RouteMoveUnderLoadIT {
    private static final int MOVES = 20;
    private static final int CONNECTIONS = 4;

    /** Of a body: the applications send none. */
    private static final Pattern LENGTH = Pattern.compile("content-length: ([1-9][0-9]*)\r");

    @TempDir Path folder;

    @ParameterizedTest
    @ValueSource(strings = {"DELTA_GRPC", "GRPC"})
    void noRequestIsLost(String apiType) throws Exception {
        var oracle = Subjects.oracle();
        try (var blue = Application.start(200);
                var green = Application.start(201);
                var control = RunningControlPlane.start(folder.resolve("policies.db"))) {
            var listening = Map.of("envoy", FreePort.next(), "java", FreePort.next());
            var proxies = new LinkedHashMap<String, RunningProxy>();
            try {
                control.apply(
                        sidecar("envoy", listening.getOrDefault("envoy", 0))
                                + sidecar("java", listening.getOrDefault("java", 0))
                                + entrance(blue.port())
                                + leadingTo("c0", blue.port()));
                for (ProxyUnderTest proxy : List.of(oracle, Subjects.subject())) {
                    proxies.put(proxy.flavor(), start(control, proxy, apiType));
                }
                control.requireSync(1);

                var seen = underLoad(listening, () -> move(control, blue, green));

                assertThat(seen).hasSize(listening.size() * CONNECTIONS);
                assertThat(seen)
                        .as("the answers, by proxy and connection: %s", seen)
                        .allSatisfy(
                                (_, answers) -> assertThat(answers).containsOnlyKeys("200", "201"));
                for (RunningProxy proxy : proxies.values()) {
                    var clusters = proxy.admin("GET", "/clusters").body();
                    assertThat(clusters)
                            .contains("default/c" + MOVES + "/80::")
                            .doesNotContain("default/c" + (MOVES - 1) + "/80::");
                    assertThat(proxy.admin("GET", "/stats").body())
                            .doesNotContainPattern("no_cluster: [1-9]")
                            .doesNotContainPattern("update_rejected: [1-9]");
                }
            } finally {
                for (RunningProxy proxy : proxies.values()) {
                    proxy.close();
                }
            }
        }
    }

    private static Void move(RunningControlPlane control, Application blue, Application green)
            throws IOException {
        long revision = 1;
        for (int i = 1; i <= MOVES; i++) {
            control.apply(leadingTo("c" + i, (i % 2 == 0 ? blue : green).port()));
            revision = control.remove("services/c" + (i - 1));
            if (i % 3 != 0) {
                control.requireSync(revision); // Else the next comes while this is under way.
            }
        }
        control.requireSync(revision);
        return null;
    }

    /** How often each connection to each proxy saw which answer while something was done. */
    private static Map<String, Map<String, Integer>> underLoad(
            Map<String, Integer> listening, Callable<Void> doing) throws Exception {
        var stop = new AtomicBoolean();
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            var running = new TreeMap<String, Future<Map<String, Integer>>>();
            listening.forEach((proxy, port) -> {
                for (int i = 1; i <= CONNECTIONS; i++) {
                    running.put(proxy + " " + i, threads.submit(() -> requestsUntil(stop, port)));
                }
            });
            try {
                var _ = doing.call();
            } finally {
                stop.set(true);
            }
            var seen = new TreeMap<String, Map<String, Integer>>();
            for (var each : running.entrySet()) {
                seen.put(each.getKey(), each.getValue().get());
            }
            return seen;
        }
    }

    private static Map<String, Integer> requestsUntil(AtomicBoolean stop, int port)
            throws IOException {
        var answers = new TreeMap<String, Integer>();
        try (var socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            socket.setTcpNoDelay(true);
            socket.setSoTimeout(20_000);
            var input = new BufferedInputStream(socket.getInputStream());
            while (!stop.get()) {
                socket.getOutputStream()
                        .write(
                                "GET / HTTP/1.1\r\nhost: front.local\r\n\r\n"
                                        .getBytes(StandardCharsets.US_ASCII));
                answers.merge(answer(input), 1, Integer::sum);
            }
        }
        return answers;
    }

    /** The status, and what follows it where that is not what the applications say. */
    private static String answer(InputStream input) throws IOException {
        var head = new StringBuilder();
        while (head.indexOf("\r\n\r\n") < 0) {
            int next = input.read();
            if (next < 0) {
                return "closed after '" + head + "'";
            }
            head.append((char) next);
        }
        var length = LENGTH.matcher(head);
        if (!length.find()) {
            return head.toString().split(" ", 3)[1];
        }
        return head
                + new String(
                        input.readNBytes(Integer.parseInt(length.group(1))),
                        StandardCharsets.UTF_8);
    }

    private RunningProxy start(RunningControlPlane control, ProxyUnderTest proxy, String apiType)
            throws IOException {
        var own = Files.createDirectory(folder.resolve(proxy.flavor()));
        var bootstrap =
                Files.writeString(
                        own.resolve("bootstrap.yaml"),
                        control.bootstrap(proxy.flavor(), "a-" + proxy.flavor())
                                .replace("DELTA_GRPC", apiType));
        return proxy.start(bootstrap, own);
    }

    private static String sidecar(String flavor, int port) {
        return """
        apiVersion: outrigger.dev/v1alpha1
        kind: Sidecar
        metadata: {name: %s}
        spec:
          selector: {cluster: a, labels: {flavor: %s}}
          outbound: {listeners: [{name: main, address: 127.0.0.1, port: %d, protocol: HTTP}]}
        ---
        """
                .formatted(flavor, flavor, port);
    }

    private static String entrance(int port) {
        return service("front", port);
    }

    private static String leadingTo(String service, int port) {
        return service(service, port)
                + """
                apiVersion: outrigger.dev/v1alpha1
                kind: HTTPRoute
                metadata: {name: front}
                spec:
                  parentRefs: [{kind: Service, name: front}]
                  rules:
                  - name: all
                    backendRefs: [{name: %s, port: 80}]
                """
                        .formatted(service);
    }

    private static String service(String name, int port) {
        return """
        apiVersion: outrigger.dev/v1alpha1
        kind: Service
        metadata: {name: %s}
        spec:
          hostnames: ["%s.local"]
          ports: [{name: http, port: 80, protocol: HTTP}]
          endpoints: {static: [{address: 127.0.0.1, port: %d}]}
        ---
        """
                .formatted(name, name, port);
    }

    /** Answers everything with one status. */
    private record Application(HttpServer server) implements AutoCloseable {
        static Application start(int status) throws IOException {
            var server =
                    HttpServer.create(
                            new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 50);
            server.createContext(
                    "/",
                    exchange -> {
                        exchange.sendResponseHeaders(status, -1);
                        exchange.close();
                    });
            server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
            server.start();
            return new Application(server);
        }

        int port() {
            return server.getAddress().getPort();
        }

        @Override
        public void close() {
            server.stop(0);
        }
    }
}
