// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.downstream;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import dev.outrigger.dataplane.config.FilterChainConfig;
import dev.outrigger.dataplane.config.FilterChainMatchConfig;
import dev.outrigger.dataplane.config.ListenSocketsConfig;
import dev.outrigger.dataplane.config.ListenerConfig;
import dev.outrigger.dataplane.config.ListenerFiltersConfig;
import dev.outrigger.dataplane.config.NetworkFilterConfig;
import dev.outrigger.dataplane.config.TcpProxyConfig;
import dev.outrigger.dataplane.config.TcpProxyConfig.TargetCluster;
import dev.outrigger.dataplane.telemetry.StatsStore;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** TCP through the whole data plane, over loopback. */
class TcpProxyTest {
    private static final int PATIENCE_MILLIS = 10_000;

    private final StatsStore stats = new StatsStore(2);
    private final NettyRequestPath path =
            new NettyRequestPath(stats, RequestPathOptions.defaults(1));
    private ServerSocket server;

    @BeforeEach
    void listen() throws IOException {
        server = new ServerSocket(0, 10, InetAddress.getLoopbackAddress());
        server.setSoTimeout(PATIENCE_MILLIS);
    }

    @AfterEach
    void close() throws IOException {
        path.close();
        server.close();
    }

    @Test
    void passesEachSidesEndOnAlone() throws IOException {
        start("up", Duration.ofHours(1), 1);

        try (var client = client();
                var upstream = accept()) {
            client.getOutputStream().write("ask".getBytes(ISO_8859_1));
            client.shutdownOutput();
            assertThat(all(upstream)).isEqualTo("ask");
            upstream.getOutputStream().write("answer".getBytes(ISO_8859_1));
            upstream.shutdownOutput();
            assertThat(all(client)).isEqualTo("answer");
        }
    }

    @Test
    void passesAResetOn() throws IOException {
        start("up", Duration.ofHours(1), 1);

        try (var client = client();
                var upstream = accept()) {
            // The kernel accepts before the proxy knows that it is connected: a reset that comes in
            // between is a failed connect.
            client.getOutputStream().write('a');
            assertThat(upstream.getInputStream().read()).isEqualTo('a');
            reset(upstream);

            assertThat(all(client)).isEqualTo("<reset>");
        }
    }

    @Test
    void keepsUpWithASlowReader() throws IOException {
        start("up", Duration.ofHours(1), 1);
        String much = "x".repeat(8 << 20);

        try (var client = client();
                var upstream = accept()) {
            var writer =
                    Thread.ofVirtual()
                            .start(() -> {
                                try {
                                    upstream.getOutputStream().write(much.getBytes(ISO_8859_1));
                                    upstream.shutdownOutput();
                                } catch (IOException e) {
                                    // The assertion below tells.
                                }
                            });
            assertThat(all(client)).hasSize(much.length());
            assertThat(writer.isAlive()).isFalse();
        }
    }

    @Test
    void endsIdleConnections() throws IOException {
        start("up", Duration.ofMillis(50), 1);

        try (var client = client();
                var upstream = accept()) {
            assertThat(all(client)).isEmpty();
            assertThat(all(upstream)).isEmpty();
        }
        assertThat(stats.value(stats.counter("tcp.t.idle_timeout"))).isEqualTo(1);
    }

    @Test
    void triesAsOftenAsItMay() throws IOException {
        server.close();
        start("up", Duration.ofHours(1), 3);

        try (var client = client()) {
            assertThat(all(client)).isEmpty();
        }
        assertThat(stats.value(stats.counter("cluster.up.upstream_cx_connect_fail"))).isEqualTo(3);
        assertThat(stats.value(stats.counter("cluster.up.upstream_cx_connect_attempts_exceeded")))
                .isEqualTo(1);
    }

    @Test
    void hasNowhereToGoWithoutItsCluster() throws IOException {
        start("nowhere", Duration.ofHours(1), 1);

        try (var client = client()) {
            assertThat(all(client)).isEmpty();
        }
        assertThat(stats.value(stats.counter("tcp.t.downstream_cx_no_route"))).isEqualTo(1);
    }

    private void start(String cluster, Duration idleTimeout, int attempts) throws IOException {
        var proxy =
                new TcpProxyConfig(
                        "t",
                        List.of(new TargetCluster(cluster, 1, Optional.empty())),
                        idleTimeout,
                        Duration.ZERO,
                        attempts,
                        Optional.empty(),
                        Optional.empty(),
                        Optional.empty(),
                        List.of(),
                        Duration.ZERO,
                        false);
        var listener =
                new ListenerConfig(
                        "main",
                        ListenSocketsConfig.of(TestConfigs.loopback(0)),
                        "main",
                        List.of(
                                new FilterChainConfig(
                                        "",
                                        FilterChainMatchConfig.ANY,
                                        new NetworkFilterConfig.Tcp(proxy),
                                        1)),
                        Optional.empty(),
                        ListenerFiltersConfig.NONE,
                        false,
                        1 << 20,
                        true,
                        false,
                        false,
                        List.of(),
                        1,
                        1);
        path.prepareListener(listener);
        path.apply(TestConfigs.proxy(listener, TestConfigs.cluster("up", server.getLocalPort())));
        path.startWorkers();
    }

    private Socket client() throws IOException {
        var address = (InetSocketAddress) path.listeners().getFirst().localAddress();
        var client = new Socket(address.getAddress(), address.getPort());
        client.setSoTimeout(PATIENCE_MILLIS);
        return client;
    }

    private Socket accept() throws IOException {
        Socket accepted = server.accept();
        accepted.setSoTimeout(PATIENCE_MILLIS);
        return accepted;
    }

    private static void reset(Socket socket) throws IOException {
        socket.setSoLinger(true, 0);
        socket.close();
    }

    private static String all(Socket socket) throws IOException {
        try {
            return new String(socket.getInputStream().readAllBytes(), ISO_8859_1);
        } catch (SocketException e) {
            return "<reset>";
        }
    }
}
