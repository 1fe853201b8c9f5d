// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.downstream;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.outrigger.dataplane.config.ClusterConfig.Thresholds;
import dev.outrigger.dataplane.config.ListenerConfig;
import dev.outrigger.dataplane.config.ProxyConfig;
import dev.outrigger.dataplane.config.RetryPolicyConfig.RetryOn;
import dev.outrigger.dataplane.config.RouteActionConfig.DirectResponse;
import dev.outrigger.dataplane.config.RouteTable;
import dev.outrigger.dataplane.state.XdsHarness;
import dev.outrigger.dataplane.telemetry.StatsStore;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The request path whole, over loopback, with a scripted upstream. */
class NettyRequestPathTest {
    private static final String OK = "HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok";
    private static final String GET = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";
    private static final String FAIL = "HTTP/1.1 503 Down\r\ncontent-length: 4\r\n\r\nfail";

    private final StatsStore stats = new StatsStore(3);
    private NettyRequestPath path = new NettyRequestPath(stats, RequestPathOptions.defaults(1));
    private Optional<ScriptedUpstream> upstream = Optional.empty();

    @AfterEach
    void close() throws IOException {
        path.close();
        if (upstream.isPresent()) {
            upstream.get().close();
        }
    }

    private ScriptedUpstream upstream(Function<String, String> script) throws IOException {
        var made = new ScriptedUpstream(script);
        upstream = Optional.of(made);
        return made;
    }

    private int start(RouteTable table, ScriptedUpstream up) throws IOException {
        return start(table, up, Thresholds.DEFAULT);
    }

    private int start(RouteTable table, ScriptedUpstream up, Thresholds limits) throws IOException {
        ListenerConfig listener = TestConfigs.listener(0, TestConfigs.manager(table, List.of()), 1);
        path.prepareListener(listener);
        path.apply(
                TestConfigs.proxy(
                        listener,
                        TestConfigs.cluster(
                                TestConfigs.clusterConfig("up", limits, Duration.ofSeconds(5)),
                                up.port())));
        path.startWorkers();
        return port();
    }

    private int port() {
        return ((InetSocketAddress) path.listeners().getFirst().localAddress()).getPort();
    }

    private static RouteTable to(dev.outrigger.dataplane.config.RouteActionConfig action) {
        return TestConfigs.table(
                TestConfigs.virtualHost(
                        "v", List.of("*"), List.of(TestConfigs.prefix("/", action))));
    }

    private long counter(String name) {
        return stats.value(stats.counter(name));
    }

    @Test
    void forwardsAndRewritesTheHeads() throws IOException {
        ScriptedUpstream up = upstream(r -> OK);
        int port = start(to(TestConfigs.forward("up")), up);

        String reply = RawClient.get(port, "/a?b", "X-Mine: 1\r\n");

        assertThat(reply)
                .startsWith("HTTP/1.1 200 OK\r\ncontent-length: 2\r\n")
                .contains("x-envoy-upstream-service-time: ")
                .contains("server: envoy\r\n")
                .contains("connection: close\r\n")
                .endsWith("\r\n\r\nok");
        assertThat(up.requests().getFirst())
                .startsWith("GET /a?b HTTP/1.1\r\nhost: a\r\nx-mine: 1\r\n")
                .contains("x-forwarded-proto: http\r\n")
                .contains("x-envoy-expected-rq-timeout-ms: 15000\r\n")
                .doesNotContain("connection:");
    }

    @ParameterizedTest
    @EnumSource(RequestPathOptions.Transport.class)
    void servesOnEveryTransport(RequestPathOptions.Transport transport) throws IOException {
        path.close();
        var d = RequestPathOptions.defaults(2);
        path =
                new NettyRequestPath(
                        stats,
                        new RequestPathOptions(
                                2,
                                transport,
                                d.clock(),
                                d.nanoTime(),
                                d.randoms(),
                                d.drainTime(),
                                true,
                                d.fileFlushInterval(),
                                d.fileFlushMinSizeBytes(),
                                "",
                                "",
                                d.runtime()));
        int port = start(to(TestConfigs.forward("up")), upstream(r -> OK));

        for (int i = 0; i < 8; i++) {
            assertThat(RawClient.get(port, "/", "")).startsWith("HTTP/1.1 200");
        }
    }

    @Test
    void retriesAndCountsWhatTheUpstreamSaw() throws IOException {
        var calls = new AtomicInteger();
        ScriptedUpstream up = upstream(r -> calls.incrementAndGet() < 3 ? FAIL : OK);
        int port =
                start(
                        to(
                                TestConfigs.forward(
                                        "up",
                                        Duration.ofSeconds(15),
                                        TestConfigs.retry(
                                                2, Set.of(RetryOn.FIVE_XX), Duration.ZERO))),
                        up);

        String reply = RawClient.get(port, "/", "");

        assertThat(reply).startsWith("HTTP/1.1 200");
        assertThat(up.requests()).hasSize(3);
        assertThat(counter("cluster.up.upstream_rq_retry")).isEqualTo(2);
        assertThat(counter("cluster.up.upstream_rq_retry_success")).isEqualTo(1);
        assertThat(counter("cluster.up.retry.upstream_rq_503")).isEqualTo(2);
        assertThat(counter("cluster.up.upstream_rq_total")).isEqualTo(3);
        assertThat(counter("cluster.up.upstream_rq_200")).isEqualTo(1);
        assertThat(counter("cluster.up.upstream_rq_503")).isZero();
    }

    @Test
    void replaysTheBodyWhenRetrying_RT19() throws IOException {
        var calls = new AtomicInteger();
        ScriptedUpstream up = upstream(r -> calls.incrementAndGet() < 2 ? FAIL : OK);
        int port =
                start(
                        to(
                                TestConfigs.forward(
                                        "up",
                                        Duration.ofSeconds(15),
                                        TestConfigs.retry(
                                                1, Set.of(RetryOn.FIVE_XX), Duration.ZERO))),
                        up);

        String reply =
                RawClient.send(
                        port,
                        "POST / HTTP/1.1\r\nHost: a\r\nConnection: close\r\nContent-Length: 5\r\n"
                                + "\r\nhello",
                        10_000);

        assertThat(reply).startsWith("HTTP/1.1 200");
        assertThat(up.requests()).hasSize(2).allMatch(r -> r.endsWith("\r\n\r\nhello"));
    }

    @Test
    void forwardsTheLastFailureWhenRetriesAreUsedUp_RT8() throws IOException {
        ScriptedUpstream up = upstream(r -> FAIL);
        int port =
                start(
                        to(
                                TestConfigs.forward(
                                        "up",
                                        Duration.ofSeconds(15),
                                        TestConfigs.retry(
                                                2, Set.of(RetryOn.FIVE_XX), Duration.ZERO))),
                        up);

        String reply = RawClient.get(port, "/", "");

        assertThat(reply).startsWith("HTTP/1.1 503").endsWith("fail");
        assertThat(up.requests()).hasSize(3);
        assertThat(counter("cluster.up.upstream_rq_retry_limit_exceeded")).isEqualTo(1);
    }

    @Test
    void answersOverflowWhenNothingMayWait_CB3() throws IOException {
        ScriptedUpstream up = upstream(r -> OK);
        int port =
                start(
                        to(TestConfigs.forward("up")),
                        up,
                        new Thresholds(1024, 0, 1024, 3, Optional.empty()));

        String reply = RawClient.get(port, "/", "");

        assertThat(reply)
                .startsWith("HTTP/1.1 503")
                .contains("x-envoy-overloaded: true")
                .endsWith("reset reason: overflow");
        assertThat(up.requests()).isEmpty();
        assertThat(counter("cluster.up.upstream_rq_pending_overflow")).isEqualTo(1);
    }

    @Test
    void neverTakesSpareBytesForTheNextAnswer_U01() throws IOException {
        String twice = OK + "HTTP/1.1 200 OK\r\ncontent-length: 3\r\n\r\nbad";
        ScriptedUpstream up = upstream(r -> twice);
        int port = start(to(TestConfigs.forward("up")), up);

        for (int i = 0; i < 5; i++) {
            assertThat(RawClient.get(port, "/", "")).endsWith("\r\n\r\nok");
        }
        assertThat(counter("cluster.up.upstream_cx_protocol_error")).isEqualTo(5);
        assertThat(counter("cluster.up.upstream_cx_total")).isEqualTo(5);
    }

    @Test
    void carriesLargeBodiesBothWays() throws IOException {
        String body = "x".repeat(1_000_000);
        ScriptedUpstream up =
                upstream(r -> "HTTP/1.1 200 OK\r\ncontent-length: 1000000\r\n\r\n" + body);
        int port = start(to(TestConfigs.forward("up")), up);

        String reply =
                RawClient.send(
                        port,
                        "POST / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n"
                                + "Content-Length: 1000000\r\n\r\n"
                                + body,
                        10_000);

        assertThat(reply).endsWith(body);
        assertThat(up.requests().getFirst()).endsWith(body);
    }

    @Test
    void answersPipelinedRequestsInOrder_K6() throws IOException {
        ScriptedUpstream up =
                upstream(r -> "HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n" + r.substring(4, 6));
        int port = start(to(TestConfigs.forward("up")), up);

        String reply =
                RawClient.send(
                        port,
                        """
                        GET /1 HTTP/1.1\r
                        Host: a\r
                        \r
                        GET /2 HTTP/1.1\r
                        Host: a\r
                        \r
                        GET /3 HTTP/1.1\r
                        Host: a\r
                        Connection: close\r
                        \r
                        """,
                        10_000);

        assertThat(reply.indexOf("/1")).isPositive().isLessThan(reply.indexOf("/2"));
        assertThat(reply.indexOf("/2")).isLessThan(reply.indexOf("/3"));
        assertThat(up.requests()).hasSize(3);
    }

    @Test
    void swapsRoutesWithoutClosingConnections() throws IOException {
        ScriptedUpstream up = upstream(r -> OK);
        int port = start(to(TestConfigs.forward("up")), up);
        assertThat(RawClient.get(port, "/", "")).startsWith("HTTP/1.1 200");

        ListenerConfig changed =
                TestConfigs.listener(
                        0, TestConfigs.manager(to(new DirectResponse(418, "tea")), List.of()), 1);
        path.prepareListener(changed);
        path.apply(TestConfigs.proxy(changed));

        assertThat(port()).isEqualTo(port);
        assertThat(RawClient.get(port, "/", "")).startsWith("HTTP/1.1 418").endsWith("tea");
    }

    @Test
    void failedHealthChecksServeAndCloseAfterTheDrainTimeout_K3() throws Exception {
        int port = start(to(TestConfigs.forward("up")), upstream(_ -> OK));

        path.failHealthChecks(true);
        // The second request comes on a connection that has been told to end already.
        String reply = RawClient.send(port, GET + GET, 10_000);

        assertThat(reply).contains("connection: close\r\n").endsWith("ok");
        assertThat(reply.split("HTTP/1.1 200", -1)).hasSize(3);
        assertThat(counter("http.ingress.downstream_cx_drain_close")).isEqualTo(1);
        // The client sees the end before the worker has counted it.
        XdsHarness.eventually(() -> counter("http.ingress.downstream_cx_destroy_local") == 1);
    }

    @Test
    void recoveredHealthChecksKeepConnections() throws IOException {
        int port = start(to(TestConfigs.forward("up")), upstream(_ -> OK));

        path.failHealthChecks(true);
        path.failHealthChecks(false);
        String reply = RawClient.send(port, GET, 300);

        assertThat(reply).doesNotContain("connection: close").endsWith("ok");
        assertThat(counter("http.ingress.downstream_cx_drain_close")).isZero();
    }

    @Test
    void drainedListenersServeTheConnectionsTheyHave_AD6() throws IOException {
        int port = start(to(TestConfigs.forward("up")), upstream(_ -> OK));
        try (var client = new java.net.Socket(InetAddress.getLoopbackAddress(), port)) {
            client.setSoTimeout(10_000);
            client.getOutputStream().write(GET.getBytes(ISO_8859_1));
            assertThat(client.getInputStream().read()).isEqualTo('H');

            path.drainListeners(false, false, false);
            client.getOutputStream().write(GET.getBytes(ISO_8859_1));

            var replies = new StringBuilder("H");
            while (replies.toString().split("\r\n\r\nok", -1).length < 3) {
                int b = client.getInputStream().read();
                assertThat(b).isNotNegative();
                replies.append((char) b);
            }
            assertThat(replies).doesNotContain("connection: close");
        }
        assertThat(catchThrowable(() -> RawClient.get(port, "/", "")))
                .isInstanceOf(IOException.class);
    }

    @Test
    void emptyChunkedBodiesStayChunked() throws IOException {
        ScriptedUpstream up = upstream(_ -> OK);
        int port = start(to(TestConfigs.forward("up")), up);

        String reply =
                RawClient.send(
                        port,
                        String.join(
                                "\r\n",
                                "GET / HTTP/1.1",
                                "Host: a",
                                "Connection: close",
                                "Transfer-Encoding: chunked",
                                "",
                                "0",
                                "",
                                ""),
                        10_000);

        assertThat(reply).startsWith("HTTP/1.1 200");
        assertThat(up.requests().getFirst())
                .contains("transfer-encoding: chunked\r\n")
                .endsWith("\r\n\r\n0\r\n\r\n");
    }

    @Test
    void separateCookieLinesStaySeparate() throws IOException {
        ScriptedUpstream up = upstream(_ -> OK);
        int port = start(to(TestConfigs.forward("up")), up);

        String reply = RawClient.get(port, "/", "Cookie: a=1\r\nCookie: b=2\r\n");

        assertThat(reply).startsWith("HTTP/1.1 200");
        assertThat(up.requests().getFirst()).contains("cookie: a=1\r\n", "cookie: b=2\r\n");
    }

    @Test
    void removedListenerStopsListening() throws IOException {
        ScriptedUpstream up = upstream(r -> OK);
        int port = start(to(TestConfigs.forward("up")), up);

        path.apply(ProxyConfig.EMPTY);

        assertThat(path.listeners()).isEmpty();
        assertThat(
                        org.assertj.core.api.Assertions.catchThrowable(
                                () -> RawClient.get(port, "/", "")))
                .isInstanceOf(IOException.class);
    }

    @Test
    void saysWhichAddressIsTaken() throws IOException {
        ScriptedUpstream up = upstream(r -> OK);
        ListenerConfig listener =
                TestConfigs.listener(
                        up.port(),
                        TestConfigs.manager(to(TestConfigs.forward("up")), List.of()),
                        1);

        assertThat(
                        org.assertj.core.api.Assertions.catchThrowable(
                                () -> path.prepareListener(listener)))
                .hasMessage("cannot bind '127.0.0.1:%d': Address already in use", up.port());
    }
}
