// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.benchmarks.xdsclient;

import static org.assertj.core.api.Assertions.assertThat;

import io.envoyproxy.controlplane.cache.v3.SimpleCache;
import io.envoyproxy.controlplane.cache.v3.Snapshot;
import io.envoyproxy.controlplane.server.V3DiscoveryServer;
import io.envoyproxy.envoy.config.cluster.v3.Cluster;
import io.envoyproxy.envoy.config.endpoint.v3.ClusterLoadAssignment;
import io.envoyproxy.envoy.config.listener.v3.Listener;
import io.envoyproxy.envoy.config.route.v3.RouteConfiguration;
import io.envoyproxy.envoy.service.discovery.v3.DeltaDiscoveryResponse;
import io.grpc.Server;
import io.grpc.netty.NettyServerBuilder;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Against somebody else's server: what it accepts is HTTP/2 and xDS. */
class FleetTest {
    private static final Duration LIMIT = Duration.ofSeconds(30);
    private static final int CLUSTERS = 40;
    private static final int CLIENTS = 30;

    @TempDir private Path folder;

    private final SimpleCache<String> cache = new SimpleCache<>(_ -> "all");
    private Server server = NettyServerBuilder.forPort(0).build();

    @BeforeEach
    void start() throws IOException {
        publish(1, "none");
        server =
                NettyServerBuilder.forAddress(
                                new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
                        .addService(
                                new V3DiscoveryServer(cache).getAggregatedDiscoveryServiceImpl())
                        .build()
                        .start();
    }

    @AfterEach
    void stop() {
        server.shutdownNow();
    }

    @Test
    void clientsJoinSeeChangesAndComeBack() throws IOException {
        try (var fleet = new Fleet(server.getPort(), CLUSTERS, "routes")) {
            assertThat(fleet.probe(folder, LIMIT).count()).isEqualTo(1);
            assertThat(
                            DeltaDiscoveryResponse.parseFrom(
                                            Files.readAllBytes(folder.resolve("Cluster.bin")))
                                    .getResourcesCount())
                    .isEqualTo(CLUSTERS);

            var joined = fleet.join(CLIENTS, LIMIT);
            assertThat(joined.count()).isEqualTo(CLIENTS - 1);
            assertThat(joined.resources()).isEqualTo((CLIENTS - 1) * (2L * CLUSTERS + 2));
            assertThat(joined.failed()).isZero();

            var marker = "mark-000002";
            fleet.expect(Kind.bits("c"), marker.getBytes(StandardCharsets.UTF_8));
            long bytes = fleet.bytes();
            publish(2, marker);
            var seen = fleet.await(bytes, fleet.resources(), LIMIT);
            assertThat(seen.count()).isEqualTo(CLIENTS);
            assertThat(seen.last()).isGreaterThanOrEqualTo(seen.median());
            assertThat(seen.bytes()).isPositive();

            fleet.drop();
            publish(3, "mark-000003");
            var back =
                    fleet.comeBack(
                            Kind.bits("c"), "mark-000003".getBytes(StandardCharsets.UTF_8), LIMIT);
            assertThat(back.count()).isEqualTo(CLIENTS);
            assertThat(back.failed()).isZero();
        }
    }

    @Test
    void saysWhoseConnectionsEnded() throws IOException {
        try (var fleet = new Fleet(server.getPort(), CLUSTERS, "routes")) {
            fleet.probe(folder, LIMIT);
            server.shutdownNow();

            assertThat(fleet.join(3, LIMIT).failed()).isPositive();
        }
    }

    private void publish(int version, String marker) {
        var clusters = new ArrayList<Cluster>();
        var endpoints = new ArrayList<ClusterLoadAssignment>();
        for (int i = 0; i < CLUSTERS; i++) {
            var name = "cluster-" + i;
            clusters.add(
                    Cluster.newBuilder()
                            .setName(name)
                            .setType(Cluster.DiscoveryType.EDS)
                            .setAltStatName(i == 0 ? marker : name)
                            .build());
            endpoints.add(ClusterLoadAssignment.newBuilder().setClusterName(name).build());
        }
        cache.setSnapshot(
                "all",
                Snapshot.create(
                        clusters,
                        endpoints,
                        List.of(Listener.newBuilder().setName("listener").build()),
                        List.of(RouteConfiguration.newBuilder().setName("routes").build()),
                        List.of(),
                        Integer.toString(version)));
    }
}
