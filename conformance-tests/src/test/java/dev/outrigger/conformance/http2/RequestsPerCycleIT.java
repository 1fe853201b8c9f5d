// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.conformance.http2;

import static dev.outrigger.conformance.http2.Frames.MAGIC;
import static dev.outrigger.conformance.http2.Frames.data;
import static dev.outrigger.conformance.http2.Frames.frame;
import static dev.outrigger.conformance.http2.Frames.headers;
import static dev.outrigger.conformance.http2.Frames.int32;
import static dev.outrigger.conformance.http2.Frames.join;
import static org.assertj.core.api.Assertions.assertThat;

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
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/**
 * {@code http.max_requests_per_io_cycle}: of the requests of one read as many are handled at once;
 * the others wait, and those that are reset meanwhile never go upstream.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class RequestsPerCycleIT {
    private static final Duration PATIENCE = Duration.ofSeconds(10);
    private static final byte[] NONE = {};
    private static final byte[] PREFACE = join(MAGIC, frame(4, 0, 0, NONE));
    private static final int END_STREAM = 1;
    private static final int END_HEADERS = 4;

    private SideBySide played = new SideBySide(Map.of(), Map.of());

    @BeforeAll
    void play(@TempDir Path folder) throws IOException {
        played = SideBySide.play(folder, RequestsPerCycleIT::play);
    }

    @TestFactory
    Stream<DynamicTest> waitAsWithEnvoy() {
        assertThat(played.oracle())
                .containsEntry("3 reset, 1 at once", "1 upstream")
                .containsEntry("5 reset, 2 at once", "2 upstream")
                .containsEntry("3 with bodies, 1 at once", "3 upstream");
        return played.comparisons();
    }

    private static Map<String, String> play(ProxyUnderTest proxy, Path folder) throws IOException {
        var seen = new LinkedHashMap<String, String>();
        for (int most = 0; most <= 2; most++) {
            seen.put(
                    "3 reset, " + most + " at once",
                    upstream(proxy, folder.resolve("three" + most), most, 3, true));
            seen.put(
                    "5 reset, " + most + " at once",
                    upstream(proxy, folder.resolve("five" + most), most, 5, true));
            seen.put(
                    "3 with bodies, " + most + " at once",
                    upstream(proxy, folder.resolve("bodies" + most), most, 3, false));
        }
        return seen;
    }

    /** How many of some requests in one write went upstream. */
    private static String upstream(
            ProxyUnderTest proxy, Path folder, int most, int requests, boolean reset)
            throws IOException {
        Files.createDirectories(folder);
        Path bootstrap = folder.resolve("bootstrap.yaml");
        try (var upstream = new PathUpstream()) {
            Files.writeString(bootstrap, config(most, upstream.port()));
            try (var running = proxy.start(bootstrap, folder);
                    var client =
                            new Socket(
                                    InetAddress.getLoopbackAddress(),
                                    Objects.requireNonNull(running.listenerPorts().get("l")))) {
                var sent = new byte[requests + 1][];
                sent[0] = PREFACE;
                for (int i = 1; i <= requests; i++) {
                    sent[i] = reset ? asked(2 * i - 1) : posted(2 * i - 1);
                }
                client.getOutputStream().write(join(sent));
                String done =
                        "http.l."
                                + (reset ? "downstream_rq_rx_reset: " : "downstream_rq_2xx: ")
                                + requests;
                assertThat(Eventually.holds(PATIENCE, () -> stats(running).contains(done)))
                        .as("%s in %s", done, stats(running))
                        .isTrue();
                // Those that were reset have waited for a connection.
                String asked = "cluster.up.upstream_rq_" + (reset ? "pending_total: " : "total: ");
                return stats(running)
                                .lines()
                                .filter(line -> line.startsWith(asked))
                                .map(line -> line.substring(line.indexOf(' ') + 1))
                                .findFirst()
                                .orElse("0")
                        + " upstream";
            }
        }
    }

    private static byte[] asked(int stream) {
        return join(head("GET", stream, END_HEADERS | END_STREAM), frame(3, 0, stream, int32(8)));
    }

    private static byte[] posted(int stream) {
        return join(
                head("POST", stream, END_HEADERS),
                data(0, stream, "abc"),
                data(END_STREAM, stream, "de"));
    }

    private static byte[] head(String method, int stream, int flags) {
        return headers(
                flags,
                stream,
                ":method",
                method,
                ":scheme",
                "http",
                ":authority",
                "a",
                ":path",
                "/");
    }

    private static String stats(RunningProxy running) {
        try {
            return running.admin("GET", "/stats?usedonly").body();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String config(int most, int upstream) {
        return """
        admin: {address: {socket_address: {address: 127.0.0.1, port_value: 0}}}
        layered_runtime: {layers: [{name: s, static_layer: {http.max_requests_per_io_cycle: %d}}]}
        static_resources:
          listeners:
          - name: l
            address: {socket_address: {address: 127.0.0.1, port_value: 0}}
            filter_chains:
            - filters:
              - name: h
                typed_config:
                  "@type": type.googleapis.com/envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager
                  stat_prefix: l
                  route_config: {virtual_hosts: [{name: v, domains: ["*"], routes: [{match: {prefix: /}, route: {cluster: up}}]}]}
                  http_filters: [{name: r, typed_config: {"@type": type.googleapis.com/envoy.extensions.filters.http.router.v3.Router}}]
          clusters:
          - {name: up, type: STATIC, load_assignment: {cluster_name: up, endpoints: [{lb_endpoints: [{endpoint: {address: {socket_address: {address: 127.0.0.1, port_value: %d}}}}]}]}}
        """
                .formatted(most, upstream);
    }
}
