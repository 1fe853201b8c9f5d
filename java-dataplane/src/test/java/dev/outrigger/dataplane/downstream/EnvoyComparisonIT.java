// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.downstream;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.outrigger.dataplane.config.ListenerConfig;
import dev.outrigger.dataplane.telemetry.StatsStore;
import dev.outrigger.dataplane.testing.TestEnvoy;
import dev.outrigger.envoy.Envoy;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The same bytes to a real Envoy and to this proxy, with the same configuration and upstream; the
 * replies must agree. Envoy comes from envoy-provision; without one the cases are skipped, except
 * under CI.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class EnvoyComparisonIT {
    private static final String HOST = "Host: a\r\n";
    private static final int QUIET_MILLIS = 1500;
    private static final int AT_ONCE = 8;

    private final Map<String, String> expected = new HashMap<>();
    private final Map<String, String> actual = new HashMap<>();

    private Optional<Process> envoy = Optional.empty();
    private Optional<NettyRequestPath> path = Optional.empty();
    private Optional<ScriptedUpstream> upstream = Optional.empty();
    private int envoyPort;
    private int ourPort;

    @BeforeAll
    void start(@TempDir Path folder) throws Exception {
        Envoy stock = TestEnvoy.require();
        var up = new ScriptedUpstream(EnvoyComparisonIT::reply);
        upstream = Optional.of(up);
        envoyPort = freePort();
        int nobody = freePort();
        String yaml;
        try (InputStream in =
                EnvoyComparisonIT.class.getResourceAsStream("envoy-comparison.yaml")) {
            yaml = new String(in.readAllBytes(), UTF_8);
        }
        Path config = folder.resolve("envoy.yaml");
        Files.writeString(
                config,
                yaml.replace("@LISTEN@", Integer.toString(envoyPort))
                        .replace("@UPSTREAM@", Integer.toString(up.port()))
                        .replace("@NOBODY@", Integer.toString(nobody))
                        .replace("@LOG@", folder.resolve("access.log").toString()));
        envoy =
                Optional.of(
                        new ProcessBuilder(
                                        stock.command(
                                                List.of(
                                                        "-c",
                                                        config.toString(),
                                                        "--use-dynamic-base-id",
                                                        "-l",
                                                        "error",
                                                        "--concurrency",
                                                        "1"),
                                                folder))
                                .inheritIO()
                                .start());
        ListenerConfig listener =
                TestConfigs.listener(
                        0, TestConfigs.manager(TestConfigs.comparisonTable(), List.of()), 1);
        var ours = new NettyRequestPath(new StatsStore(2), RequestPathOptions.defaults(1));
        path = Optional.of(ours);
        ours.prepareListener(listener);
        ours.apply(
                TestConfigs.proxy(
                        listener,
                        TestConfigs.cluster("up", up.port()),
                        TestConfigs.cluster("down", nobody),
                        TestConfigs.cluster("none")));
        ours.startWorkers();
        ourPort = ((InetSocketAddress) ours.listeners().getFirst().localAddress()).getPort();
        awaitListening(envoyPort);
        play();
    }

    @AfterAll
    void stop() throws Exception {
        envoy.ifPresent(Process::destroy);
        path.ifPresent(NettyRequestPath::close);
        if (upstream.isPresent()) {
            upstream.get().close();
        }
    }

    private static int freePort() throws IOException {
        try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    private static void awaitListening(int port) throws IOException {
        long deadline = System.nanoTime() + 20_000_000_000L;
        while (true) {
            try (var socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
                assertThat(socket.isConnected()).isTrue();
                return;
            } catch (IOException e) {
                if (System.nanoTime() > deadline) {
                    throw e;
                }
                Thread.onSpinWait();
            }
        }
    }

    private static String reply(String request) {
        if (request.contains("m=chunk")) {
            return "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n";
        }
        if (request.contains("m=503")) {
            return "HTTP/1.1 503 X\r\ncontent-length: 4\r\n\r\nfail";
        }
        if (request.contains("m=half")) {
            return "HTTP/1.1 200 OK\r\ncont" + ScriptedUpstream.FIN;
        }
        if (request.contains("m=fin")) {
            return ScriptedUpstream.FIN;
        }
        if (request.contains("m=204cl")) {
            return "HTTP/1.1 204 No\r\ncontent-length: 3\r\n\r\n";
        }
        boolean head = request.startsWith("HEAD");
        return "HTTP/1.1 200 OK\r\ncontent-length: "
                + request.length()
                + "\r\nset-cookie: a\r\nset-cookie: b\r\n\r\n"
                + (head ? "" : request);
    }

    static Stream<String> requests() {
        return Stream.concat(
                Stream.of(
                        get("/", HOST),
                        get("/x?m=chunk", HOST),
                        get("/x?m=503", HOST),
                        get("/x?m=half", HOST),
                        get("/x?m=fin", HOST),
                        get("/x?m=204cl", HOST),
                        get("/retry?m=503", HOST),
                        get("/retry?m=fin", HOST),
                        get("/down", HOST),
                        get("/none", HOST),
                        get("/nocluster", HOST),
                        get("/direct", HOST),
                        get("/redirect?x=1", HOST),
                        get("/", "Host: b.local\r\n"),
                        get("/only", "Host: B.local\r\n"),
                        get("/", ""),
                        get("/", "Host: a, b\r\n"),
                        get("/a#b", HOST),
                        get("http://evil/x", HOST),
                        get("/", HOST + "Connection: Upgrade\r\nUpgrade: websocket\r\n"),
                        get("/", HOST + "Connection: x-a, te\r\nx-a: 1\r\nte: trailers\r\n"),
                        get("/down", HOST + "content-type: application/grpc\r\n"),
                        "HEAD / HTTP/1.1\r\n" + HOST + "\r\n",
                        "HEAD /x HTTP/1.1\r\nHost: b.local\r\n\r\n",
                        "OPTIONS * HTTP/1.1\r\n" + HOST + "\r\n",
                        "GET / HTTP/1.0\r\n" + HOST + "\r\n"),
                Stream.of(
                                "Content-Length: 0\r\nTransfer-Encoding: chunked",
                                "Transfer-Encoding: identity, chunked",
                                "Transfer-Encoding : chunked",
                                "Content-Length: 5\r\nContent-Length: 5",
                                "Content-Length: +5",
                                "Content-Length: 5",
                                "Expect: 100-continue\r\nContent-Length: 5",
                                "X: a\u0000b",
                                "fo o: 1",
                                "Connection: x-forwarded-for")
                        .map(h -> "POST /p HTTP/1.1\r\n" + HOST + h + "\r\n\r\nhello"));
    }

    private static String get(String target, String headers) {
        return "GET " + target + " HTTP/1.1\r\n" + headers + "\r\n";
    }

    /** All of them wait for the end of a reply, so they do it at the same time. */
    private void play() throws Exception {
        try (var threads = Executors.newFixedThreadPool(AT_ONCE)) {
            var asked = new LinkedHashMap<String, List<Future<String>>>();
            for (String request : requests().toList()) {
                asked.put(
                        request,
                        Stream.of(envoyPort, ourPort)
                                .map(port ->
                                        threads.submit(
                                                () -> RawClient.send(port, request, QUIET_MILLIS)))
                                .toList());
            }
            for (var each : asked.entrySet()) {
                expected.put(each.getKey(), normalize(each.getValue().getFirst().get()));
                actual.put(each.getKey(), normalize(each.getValue().getLast().get()));
            }
        }
    }

    @ParameterizedTest
    @MethodSource("requests")
    void answersAsEnvoy(String request) {
        assertThat(actual.get(request)).isNotNull().isEqualTo(expected.get(request));
    }

    /** What differs from run to run, and the order of headers, is left out. */
    private static String normalize(String reply) {
        String text =
                reply.replaceAll("date: [^\r]*", "date: D")
                        .replaceAll("[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", "UUID")
                        .replaceAll("service-time: [0-9]+", "service-time: N");
        return Arrays.stream(text.split("\r\n\r\n", -1))
                .map(EnvoyComparisonIT::sortLines)
                .collect(Collectors.joining("\r\n\r\n"));
    }

    private static String sortLines(String block) {
        String[] lines = block.split("\r\n", -1);
        Arrays.sort(lines, Math.min(1, lines.length), lines.length);
        return String.join("\r\n", lines);
    }
}
