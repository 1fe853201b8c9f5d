// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.conformance;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import dev.outrigger.conformance.proxy.ProxyUnderTest;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Objects;
import java.util.Queue;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What statistics sinks are told after the same request is the same from both proxies. */
class StatsSinkIT {
    private static final String REQUEST =
            "GET /x HTTP/1.1\r\nhost: b.local\r\nconnection: close\r\n\r\n";

    /** Counts of requests, whose sums do not depend on when stats are flushed. */
    private static final Pattern COUNTER =
            Pattern.compile("(\\S*(?:downstream_rq|upstream_rq)\\S*):(\\d+)\\|c(\\S*)");

    private static final Pattern OTHER =
            Pattern.compile("(\\S*main\\S*|\\S*cluster\\S*):\\d+\\|(ms|g)(\\S*)");

    static Map<String, String> sinks() {
        return new TreeMap<>(
                Map.of(
                        "statsd", "envoy.config.metrics.v3.StatsdSink, ADDRESS",
                        "lines",
                                "envoy.config.metrics.v3.StatsdSink, tcp_cluster_name: stats,"
                                        + " prefix: mine",
                        "dog",
                                "envoy.config.metrics.v3.DogStatsdSink, max_bytes_per_datagram:"
                                        + " 900, ADDRESS",
                        "graphite",
                                "envoy.extensions.stat_sinks.graphite_statsd.v3.GraphiteStatsdSink,"
                                        + " prefix: mine, ADDRESS"));
    }

    static Set<String> names() {
        return sinks().keySet();
    }

    private record Told(Map<String, Long> counters, Set<String> others) {}

    @ParameterizedTest
    @MethodSource("names")
    void areToldTheSame(String name, @TempDir Path folder)
            throws IOException, InterruptedException {
        String sink = Objects.requireNonNull(sinks().get(name));

        Told oracle =
                play(Subjects.oracle(), sink, Files.createDirectory(folder.resolve("oracle")));
        Told subject =
                play(Subjects.subject(), sink, Files.createDirectory(folder.resolve("subject")));

        assertThat(oracle.counters()).isNotEmpty();
        assertThat(subject.counters()).isEqualTo(oracle.counters());
        assertThat(subject.others()).isEqualTo(oracle.others());
    }

    private static Told play(ProxyUnderTest proxy, String sink, Path folder)
            throws IOException, InterruptedException {
        var lines = new LinkedBlockingQueue<String>();
        try (var upstream = new ServerSocket(0, 10, InetAddress.getLoopbackAddress());
                var server = new DatagramSocket(0, InetAddress.getLoopbackAddress());
                var overTcp = new ServerSocket(0, 10, InetAddress.getLoopbackAddress())) {
            Thread.ofVirtual().start(() -> serve(upstream));
            Thread.ofVirtual().start(() -> listen(server, lines));
            Thread.ofVirtual().start(() -> accept(overTcp, lines));
            Path bootstrap = folder.resolve("bootstrap.yaml");
            Files.writeString(
                    bootstrap,
                    config(
                            upstream.getLocalPort(),
                            sink,
                            server.getLocalPort(),
                            overTcp.getLocalPort()));
            try (var running = proxy.start(bootstrap, folder)) {
                ask(running.listenerPorts().values().iterator().next());
                return receive(lines);
            }
        }
    }

    private static void listen(DatagramSocket server, Queue<String> lines) {
        try {
            while (true) {
                var packet = new DatagramPacket(new byte[65_536], 65_536);
                server.receive(packet);
                new String(packet.getData(), 0, packet.getLength(), ISO_8859_1)
                        .lines()
                        .forEach(lines::add);
            }
        } catch (IOException e) {
            // The test is over.
        }
    }

    /** Envoy connects from each of its threads. */
    private static void accept(ServerSocket server, Queue<String> lines) {
        try {
            while (true) {
                Socket socket = server.accept();
                Thread.ofVirtual().start(() -> read(socket, lines));
            }
        } catch (IOException e) {
            // The test is over.
        }
    }

    private static void read(Socket socket, Queue<String> lines) {
        try (socket) {
            var in = new BufferedReader(new InputStreamReader(socket.getInputStream(), ISO_8859_1));
            for (String line = in.readLine(); line != null; line = in.readLine()) {
                lines.add(line);
            }
        } catch (IOException e) {
            // The proxy is gone.
        }
    }

    /** Answers one request. */
    private static void serve(ServerSocket upstream) {
        try (var socket = upstream.accept()) {
            var in = new BufferedReader(new InputStreamReader(socket.getInputStream(), ISO_8859_1));
            for (String line = in.readLine(); line != null; line = in.readLine()) {
                if (line.isEmpty()) {
                    socket.getOutputStream()
                            .write(
                                    "HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n"
                                            .getBytes(ISO_8859_1));
                }
            }
        } catch (IOException e) {
            // The test is over.
        }
    }

    private static void ask(int port) throws IOException {
        try (var socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            socket.getOutputStream().write(REQUEST.getBytes(ISO_8859_1));
            assertThat(new String(socket.getInputStream().readAllBytes(), ISO_8859_1))
                    .startsWith("HTTP/1.1 200");
        }
    }

    /** Listens until all that the request counts must have been flushed, which is every 100 ms. */
    private static Told receive(BlockingQueue<String> lines) throws InterruptedException {
        var counters = new TreeMap<String, Long>();
        var others = new TreeSet<String>();
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(1);
        while (System.nanoTime() < end) {
            String line = Objects.requireNonNull(lines.poll(1, TimeUnit.SECONDS), "told nothing");
            var counter = COUNTER.matcher(line);
            var other = OTHER.matcher(line);
            if (counter.matches() && !line.contains("admin")) {
                counters.merge(
                        counter.group(1) + counter.group(3),
                        Long.valueOf(counter.group(2)),
                        Long::sum);
            } else if (other.matches() && !line.contains("circuit_breakers")) {
                others.add(other.group(1) + '|' + other.group(2) + other.group(3));
            }
        }
        return new Told(counters, others);
    }

    private static String config(int upstream, String sink, int port, int lines) {
        return """
        node: {id: a, cluster: b}
        admin: {address: {socket_address: {address: 127.0.0.1, port_value: 0}}}
        stats_flush_interval: 0.1s
        stats_sinks:
          - name: s
            typed_config: {"@type": type.googleapis.com/%s}
        static_resources:
          listeners:
            - name: main
              stat_prefix: main
              address: {socket_address: {address: 127.0.0.1, port_value: 0}}
              filter_chains:
                - filters:
                    - name: envoy.filters.network.http_connection_manager
                      typed_config:
                        "@type": type.googleapis.com/envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager
                        stat_prefix: main
                        route_config:
                          virtual_hosts: [{name: b, domains: ["*"], routes: [{match: {prefix: /}, route: {cluster: b}}]}]
                        http_filters:
                          - name: envoy.filters.http.router
                            typed_config: {"@type": type.googleapis.com/envoy.extensions.filters.http.router.v3.Router}
          clusters:
            - name: b
              type: STATIC
              connect_timeout: 1s
              load_assignment: {cluster_name: b, endpoints: [{lb_endpoints: [{endpoint: {address: {socket_address: {address: 127.0.0.1, port_value: %d}}}}]}]}
            - name: stats
              type: STATIC
              connect_timeout: 1s
              load_assignment: {cluster_name: stats, endpoints: [{lb_endpoints: [{endpoint: {address: {socket_address: {address: 127.0.0.1, port_value: %d}}}}]}]}
        """
                .formatted(
                        sink.replace(
                                "ADDRESS",
                                "address: {socket_address: {address: 127.0.0.1, port_value: "
                                        + port
                                        + "}}"),
                        upstream,
                        lines);
    }
}
