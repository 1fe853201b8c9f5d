// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.ads;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.Any;
import com.google.protobuf.util.Durations;
import dev.outrigger.dataplane.state.FakeMainLoop;
import io.envoyproxy.envoy.config.cluster.v3.Cluster;
import io.envoyproxy.envoy.config.core.v3.Node;
import io.envoyproxy.envoy.service.discovery.v3.DiscoveryRequest;
import io.envoyproxy.envoy.service.discovery.v3.DiscoveryResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

class SotwSubscriptionsTest {
    private static final Node NODE = Node.newBuilder().setId("n").build();

    private final FakeMainLoop loop = new FakeMainLoop();
    private final SotwSubscriptions protocol =
            new SotwSubscriptions(NODE, true, new ResourceTtls(loop));
    private final RecordingSink sink = new RecordingSink();

    @Test
    void sendsNothingWithoutAStream() {
        protocol.start(XdsType.CLUSTER, sink);

        assertThat(sent()).isEmpty();
    }

    @Test
    void asksForEverythingOnceWithTheNode() {
        protocol.start(XdsType.CLUSTER, sink);
        protocol.onStreamOpen();

        var requests = sent();

        assertThat(requests).hasSize(1);
        assertThat(requests.getFirst().getNode()).isEqualTo(NODE);
        assertThat(requests.getFirst().getVersionInfo()).isEmpty();
        assertThat(requests.getFirst().getResponseNonce()).isEmpty();
    }

    @Test
    void acknowledgesWithVersionAndNonce() {
        open(XdsType.CLUSTER);

        protocol.onResponse(response(XdsType.CLUSTER, "7", "x"));

        var ack = only();
        assertThat(ack.getVersionInfo()).isEqualTo("7");
        assertThat(ack.getResponseNonce()).isEqualTo("x");
        assertThat(ack.hasErrorDetail()).isFalse();
        assertThat(ack.hasNode()).isFalse();
    }

    @Test
    void refusesWithTheOldVersionAndTheNewNonceAndOnlyOnce() {
        open(XdsType.CLUSTER);
        protocol.onResponse(response(XdsType.CLUSTER, "7", "x"));
        sent();
        sink.refusal = Optional.of("bad");

        protocol.onResponse(response(XdsType.CLUSTER, "8", "y"));

        var nack = only();
        assertThat(nack.getVersionInfo()).isEqualTo("7");
        assertThat(nack.getResponseNonce()).isEqualTo("y");
        assertThat(nack.getErrorDetail().getCode()).isEqualTo(13);
        assertThat(nack.getErrorDetail().getMessage()).isEqualTo("bad");
        assertThat(sent()).isEmpty();
    }

    @Test
    void keepsVersionsAndForgetsNoncesOnANewStream() {
        open(XdsType.CLUSTER);
        protocol.onResponse(response(XdsType.CLUSTER, "7", "x"));
        protocol.request(XdsType.ENDPOINT, Set.of("b", "a"));
        sent();

        protocol.onStreamFailure();
        protocol.onStreamOpen();

        var again = sent();
        assertThat(again)
                .extracting(DiscoveryRequest::getTypeUrl)
                .containsExactly(XdsType.CLUSTER.typeUrl(), XdsType.ENDPOINT.typeUrl());
        assertThat(again.get(0).getVersionInfo()).isEqualTo("7");
        assertThat(again.get(0).getResponseNonce()).isEmpty();
        assertThat(again.get(0).hasNode()).isTrue();
        assertThat(again.get(1).getResourceNamesList()).containsExactly("a", "b");
        assertThat(sink.failures).isEqualTo(2);
    }

    @Test
    void pausedTypeSendsOneRequestWhenEveryPauseIsOver() {
        open(XdsType.CLUSTER);
        protocol.pause(XdsType.ENDPOINT);
        protocol.pause(XdsType.ENDPOINT);
        protocol.request(XdsType.ENDPOINT, Set.of("a"));
        protocol.request(XdsType.ENDPOINT, Set.of("a", "b"));
        protocol.resume(XdsType.ENDPOINT);
        assertThat(sent()).isEmpty();

        protocol.resume(XdsType.ENDPOINT);

        assertThat(only().getResourceNamesList()).containsExactly("a", "b");
    }

    @Test
    void asksAgainForTheSameNames() {
        open(XdsType.CLUSTER);
        protocol.request(XdsType.ENDPOINT, Set.of("a"));
        sent();

        protocol.request(XdsType.ENDPOINT, Set.of("a"));

        assertThat(only().getResourceNamesList()).containsExactly("a");
    }

    @Test
    void neverAsksForNoNamesAtFirstButSaysSoLater() {
        open(XdsType.CLUSTER);
        protocol.request(XdsType.ENDPOINT, Set.of());
        assertThat(sent()).isEmpty();

        protocol.request(XdsType.ENDPOINT, Set.of("a"));
        protocol.request(XdsType.ENDPOINT, Set.of());

        assertThat(only().getResourceNamesList()).isEmpty();
    }

    @Test
    void ignoresTypesNobodyAskedFor() {
        open(XdsType.CLUSTER);

        protocol.onResponse(response(XdsType.ROUTE, "1", "x"));
        protocol.onResponse(
                DiscoveryResponse.newBuilder().setTypeUrl("type.googleapis.com/x").build());

        assertThat(sent()).isEmpty();
        assertThat(sink.states).isEmpty();
    }

    @Test
    void refusesAResourceOfAnotherType() {
        open(XdsType.LISTENER);

        protocol.onResponse(
                response(XdsType.LISTENER, "1", "x").toBuilder()
                        .addResources(Any.pack(Cluster.getDefaultInstance()))
                        .build());

        assertThat(only().getErrorDetail().getMessage())
                .contains("does not match the message-wide type URL");
        assertThat(sink.states).isEmpty();
    }

    @Test
    void refusesWithoutATypeWhatOnlyOthersDependOn() {
        open(XdsType.CLUSTER);
        protocol.pause(XdsType.ROUTE);
        protocol.resume(XdsType.ROUTE);

        protocol.onResponse(
                response(XdsType.ROUTE, "1", "r").toBuilder()
                        .addResources(Any.pack(Cluster.getDefaultInstance()))
                        .build());

        var answer = only();
        assertThat(answer.getTypeUrl()).isEmpty();
        assertThat(answer.getVersionInfo()).isEmpty();
        assertThat(answer.getResponseNonce()).isEqualTo("r");
        assertThat(sink.states).isEmpty();
    }

    @Test
    void takesASignOfLifeForNoPartOfTheState() {
        open(XdsType.CLUSTER);
        var alive =
                io.envoyproxy.envoy.service.discovery.v3.Resource.newBuilder()
                        .setName("w")
                        .setTtl(Durations.fromSeconds(30))
                        .build();

        protocol.onResponse(
                response(XdsType.CLUSTER, "1", "x").toBuilder()
                        .addResources(Any.pack(alive))
                        .build());

        assertThat(sink.states).containsExactly(List.of());
    }

    @Test
    void opensResourceWrappers() {
        open(XdsType.CLUSTER);
        var wrapped =
                io.envoyproxy.envoy.service.discovery.v3.Resource.newBuilder()
                        .setName("w")
                        .setResource(Any.pack(Cluster.newBuilder().setName("w").build()))
                        .build();

        protocol.onResponse(
                response(XdsType.CLUSTER, "1", "x").toBuilder()
                        .addResources(Any.pack(wrapped))
                        .build());

        assertThat(sink.states).singleElement().satisfies(s -> assertThat(s).hasSize(1));
        assertThat(sink.states.getFirst().getFirst().name()).isEqualTo("w");
    }

    @Test
    void answersThatHadToWaitAreAsManyAsResponsesAndAllOfTheLast() {
        open(XdsType.CLUSTER);

        protocol.onResponse(response(XdsType.CLUSTER, "1", "x"));
        protocol.onResponse(response(XdsType.CLUSTER, "2", "y"));

        assertThat(protocol.hasNext()).isTrue();
        assertThat(sent())
                .hasSize(2)
                .allSatisfy(request -> assertThat(request.getResponseNonce()).isEqualTo("y"));
        assertThat(protocol.hasNext()).isFalse();
    }

    private void open(XdsType type) {
        protocol.start(type, sink);
        protocol.start(XdsType.ENDPOINT, sink);
        protocol.onStreamOpen();
        sent();
    }

    private DiscoveryRequest only() {
        var requests = sent();
        assertThat(requests).hasSize(1);
        return requests.getFirst();
    }

    private List<DiscoveryRequest> sent() {
        var requests = new ArrayList<DiscoveryRequest>();
        for (var next = protocol.next(); next.isPresent(); next = protocol.next()) {
            requests.add(next.get());
        }
        return requests;
    }

    private static DiscoveryResponse response(XdsType type, String version, String nonce) {
        return DiscoveryResponse.newBuilder()
                .setTypeUrl(type.typeUrl())
                .setVersionInfo(version)
                .setNonce(nonce)
                .build();
    }
}
