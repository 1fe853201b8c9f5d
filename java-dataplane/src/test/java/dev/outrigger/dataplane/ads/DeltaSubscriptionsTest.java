// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.ads;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.Any;
import com.google.protobuf.util.Durations;
import dev.outrigger.dataplane.state.FakeMainLoop;
import io.envoyproxy.envoy.config.cluster.v3.Cluster;
import io.envoyproxy.envoy.config.core.v3.Node;
import io.envoyproxy.envoy.service.discovery.v3.DeltaDiscoveryRequest;
import io.envoyproxy.envoy.service.discovery.v3.DeltaDiscoveryResponse;
import io.envoyproxy.envoy.service.discovery.v3.Resource;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

class DeltaSubscriptionsTest {
    private final FakeMainLoop loop = new FakeMainLoop();
    private final DeltaSubscriptions protocol =
            new DeltaSubscriptions(
                    Node.newBuilder().setId("n").build(), true, new ResourceTtls(loop));
    private final RecordingSink sink = new RecordingSink();

    @Test
    void asksForWildcardTypesWithAnEmptyList() {
        protocol.start(XdsType.CLUSTER, sink);
        protocol.onStreamOpen();

        var request = only();

        assertThat(request.getTypeUrl()).isEqualTo(XdsType.CLUSTER.typeUrl());
        assertThat(request.getResourceNamesSubscribeList()).isEmpty();
        assertThat(request.getNode().getId()).isEqualTo("n");
        assertThat(sent()).isEmpty();
    }

    @Test
    void sendsOnlyDifferencesOfNames() {
        open();
        protocol.request(XdsType.ENDPOINT, Set.of("a", "b"));
        assertThat(only().getResourceNamesSubscribeList()).containsExactly("a", "b");

        protocol.request(XdsType.ENDPOINT, Set.of("b", "c"));

        var request = only();
        assertThat(request.getResourceNamesSubscribeList()).containsExactly("c");
        assertThat(request.getResourceNamesUnsubscribeList()).containsExactly("a");
        protocol.request(XdsType.ENDPOINT, Set.of("b", "c"));
        assertThat(sent()).isEmpty();
    }

    @Test
    void resourceIsGoneUnlessItIsHeardOfAgainInTime() {
        open();
        protocol.start(XdsType.CLUSTER, sink);
        protocol.onResponse(response("1", lasting("a", true)));
        loop.advance(Duration.ofMillis(700));
        protocol.onResponse(response("2", lasting("a", false)));
        loop.advance(Duration.ofMillis(700));
        assertThat(sink.removals).allSatisfy(each -> assertThat(each).isEmpty());

        loop.advance(Duration.ofMillis(700));

        assertThat(sink.removals.getLast()).containsExactly("a");
    }

    private static DeltaDiscoveryResponse response(String nonce, Resource resource) {
        return DeltaDiscoveryResponse.newBuilder()
                .setTypeUrl(XdsType.CLUSTER.typeUrl())
                .setNonce(nonce)
                .addResources(resource)
                .build();
    }

    private static Resource lasting(String name, boolean withContent) {
        var resource = Resource.newBuilder().setName(name).setTtl(Durations.fromSeconds(1));
        return withContent
                ? resource.setResource(Any.pack(Cluster.newBuilder().setName(name).build())).build()
                : resource.build();
    }

    @Test
    void asksForVirtualHostsWithoutTheBeginningsOfTheirNames() {
        open();

        protocol.request(XdsType.VIRTUAL_HOST, Set.of("route"));

        assertThat(only().getResourceNamesSubscribeList()).isEmpty();
    }

    @Test
    void asksForVirtualHostsOnDemandAgainOnANewStreamBesideEverything() {
        open();
        protocol.start(XdsType.VIRTUAL_HOST, sink);
        protocol.request(XdsType.VIRTUAL_HOST, Set.of("r"));
        assertThat(only().getResourceNamesSubscribeList()).isEmpty();

        protocol.requestOnDemand(XdsType.VIRTUAL_HOST, "r/a");
        assertThat(only().getResourceNamesSubscribeList()).containsExactly("r/a");
        protocol.requestOnDemand(XdsType.VIRTUAL_HOST, "r/a");
        assertThat(only().getResourceNamesSubscribeList()).containsExactly("r/a");

        protocol.onStreamOpen();
        assertThat(sent().getLast().getResourceNamesSubscribeList()).containsExactly("*", "r/a");
    }

    @Test
    void remembersABoundedNumberOfVirtualHostsOnDemand() {
        open();
        protocol.start(XdsType.VIRTUAL_HOST, sink);
        protocol.request(XdsType.VIRTUAL_HOST, Set.of("r"));
        assertThat(sent()).hasSize(1);
        for (int i = 0; i <= DeltaSubscriptions.MAX_ON_DEMAND; i++) {
            protocol.requestOnDemand(XdsType.VIRTUAL_HOST, "r/" + i);
        }
        assertThat(only().getResourceNamesSubscribeCount())
                .isEqualTo(DeltaSubscriptions.MAX_ON_DEMAND + 1);

        protocol.onStreamOpen();

        assertThat(sent().getLast().getResourceNamesSubscribeList())
                .hasSize(DeltaSubscriptions.MAX_ON_DEMAND + 1)
                .contains("*");
    }

    @Test
    void handsOnThatThereIsNoVirtualHostOfAName() {
        open();
        protocol.start(XdsType.VIRTUAL_HOST, sink);
        protocol.request(XdsType.VIRTUAL_HOST, Set.of("r"));

        protocol.onResponse(
                DeltaDiscoveryResponse.newBuilder()
                        .setTypeUrl(XdsType.VIRTUAL_HOST.typeUrl())
                        .addResources(Resource.newBuilder().setName("r/a").addAliases("r/a"))
                        .build());

        assertThat(sink.changes.getLast())
                .singleElement()
                .satisfies(each -> {
                    assertThat(each.isUnresolved()).isTrue();
                    assertThat(each.aliases()).containsExactly("r/a");
                });
    }

    @Test
    void saysBothWhenANameWasDroppedAndWantedAgain() {
        open();
        protocol.request(XdsType.ENDPOINT, Set.of("a"));
        sent();

        protocol.request(XdsType.ENDPOINT, Set.of());
        protocol.request(XdsType.ENDPOINT, Set.of("a"));

        var request = only();
        assertThat(request.getResourceNamesSubscribeList()).containsExactly("a");
        assertThat(request.getResourceNamesUnsubscribeList()).containsExactly("a");
    }

    @Test
    void saysNothingOfANameThatCameAndWentUnsent() {
        open();
        protocol.request(XdsType.ENDPOINT, Set.of("a"));
        sent();
        protocol.pause(XdsType.ENDPOINT);
        protocol.request(XdsType.ENDPOINT, Set.of("a", "b"));
        protocol.request(XdsType.ENDPOINT, Set.of("a"));

        protocol.resume(XdsType.ENDPOINT);

        assertThat(sent()).isEmpty();
    }

    @Test
    void acknowledgesEachResponseByItsNonce() {
        open();

        protocol.pause(XdsType.CLUSTER);
        protocol.onResponse(response(XdsType.CLUSTER, "x", "a", "1"));
        protocol.onResponse(response(XdsType.CLUSTER, "y", "a", "2"));
        assertThat(sent()).isEmpty();
        protocol.resume(XdsType.CLUSTER);

        assertThat(sent())
                .extracting(DeltaDiscoveryRequest::getResponseNonce)
                .containsExactly("x", "y");
    }

    @Test
    void refusalDoesNotMoveTheVersionsHeld() {
        open();
        protocol.onResponse(response(XdsType.CLUSTER, "x", "a", "1"));
        sink.refusal = Optional.of("bad");
        protocol.onResponse(response(XdsType.CLUSTER, "y", "a", "2"));
        assertThat(sent().get(1).getErrorDetail().getMessage()).isEqualTo("bad");

        protocol.onStreamOpen();

        assertThat(only().getInitialResourceVersionsMap())
                .containsOnly(java.util.Map.entry("a", "1"));
    }

    @Test
    void statesVersionsAndNamesOnANewStreamButNotWhatWasRemoved() {
        open();
        protocol.request(XdsType.ENDPOINT, Set.of("a", "b"));
        sent();
        protocol.onResponse(response(XdsType.ENDPOINT, "x", "a", "1"));
        protocol.onResponse(response(XdsType.ENDPOINT, "y", "b", "1"));
        protocol.onResponse(
                DeltaDiscoveryResponse.newBuilder()
                        .setTypeUrl(XdsType.ENDPOINT.typeUrl())
                        .addRemovedResources("b")
                        .build());
        sent();

        protocol.onStreamOpen();

        var eds = sent().get(1);
        assertThat(eds.getResourceNamesSubscribeList()).containsExactly("a", "b");
        assertThat(eds.getInitialResourceVersionsMap()).containsOnlyKeys("a");
        assertThat(eds.getResponseNonce()).isEmpty();
    }

    @Test
    void refusesDuplicateNames() {
        open();

        protocol.onResponse(
                response(XdsType.CLUSTER, "x", "a", "1").toBuilder()
                        .addResources(response(XdsType.CLUSTER, "x", "a", "1").getResources(0))
                        .build());

        assertThat(only().getErrorDetail().getMessage())
                .isEqualTo("duplicate name a found among added/updated resources");
        assertThat(sink.changes).isEmpty();
    }

    @Test
    void handsOnOnlyNamesAskedFor() {
        open();
        protocol.request(XdsType.ENDPOINT, Set.of("a"));
        sent();

        protocol.onResponse(response(XdsType.ENDPOINT, "x", "other", "1"));

        assertThat(sink.changes).containsExactly(List.of());
        assertThat(only().hasErrorDetail()).isFalse();
    }

    private void open() {
        protocol.start(XdsType.CLUSTER, sink);
        protocol.start(XdsType.ENDPOINT, sink);
        protocol.onStreamOpen();
        sent();
    }

    private DeltaDiscoveryRequest only() {
        var requests = sent();
        assertThat(requests).hasSize(1);
        return requests.getFirst();
    }

    private List<DeltaDiscoveryRequest> sent() {
        var requests = new ArrayList<DeltaDiscoveryRequest>();
        for (var next = protocol.next(); next.isPresent(); next = protocol.next()) {
            requests.add(next.get());
        }
        return requests;
    }

    private static DeltaDiscoveryResponse response(
            XdsType type, String nonce, String name, String version) {
        return DeltaDiscoveryResponse.newBuilder()
                .setTypeUrl(type.typeUrl())
                .setNonce(nonce)
                .addResources(
                        Resource.newBuilder()
                                .setName(name)
                                .setVersion(version)
                                .setResource(Any.newBuilder().setTypeUrl(type.typeUrl())))
                .build();
    }
}
