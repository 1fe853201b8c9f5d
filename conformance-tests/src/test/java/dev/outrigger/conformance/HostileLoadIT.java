// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.conformance;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import dev.outrigger.conformance.proxy.Eventually;
import dev.outrigger.conformance.proxy.ProxyUnderTest;
import dev.outrigger.conformance.proxy.RunningProxy;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Clients and upstreams that want more than there is: too many connections, a response that nobody
 * reads, a body that would be large if it were unpacked. Both proxies keep what is written here.
 */
class HostileLoadIT {
    /** Of all connections together, those of the admin port included. */
    private static final int GLOBAL_LIMIT = 30;

    private static final int OWN_LIMIT = 3;
    private static final long ENDLESS = 100L << 20;

    /** What the system and the proxy hold of a response on its way, with room to spare. */
    private static final long MOST_BUFFERED = 40L << 20;

    private static final Duration PATIENCE = Duration.ofSeconds(20);

    /** More than waits for a client, of which {@code delayed_close_timeout} takes a part. */
    private static final int PACED_BYTES = 3 << 19;

    private static final int PACE_BYTES = 25_000;
    private static final Duration PACE = Duration.ofMillis(50);

    private static final String IDLE_TIMEOUTS = "http.main.downstream_rq_idle_timeout";

    private static final byte[] GET =
            "GET / HTTP/1.1\r\nhost: b.local\r\n\r\n".getBytes(ISO_8859_1);

    private static final byte[] LAST_GET =
            "GET / HTTP/1.1\r\nhost: b.local\r\nconnection: close\r\n\r\n".getBytes(ISO_8859_1);

    private static final String CLOSE_TIMEOUTS = "http.main.downstream_cx_delayed_close_timeout";

    static Stream<ProxyUnderTest> proxies() {
        return Stream.of(Subjects.oracle(), Subjects.subject());
    }

    /** Answers every request of a connection with the same bytes. */
    private static final class Upstream implements AutoCloseable {
        private final ServerSocket server =
                new ServerSocket(0, 100, InetAddress.getLoopbackAddress());
        private final AtomicLong sent = new AtomicLong();
        private final byte[] head;
        private final byte[] part;
        private final long parts;

        Upstream(String headers, byte[] part, long parts) throws IOException {
            this.head =
                    ("HTTP/1.1 200 OK\r\n"
                                    + headers
                                    + "content-length: "
                                    + part.length * parts
                                    + "\r\n\r\n")
                            .getBytes(ISO_8859_1);
            this.part = part;
            this.parts = parts;
            Thread.ofVirtual().start(this::accept);
        }

        private void accept() {
            while (true) {
                try {
                    Socket socket = server.accept();
                    Thread.ofVirtual().start(() -> serve(socket));
                } catch (IOException e) {
                    return; // The test is over.
                }
            }
        }

        private void serve(Socket socket) {
            try (socket) {
                OutputStream out = socket.getOutputStream();
                while (readHead(socket.getInputStream()).length() > 0) {
                    out.write(head);
                    for (long i = 0; i < parts; i++) {
                        out.write(part);
                        sent.addAndGet(part.length);
                    }
                }
            } catch (IOException e) {
                // The proxy closed it.
            }
        }

        @Override
        public void close() throws IOException {
            server.close();
        }
    }

    /** A head with its empty line; empty at the end of the stream. */
    private static String readHead(InputStream in) throws IOException {
        var head = new StringBuilder();
        while (head.indexOf("\r\n\r\n") < 0) {
            int next = in.read();
            if (next < 0) {
                return "";
            }
            head.append((char) next);
        }
        return head.toString();
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("proxies")
    void closesConnectionsBeyondALimitAndServesTheOthers(ProxyUnderTest proxy, @TempDir Path folder)
            throws IOException {
        try (var upstream = new Upstream("", new byte[0], 0);
                var running = start(proxy, folder, upstream)) {
            int wide = port(running, "wide");
            List<Socket> global = openUntilRefused(wide, GLOBAL_LIMIT);
            assertThat(global).as("D51: of all together").hasSizeLessThanOrEqualTo(GLOBAL_LIMIT);
            assertThat(isServed(global.getFirst())).isTrue();
            closeAll(global);

            // Only when the proxy knows that they are gone, others may come.
            assertThat(Eventually.holds(PATIENCE, () -> isAdmitted(wide))).isTrue();
            List<Socket> own = openUntilRefused(port(running, "narrow"), OWN_LIMIT);
            assertThat(own).as("D51: of one listener").hasSize(OWN_LIMIT);
            assertThat(isServed(own.getFirst())).isTrue();
            closeAll(own);
            assertThat(stat(running, "listener.wide.downstream_global_cx_overflow")).isPositive();
            assertThat(stat(running, "listener.narrow.downstream_cx_overflow")).isEqualTo(1);
            assertThat(stat(running, "listener.narrow.downstream_global_cx_overflow")).isZero();
        }
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("proxies")
    void holdsLittleOfAResponseThatNobodyReads(ProxyUnderTest proxy, @TempDir Path folder)
            throws IOException {
        var part = new byte[1 << 16];
        try (var upstream = new Upstream("", part, ENDLESS / part.length);
                var running = start(proxy, folder, upstream);
                var client = connect(port(running, "wide"))) {
            client.getOutputStream().write(GET);

            // D49: after stream_idle_timeout, which runs because nothing moves any more.
            assertThat(
                            Eventually.holds(
                                    PATIENCE,
                                    Duration.ofMillis(100),
                                    () -> stat(running, IDLE_TIMEOUTS) == 1))
                    .isTrue();
            assertThat(upstream.sent.get()).isLessThan(MOST_BUFFERED);
            assertThat(stat(running, "cluster.b.upstream_flow_control_paused_reading_total"))
                    .isPositive();
            assertThat(stat(running, "http.main.downstream_rq_active")).isZero();
        }
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("proxies")
    void leavesAPackedBodyAsItIs(ProxyUnderTest proxy, @TempDir Path folder) throws IOException {
        byte[] packed = new byte[10 << 10];
        new Random(53).nextBytes(packed);
        packed[0] = 0x1f;
        packed[1] = (byte) 0x8b;
        try (var upstream = new Upstream("content-encoding: gzip\r\n", packed, 1);
                var running = start(proxy, folder, upstream);
                var client = connect(port(running, "wide"))) {
            client.getOutputStream().write(GET);

            // D53: nobody asked for it to be unpacked.
            assertThat(readHead(client.getInputStream()))
                    .startsWith("HTTP/1.1 200")
                    .contains("content-encoding: gzip\r\n", "content-length: " + packed.length);
            assertThat(client.getInputStream().readNBytes(packed.length)).isEqualTo(packed);
        }
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("proxies")
    void waitsForWhoeverReadsSlowlyBeforeItCloses(ProxyUnderTest proxy, @TempDir Path folder)
            throws IOException {
        var body = new byte[PACED_BYTES];
        try (var upstream = new Upstream("", body, 1);
                var running = start(proxy, folder, upstream);
                var client = connect(port(running, "paced"));
                var clock = Executors.newSingleThreadScheduledExecutor()) {
            client.getOutputStream().write(LAST_GET);
            assertThat(readHead(client.getInputStream())).startsWith("HTTP/1.1 200");

            var read = new AtomicLong();
            var pieces =
                    clock.scheduleAtFixedRate(
                            () -> read.addAndGet(piece(client)),
                            0,
                            PACE.toMillis(),
                            TimeUnit.MILLISECONDS);
            assertThat(Eventually.holds(PATIENCE, () -> read.get() == body.length))
                    .as("%s of %s bytes", read, body.length)
                    .isTrue();
            pieces.cancel(false);
            assertThat(client.getInputStream().read()).isEqualTo(-1);
            assertThat(stat(running, CLOSE_TIMEOUTS)).isZero();
        }
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("proxies")
    void closesBeforeWhoeverReadsNothing(ProxyUnderTest proxy, @TempDir Path folder)
            throws IOException {
        // More than the system takes, and less than makes a proxy read no more of it.
        var body = new byte[640 << 10];
        try (var upstream = new Upstream("", body, 1);
                var running = start(proxy, folder, upstream);
                var client = connect(port(running, "paced"))) {
            client.getOutputStream().write(LAST_GET);

            assertThat(Eventually.holds(PATIENCE, () -> stat(running, CLOSE_TIMEOUTS) == 1))
                    .isTrue();
            assertThat(client.getInputStream().readAllBytes().length)
                    .isPositive()
                    .isLessThan(body.length);
        }
    }

    /** As many bytes as are read in one beat. */
    private static int piece(Socket client) {
        try {
            return client.getInputStream().readNBytes(PACE_BYTES).length;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Socket connect(int port) throws IOException {
        var socket = new Socket();
        socket.setReceiveBufferSize(1 << 16);
        socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
        socket.setSoTimeout((int) PATIENCE.toMillis());
        return socket;
    }

    /** Connections that were admitted, each proved by an answer; at most one more is tried. */
    private static List<Socket> openUntilRefused(int port, int most) throws IOException {
        var open = new ArrayList<Socket>();
        for (int i = 0; i <= most; i++) {
            Socket socket = connect(port);
            if (!isServed(socket)) {
                socket.close();
                return open;
            }
            open.add(socket);
        }
        return open;
    }

    private static boolean isAdmitted(int port) {
        try (Socket socket = connect(port)) {
            return isServed(socket);
        } catch (IOException e) {
            return false;
        }
    }

    /** Whether a request is answered; what is closed at accept is closed without an answer. */
    private static boolean isServed(Socket socket) {
        try {
            socket.getOutputStream().write(GET);
            return readHead(socket.getInputStream()).startsWith("HTTP/1.1 200");
        } catch (SocketTimeoutException e) {
            throw new UncheckedIOException(e);
        } catch (IOException e) {
            return false;
        }
    }

    private static void closeAll(List<Socket> sockets) throws IOException {
        for (Socket socket : sockets) {
            socket.close();
        }
    }

    private static int port(RunningProxy proxy, String listener) throws IOException {
        return Objects.requireNonNull(proxy.listenerPorts().get(listener), listener);
    }

    private static long stat(RunningProxy proxy, String name) {
        try {
            return proxy.admin("GET", "/stats?filter=%5E" + name + "$")
                    .body()
                    .lines()
                    .map(line -> Long.parseLong(line.substring(line.indexOf(' ') + 1)))
                    .findFirst()
                    .orElse(0L);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static RunningProxy start(ProxyUnderTest proxy, Path folder, Upstream upstream)
            throws IOException {
        Path bootstrap = folder.resolve("bootstrap.yaml");
        Files.writeString(
                bootstrap,
                BOOTSTRAP.replace("${upstream}", Integer.toString(upstream.server.getLocalPort())));
        return proxy.start(bootstrap, folder);
    }

    private static final String MANAGER =
            """
                  filter_chains:
                    - filters:
                        - name: envoy.filters.network.http_connection_manager
                          typed_config:
                            "@type": type.googleapis.com/envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager
                            stat_prefix: main
                            stream_idle_timeout: 1s
                            delayed_close_timeout: 0.5s
                            route_config:
                              virtual_hosts: [{name: b, domains: ["*"], routes: [{match: {prefix: /}, route: {cluster: b, timeout: 0s}}]}]
                            http_filters:
                              - name: envoy.filters.http.router
                                typed_config: {"@type": type.googleapis.com/envoy.extensions.filters.http.router.v3.Router}
            """;

    private static final String BOOTSTRAP =
            """
            admin: {address: {socket_address: {address: 127.0.0.1, port_value: 0}}, ignore_global_conn_limit: true}
            layered_runtime:
              layers:
                - name: s
                  static_layer:
                    overload.global_downstream_max_connections: %d
                    envoy.resource_limits.listener.narrow.connection_limit: %d
            static_resources:
              listeners:
                - name: wide
                  stat_prefix: wide
                  address: {socket_address: {address: 127.0.0.1, port_value: 0}}
            %s
                - name: narrow
                  stat_prefix: narrow
                  address: {socket_address: {address: 127.0.0.1, port_value: 0}}
            %s
                - name: paced
                  stat_prefix: paced
                  address: {socket_address: {address: 127.0.0.1, port_value: 0}}
                  # SO_SNDBUF: little goes out at once.
                  socket_options: [{level: 1, name: 7, int_value: 65536, state: STATE_PREBIND}]
            %s
              clusters:
                - name: b
                  type: STATIC
                  connect_timeout: 1s
                  load_assignment: {cluster_name: b, endpoints: [{lb_endpoints: [{endpoint: {address: {socket_address: {address: 127.0.0.1, port_value: ${upstream}}}}}]}]}
            """
                    .formatted(
                            GLOBAL_LIMIT,
                            OWN_LIMIT,
                            MANAGER,
                            MANAGER,
                            // Who reads slowly is not idle, but Envoy passes on much at once.
                            MANAGER.replace("stream_idle_timeout: 1s", "stream_idle_timeout: 0s"));
}
