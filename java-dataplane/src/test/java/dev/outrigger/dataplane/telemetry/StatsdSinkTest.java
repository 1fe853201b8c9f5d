// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.telemetry;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import dev.outrigger.dataplane.config.StatsSinkConfig;
import dev.outrigger.dataplane.config.StatsSinkConfig.Tags;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketTimeoutException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class StatsdSinkTest {
    private final StatsStore stats = new StatsStore(1);
    private DatagramSocket server;

    @BeforeEach
    void listen() throws IOException {
        server = new DatagramSocket(0, InetAddress.getLoopbackAddress());
        server.setSoTimeout(5000);
    }

    @AfterEach
    void close() {
        server.close();
    }

    private StatsSinks open(Tags tags, int maxBytes) throws IOException {
        var address = new InetSocketAddress(server.getLocalAddress(), server.getLocalPort());
        return StatsSinks.open(
                List.of(new StatsSinkConfig.Datagrams(address, "envoy", tags, maxBytes)),
                stats,
                _ -> {
                    throw new IllegalStateException("nothing goes over TCP");
                });
    }

    private String receive() throws IOException {
        var packet = new DatagramPacket(new byte[65_536], 65_536);
        server.receive(packet);
        return new String(packet.getData(), 0, packet.getLength(), ISO_8859_1);
    }

    /** Everything up to the datagram that a test sends last. */
    private List<String> receiveAll() throws IOException {
        var all = new ArrayList<String>();
        server.setSoTimeout(300);
        try {
            while (true) {
                all.add(receive());
            }
        } catch (SocketTimeoutException e) {
            return all;
        }
    }

    @Test
    void sendsWhatCountersGrewByAndWhereGaugesStand() throws IOException {
        var counter = stats.counter("cluster.b.upstream_rq_total");
        var gauge = stats.gauge("cluster.b.upstream_rq_active");
        try (var sinks = open(Tags.NONE, 0)) {
            stats.shard(1).add(counter, 3);
            stats.shard(1).inc(gauge);
            sinks.flush();
            stats.shard(1).add(counter, 2);
            sinks.flush();

            assertThat(receiveAll())
                    .containsExactly(
                            "envoy.cluster.b.upstream_rq_total:3|c",
                            "envoy.cluster.b.upstream_rq_active:1|g",
                            "envoy.cluster.b.upstream_rq_total:2|c",
                            "envoy.cluster.b.upstream_rq_active:1|g");
        }
    }

    @Test
    void saysNothingOfStatsThatWereNeverUsed() throws IOException {
        var _ = stats.counter("cluster.b.upstream_rq_total");
        var _ = stats.gauge("cluster.b.upstream_rq_active");
        try (var sinks = open(Tags.NONE, 0)) {
            sinks.flush();
            stats.shard(0).inc(stats.counter("last"));
            sinks.flush();

            assertThat(receiveAll()).containsExactly("envoy.last:1|c");
        }
    }

    @Test
    void sendsObservationsAtOnce() throws IOException {
        var histogram = stats.histogram("http.main.downstream_rq_time");
        try (var sinks = open(Tags.NONE, 0)) {
            stats.shard(1).record(histogram, 17);

            assertThat(receive()).isEqualTo("envoy.http.main.downstream_rq_time:17|ms");
            assertThat(sinks).isNotNull();
        }
    }

    @Test
    void countsOnAfterCountersWereReset() throws IOException {
        var counter = stats.counter("a");
        try (var sinks = open(Tags.NONE, 0)) {
            stats.shard(1).add(counter, 3);
            sinks.flush();
            stats.resetCounters();
            stats.shard(1).inc(counter);
            sinks.flush();

            assertThat(receiveAll()).containsExactly("envoy.a:3|c", "envoy.a:1|c");
        }
    }

    @Test
    void sendsTagsBehindTheValue() throws IOException {
        stats.shard(1).inc(stats.counter("cluster.b.upstream_rq_total"));
        try (var sinks = open(Tags.AFTER_VALUE, 0)) {
            sinks.flush();

            assertThat(receive())
                    .isEqualTo("envoy.cluster.upstream_rq_total:1|c|#envoy.cluster_name:b");
        }
    }

    @Test
    void sendsTagsBehindTheName() throws IOException {
        stats.shard(1).inc(stats.counter("cluster.b.upstream_rq_200"));
        try (var sinks = open(Tags.AFTER_NAME, 0)) {
            sinks.flush();

            assertThat(receive())
                    .isEqualTo(
                            "envoy.cluster.upstream_rq;envoy.response_code=200;"
                                    + "envoy.cluster_name=b:1|c");
        }
    }

    @Test
    void letsMetricsShareADatagramUpToItsSize() throws IOException {
        for (String name : List.of("aa", "bb", "cc", "a.name.longer.than.all")) {
            stats.shard(1).inc(stats.counter(name));
        }
        try (var sinks = open(Tags.NONE, 25)) {
            sinks.flush();

            // The longest does not fit in with others, and does not wait for them either.
            assertThat(receiveAll())
                    .containsExactly(
                            "envoy.a.name.longer.than.all:1|c",
                            "envoy.aa:1|c\nenvoy.bb:1|c",
                            "envoy.cc:1|c");
        }
    }
}
