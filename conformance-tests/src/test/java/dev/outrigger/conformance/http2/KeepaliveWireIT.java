// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.conformance.http2;

import static dev.outrigger.conformance.http2.Frames.ACK;
import static dev.outrigger.conformance.http2.Frames.END;
import static dev.outrigger.conformance.http2.Frames.END_HEADERS;
import static dev.outrigger.conformance.http2.Frames.MAGIC;
import static dev.outrigger.conformance.http2.Frames.NONE;
import static dev.outrigger.conformance.http2.Frames.PING;
import static dev.outrigger.conformance.http2.Frames.SETTINGS;
import static dev.outrigger.conformance.http2.Frames.data;
import static dev.outrigger.conformance.http2.Frames.frame;
import static dev.outrigger.conformance.http2.Frames.headers;
import static dev.outrigger.conformance.http2.Frames.join;
import static org.assertj.core.api.Assertions.assertThat;

import dev.outrigger.conformance.http2.FrameUpstream.Script;
import dev.outrigger.conformance.proxy.Eventually;
import dev.outrigger.conformance.proxy.ProxyUnderTest;
import dev.outrigger.conformance.proxy.RunningProxy;
import java.io.IOException;
import java.io.UncheckedIOException;
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
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/**
 * PINGs by which a proxy finds out whether a peer is still there, toward clients and toward hosts
 * ({@code connection_keepalive}): when they are sent, what an answer and what silence does, what is
 * logged and counted. Each case ends with what it waits for; time-outs that must not be reached are
 * so long that a busy machine does not reach them either.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class KeepaliveWireIT {
    private static final Duration PATIENCE = Duration.ofSeconds(20);

    /** More than the idle interval of a host whose connection was idle. */
    private static final Duration PAUSE = Duration.ofMillis(300);

    /** How long nothing is listened for. */
    private static final Duration SILENCE = Duration.ofMillis(800);

    private static final int ANSWERED_PINGS = 4;

    /** Talks and pauses that last longer than {@link #LONG}'s time-out, each of them much less. */
    private static final int TALKS = 30;

    private static final Duration BREATH = Duration.ofMillis(50);
    private static final Duration STALL = Duration.ofMillis(500);
    private static final String OFTEN = "interval: 0.1s, timeout: 30s";
    private static final String LONG = "interval: 0.1s, timeout: 1s";
    private static final String SHORT = "interval: 0.1s, timeout: 0.4s";
    private static final byte[] SETTLED =
            join(frame(SETTINGS, 0, 0, NONE), frame(SETTINGS, ACK, 0, NONE));

    private SideBySide played = new SideBySide(Map.of(), Map.of());

    @BeforeAll
    void play(@TempDir Path folder) throws IOException {
        played = SideBySide.play(folder, KeepaliveWireIT::play);
    }

    @TestFactory
    Stream<DynamicTest> doesAsEnvoy() {
        assertThat(played.oracle().get("log")).contains("http2_ping_timeout");
        return played.comparisons();
    }

    /** The hosts of the clusters, each with its own way to answer. */
    private record Hosts(
            FrameUpstream deaf, FrameUpstream quick, FrameUpstream dying, FrameUpstream well)
            implements AutoCloseable {
        static Hosts start() throws IOException {
            byte[] answer = join(headers(END_HEADERS, 1, ":status", "200"), data(END, 1, "hi"));
            byte[] second = headers(END | END_HEADERS, 3, ":status", "200");
            return new Hosts(
                    new FrameUpstream(List.of(script())),
                    new FrameUpstream(List.of(script().atEnd(1, answer).atEnd(3, second))),
                    new FrameUpstream(List.of(script().atEnd(1, answer))),
                    new FrameUpstream(List.of(script().answeringPings())));
        }

        private static Script script() {
            return Script.greets(SETTLED);
        }

        @Override
        public void close() {
            List.of(deaf, quick, dying, well).forEach(FrameUpstream::close);
        }
    }

    private static Map<String, String> play(ProxyUnderTest proxy, Path folder) throws IOException {
        Files.createDirectories(folder);
        Path log = folder.resolve("access.log");
        Path bootstrap = folder.resolve("bootstrap.yaml");
        try (var hosts = Hosts.start()) {
            Files.writeString(bootstrap, config(log, hosts));
            try (var running = proxy.start(bootstrap, folder)) {
                var seen = play(running, hosts);
                seen.put("host that does not answer", told(pings(hosts.deaf())));
                seen.put("host, two requests at once after another", told(pings(hosts.quick())));
                seen.put("host, a request behind a pause", told(pings(hosts.dying())));
                seen.put("log", log(log, 9));
                seen.put("stats", running.admin("GET", "/stats?filter=keepalive_timeout").body());
                return seen;
            }
        }
    }

    private static String log(Path log, int lines) {
        var read = new LinkedHashMap<String, List<String>>();
        Eventually.holds(
                PATIENCE,
                () -> {
                    try {
                        read.put("lines", Files.readAllLines(log));
                    } catch (IOException e) {
                        throw new UncheckedIOException(e);
                    }
                    return read.getOrDefault("lines", List.of()).size() >= lines;
                });
        return String.join("\n", read.getOrDefault("lines", List.of()).stream().sorted().toList());
    }

    /** All at the same time, as most of it is waiting. */
    private static Map<String, String> play(RunningProxy running, Hosts hosts) throws IOException {
        var ports = running.listenerPorts();
        int often = Objects.requireNonNull(ports.get("often"));
        int seldom = Objects.requireNonNull(ports.get("seldom"));
        int slow = Objects.requireNonNull(ports.get("slow"));
        int plain = Objects.requireNonNull(ports.get("plain"));
        var plays = new LinkedHashMap<String, Callable<String>>();
        plays.put("client answers", () -> answering(often));
        plays.put("client is silent", () -> silent(seldom, NONE));
        plays.put("client is silent within a request", () -> silent(seldom, ask("/well", 1)));
        plays.put("client only talks", () -> talking(slow));
        plays.put("no interval", () -> left(plain));
        plays.put("host is silent", () -> answered(plain, "/deaf"));
        plays.put("host answers", () -> held(plain, hosts.well()));
        plays.put("one request behind another", () -> twice(plain, "/quick", Duration.ZERO));
        plays.put("a request behind a pause", () -> twice(plain, "/dying", PAUSE));
        var seen = new LinkedHashMap<String, String>();
        var waiting = new LinkedHashMap<String, Future<String>>();
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            plays.forEach((name, each) -> waiting.put(name, threads.submit(each)));
            for (var each : waiting.entrySet()) {
                seen.put(each.getKey(), SideBySide.get(each.getValue()));
            }
        }
        return seen;
    }

    private static byte[] ask(String path, int stream) {
        var fields = List.of(":method", "GET", ":scheme", "http", ":authority", "a", ":path", path);
        return headers(END | END_HEADERS, stream, fields.toArray(String[]::new));
    }

    private static ListeningClient connect(int port) throws IOException {
        return new ListeningClient(port, PATIENCE).say(join(MAGIC, SETTLED));
    }

    private static String answering(int port) throws IOException {
        try (var client = connect(port)) {
            client.answerPings();
            client.hearUntil(() -> client.pings() >= ANSWERED_PINGS);
            return client.say(ask("/own", 1)).hearUntil(() -> client.isEnded(1)).told();
        }
    }

    private static String silent(int port, byte[] request) throws IOException {
        try (var client = connect(port)) {
            return client.say(request).hearUntil(() -> false).pings() + " " + client.told();
        }
    }

    /** PINGs of the client's own, which answer nothing, for longer than an answer may take. */
    private static String talking(int port) throws IOException {
        byte[] chatter = frame(PING, 0, 0, new byte[8]);
        while (true) {
            try (var client = connect(port)) {
                client.hearUntil(() -> client.pings() >= 1);
                boolean steady = true;
                for (int i = 1; i <= TALKS; i++) {
                    int answers = i;
                    long before = System.nanoTime();
                    client.say(chatter).hearUntil(() -> client.answers() >= answers);
                    Eventually.pause(BREATH);
                    steady &= System.nanoTime() - before < STALL.toNanos();
                }
                // A client that was not let run has been silent and proves nothing.
                if (steady) {
                    return client.pings() + " " + client.told();
                }
            }
        }
    }

    private static String left(int port) throws IOException {
        try (var client = connect(port)) {
            Eventually.pause(SILENCE);
            client.say(ask("/own", 1)).hearUntil(() -> client.isEnded(1));
            return client.pings() + " " + client.told();
        }
    }

    private static String answered(int port, String path) throws IOException {
        try (var client = connect(port)) {
            return client.say(ask(path, 1)).hearUntil(() -> client.isEnded(1)).told();
        }
    }

    private static String held(int port, FrameUpstream upstream) throws IOException {
        try (var client = connect(port)) {
            client.say(ask("/well", 1));
            var heard = Eventually.holds(PATIENCE, () -> pings(upstream) >= ANSWERED_PINGS);
            return heard + " " + client.told();
        }
    }

    private static String twice(int port, String path, Duration pause) throws IOException {
        try (var client = connect(port)) {
            client.say(ask(path, 1)).hearUntil(() -> client.isEnded(1));
            Eventually.pause(pause);
            return client.say(ask(path, 3)).hearUntil(() -> client.isEnded(3)).told();
        }
    }

    /** How many PINGs came that want an answer. */
    private static long pings(FrameUpstream upstream) {
        return upstream.heard().stream()
                .flatMap(streams -> streams.getOrDefault(0, List.of()).stream())
                .filter(line -> line.startsWith(PING + " 0 "))
                .count();
    }

    private static String told(long pings) {
        return pings + " pings";
    }

    private static String config(Path log, Hosts hosts) {
        return """
        admin: {address: {socket_address: {address: 127.0.0.1, port_value: 0}}}
        static_resources:
          listeners:
        %s%s%s%s
          clusters:
        %s%s%s%s
        """
                .formatted(
                        listener("often", OFTEN, log),
                        listener("seldom", SHORT, log),
                        listener("slow", LONG, log),
                        listener("plain", "timeout: 0.4s", log),
                        cluster("deaf", hosts.deaf(), SHORT),
                        cluster(
                                "quick",
                                hosts.quick(),
                                "timeout: 30s, connection_idle_interval: 30s"),
                        cluster(
                                "dying",
                                hosts.dying(),
                                "timeout: 0.4s, connection_idle_interval: 0.05s"),
                        cluster("well", hosts.well(), OFTEN));
    }

    private static String cluster(String name, FrameUpstream host, String keepalive) {
        return """
          - {name: %s, type: STATIC, load_assignment: {cluster_name: x, endpoints: [{lb_endpoints: [{endpoint: {address: {socket_address: {address: 127.0.0.1, port_value: %d}}}}]}]}, http2_protocol_options: {connection_keepalive: {%s, interval_jitter: {value: 0}}}}
        """
                .formatted(name, host.port(), keepalive);
    }

    private static String listener(String name, String keepalive, Path log) {
        return """
          - name: %s
            address: {socket_address: {address: 127.0.0.1, port_value: 0}}
            filter_chains:
            - filters:
              - name: hcm
                typed_config:
                  "@type": type.googleapis.com/envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager
                  stat_prefix: %s
                  http2_protocol_options: {connection_keepalive: {%s, interval_jitter: {value: 0}}}
                  access_log:
                  - name: file
                    typed_config:
                      "@type": type.googleapis.com/envoy.extensions.access_loggers.file.v3.FileAccessLog
                      path: %s
                      log_format:
                        text_format_source:
                          inline_string: "%%REQ(:PATH)%% %%RESPONSE_CODE%% %%RESPONSE_FLAGS%% %%RESPONSE_CODE_DETAILS%% %%UPSTREAM_TRANSPORT_FAILURE_REASON%% %%DOWNSTREAM_LOCAL_CLOSE_REASON%% %%UPSTREAM_LOCAL_CLOSE_REASON%%\\n"
                  route_config:
                    virtual_hosts:
                    - name: v
                      domains: ["*"]
                      routes:
                      - {match: {prefix: /deaf}, route: {cluster: deaf}}
                      - {match: {prefix: /quick}, route: {cluster: quick}}
                      - {match: {prefix: /dying}, route: {cluster: dying}}
                      - {match: {prefix: /own}, direct_response: {status: 204}}
                      - {match: {prefix: /well}, route: {cluster: well}}
                  http_filters:
                  - name: router
                    typed_config: {"@type": type.googleapis.com/envoy.extensions.filters.http.router.v3.Router}
        """
                .formatted(name, name, keepalive, log);
    }
}
