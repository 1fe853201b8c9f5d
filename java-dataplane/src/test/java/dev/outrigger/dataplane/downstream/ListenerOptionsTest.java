// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.downstream;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.outrigger.dataplane.config.AccessLogConfig;
import dev.outrigger.dataplane.config.FilterChainConfig;
import dev.outrigger.dataplane.config.ListenSocketsConfig;
import dev.outrigger.dataplane.config.ListenSocketsConfig.ListenAddress;
import dev.outrigger.dataplane.config.ListenerConfig;
import dev.outrigger.dataplane.config.ListenerFiltersConfig;
import dev.outrigger.dataplane.config.RouteActionConfig.DirectResponse;
import dev.outrigger.dataplane.config.SocketOptionConfig;
import dev.outrigger.dataplane.config.SocketOptionConfig.State;
import dev.outrigger.dataplane.telemetry.StatsStore;
import io.netty.channel.epoll.Epoll;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a listener says of its sockets and connections, over loopback. */
class ListenerOptionsTest {
    /** SOL_SOCKET, SO_KEEPALIVE, 1. */
    private static final SocketOptionConfig KEEPALIVE =
            new SocketOptionConfig(1, 9, "\u0001\u0000\u0000\u0000", State.PREBIND);

    private final StatsStore stats = new StatsStore(3);
    private NettyRequestPath path = new NettyRequestPath(stats, RequestPathOptions.defaults(2));

    @AfterEach
    void close() {
        path.close();
    }

    private void start(ListenSocketsConfig sockets, List<AccessLogConfig> logs) throws IOException {
        start(sockets, true, logs);
    }

    private void start(
            ListenSocketsConfig sockets, boolean drainsOnFail, List<AccessLogConfig> logs)
            throws IOException {
        var table =
                TestConfigs.table(
                        TestConfigs.virtualHost(
                                "v",
                                List.of("*"),
                                List.of(TestConfigs.prefix("/", new DirectResponse(200, "hi")))));
        var listener =
                new ListenerConfig(
                        "main",
                        sockets,
                        "main",
                        List.of(FilterChainConfig.of("", TestConfigs.manager(table, List.of()))),
                        Optional.empty(),
                        ListenerFiltersConfig.NONE,
                        false,
                        1024,
                        drainsOnFail,
                        false,
                        false,
                        logs,
                        1,
                        1);
        path.prepareListener(listener);
        path.apply(TestConfigs.proxy(listener));
        path.startWorkers();
    }

    private int port(int index) {
        var addresses = path.listeners().getFirst().localAddresses();
        return ((InetSocketAddress) addresses.get(index)).getPort();
    }

    private static ListenSocketsConfig sockets(
            boolean bind, boolean exact, ListenAddress... addresses) {
        return new ListenSocketsConfig(
                List.of(addresses),
                bind,
                true,
                5,
                exact,
                1,
                OptionalInt.empty(),
                Optional.empty(),
                Optional.empty());
    }

    private static ListenAddress any(SocketOptionConfig... options) {
        return new ListenAddress(TestConfigs.loopback(0), List.of(options));
    }

    @Test
    void listensOnEveryAddress() throws IOException {
        start(sockets(true, false, any(), any()), List.of());

        assertThat(port(0)).isNotEqualTo(port(1));
        assertThat(RawClient.get(port(0), "/", "")).endsWith("hi");
        assertThat(RawClient.get(port(1), "/", "")).endsWith("hi");
    }

    @Test
    void bindsNothingWhenItIsNotToBind() throws IOException {
        start(sockets(false, false, any()), List.of());

        assertThat(port(0)).isZero();
    }

    @Test
    void givesConnectionsToTheWorkerWithTheFewest() throws IOException {
        start(sockets(true, true, any()), List.of());

        var open = new ArrayList<Socket>();
        for (int i = 0; i < 4; i++) {
            var socket = new Socket(InetAddress.getLoopbackAddress(), port(0));
            open.add(socket);
            socket.getOutputStream()
                    .write("GET / HTTP/1.1\r\nhost: a\r\n\r\n".getBytes(ISO_8859_1));
            assertThat(socket.getInputStream().read()).isEqualTo('H');
        }

        assertThat(stats.value(stats.counter("listener.main.worker_0.downstream_cx_total")))
                .isEqualTo(2);
        assertThat(stats.value(stats.counter("listener.main.worker_1.downstream_cx_total")))
                .isEqualTo(2);
        for (Socket socket : open) {
            socket.close();
        }
    }

    @Test
    void setsSocketOptions() throws IOException {
        Assumptions.assumeTrue(Epoll.isAvailable(), "needs epoll");

        start(sockets(true, false, any(KEEPALIVE)), List.of());

        assertThat(RawClient.get(port(0), "/", "")).endsWith("hi");
    }

    @Test
    void refusesASocketOptionTheSystemDoesNotKnow() {
        var unknown = new SocketOptionConfig(99, 99, "\0\0\0\0", State.PREBIND);

        assertThatThrownBy(() -> start(sockets(true, false, any(unknown)), List.of()))
                .isInstanceOf(IOException.class)
                .hasMessage("ListenSocket: Setting socket options failed");
    }

    @Test
    void keepsConnectionsOnFailedHealthChecksWhenOnlyChangesDrain() throws IOException {
        start(sockets(true, false, any()), false, List.of());

        path.failHealthChecks(true);

        assertThat(RawClient.send(port(0), "GET / HTTP/1.1\r\nhost: a\r\n\r\n", 300))
                .endsWith("hi")
                .doesNotContain("connection: close");
    }

    @Test
    void logsAConnectionWhenItEnds(@TempDir Path folder) throws IOException {
        Path file = folder.resolve("connections.log");
        var log =
                new AccessLogConfig(
                        new AccessLogConfig.Sink.File(file.toString()),
                        new AccessLogConfig.Format.Text(
                                "%PROTOCOL% %RESPONSE_CODE% %BYTES_RECEIVED% %ACCESS_LOG_TYPE%"
                                        + " %REQ(:PATH)% %RESPONSE_FLAGS%\n"));
        start(sockets(true, false, any()), List.of(log));

        String request = "GET /x HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n";
        assertThat(RawClient.send(port(0), request, 5_000)).endsWith("hi");
        new Socket(InetAddress.getLoopbackAddress(), port(0)).close();
        path.close();

        assertThat(Files.readAllLines(file))
                .contains("HTTP/1.1 0 " + request.length() + " NotSet - -")
                .hasSizeBetween(1, 2);
    }
}
