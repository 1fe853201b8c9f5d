// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.ads;

import static dev.outrigger.dataplane.state.XdsHarness.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import dev.outrigger.dataplane.config.GrpcXdsConfig.Variant;
import dev.outrigger.dataplane.state.Protos;
import dev.outrigger.dataplane.state.ServerState;
import dev.outrigger.dataplane.state.XdsHarness;
import io.envoyproxy.envoy.config.cluster.v3.Cluster;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Client and assembler over a real gRPC stream, in Envoy's order of requests (XD1 to XD9). */
@Timeout(60)
class AdsClientIT {
    private FakeAdsServer server;
    private final List<XdsHarness> proxies = new ArrayList<>();

    @BeforeEach
    void open() throws Exception {
        server = new FakeAdsServer(0);
    }

    @AfterEach
    void close() throws Exception {
        proxies.forEach(XdsHarness::close);
        server.close();
    }

    @Test
    void startsUpInEnvoysOrder_delta() throws Exception {
        var proxy = start(Variant.DELTA);

        bringUpDelta(proxy);

        assertThat(proxy.requestPath().config().listeners()).containsOnlyKeys("l");
        assertThat(proxy.requestPath().config().routeTables()).containsOnlyKeys("r");
        assertThat(proxy.requestPath().cluster("a").endpoints().localities()).hasSize(1);
        assertThat(proxy.assembler().state()).isEqualTo(ServerState.LIVE);
        assertThat(proxy.gauge("control_plane.connected_state")).isEqualTo(1);
    }

    @Test
    void startsUpInEnvoysOrder_sotw() throws Exception {
        var proxy = start(Variant.SOTW);

        var cds = server.takeSotw();
        assertThat(cds.getTypeUrl()).isEqualTo(XdsType.CLUSTER.typeUrl());
        assertThat(cds.getNode().getId()).isEqualTo("n");
        assertThat(cds.getResourceNamesList()).isEmpty();
        String cdsNonce = server.sendSotw(XdsType.CLUSTER, "1", List.of(Protos.edsCluster("a", 1)));
        var eds = server.takeSotw();
        assertThat(eds.getTypeUrl()).isEqualTo(XdsType.ENDPOINT.typeUrl());
        assertThat(eds.hasNode()).isFalse();
        assertThat(eds.getResourceNamesList()).containsExactly("a");
        var cdsAck = server.takeSotw();
        assertThat(cdsAck.getVersionInfo()).isEqualTo("1");
        assertThat(cdsAck.getResponseNonce()).isEqualTo(cdsNonce);
        server.sendSotw(XdsType.ENDPOINT, "1", List.of(Protos.assignment("a", 9)));
        assertThat(List.of(server.takeSotw().getTypeUrl(), server.takeSotw().getTypeUrl()))
                .containsExactlyInAnyOrder(XdsType.LISTENER.typeUrl(), XdsType.ENDPOINT.typeUrl());
        server.sendSotw(XdsType.LISTENER, "1", List.of(Protos.rdsListener("l", 10001, "r")));
        var rds = server.takeSotw();
        assertThat(rds.getTypeUrl()).isEqualTo(XdsType.ROUTE.typeUrl());
        assertThat(rds.getResourceNamesList()).containsExactly("r");
        assertThat(server.takeSotw().getTypeUrl()).isEqualTo(XdsType.LISTENER.typeUrl());
        assertThat(proxy.requestPath().isStarted()).isFalse();
        server.sendSotw(XdsType.ROUTE, "1", List.of(Protos.routes("r", "a")));
        assertThat(server.takeSotw().getTypeUrl()).isEqualTo(XdsType.ROUTE.typeUrl());
        assertThat(proxy.requestPath().isStarted()).isTrue();
    }

    @Test
    void acknowledgesChangedClusterOnlyWhenItIsWarm_delta() throws Exception {
        var proxy = start(Variant.DELTA);
        bringUpDelta(proxy);

        String nonce =
                server.sendDelta(
                        XdsType.CLUSTER,
                        "2",
                        Map.of("a", Protos.edsCluster("a", 2), "b", Protos.edsCluster("b", 2)),
                        List.of());
        var eds = server.takeDelta();
        assertThat(eds.getTypeUrl()).isEqualTo(XdsType.ENDPOINT.typeUrl());
        assertThat(eds.getResourceNamesSubscribeList()).containsExactly("b");
        String edsNonce =
                server.sendDelta(
                        XdsType.ENDPOINT,
                        "2",
                        Map.of("a", Protos.assignment("a", 9), "b", Protos.assignment("b", 9)),
                        List.of());

        // Envoy 1.40: the CDS ACK leaves before the EDS ACK.
        assertThat(server.takeDelta().getResponseNonce()).isEqualTo(nonce);
        assertThat(server.takeDelta().getResponseNonce()).isEqualTo(edsNonce);
        assertThat(proxy.requestPath().config().clusters()).containsOnlyKeys("a", "b");
    }

    @Test
    void refusesWithTheOldVersionAndKeepsTheGoodOnes_sotw() throws Exception {
        var proxy = start(Variant.SOTW);
        server.takeSotw();

        var bad =
                Cluster.newBuilder()
                        .setName("bad")
                        .setType(Cluster.DiscoveryType.STATIC)
                        .setLoadAssignment(
                                Protos.assignment("bad", 1).toBuilder()
                                        .setEndpoints(0, nameInsteadOfAddress()))
                        .build();
        String nonce =
                server.sendSotw(
                        XdsType.CLUSTER, "1", List.of(Protos.staticCluster("good", 9), bad));
        // LDS begins inside the handling of the first CDS answer, as in Envoy.
        assertThat(server.takeSotw().getTypeUrl()).isEqualTo(XdsType.LISTENER.typeUrl());
        var nack = server.takeSotw();

        assertThat(nack.getResponseNonce()).isEqualTo(nonce);
        assertThat(nack.getVersionInfo()).isEmpty();
        assertThat(nack.getErrorDetail().getCode()).isEqualTo(13);
        assertThat(nack.getErrorDetail().getMessage())
                .startsWith("Error adding/updating cluster(s) bad: ")
                .contains("malformed IP address: host.test");
        eventually(() -> proxy.requestPath().config().clusters().containsKey("good"));
        assertThat(proxy.counter("cluster_manager.cds.update_rejected")).isEqualTo(1);
    }

    @Test
    void statesWhatItHoldsOnANewStream_delta() throws Exception {
        var proxy = start(Variant.DELTA);
        bringUpDelta(proxy);

        server.breakStream();

        var cds = server.takeDelta();
        assertThat(cds.getTypeUrl()).isEqualTo(XdsType.CLUSTER.typeUrl());
        assertThat(cds.getInitialResourceVersionsMap()).containsEntry("a", "1");
        assertThat(cds.getResourceNamesSubscribeList()).isEmpty();
        assertThat(cds.getNode().getId()).isEqualTo("n");
        var eds = server.takeDelta();
        assertThat(eds.getInitialResourceVersionsMap()).containsEntry("a", "1");
        assertThat(eds.getResourceNamesSubscribeList()).containsExactly("a");
        assertThat(server.takeDelta().getTypeUrl()).isEqualTo(XdsType.LISTENER.typeUrl());
        assertThat(server.takeDelta().getTypeUrl()).isEqualTo(XdsType.ROUTE.typeUrl());
        assertThat(proxy.requestPath().config().listeners()).containsOnlyKeys("l");
    }

    @Test
    void goesLiveWithoutControlPlaneAfterTheFetchTimeouts() throws Exception {
        int port = server.port();
        server.close();
        var proxy = start(new XdsHarness(Variant.DELTA, port, Duration.ofMillis(100)));

        eventually(() -> proxy.requestPath().isStarted());

        assertThat(proxy.counter("cluster_manager.cds.init_fetch_timeout")).isEqualTo(1);
        assertThat(proxy.counter("listener_manager.lds.init_fetch_timeout")).isEqualTo(1);
        eventually(() -> proxy.counter("cluster_manager.cds.update_failure") > 0);
        eventually(() -> proxy.gauge("control_plane.connected_state") == 0);
    }

    private static io.envoyproxy.envoy.config.endpoint.v3.LocalityLbEndpoints
            nameInsteadOfAddress() {
        var locality = Protos.assignment("bad", 1).getEndpoints(0).toBuilder();
        locality.getLbEndpointsBuilder(0)
                .getEndpointBuilder()
                .getAddressBuilder()
                .getSocketAddressBuilder()
                .setAddress("host.test");
        return locality.build();
    }

    private XdsHarness start(Variant variant) throws Exception {
        return start(new XdsHarness(variant, server.port(), Duration.ofSeconds(15)));
    }

    private XdsHarness start(XdsHarness proxy) throws Exception {
        proxies.add(proxy);
        return proxy.start();
    }

    private void bringUpDelta(XdsHarness proxy) throws Exception {
        var cds = server.takeDelta();
        assertThat(cds.getTypeUrl()).isEqualTo(XdsType.CLUSTER.typeUrl());
        assertThat(cds.getNode().getId()).isEqualTo("n");
        assertThat(cds.getResourceNamesSubscribeList()).isEmpty();
        String nonce =
                server.sendDelta(
                        XdsType.CLUSTER, "1", Map.of("a", Protos.edsCluster("a", 1)), List.of());
        var eds = server.takeDelta();
        assertThat(eds.getTypeUrl()).isEqualTo(XdsType.ENDPOINT.typeUrl());
        assertThat(eds.getResourceNamesSubscribeList()).containsExactly("a");
        assertThat(eds.hasNode()).isFalse();
        assertThat(server.takeDelta().getResponseNonce()).isEqualTo(nonce);
        assertThat(server.hasRequests()).isFalse();
        server.sendDelta(XdsType.ENDPOINT, "1", Map.of("a", Protos.assignment("a", 9)), List.of());
        assertThat(List.of(server.takeDelta().getTypeUrl(), server.takeDelta().getTypeUrl()))
                .containsExactlyInAnyOrder(XdsType.LISTENER.typeUrl(), XdsType.ENDPOINT.typeUrl());
        server.sendDelta(
                XdsType.LISTENER, "1", Map.of("l", Protos.rdsListener("l", 10001, "r")), List.of());
        var rds = server.takeDelta();
        assertThat(rds.getTypeUrl()).isEqualTo(XdsType.ROUTE.typeUrl());
        assertThat(rds.getResourceNamesSubscribeList()).containsExactly("r");
        assertThat(server.takeDelta().getTypeUrl()).isEqualTo(XdsType.LISTENER.typeUrl());
        server.sendDelta(XdsType.ROUTE, "1", Map.of("r", Protos.routes("r", "a")), List.of());
        assertThat(server.takeDelta().getTypeUrl()).isEqualTo(XdsType.ROUTE.typeUrl());
        assertThat(proxy.requestPath().isStarted()).isTrue();
    }
}
