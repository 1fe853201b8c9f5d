// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.ads;

import static dev.outrigger.dataplane.state.XdsHarness.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import dev.outrigger.dataplane.config.RestXdsConfig;
import dev.outrigger.dataplane.config.XdsClusterConfig;
import dev.outrigger.dataplane.telemetry.StatsStore;
import dev.outrigger.dataplane.tls.TlsContexts;
import io.envoyproxy.envoy.config.core.v3.Node;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class RestMuxIT {
    private final EventLoopGroup group =
            new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
    private final NettyMainLoop loop = new NettyMainLoop(group.next());
    private final RecordingSink sink = new RecordingSink();
    private final List<String> questions = new CopyOnWriteArrayList<>();
    private final CopyOnWriteArrayList<Answer> answers = new CopyOnWriteArrayList<>();
    private HttpServer server;
    private RestMux mux;

    private record Answer(int status, String body) {}

    @BeforeEach
    void open() throws Exception {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext(
                "/v3/discovery:clusters",
                exchange -> {
                    questions.add(
                            new String(
                                    exchange.getRequestBody().readAllBytes(),
                                    StandardCharsets.UTF_8));
                    Answer answer = answers.isEmpty() ? new Answer(304, "") : answers.removeFirst();
                    byte[] body = answer.body().getBytes(StandardCharsets.UTF_8);
                    exchange.sendResponseHeaders(
                            answer.status(), body.length == 0 ? -1 : body.length);
                    exchange.getResponseBody().write(body);
                    exchange.close();
                });
        server.start();
        var resolver = new NettyNameResolver(loop);
        mux =
                new RestMux(
                        loop,
                        new RestXdsConfig("rest", Duration.ofMillis(20), Duration.ofSeconds(1)),
                        new XdsClusterConfig(
                                "rest",
                                List.of(server.getAddress()),
                                false,
                                Duration.ofSeconds(1),
                                Optional.empty(),
                                Optional.empty(),
                                Optional.empty(),
                                Optional.empty()),
                        new RestClient(loop, resolver, cleartext()),
                        XdsType.CLUSTER,
                        Node.newBuilder().setId("me").build(),
                        new SplittableRandom(1));
    }

    @AfterEach
    void close() {
        loop.eventLoop().submit(mux::close).syncUninterruptibly();
        server.stop(0);
        group.shutdownGracefully().syncUninterruptibly();
    }

    @Test
    void asksAgainWithTheVersionItAccepted() throws Exception {
        answers.add(new Answer(200, cluster("7")));

        start();

        eventually(() -> questions.size() >= 3);
        assertThat(questions.getFirst())
                .isEqualTo(
                        "{\"node\":{\"id\":\"me\"},\"type_url\":\""
                                + XdsType.CLUSTER.typeUrl()
                                + "\"}");
        assertThat(questions.get(1)).startsWith("{\"version_info\":\"7\",");
        assertThat(sink.states).hasSize(1);
    }

    @Test
    void countsAnErrorStatusAsFailureAndGoesOn() throws Exception {
        answers.add(new Answer(500, "no"));
        answers.add(new Answer(200, cluster("1")));

        start();

        eventually(() -> questions.size() >= 3);
        assertThat(sink.failures).isEqualTo(1);
        assertThat(sink.states).hasSize(1);
    }

    private void start() {
        loop.eventLoop().submit(() -> mux.start(XdsType.CLUSTER, sink)).syncUninterruptibly();
    }

    private static String cluster(String version) {
        return "{\"version_info\":\""
                + version
                + "\",\"resources\":[{\"@type\":\""
                + XdsType.CLUSTER.typeUrl()
                + "\",\"name\":\"a\"}]}";
    }

    private static ClusterTls cleartext() {
        var stats = new StatsStore(1);
        return new ClusterTls(
                new TlsContexts(stats, InstantSource.system(), System::nanoTime),
                _ -> null,
                stats.shard(0));
    }
}
