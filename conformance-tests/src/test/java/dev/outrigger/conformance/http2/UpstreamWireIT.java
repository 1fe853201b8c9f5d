// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.conformance.http2;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import dev.outrigger.conformance.http2.PlayedOnBoth.Played;
import dev.outrigger.conformance.http2.UpstreamCases.Case;
import dev.outrigger.conformance.proxy.ProxyUnderTest;
import dev.outrigger.conformance.proxy.RunningProxy;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
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
 * HTTP/1 and HTTP/2 in front of HTTP/2: both proxies tell a scripted upstream the same, make the
 * same of what it says, log the same and count the same. {@code -Dwire.case=part of a name} plays
 * some cases only.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class UpstreamWireIT {
    private static final int AT_ONCE = 8;

    /** What depends on time, on how reads fall, or on how headers are compressed. */
    private static final Pattern INCOMPARABLE =
            Pattern.compile(
                    ".*(_bytes|_ms|_time|active|_per_cx|remaining|update_|version|warming"
                            + "|membership|_open|lb_|max_host_weight|streams_active).*");

    /** What is left of a timeout when a retry begins. */
    private static final Pattern REST =
            Pattern.compile("(x-envoy-expected-rq-timeout-ms: |grpc-timeout: )\\d{3,5}");

    private PlayedOnBoth played;

    @BeforeAll
    void play(@TempDir Path folder) throws IOException {
        played =
                PlayedOnBoth.play(
                        PlayedOnBoth.wanted(UpstreamCases.all()), folder, UpstreamWireIT::play);
    }

    private static Map<String, Played> play(
            ProxyUnderTest proxy, Map<String, Case> cases, Path folder) throws IOException {
        Path log = folder.resolve("access.log");
        Path bootstrap = folder.resolve("bootstrap.yaml");
        var upstreams = new LinkedHashMap<String, FrameUpstream>();
        try {
            for (var each : cases.entrySet()) {
                upstreams.put(each.getKey(), new FrameUpstream(each.getValue().upstream()));
            }
            Files.writeString(bootstrap, config(cases, upstreams, log));
            try (var running = proxy.start(bootstrap, folder)) {
                return play(running, cases, upstreams, log);
            }
        } finally {
            upstreams.values().forEach(FrameUpstream::close);
        }
    }

    private static Map<String, Played> play(
            RunningProxy running,
            Map<String, Case> cases,
            Map<String, FrameUpstream> upstreams,
            Path log)
            throws IOException {
        int port = running.listenerPorts().values().iterator().next();
        // The first exchange of a process is slower than the patience of a case.
        var _ = http1(port, List.of("GET /none HTTP/1.1\r\nhost: a\r\n\r\n".getBytes(ISO_8859_1)));
        var waiting = new LinkedHashMap<String, Future<Object>>();
        try (var threads = Executors.newFixedThreadPool(AT_ONCE)) {
            int index = 0;
            for (var each : cases.entrySet()) {
                String path = path(index++);
                Case played = each.getValue();
                List<byte[]> parts = played.parts().stream().map(part -> with(part, path)).toList();
                waiting.put(
                        each.getKey(),
                        threads.submit(() ->
                                played.overHttp2()
                                        ? FrameClient.play(port, parts)
                                        : http1(port, parts)));
            }
        }
        Map<String, Object> answers = PlayedOnBoth.answers(waiting);
        List<String> lines = Files.readAllLines(log);
        String stats = running.admin("GET", "/stats").body();
        var all = new LinkedHashMap<String, Played>();
        int index = 0;
        for (String name : cases.keySet()) {
            String path = path(index++);
            all.put(
                    name,
                    new Played(
                            Objects.requireNonNull(answers.get(name)),
                            List.copyOf(heard(Objects.requireNonNull(upstreams.get(name)), path)),
                            lines.stream()
                                    .filter(line -> line.contains(" " + path + " "))
                                    .map(line -> line.replace(path, UpstreamCases.PATH))
                                    .sorted()
                                    .toList(),
                            PlayedOnBoth.stats(
                                    stats,
                                    "cluster.c" + path.substring(1) + ".",
                                    line -> !INCOMPARABLE.matcher(line).matches())));
        }
        return all;
    }

    private static List<Map<Integer, List<String>>> heard(FrameUpstream upstream, String path) {
        return upstream.heard().stream()
                .map(streams -> {
                    Map<Integer, List<String>> renamed = new TreeMap<>();
                    streams.forEach((stream, said) ->
                            renamed.put(
                                    stream,
                                    said.stream()
                                            .map(line -> line.replace(path, UpstreamCases.PATH))
                                            .map(line -> REST.matcher(line).replaceAll("$1…"))
                                            .toList()));
                    return renamed;
                })
                .toList();
    }

    private static String path(int index) {
        return "/%03d".formatted(index + 1);
    }

    /** The path takes the place of the one that stands for it. */
    private static byte[] with(byte[] part, String path) {
        return new String(part, ISO_8859_1).replace(UpstreamCases.PATH, path).getBytes(ISO_8859_1);
    }

    private static List<String> http1(int port, List<byte[]> parts) throws IOException {
        var received = new ByteArrayOutputStream();
        boolean closed = false;
        try (var socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            for (int i = 0; i < parts.size() && !closed; i++) {
                socket.getOutputStream().write(parts.get(i));
                closed = FrameClient.read(socket, received, i + 1 < parts.size());
            }
        }
        var lines =
                new ArrayList<>(
                        received.toString(ISO_8859_1)
                                .replaceAll(
                                        "(?m)^(date|x-envoy-upstream-service-time): .*", "$1: …")
                                .lines()
                                .toList());
        lines.add(closed ? "closed" : "open");
        return lines;
    }

    @TestFactory
    Stream<DynamicTest> doesAsEnvoy() {
        return played.comparisons();
    }

    private static String config(
            Map<String, Case> cases, Map<String, FrameUpstream> upstreams, Path log) {
        var routes = new StringBuilder();
        var clusters = new StringBuilder();
        int index = 0;
        for (var each : cases.entrySet()) {
            String path = path(index++);
            String cluster = "c" + path.substring(1);
            Case played = each.getValue();
            routes.append(
                    """
                              - {match: {prefix: %s}, route: {cluster: %s%s}}
                    """
                            .formatted(path, cluster, played.route())
                            .strip()
                            .indent(14));
            clusters.append(
                    """
                      - {name: %s, type: STATIC, load_assignment: {cluster_name: x, endpoints: [{lb_endpoints: [{endpoint: {address: {socket_address: {address: 127.0.0.1, port_value: %d}}}}]}]}, http2_protocol_options: {%s}%s}
                    """
                            .formatted(
                                    cluster,
                                    Objects.requireNonNull(upstreams.get(each.getKey())).port(),
                                    played.options(),
                                    played.cluster())
                            .strip()
                            .indent(2));
        }
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
                  http2_protocol_options: {allow_connect: true}
                  upgrade_configs: [{upgrade_type: websocket}, {upgrade_type: foo}]
                  access_log:
                  - name: file
                    typed_config:
                      "@type": type.googleapis.com/envoy.extensions.access_loggers.file.v3.FileAccessLog
                      path: %s
                      log_format:
                        text_format_source:
                          inline_string: "%%REQ(:METHOD)%% %%REQ(:PATH)%% %%PROTOCOL%% %%RESPONSE_CODE%% %%RESPONSE_FLAGS%% %%RESPONSE_CODE_DETAILS%% %%BYTES_RECEIVED%% %%BYTES_SENT%% %%UPSTREAM_PROTOCOL%% %%GRPC_STATUS%% %%UPSTREAM_TRANSPORT_FAILURE_REASON%% %%UPSTREAM_REQUEST_ATTEMPT_COUNT%% %%RESPONSE_TRAILERS_BYTES%%\\n"
                  route_config:
                    virtual_hosts:
                    - name: v
                      domains: ["*"]
                      routes:
        %s
                  http_filters:
                  - name: router
                    typed_config: {"@type": type.googleapis.com/envoy.extensions.filters.http.router.v3.Router}
          clusters:
        %s
        """
                .formatted(log, routes, clusters);
    }
}
