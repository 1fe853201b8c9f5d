// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.xds.ads;

import static dev.outrigger.xds.resource.ResourceType.CLUSTER;
import static dev.outrigger.xds.resource.ResourceType.ENDPOINT;
import static dev.outrigger.xds.resource.ResourceType.LISTENER;
import static dev.outrigger.xds.resource.ResourceType.ROUTE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.Any;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.rpc.Status;
import dev.outrigger.policy.status.ProxyStatus.State;
import dev.outrigger.xds.resource.ResourceType;
import io.envoyproxy.envoy.service.discovery.v3.DiscoveryRequest;
import io.envoyproxy.envoy.service.discovery.v3.DiscoveryResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** The traps of other control planes, on the state-of-the-world variant. */
class SotwStreamTest {
    private final Snapshots snapshots = new Snapshots();
    private final RecordingListener listener = new RecordingListener();
    private final SotwStream stream =
            stream("s", StreamLimits.DEFAULT.withResourceNames(10, 20), ServedTypes.ALL);
    private long now;

    private SotwStream stream(String nonces, StreamLimits limits, ServedTypes types) {
        return new SotwStream(types, limits, new NameSets()::share, new Nonces(nonces), listener);
    }

    @Test
    void anEmptyFirstRequestMeansEveryCluster() throws Exception {
        publish(snapshots.put(CLUSTER, "A", "1").put(CLUSTER, "B", "1"));

        assertThat(ask(CLUSTER)).extracting(this::names).containsExactly(List.of("A", "B"));
    }

    @Test
    void anEmptyFirstRequestMeansNothingForRoutes() throws Exception {
        publish(snapshots.put(ROUTE, "A", "1"));

        assertThat(ask(ROUTE)).isEmpty();
    }

    @Test
    void everythingIsAnsweredEvenIfItIsNothingSoThatNobodyWaits() throws Exception {
        publish(snapshots);

        assertThat(ask(CLUSTER)).extracting(this::names).containsExactly(List.of());
    }

    @Test
    void anAcknowledgementIsNotAnswered() throws Exception {
        publish(snapshots.put(CLUSTER, "A", "1"));

        assertThat(acknowledge(ask(CLUSTER))).isEmpty();
        assertThat(listener.acknowledged).containsExactly(CLUSTER);
        assertThat(listener.stateOf(CLUSTER)).isEqualTo(State.SYNCED);
    }

    @Test
    void anyChangeSendsTheWholeType() throws Exception {
        publish(snapshots.put(CLUSTER, "A", "1").put(CLUSTER, "B", "1"));
        acknowledge(ask(CLUSTER));

        assertThat(publish(snapshots.put(CLUSTER, "B", "2")))
                .extracting(this::names)
                .containsExactly(List.of("A", "B"));
    }

    @Test
    void aChangeOfAnotherTypeSendsNothing() throws Exception {
        publish(snapshots.put(CLUSTER, "A", "1").put(ROUTE, "R", "1"));
        acknowledge(ask(CLUSTER));

        assertThat(publish(snapshots.put(ROUTE, "R", "2"))).isEmpty();
        assertThat(publish(snapshots)).isEmpty();
    }

    @Test
    void aRefusalIsRecordedOnceAndNotAnswered() throws Exception {
        publish(snapshots.put(CLUSTER, "A", "1").put(CLUSTER, "B", "1"));
        acknowledge(ask(CLUSTER));
        var bad = publish(snapshots.put(CLUSTER, "B", "bad")).getFirst();

        for (int i = 0; i < 100; i++) {
            assertThat(refuse(bad, "no good")).isEmpty();
        }
        assertThat(publish(snapshots)).isEmpty();

        assertThat(listener.nacks).hasSize(1);
        // Only B was new to the client, so only B can be what it did not like.
        assertThat(listener.nacks.getFirst().resources()).containsExactly("B");
        assertThat(listener.nacks.getFirst().policies()).containsExactly(Snapshots.document("B"));
        assertThat(listener.stateOf(CLUSTER)).isEqualTo(State.REJECTED);
    }

    @Test
    void afterARefusalTheNextVersionIsSent() throws Exception {
        publish(snapshots.put(CLUSTER, "A", "1"));
        acknowledge(ask(CLUSTER));
        refuse(publish(snapshots.put(CLUSTER, "A", "bad")).getFirst(), "no good");

        var back = publish(snapshots.put(CLUSTER, "A", "1"));

        assertThat(back).hasSize(1);
        acknowledge(back);
        assertThat(listener.stateOf(CLUSTER)).isEqualTo(State.SYNCED);
    }

    @Test
    void otherTypesFlowWhileOneIsRefused() throws Exception {
        publish(snapshots.put(CLUSTER, "A", "1").put(LISTENER, "L", "1"));
        refuse(ask(CLUSTER).getFirst(), "no good");
        acknowledge(ask(LISTENER));

        assertThat(publish(snapshots.put(LISTENER, "L", "2")))
                .extracting(this::type)
                .containsExactly("LDS");
    }

    @Test
    void aRouteThatWasRemovedAndIsBackIsSentAgain() throws Exception {
        publish(snapshots.put(ROUTE, "A", "1"));
        acknowledge(subscribe(ROUTE, "A"));

        assertThat(publish(snapshots.remove(ROUTE, "A"))).isEmpty();

        assertThat(publish(snapshots.put(ROUTE, "A", "1")))
                .extracting(this::names)
                .containsExactly(List.of("A"));
    }

    @Test
    void whatExistsIsSentWhileAnotherNameIsStillMissing() throws Exception {
        publish(snapshots.put(ENDPOINT, "A", "1"));

        acknowledge(subscribe(ENDPOINT, "A", "Z"));

        assertThat(publish(snapshots.put(ENDPOINT, "Z", "1")))
                .extracting(this::names)
                .containsExactly(List.of("Z"));
    }

    @Test
    void aReconnectingClientThatHasEverythingIsSentNothing() throws Exception {
        publish(snapshots.put(CLUSTER, "A", "1").put(ENDPOINT, "A", "1").put(ENDPOINT, "B", "1"));
        var clusters = ask(CLUSTER).getFirst();
        var endpoints = subscribe(ENDPOINT, "A").getFirst();
        var reconnected = stream("t", StreamLimits.DEFAULT, ServedTypes.ALL);
        reconnected.onSnapshot(snapshots.snapshot());

        reconnected.onRequest(sotw(CLUSTER).setVersionInfo(clusters.getVersionInfo()).build());
        reconnected.onRequest(
                sotw(ENDPOINT)
                        .addResourceNames("A")
                        .setVersionInfo(endpoints.getVersionInfo())
                        .build());

        assertThat(reconnected.next(now).map(Decoded::sotw)).isEmpty();
        // What it has counts as sent: a change, and only that, is news.
        reconnected.onSnapshot(snapshots.put(ENDPOINT, "A", "2").snapshot());
        assertThat(reconnected.next(now).map(Decoded::sotw)).map(this::type).contains("EDS");
        assertThat(reconnected.next(now).map(Decoded::sotw)).isEmpty();
    }

    @Test
    void aReconnectingClientWithAnotherVersionIsSentEverything() throws Exception {
        publish(snapshots.put(CLUSTER, "A", "1"));

        assertThat(request(sotw(CLUSTER).setVersionInfo("older"))).hasSize(1);
    }

    @Test
    void aRequestThatMissedTheLastResponseIsIgnored() throws Exception {
        publish(snapshots.put(ENDPOINT, "A", "1").put(ENDPOINT, "B", "1"));
        subscribe(ENDPOINT, "A");

        assertThat(request(sotw(ENDPOINT).addResourceNames("B").setResponseNonce("stale")))
                .isEmpty();
        assertThat(listener.acknowledged).isEmpty();
        assertThat(listener.nacks).isEmpty();
    }

    @Test
    void anAnswerToANonceNeverSentIsIgnored() throws Exception {
        publish(snapshots.put(CLUSTER, "A", "1"));
        var answer = ask(CLUSTER).getFirst();

        assertThat(request(sotw(CLUSTER).setResponseNonce("x-1").setErrorDetail(error("no"))))
                .isEmpty();

        acknowledge(List.of(answer));
        assertThat(listener.nacks).isEmpty();
        assertThat(listener.acknowledged).containsExactly(CLUSTER);
    }

    @Test
    void aNameAddedIsSentAndOneLeftOutSendsNothing() throws Exception {
        publish(snapshots.put(ENDPOINT, "A", "1").put(ENDPOINT, "B", "1"));
        var first = subscribe(ENDPOINT, "A").getFirst();

        var both = answer(first, "A", "B");
        assertThat(both).extracting(this::names).containsExactly(List.of("B"));

        assertThat(answer(both.getFirst(), "B")).isEmpty();
        assertThat(publish(snapshots.put(ENDPOINT, "A", "2"))).isEmpty();
        assertThat(answer(both.getFirst(), "A", "B")).hasSize(1);
    }

    @Test
    void clustersAskedForByNameComeAloneAndTheirRemovalIsSaid() throws Exception {
        publish(snapshots.put(CLUSTER, "A", "1").put(CLUSTER, "B", "1"));
        var first = subscribe(CLUSTER, "A");
        assertThat(first).extracting(this::names).containsExactly(List.of("A"));
        answer(first.getFirst(), "A");

        assertThat(publish(snapshots.put(CLUSTER, "B", "2"))).isEmpty();
        assertThat(publish(snapshots.remove(CLUSTER, "A")))
                .extracting(this::names)
                .containsExactly(List.of());
    }

    @Test
    void noNamesAfterSomeMeansNothingAnyMore() throws Exception {
        publish(snapshots.put(CLUSTER, "A", "1"));
        var first = subscribe(CLUSTER, "A").getFirst();

        assertThat(answer(first)).isEmpty();
        assertThat(publish(snapshots.put(CLUSTER, "A", "2"))).isEmpty();
    }

    @Test
    void aStarIsAWildcard() throws Exception {
        publish(snapshots.put(LISTENER, "A", "1"));

        assertThat(subscribe(LISTENER, "*")).extracting(this::names).containsExactly(List.of("A"));
    }

    @Test
    void aRemovedClusterStaysUntilTheRoutesThatMayUseItWereSent() throws Exception {
        publish(
                snapshots
                        .put(CLUSTER, "old", "1")
                        .put(ENDPOINT, "old", "1")
                        .put(LISTENER, "L", "1")
                        .put(ROUTE, "R", "old"));
        acknowledge(ask(CLUSTER));
        acknowledge(subscribe(ENDPOINT, "old"));
        acknowledge(ask(LISTENER));
        acknowledge(subscribe(ROUTE, "R"));

        var sent =
                withAnswers(
                        publish(
                                snapshots
                                        .remove(CLUSTER, "old")
                                        .remove(ENDPOINT, "old")
                                        .put(CLUSTER, "new", "1")
                                        .put(ROUTE, "R", "new")));

        assertThat(sent)
                .extracting(response -> type(response) + " " + names(response))
                .containsExactly("CDS [new, old]", "RDS [R]", "CDS [new]");
        assertThat(sent.getFirst().getVersionInfo()).isNotEqualTo(sent.getLast().getVersionInfo());
        assertThat(listener.stateOf(CLUSTER)).isEqualTo(State.SYNCED);
    }

    @Test
    void endpointsAreSentAgainAfterTheirClusterChanged() throws Exception {
        publish(snapshots.put(CLUSTER, "A", "1").put(ENDPOINT, "A", "1"));
        acknowledge(ask(CLUSTER));
        acknowledge(subscribe(ENDPOINT, "A"));

        assertThat(publish(snapshots.put(CLUSTER, "A", "2")))
                .extracting(this::type)
                .containsExactly("CDS", "EDS");
    }

    @Test
    void endpointsSentBeforeTheirChangedClusterAreSentAgainAfterIt() throws Exception {
        publish(snapshots.put(CLUSTER, "A", "1").put(ENDPOINT, "A", "1"));
        subscribe(ENDPOINT, "A");

        assertThat(ask(CLUSTER)).extracting(this::type).containsExactly("CDS", "EDS");
    }

    @Test
    void anUnknownTypeIsNotAnsweredAndCostsTheOthersNothing() throws Exception {
        publish(snapshots.put(CLUSTER, "A", "1"));

        assertThat(request(DiscoveryRequest.newBuilder().setTypeUrl("type.googleapis.com/x")))
                .isEmpty();
        assertThat(ask(CLUSTER)).hasSize(1);
    }

    @Test
    void aPerTypeServiceKnowsItsTypeAndNoOther() throws Exception {
        var clusters = stream("s", StreamLimits.DEFAULT, ServedTypes.only(CLUSTER));
        clusters.onSnapshot(snapshots.put(CLUSTER, "A", "1").snapshot());

        clusters.onRequest(DiscoveryRequest.getDefaultInstance());

        assertThat(clusters.next(now).map(Decoded::sotw)).map(this::names).contains(List.of("A"));
        assertThatThrownBy(() -> clusters.onRequest(sotw(ROUTE).build()))
                .isInstanceOf(ProtocolViolation.class)
                .hasMessageContaining("expected: '" + CLUSTER.typeUrl() + "'");
    }

    @Test
    void tooManyNamesEndTheStream() {
        assertThatThrownBy(() ->
                        request(
                                sotw(ENDPOINT)
                                        .addAllResourceNames(
                                                IntStream.range(0, 11)
                                                        .mapToObj(n -> "n" + n)
                                                        .toList())))
                .isInstanceOf(ProtocolViolation.class)
                .hasMessageContaining("more than 10 resource names");
    }

    private static DiscoveryRequest.Builder sotw(ResourceType type) {
        return DiscoveryRequest.newBuilder().setTypeUrl(type.typeUrl());
    }

    private List<DiscoveryResponse> ask(ResourceType type) throws ProtocolViolation {
        return request(sotw(type));
    }

    private List<DiscoveryResponse> subscribe(ResourceType type, String... names)
            throws ProtocolViolation {
        return request(sotw(type).addAllResourceNames(List.of(names)));
    }

    private List<DiscoveryResponse> answer(DiscoveryResponse response, String... names)
            throws ProtocolViolation {
        return request(
                DiscoveryRequest.newBuilder()
                        .setTypeUrl(response.getTypeUrl())
                        .setVersionInfo(response.getVersionInfo())
                        .setResponseNonce(response.getNonce())
                        .addAllResourceNames(List.of(names)));
    }

    /** As a client does: what it subscribed to by name, it repeats. */
    private List<DiscoveryResponse> acknowledge(List<DiscoveryResponse> responses)
            throws ProtocolViolation {
        var sent = new ArrayList<DiscoveryResponse>();
        for (DiscoveryResponse response : responses) {
            boolean named =
                    response.getTypeUrl().equals(ROUTE.typeUrl())
                            || response.getTypeUrl().equals(ENDPOINT.typeUrl());
            var wanted = subscribed.getOrDefault(response.getTypeUrl(), List.of());
            sent.addAll(answer(response, named ? wanted.toArray(String[]::new) : new String[0]));
        }
        return sent;
    }

    private List<DiscoveryResponse> refuse(DiscoveryResponse response, String error)
            throws ProtocolViolation {
        return request(
                DiscoveryRequest.newBuilder()
                        .setTypeUrl(response.getTypeUrl())
                        .setResponseNonce(response.getNonce())
                        .setErrorDetail(error(error)));
    }

    private final java.util.Map<String, List<String>> subscribed = new java.util.HashMap<>();

    private List<DiscoveryResponse> request(DiscoveryRequest.Builder request)
            throws ProtocolViolation {
        subscribed.put(request.getTypeUrl(), List.copyOf(request.getResourceNamesList()));
        stream.onRequest(request.build());
        return drain();
    }

    private List<DiscoveryResponse> publish(Snapshots next) {
        now += Duration.ofSeconds(2).toNanos();
        stream.onSnapshot(next.snapshot());
        return drain();
    }

    private List<DiscoveryResponse> drain() {
        var sent = new ArrayList<DiscoveryResponse>();
        for (var next = stream.next(now); next.isPresent(); next = stream.next(now)) {
            sent.add(Decoded.sotw(next.get()));
        }
        stream.report();
        return sent;
    }

    /** Answers everything, as a client that likes what it gets; all that was sent, in order. */
    private List<DiscoveryResponse> withAnswers(List<DiscoveryResponse> responses)
            throws ProtocolViolation {
        var all = new ArrayList<>(responses);
        for (int i = 0; i < all.size(); i++) {
            all.addAll(acknowledge(List.of(all.get(i))));
        }
        return all;
    }

    private static Status error(String message) {
        return Status.newBuilder().setCode(13).setMessage(message).build();
    }

    private List<String> names(DiscoveryResponse response) {
        var type = ResourceType.find(response.getTypeUrl()).orElseThrow();
        var names = new ArrayList<String>();
        for (Any any : response.getResourcesList()) {
            try {
                names.add(
                        type.nameOf(type.prototype().getParserForType().parseFrom(any.getValue())));
            } catch (InvalidProtocolBufferException e) {
                throw new AssertionError(e);
            }
        }
        return names;
    }

    private String type(DiscoveryResponse response) {
        return ResourceType.find(response.getTypeUrl()).orElseThrow().shortName();
    }
}
