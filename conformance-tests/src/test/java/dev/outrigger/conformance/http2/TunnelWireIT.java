// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.conformance.http2;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import dev.outrigger.conformance.http2.PlayedOnBoth.Played;
import dev.outrigger.conformance.http2.TunnelWords.Case;
import dev.outrigger.conformance.http2.TunnelWords.Upstream;
import dev.outrigger.conformance.proxy.Eventually;
import dev.outrigger.conformance.proxy.ProxyUnderTest;
import dev.outrigger.conformance.proxy.RunningProxy;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
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
 * TCP in HTTP and HTTP that becomes TCP: CONNECT that ends at the proxy or goes on, upgrades, and
 * TCP that is sent through a CONNECT. Both proxies tell both sides the same, log the same and count
 * the same. Each case has its own listener and cluster. {@code -Dwire.case=part of a name} plays
 * some cases only.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class TunnelWireIT {
    private static final int AT_ONCE = 8;

    private static final Duration SETTLING = Duration.ofSeconds(3);

    /** A port nobody listens on. */
    private static final int NOBODY = 1;

    /** What depends on time, on how reads fall, or on how headers are compressed. */
    private static final Pattern INCOMPARABLE =
            Pattern.compile(
                    ".*(_ms|_time|_per_cx|remaining|update_|version|warming|membership|_open|lb_"
                            + "|max_host_weight|_buffered|http2.*bytes|cx_length).*");

    private static final Pattern VARYING =
            Pattern.compile("(?m)^(date|x-envoy-upstream-service-time|x-request-id): .*");

    /** The ports at the end of what a PROXY header says, as text or in binary. */
    private static final Pattern PROXY_PORTS =
            Pattern.compile(
                    "(?s)(PROXY TCP4 \\S+ \\S+ |\\r\\n\\r\\n\\x00\\r\\nQUIT\\n.{12})"
                            + "(\\d+ \\d+(?=\\r)|.{4})");

    private PlayedOnBoth played;

    @BeforeAll
    void play(@TempDir Path folder) throws IOException {
        var cases = new LinkedHashMap<String, Case>();
        cases.putAll(ConnectCases.all());
        cases.putAll(UpgradeCases.all());
        cases.putAll(TunnelingCases.all());
        cases.putAll(GivenUpCases.all());
        played = PlayedOnBoth.play(PlayedOnBoth.wanted(cases), folder, TunnelWireIT::play);
    }

    private static Map<String, Played> play(
            ProxyUnderTest proxy, Map<String, Case> cases, Path folder) throws IOException {
        Path log = folder.resolve("access.log");
        Path bootstrap = folder.resolve("bootstrap.yaml");
        var raw = new LinkedHashMap<String, RawUpstream>();
        var framed = new LinkedHashMap<String, FrameUpstream>();
        try {
            for (var each : cases.entrySet()) {
                switch (each.getValue().upstream()) {
                    case Upstream.Raw(var scripts) -> {
                        if (!scripts.isEmpty()) {
                            raw.put(each.getKey(), new RawUpstream(scripts));
                        }
                    }
                    case Upstream.Framed(var scripts) ->
                            framed.put(each.getKey(), new FrameUpstream(scripts));
                }
            }
            var ports = new LinkedHashMap<String, Integer>();
            raw.forEach((name, upstream) -> ports.put(name, upstream.port()));
            framed.forEach((name, upstream) -> ports.put(name, upstream.port()));
            Files.writeString(bootstrap, config(cases, ports, log));
            try (var running = proxy.start(bootstrap, folder)) {
                var heard = new LinkedHashMap<String, List<?>>();
                Map<String, Object> answers = answers(running, cases);
                // What is kept for others does not end, and is not waited for any longer.
                var _ =
                        Eventually.holds(
                                SETTLING,
                                () -> raw.values().stream().allMatch(RawUpstream::isOver));
                raw.forEach((name, upstream) ->
                        heard.put(
                                name,
                                upstream.heard().stream().map(TunnelWireIT::masked).toList()));
                framed.forEach((name, upstream) -> heard.put(name, upstream.heard()));
                return played(running, cases, answers, heard, log);
            }
        } finally {
            raw.values().forEach(RawUpstream::close);
            framed.values().forEach(FrameUpstream::close);
        }
    }

    private static Map<String, Object> answers(RunningProxy running, Map<String, Case> cases)
            throws IOException {
        var waiting = new LinkedHashMap<String, Future<Object>>();
        Map<String, Integer> listeners = running.listenerPorts();
        try (var threads = Executors.newFixedThreadPool(AT_ONCE)) {
            int index = 0;
            for (var each : cases.entrySet()) {
                int port = Objects.requireNonNull(listeners.get(id(index++)));
                Case played = each.getValue();
                waiting.put(
                        each.getKey(),
                        threads.submit(() ->
                                played.overHttp2()
                                        ? FrameClient.play(port, played.parts())
                                        : raw(port, played.parts())));
            }
        }
        return PlayedOnBoth.answers(waiting);
    }

    private static Map<String, Played> played(
            RunningProxy running,
            Map<String, Case> cases,
            Map<String, Object> answers,
            Map<String, List<?>> heard,
            Path log)
            throws IOException {
        List<String> lines = Files.readAllLines(log);
        String stats = running.admin("GET", "/stats").body();
        var all = new LinkedHashMap<String, Played>();
        int index = 0;
        for (String name : cases.keySet()) {
            String id = id(index++);
            all.put(
                    name,
                    new Played(
                            Objects.requireNonNull(answers.get(name)),
                            List.copyOf(heard.getOrDefault(name, List.of())),
                            lines.stream().filter(line -> line.startsWith(id + " ")).toList(),
                            stats(stats, id, Objects.requireNonNull(cases.get(name)))));
        }
        return all;
    }

    private static String id(int index) {
        return "c%03d".formatted(index + 1);
    }

    private static String masked(String text) {
        String ports = PROXY_PORTS.matcher(text).replaceAll("$1…");
        return VARYING.matcher(ports.replace("\r", "")).replaceAll("$1: …");
    }

    private static List<String> raw(int port, List<byte[]> parts) throws IOException {
        var received = new ByteArrayOutputStream();
        boolean closed = false;
        try (var socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            for (int i = 0; i < parts.size() && !closed; i++) {
                if (Arrays.equals(parts.get(i), TunnelWords.CLIENT_ENDS)) {
                    socket.shutdownOutput();
                } else {
                    socket.getOutputStream().write(parts.get(i));
                }
                closed = FrameClient.read(socket, received, i + 1 < parts.size());
            }
        } catch (ConnectException e) {
            throw e;
        } catch (SocketException e) {
            // A reset that is met while writing tells as much as one that is read.
            closed = true;
        }
        var lines = new ArrayList<>(masked(received.toString(ISO_8859_1)).lines().toList());
        lines.add(closed ? "closed" : "open");
        return lines;
    }

    private static Map<String, Long> stats(String text, String id, Case played) {
        var stats = new TreeMap<String, Long>();
        for (String scope : List.of("cluster.", "http.", "tcp.")) {
            String prefix = scope + id + ".";
            PlayedOnBoth.stats(text, prefix, line -> !INCOMPARABLE.matcher(line).matches())
                    .forEach((name, value) -> stats.put(scope + name, value));
        }
        // How small headers become is each proxy's own affair, and times have one digit or two.
        stats.remove("http.downstream_cx_tx_bytes_total");
        if (played.upstream() instanceof Upstream.Framed) {
            stats.remove("cluster.upstream_cx_tx_bytes_total");
        }
        return stats;
    }

    @TestFactory
    Stream<DynamicTest> doesAsEnvoy() {
        return played.comparisons();
    }

    private static String config(Map<String, Case> cases, Map<String, Integer> ports, Path log) {
        var listeners = new StringBuilder();
        var clusters = new StringBuilder();
        int index = 0;
        for (var each : cases.entrySet()) {
            String id = id(index++);
            Case played = each.getValue();
            listeners.append(
                    """
                      - name: %s
                        address: {socket_address: {address: 127.0.0.1, port_value: 0}}
                        filter_chains: [{filters: [%s]}]
                    """
                            .formatted(
                                    id,
                                    played.filter()
                                            .replace("$ID", id)
                                            .replace("$LOG", accessLog(id, log))));
            clusters.append(
                    """
                      - {name: %s, type: STATIC, load_assignment: {cluster_name: %s, endpoints: [{lb_endpoints: [{endpoint: {address: {socket_address: {address: 127.0.0.1, port_value: %d}}}}]}]}%s}
                    """
                            .formatted(
                                    id,
                                    id,
                                    ports.getOrDefault(each.getKey(), NOBODY),
                                    played.cluster()));
        }
        return """
        admin: {address: {socket_address: {address: 127.0.0.1, port_value: 0}}}
        static_resources:
          listeners:
        %s
          clusters:
        %s
        """
                .formatted(listeners, clusters);
    }

    private static String accessLog(String id, Path log) {
        return """
        [{name: file, typed_config: {"@type": type.googleapis.com/envoy.extensions.access_loggers.file.v3.FileAccessLog, path: %s, log_format: {text_format_source: {inline_string: "%s %%ACCESS_LOG_TYPE%% %%REQ(:METHOD)%% %%PROTOCOL%% %%RESPONSE_CODE%% %%RESPONSE_FLAGS%% %%RESPONSE_CODE_DETAILS%% %%BYTES_RECEIVED%% %%BYTES_SENT%% %%UPSTREAM_PROTOCOL%% %%UPSTREAM_TRANSPORT_FAILURE_REASON%% %%UPSTREAM_REQUEST_ATTEMPT_COUNT%% %%UPSTREAM_CLUSTER%%\\n"}}}}]\
        """
                .formatted(log, id)
                .strip();
    }
}
