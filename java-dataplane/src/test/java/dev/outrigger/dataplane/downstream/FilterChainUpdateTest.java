// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.downstream;

import static org.assertj.core.api.Assertions.assertThat;

import dev.outrigger.dataplane.config.FilterChainConfig;
import dev.outrigger.dataplane.config.FilterChainMatchConfig;
import dev.outrigger.dataplane.config.FilterChainMatchConfig.SourceType;
import dev.outrigger.dataplane.config.ListenSocketsConfig;
import dev.outrigger.dataplane.config.ListenerConfig;
import dev.outrigger.dataplane.config.ListenerFiltersConfig;
import dev.outrigger.dataplane.config.NetworkFilterConfig;
import dev.outrigger.dataplane.config.RouteActionConfig.DirectResponse;
import dev.outrigger.dataplane.telemetry.StatsStore;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** WA3: what happens to open connections when filter chains of their listener change. */
class FilterChainUpdateTest {
    private final StatsStore stats = new StatsStore(2);
    private final NettyRequestPath path =
            new NettyRequestPath(stats, RequestPathOptions.defaults(1));

    @AfterEach
    void close() {
        path.close();
    }

    @Test
    void connectionsOfAChainThatStaysLiveOn() throws IOException {
        apply(1, http("a", 1), plain("old", 2));
        path.startWorkers();

        try (var client = client()) {
            assertThat(client.get()).doesNotContain("connection: close");
            apply(2, http("a", 1), plain("new", 3));
            client.get();

            assertThat(client.get()).doesNotContain("connection: close");
        }
        assertThat(draining("filter_chains")).isEqualTo(1);
        assertThat(draining("listeners")).isZero();
    }

    @Test
    void connectionsOfAChainThatChangesHaveTheDrainTime() throws IOException {
        apply(1, http("a", 1), plain("other", 2));
        path.startWorkers();

        try (var client = client()) {
            assertThat(client.get()).doesNotContain("connection: close");
            apply(2, http("a", 7), plain("other", 2));
            client.get();

            assertThat(client.get()).doesNotContain("connection: close");
        }
        assertThat(draining("filter_chains")).isEqualTo(1);
    }

    @Test
    void newConnectionsSeeTheNewChain() throws IOException {
        apply(1, plain("old", 1), plain("other", 2));
        path.startWorkers();
        try (var client = client()) {
            assertThat(client.all()).isEqualTo("old");
        }

        apply(2, plain("new", 3), plain("other", 2));
        // The first one may overtake the new configuration on its way to the worker.
        try (var client = client()) {
            client.all();
        }
        try (var client = client()) {
            assertThat(client.all()).isEqualTo("new");
        }
    }

    @Test
    void connectionsNoChainTakesAreClosed() throws IOException {
        apply(1, external("far", 1));
        path.startWorkers();

        try (var client = client()) {
            assertThat(client.all()).isEmpty();
        }

        assertThat(stats.value(stats.counter("listener.main.no_filter_chain_match"))).isEqualTo(1);
        assertThat(stats.value(stats.counter("listener.main.downstream_cx_total"))).isZero();
    }

    private long draining(String what) {
        return stats.value(stats.gauge("listener_manager.total_" + what + "_draining"));
    }

    private static FilterChainConfig http(String name, long hash) {
        var table =
                TestConfigs.table(
                        TestConfigs.virtualHost(
                                "v",
                                List.of("*"),
                                List.of(TestConfigs.prefix("/", new DirectResponse(200, "hi")))));
        return new FilterChainConfig(
                name,
                FilterChainMatchConfig.ANY,
                new NetworkFilterConfig.Http(TestConfigs.manager(table, List.of())),
                hash);
    }

    private static FilterChainConfig plain(String response, long hash) {
        return new FilterChainConfig(
                response,
                FilterChainMatchConfig.ANY,
                new NetworkFilterConfig.DirectResponse(response),
                hash);
    }

    private static FilterChainConfig external(String response, long hash) {
        return new FilterChainConfig(
                response,
                new FilterChainMatchConfig(
                        0,
                        List.of(),
                        List.of(),
                        "",
                        List.of(),
                        List.of(),
                        SourceType.EXTERNAL,
                        List.of(),
                        List.of()),
                new NetworkFilterConfig.DirectResponse(response),
                hash);
    }

    /** The first chain takes every connection; another one is the default. */
    private void apply(long hash, FilterChainConfig first, FilterChainConfig... rest)
            throws IOException {
        var listener =
                new ListenerConfig(
                        "main",
                        ListenSocketsConfig.of(TestConfigs.loopback(0)),
                        "main",
                        List.of(first),
                        rest.length == 0 ? Optional.empty() : Optional.of(rest[0]),
                        ListenerFiltersConfig.NONE,
                        false,
                        1024,
                        true,
                        false,
                        false,
                        List.of(),
                        hash,
                        1);
        path.prepareListener(listener);
        path.apply(TestConfigs.proxy(listener));
    }

    private Client client() throws IOException {
        var address = (InetSocketAddress) path.listeners().getFirst().localAddress();
        return new Client(new Socket(address.getAddress(), address.getPort()));
    }

    private record Client(Socket socket) implements AutoCloseable {
        String get() throws IOException {
            socket.getOutputStream()
                    .write("GET / HTTP/1.1\r\nhost: a\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
            var text = new StringBuilder();
            while (!text.toString().endsWith("\r\n\r\nhi")) {
                int next = socket.getInputStream().read();
                if (next < 0) {
                    break;
                }
                text.append((char) next);
            }
            return text.toString();
        }

        String all() throws IOException {
            return new String(socket.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
        }

        @Override
        public void close() throws IOException {
            socket.close();
        }
    }
}
