// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.conformance.http2;

import static org.assertj.core.api.Assertions.assertThat;

import dev.outrigger.conformance.Subjects;
import dev.outrigger.conformance.proxy.Eventually;
import dev.outrigger.conformance.proxy.ProxyUnderTest;
import dev.outrigger.conformance.proxy.RunningProxy;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/**
 * HTTP/2 in front of HTTP/1: both proxies answer the same frames with the same frames, log the same
 * lines and count the same.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class Http2WireIT {
    private static final int AT_ONCE = 6;
    private static final Pattern CODEC_STAT = Pattern.compile("(?m)^http2\\.\\w+");
    private static final Pattern STATS =
            Pattern.compile("(?m)^((?:http2|http\\.ingress\\.downstream_(?:cx|rq))\\S*): (\\d+)$");

    /** Whole connections, with all the time that passes on them. */
    private static final Pattern INCOMPARABLE = Pattern.compile(".*(bytes|_active|soft_drain).*");

    private record Played(
            Map<String, Map<Integer, List<String>>> answers,
            List<String> log,
            Map<String, Long> stats,
            List<String> held,
            List<String> takenBack,
            Map<String, List<String>> names) {}

    private Played oracle;
    private Played subject;

    @BeforeAll
    void play(@TempDir Path folder) throws IOException {
        try (var upstream = new PathUpstream()) {
            oracle = play(Subjects.oracle(), upstream.port(), folder.resolve("oracle"));
            subject = play(Subjects.subject(), upstream.port(), folder.resolve("subject"));
        }
    }

    private static Played play(ProxyUnderTest proxy, int upstream, Path folder) throws IOException {
        Files.createDirectories(folder);
        Path log = folder.resolve("access.log");
        Path bootstrap = folder.resolve("bootstrap.yaml");
        Files.writeString(bootstrap, config(upstream, log));
        try (var running = proxy.start(bootstrap, folder)) {
            int port = Objects.requireNonNull(running.listenerPorts().get("l"));
            int unlogged = Objects.requireNonNull(running.listenerPorts().get("unlogged"));
            // The first exchange of a process is slower than the patience of a case.
            var _ = FrameClient.play(port, FrameCases.all().values().iterator().next());
            var answers = new LinkedHashMap<String, Map<Integer, List<String>>>();
            var waiting = new LinkedHashMap<String, Future<Map<Integer, List<String>>>>();
            try (var threads = Executors.newFixedThreadPool(AT_ONCE)) {
                FrameCases.all()
                        .forEach((name, parts) ->
                                waiting.put(
                                        name, threads.submit(() -> FrameClient.play(port, parts))));
            }
            for (var each : waiting.entrySet()) {
                answers.put(each.getKey(), SideBySide.get(each.getValue()));
            }
            var counted = stats(running.admin("GET", "/stats").body());
            for (var each : FrameCases.ofOneEvent().entrySet()) {
                answers.put(each.getKey(), FrameClient.play(unlogged, each.getValue()));
            }
            return new Played(
                    answers,
                    lines(log),
                    counted,
                    held(running, port),
                    takenBack(running, port),
                    names(running));
        }
    }

    /** What waits for the window of a stream, before and after the window grows. */
    private static List<String> held(RunningProxy proxy, int port) throws IOException {
        var held = new ArrayList<String>();
        try (var socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            socket.getOutputStream().write(FrameCases.askedThroughAWindowOf(2));
            held.add(pending(proxy, 3));
            socket.getOutputStream().write(Frames.setting(4, 9));
            held.add(pending(proxy, 0));
        }
        return held;
    }

    /**
     * What is counted of requests on a connection to a host that is there already, one answered and
     * one taken back as it is sent.
     */
    private static List<String> takenBack(RunningProxy proxy, int port) throws IOException {
        var counted = new ArrayList<String>();
        try (var socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            socket.getOutputStream().write(FrameCases.opened("/once"));
            counted.add(once(proxy, "cluster.once.upstream_rq_2xx: 1"));
            socket.getOutputStream().write(FrameCases.takenBack("/once", 3));
            counted.add(once(proxy, "cluster.once.upstream_cx_destroy_local_with_active_rq: 1"));
        }
        return counted;
    }

    /** The bytes sent so far, when the event that is waited for has come. */
    private static String once(RunningProxy proxy, String event) {
        boolean seen =
                Eventually.holds(
                        Duration.ofSeconds(10),
                        () -> text(proxy, "/stats?filter=cluster.once").contains(event + "\n"));
        return seen
                ? text(proxy, "/stats?filter=cluster.once.upstream_cx_tx_bytes_total")
                : "never: " + event;
    }

    private static String pending(RunningProxy proxy, int expected) {
        String wanted = "http2.pending_send_bytes: " + expected + "\n";
        boolean seen =
                Eventually.holds(
                        Duration.ofSeconds(10),
                        () -> text(proxy, "/stats?filter=pending_send_bytes").equals(wanted));
        return seen ? wanted : text(proxy, "/stats?filter=http2");
    }

    /** The names of the codec's stats, by their type. */
    private static Map<String, List<String>> names(RunningProxy proxy) {
        var names = new LinkedHashMap<String, List<String>>();
        for (String type : List.of("Counters", "Gauges", "Histograms")) {
            var matcher = CODEC_STAT.matcher(text(proxy, "/stats?type=" + type));
            names.put(type, matcher.results().map(MatchResult::group).sorted().toList());
        }
        return names;
    }

    private static String text(RunningProxy proxy, String path) {
        try {
            return proxy.admin("GET", path).body();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static List<String> lines(Path log) throws IOException {
        var lines = new ArrayList<>(Files.readAllLines(log));
        lines.sort(null);
        return lines;
    }

    private static Map<String, Long> stats(String text) {
        var stats = new TreeMap<String, Long>();
        var matcher = STATS.matcher(text);
        while (matcher.find()) {
            if (!INCOMPARABLE.matcher(matcher.group(1)).matches()) {
                stats.put(matcher.group(1), Long.valueOf(matcher.group(2)));
            }
        }
        return stats;
    }

    @TestFactory
    Stream<DynamicTest> answersAsEnvoy() {
        return oracle.answers().entrySet().stream()
                .map(each ->
                        DynamicTest.dynamicTest(
                                each.getKey(),
                                () ->
                                        assertThat(subject.answers().get(each.getKey()))
                                                .isEqualTo(each.getValue())));
    }

    @Test
    void logsAsEnvoy() {
        var missing = new ArrayList<>(oracle.log());
        subject.log().forEach(missing::remove);
        var more = new ArrayList<>(subject.log());
        oracle.log().forEach(more::remove);
        assertThat(more).as("ours; Envoy's %s", missing).isEmpty();
        assertThat(missing).isEmpty();
    }

    @Test
    void countsAsEnvoy() {
        var missing = new TreeMap<>(oracle.stats());
        missing.entrySet().removeAll(subject.stats().entrySet());
        assertThat(missing).as("Envoy's; ours differ or lack them: %s", subject.stats()).isEmpty();
    }

    @Test
    void countsWhatWaitsForWindows() {
        assertThat(subject.held())
                .isEqualTo(oracle.held())
                .containsExactly("http2.pending_send_bytes: 3\n", "http2.pending_send_bytes: 0\n");
    }

    @Test
    void doesNotCountBytesThatAreTakenBackAsTheyAreSent() {
        assertThat(subject.takenBack()).isEqualTo(oracle.takenBack()).hasSize(2);
        assertThat(oracle.takenBack().getLast())
                .matches("cluster.once.upstream_cx_tx_bytes_total: [1-9]\\d*\n")
                .isEqualTo(oracle.takenBack().getFirst());
    }

    @Test
    void codecHasTheStatsOfEnvoys() {
        assertThat(subject.names()).isEqualTo(oracle.names());
        assertThat(subject.names().get("Gauges")).contains("http2.outbound_frames_active");
    }

    private static String config(int upstream, Path log) {
        return """
        admin: {address: {socket_address: {address: 127.0.0.1, port_value: 0}}}
        static_resources:
          listeners:
          - name: l
            address: {socket_address: {address: 127.0.0.1, port_value: 0}}
            filter_chains:
            - filters:
              - name: hcm
                typed_config:
                  "@type": type.googleapis.com/envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager
                  stat_prefix: ingress
                  access_log:
                  - name: file
                    typed_config:
                      "@type": type.googleapis.com/envoy.extensions.access_loggers.file.v3.FileAccessLog
                      path: %2$s
                      log_format:
                        text_format_source:
                          inline_string: "%%REQ(:METHOD)%% %%REQ(:PATH)%% %%PROTOCOL%% %%RESPONSE_CODE%% %%RESPONSE_FLAGS%% %%RESPONSE_CODE_DETAILS%% %%BYTES_RECEIVED%% %%BYTES_SENT%% %%REQ(:AUTHORITY)%%\\n"
                  route_config:
                    virtual_hosts:
                    - name: v
                      domains: [a.b, other, "a:80"]
                      routes:
                      - match: {prefix: /direct}
                        direct_response: {status: 200, body: {inline_string: hello}}
                      - match: {prefix: /once}
                        route: {cluster: once}
                      - match: {prefix: /}
                        route: {cluster: c}
                  http_filters:
                  - name: router
                    typed_config: {"@type": type.googleapis.com/envoy.extensions.filters.http.router.v3.Router}
          - name: unlogged
            address: {socket_address: {address: 127.0.0.1, port_value: 0}}
            filter_chains:
            - filters:
              - name: hcm
                typed_config:
                  "@type": type.googleapis.com/envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager
                  stat_prefix: unlogged
                  route_config:
                    virtual_hosts:
                    - name: v
                      domains: ["*"]
                      routes:
                      - match: {prefix: /}
                        direct_response: {status: 200, body: {inline_string: hello}}
                  http_filters:
                  - name: router
                    typed_config: {"@type": type.googleapis.com/envoy.extensions.filters.http.router.v3.Router}
          clusters:
          - name: c
            type: STATIC
            load_assignment:
              cluster_name: c
              endpoints:
              - lb_endpoints:
                - endpoint: {address: {socket_address: {address: 127.0.0.1, port_value: %1$d}}}
          - name: once
            type: STATIC
            load_assignment:
              cluster_name: once
              endpoints:
              - lb_endpoints:
                - endpoint: {address: {socket_address: {address: 127.0.0.1, port_value: %1$d}}}
        """
                .formatted(upstream, log);
    }
}
