// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.conformance.http2;

import static dev.outrigger.conformance.http2.Frames.ACK;
import static dev.outrigger.conformance.http2.Frames.END;
import static dev.outrigger.conformance.http2.Frames.END_HEADERS;
import static dev.outrigger.conformance.http2.Frames.MAGIC;
import static dev.outrigger.conformance.http2.Frames.NONE;
import static dev.outrigger.conformance.http2.Frames.SETTINGS;
import static dev.outrigger.conformance.http2.Frames.WINDOW_UPDATE;
import static dev.outrigger.conformance.http2.Frames.data;
import static dev.outrigger.conformance.http2.Frames.frame;
import static dev.outrigger.conformance.http2.Frames.headers;
import static dev.outrigger.conformance.http2.Frames.int32;
import static dev.outrigger.conformance.http2.Frames.join;
import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import dev.outrigger.conformance.http2.FrameUpstream.Script;
import dev.outrigger.conformance.proxy.Eventually;
import dev.outrigger.conformance.proxy.ProxyUnderTest;
import dev.outrigger.conformance.proxy.RunningProxy;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/**
 * A peer whose window stays closed, on either side: how much is taken for it, who is told to wait,
 * and when it is given up.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class BlockedStreamIT {
    private static final Duration PATIENCE = Duration.ofSeconds(20);

    /** Whether a host is read again before its stream is over depends on how reads fall. */
    private static final Pattern RESUMED =
            Pattern.compile("^cluster\\..*upstream_flow_control_resumed_reading");

    private static final int BODY_BYTES = 1 << 20;
    private static final int CHUNK_BYTES = 16_000;
    private static final int WINDOW_BYTES = 65_535;
    private static final byte[] WIDE =
            join(
                    frame(WINDOW_UPDATE, 0, 0, int32(4 * BODY_BYTES)),
                    frame(WINDOW_UPDATE, 0, 1, int32(4 * BODY_BYTES)));
    private static final byte[] SETTLED =
            join(frame(SETTINGS, 0, 0, NONE), frame(SETTINGS, ACK, 0, NONE));
    private static final String SMALL = "initial_stream_window_size: 65535";

    /** How often depends on how reads fall. */
    private static final Pattern SEVERAL = Pattern.compile("paused_reading|resumed_reading");

    private SideBySide played = new SideBySide(Map.of(), Map.of());

    @BeforeAll
    void play(@TempDir Path folder) throws IOException {
        played = SideBySide.play(folder, BlockedStreamIT::play);
    }

    @TestFactory
    Stream<DynamicTest> doesAsEnvoy() {
        return played.comparisons();
    }

    /** Answers one request on each connection, with a body that takes some time to go. */
    private record Generous(ServerSocket server) implements AutoCloseable {
        static Generous start() throws IOException {
            var started = new Generous(new ServerSocket(0, 50, InetAddress.getLoopbackAddress()));
            Thread.ofVirtual().start(started::accept);
            return started;
        }

        private void accept() {
            try {
                while (true) {
                    var socket = server.accept();
                    Thread.ofVirtual()
                            .start(() -> {
                                try (socket) {
                                    var _ = socket.getInputStream().read(new byte[4096]);
                                    var out = socket.getOutputStream();
                                    out.write(
                                            ("HTTP/1.1 200 OK\r\ncontent-length: "
                                                            + BODY_BYTES
                                                            + "\r\n\r\n")
                                                    .getBytes(ISO_8859_1));
                                    out.write(new byte[BODY_BYTES]);
                                    var _ = socket.getInputStream().read();
                                } catch (IOException e) {
                                    // The proxy has gone.
                                }
                            });
                }
            } catch (IOException e) {
                // Closed.
            }
        }

        @Override
        public void close() throws IOException {
            server.close();
        }
    }

    private static Map<String, String> play(ProxyUnderTest proxy, Path folder) throws IOException {
        Files.createDirectories(folder);
        Path log = folder.resolve("access.log");
        Path bootstrap = folder.resolve("bootstrap.yaml");
        byte[] answer = headers(END | END_HEADERS, 1, ":status", "200");
        try (var generous = Generous.start();
                var taking = new FrameUpstream(List.of(Script.greets(SETTLED).atEnd(1, answer)));
                var held = new FrameUpstream(List.of(Script.greets(SETTLED)));
                var slow = new FrameUpstream(List.of(Script.greets(SETTLED).atEnd(1, answer)))) {
            Files.writeString(
                    bootstrap, config(log, generous.server().getLocalPort(), taking, held, slow));
            try (var running = proxy.start(bootstrap, folder)) {
                var plays = new LinkedHashMap<String, Callable<String>>();
                plays.put("a stream takes as much as its window is", () -> taken(running));
                plays.put("a small window stops the host", () -> stopped(running));
                plays.put("a whole answer is given up", () -> givenUp(running, "idle", "/whole"));
                plays.put(
                        "half an answer is given up",
                        () -> givenUp(running, "idle-small", "/half"));
                plays.put(
                        "a whole answer is given up whatever its route says",
                        () -> givenUp(running, "idle", "/routed"));
                plays.put("a host takes as much", () -> given(running, taking, "/taking"));
                plays.put("a host with a small window stops", () -> given(running, slow, "/slow"));
                plays.put("a host that takes nothing is given up", () -> withheld(running));
                var seen = new LinkedHashMap<String, String>();
                try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
                    var waiting = new LinkedHashMap<String, Future<String>>();
                    plays.forEach((name, each) -> waiting.put(name, threads.submit(each)));
                    for (var each : waiting.entrySet()) {
                        seen.put(each.getKey(), SideBySide.get(each.getValue()));
                    }
                }
                seen.put("log", log(log, seen.size()));
                seen.put("stats", stats(running));
                return seen;
            }
        }
    }

    private static String taken(RunningProxy running) throws IOException {
        try (var client = connect(running, "wide")) {
            client.say(ask("GET", END, "/all"));
            await(running, "cluster.all.upstream_cx_rx_bytes_total", BODY_BYTES);
            return opened(client);
        }
    }

    private static String stopped(RunningProxy running) throws IOException {
        try (var client = connect(running, "small")) {
            client.say(ask("GET", END, "/some"));
            await(running, "cluster.some.upstream_flow_control_paused_reading_total", 1);
            return opened(client);
        }
    }

    private static String opened(ListeningClient client) throws IOException {
        client.say(WIDE).hearUntil(() -> client.isEnded(1));
        return client.bodyBytes() + " " + heads(client);
    }

    private static String givenUp(RunningProxy running, String listener, String path)
            throws IOException {
        try (var client = connect(running, listener)) {
            client.say(ask("GET", END, path)).hearUntil(() -> client.isEnded(1));
            return client.bodyBytes() + " " + heads(client);
        }
    }

    private static String given(RunningProxy running, FrameUpstream upstream, String path)
            throws IOException {
        String cluster = "cluster." + path.substring(1) + ".";
        try (var client = connect(running, "wide")) {
            client.say(ask("POST", 0, path));
            // What is kept before the host knows of the request is another story.
            assertThat(Eventually.holds(PATIENCE, () -> hears(upstream)))
                    .as("the host hears of %s", path)
                    .isTrue();
            client.say(body());
            if (path.equals("/slow")) {
                await(running, cluster + "upstream_flow_control_backed_up_total", 1);
            } else {
                await(running, cluster + "upstream_cx_tx_bytes_total", WINDOW_BYTES);
            }
            upstream.tell(WIDE);
            return client.hearUntil(() -> client.isEnded(1)).told();
        }
    }

    private static boolean hears(FrameUpstream upstream) {
        return upstream.heard().stream().anyMatch(streams -> streams.containsKey(1));
    }

    /** All of the request at once: what is between its parts must not take too long. */
    private static String withheld(RunningProxy running) throws IOException {
        try (var client = connect(running, "idle")) {
            client.say(join(ask("POST", 0, "/held"), body()));
            return client.hearUntil(() -> client.isEnded(1)).told();
        }
    }

    private static byte[] body() {
        String chunk = "x".repeat(CHUNK_BYTES);
        var out = new ByteArrayOutputStream();
        for (int left = BODY_BYTES; left > 0; left -= CHUNK_BYTES) {
            boolean last = left <= CHUNK_BYTES;
            out.writeBytes(data(last ? END : 0, 1, last ? chunk.substring(0, left) : chunk));
        }
        return out.toByteArray();
    }

    /** What was said but for the bodies, which are long. */
    private static String heads(ListeningClient client) {
        return client.told().replaceAll("body [^\\]]*", "body");
    }

    private static ListeningClient connect(RunningProxy running, String listener)
            throws IOException {
        int port = Objects.requireNonNull(running.listenerPorts().get(listener));
        return new ListeningClient(port, PATIENCE)
                .say(join(MAGIC, SETTLED, frame(WINDOW_UPDATE, 0, 0, int32(BODY_BYTES))));
    }

    private static byte[] ask(String method, int end, String path) {
        var fields =
                List.of(":method", method, ":scheme", "http", ":authority", "a", ":path", path);
        return headers(end | END_HEADERS, 1, fields.toArray(String[]::new));
    }

    private static void await(RunningProxy running, String stat, long least) {
        assertThat(
                        Eventually.holds(
                                PATIENCE,
                                Duration.ofMillis(50),
                                () -> {
                                    try {
                                        return running.admin("GET", "/stats?filter=" + stat)
                                                .body()
                                                .lines()
                                                .filter(line -> line.startsWith(stat + ": "))
                                                .map(line -> line.substring(line.indexOf(": ") + 2))
                                                .anyMatch(count -> Long.parseLong(count) >= least);
                                    } catch (IOException e) {
                                        throw new UncheckedIOException(e);
                                    }
                                }))
                .as(stat)
                .isTrue();
    }

    private static String log(Path log, int lines) {
        assertThat(Eventually.holds(PATIENCE, () -> lines(log).size() >= lines))
                .as("%s lines: %s", lines, lines(log))
                .isTrue();
        return String.join("\n", lines(log).stream().sorted().toList());
    }

    private static List<String> lines(Path log) {
        try {
            return Files.readAllLines(log);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String stats(RunningProxy running) throws IOException {
        var text = new StringBuilder();
        for (String line :
                running.admin(
                                "GET",
                                "/stats?usedonly&filter=flow_control%7Cidle_timeout%7Cflush_timeout%7C_reset")
                        .body()
                        .lines()
                        .filter(line -> !RESUMED.matcher(line).find())
                        .toList()) {
            text.append(
                            SEVERAL.matcher(line).find()
                                    ? line.replaceAll(": [1-9]\\d*", ": some")
                                    : line)
                    .append('\n');
        }
        return text.toString();
    }

    private static String config(
            Path log, int generous, FrameUpstream taking, FrameUpstream held, FrameUpstream slow) {
        return """
        admin: {address: {socket_address: {address: 127.0.0.1, port_value: 0}}}
        static_resources:
          listeners:
        %s%s%s%s
          clusters:
        %s%s%s%s%s%s%s%s
        """
                .formatted(
                        listener("wide", "", "0s", log),
                        listener("small", SMALL, "0s", log),
                        listener("idle", "", "1s", log),
                        listener("idle-small", SMALL, "1s", log),
                        cluster("all", generous, ""),
                        cluster("some", generous, ""),
                        cluster("whole", generous, ""),
                        cluster("half", generous, ""),
                        cluster("routed", generous, ""),
                        cluster("taking", taking.port(), ", http2_protocol_options: {}"),
                        cluster("held", held.port(), ", http2_protocol_options: {}"),
                        cluster("slow", slow.port(), ", http2_protocol_options: {" + SMALL + "}"));
    }

    private static String cluster(String name, int port, String more) {
        return """
          - {name: %s, type: STATIC, load_assignment: {cluster_name: x, endpoints: [{lb_endpoints: [{endpoint: {address: {socket_address: {address: 127.0.0.1, port_value: %d}}}}]}]}%s}
        """
                .formatted(name, port, more);
    }

    private static String listener(String name, String options, String idle, Path log) {
        return """
          - name: %s
            address: {socket_address: {address: 127.0.0.1, port_value: 0}}
            filter_chains:
            - filters:
              - name: hcm
                typed_config:
                  "@type": type.googleapis.com/envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager
                  stat_prefix: %s
                  http2_protocol_options: {%s}
                  stream_idle_timeout: %s
                  access_log:
                  - name: file
                    typed_config:
                      "@type": type.googleapis.com/envoy.extensions.access_loggers.file.v3.FileAccessLog
                      path: %s
                      log_format:
                        text_format_source:
                          inline_string: "%%REQ(:PATH)%% %%RESPONSE_CODE%% %%RESPONSE_FLAGS%% %%RESPONSE_CODE_DETAILS%%\\n"
                  route_config:
                    virtual_hosts:
                    - name: v
                      domains: ["*"]
                      routes:
        %s
                  http_filters:
                  - name: router
                    typed_config: {"@type": type.googleapis.com/envoy.extensions.filters.http.router.v3.Router}
        """
                .formatted(name, name, options, idle, log, routes());
    }

    private static String routes() {
        var routes = new StringBuilder();
        for (String each : List.of("all", "some", "whole", "half", "taking", "held", "slow")) {
            routes.append(
                    "              - {match: {path: /%s}, route: {cluster: %s, timeout: 0s}}\n"
                            .formatted(each, each));
        }
        routes.append(
                "              - {match: {path: /routed}, route: {cluster: routed, timeout: 0s,"
                        + " idle_timeout: 60s}}\n");
        return routes.toString();
    }
}
