// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.xds.ads;

import static dev.outrigger.xds.resource.ResourceType.CLUSTER;
import static dev.outrigger.xds.resource.ResourceType.ENDPOINT;
import static dev.outrigger.xds.resource.ResourceType.LISTENER;
import static dev.outrigger.xds.resource.ResourceType.ROUTE;
import static dev.outrigger.xds.resource.ResourceType.VIRTUAL_HOST;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.rpc.Status;
import dev.outrigger.policy.status.ProxyStatus.State;
import dev.outrigger.xds.resource.ResourceType;
import io.envoyproxy.envoy.service.discovery.v3.DeltaDiscoveryRequest;
import io.envoyproxy.envoy.service.discovery.v3.DeltaDiscoveryResponse;
import io.envoyproxy.envoy.service.discovery.v3.Resource;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Make before break, by answers. Row X10. */
class StagesTest {
    private final Snapshots snapshots = new Snapshots();
    private final RecordingListener listener = new RecordingListener();
    private final DeltaStream stream =
            new DeltaStream(
                    ServedTypes.ALL,
                    StreamLimits.DEFAULT,
                    new NameSets(),
                    new Nonces("s"),
                    listener);
    private long now;

    @BeforeEach
    void aClientThatHasEverything() throws Exception {
        for (ResourceType type : ResourceType.inOrder()) {
            snapshots.put(type, "old", "1");
        }
        stream.onSnapshot(snapshots.snapshot());
        for (ResourceType type : ResourceType.inOrder()) {
            var request = DeltaDiscoveryRequest.newBuilder().setTypeUrl(type.typeUrl());
            stream.onRequest(request.addResourceNamesSubscribe("*").build());
            settle();
        }
        pass(Duration.ofMinutes(1));
        assertThat(drain()).isEmpty();
    }

    @Test
    void routesWaitUntilClustersAndEndpointsAreAccepted() throws Exception {
        var first =
                publish(
                        snapshots
                                .put(CLUSTER, "new", "1")
                                .put(ENDPOINT, "new", "1")
                                .put(ROUTE, "old", "new"));
        assertThat(first).extracting(this::said).containsExactly("CDS [new]", "EDS [new]");

        assertThat(accept(first.get(1))).isEmpty();
        assertThat(accept(first.get(0))).extracting(this::said).containsExactly("RDS [old]");
    }

    @Test
    void everyStageFollowsTheAnswerToTheOneBefore() throws Exception {
        for (ResourceType type : ResourceType.inOrder()) {
            snapshots.put(type, "new", "1");
        }

        // Secrets and runtime depend on nothing, nor does anything wait for them.
        assertThat(rounds(publish(snapshots)))
                .containsExactly(
                        "RTDS [new], CDS [new], EDS [new], SDS [new]",
                        "LDS [new]",
                        "ECDS [new]",
                        "SRDS [new]",
                        "RDS [new]",
                        "VHDS [new]");
    }

    @Test
    void removalsComeLastAndTheOtherWayRound() throws Exception {
        for (ResourceType type : ResourceType.inOrder()) {
            snapshots.remove(type, "old");
        }
        snapshots.put(CLUSTER, "new", "1");

        assertThat(rounds(publish(snapshots)))
                .containsExactly(
                        "CDS [new]",
                        "LDS -[old]",
                        "VHDS -[old]",
                        "RDS -[old]",
                        "SRDS -[old]",
                        "ECDS -[old]",
                        // Nothing that is removed here depends on secrets' removal.
                        "SDS -[old], EDS -[old]",
                        "CDS -[old]",
                        "RTDS -[old]");
    }

    @Test
    void anAnswerIsNotWaitedForForEver() throws Exception {
        publish(snapshots.put(CLUSTER, "new", "1").put(ROUTE, "old", "new"));

        pass(Duration.ofSeconds(20).minusNanos(1));
        assertThat(drain()).isEmpty();
        pass(Duration.ofNanos(1));

        assertThat(drain()).extracting(this::said).containsExactly("RDS [old]");
        assertThat(stream.takeGivenUp()).isEqualTo(1);
        assertThat(stream.takeGivenUp()).isZero();
    }

    @Test
    void endpointsThatKeepChangingHoldUpNobody() throws Exception {
        var first = publish(snapshots.put(ENDPOINT, "old", "2").put(ROUTE, "old", "2"));
        assertThat(first).extracting(this::said).containsExactly("EDS [old]");
        publish(snapshots.put(ENDPOINT, "old", "3"));

        // The newer endpoints are under way when the route goes, and it does not wait for them.
        assertThat(accept(first.getFirst()))
                .extracting(this::said)
                .containsExactly("EDS [old]", "RDS [old]");
    }

    @Test
    void aRefusedRouteKeepsTheClusterItMayStillNeed() throws Exception {
        var sent =
                publish(
                        snapshots
                                .put(CLUSTER, "new", "1")
                                .put(ROUTE, "old", "new")
                                .remove(CLUSTER, "old"));
        // The endpoints of the cluster that goes are said again: their version is the cluster's
        // too.
        accept(sent.get(1));
        var routes = accept(sent.getFirst());
        assertThat(routes).extracting(this::said).containsExactly("RDS [old]");

        assertThat(refuse(routes.getFirst(), "old: no")).isEmpty();
        pass(Duration.ofMinutes(1));

        assertThat(drain()).isEmpty();
        assertThat(listener.stateOf(ROUTE)).isEqualTo(State.REJECTED);
        // Nobody waits for what does not come before the refusal is resolved.
        assertThat(listener.stateOf(CLUSTER)).isEqualTo(State.SYNCED);
        assertThat(rounds(publish(snapshots.put(ROUTE, "old", "better"))))
                .containsExactly("RDS [old]", "CDS -[old]");
    }

    @Test
    void X10_otherTypesGoOnWhileOneIsRefused() throws Exception {
        var sent = publish(snapshots.put(CLUSTER, "old", "bad"));
        refuse(sent.getFirst(), "old: no");
        accept(sent.get(1));

        assertThat(
                        rounds(
                                publish(
                                        snapshots
                                                .put(LISTENER, "old", "2")
                                                .put(ENDPOINT, "old", "2")
                                                .put(ROUTE, "old", "2"))))
                .containsExactly("EDS [old]", "LDS [old]", "RDS [old]");
    }

    @Test
    void X10_whatMayReferToSomethingRefusedWaitsUntilThatIsJudged() throws Exception {
        var sent = publish(snapshots.put(CLUSTER, "new", "bad").put(ROUTE, "old", "new"));
        assertThat(sent).extracting(this::said).containsExactly("CDS [new]");

        assertThat(refuse(sent.getFirst(), "new: no")).isEmpty();
        // The judgement: no cluster, and no route to it.
        snapshots.remove(CLUSTER, "new").put(ROUTE, "old", "1");
        assertThat(publish(snapshots)).isEmpty();

        sent = publish(snapshots.put(CLUSTER, "new", "worse").put(ROUTE, "old", "new"));
        assertThat(refuse(sent.getFirst(), "new: no")).isEmpty();
        pass(Duration.ofSeconds(2));
        // Nobody judges: the rest must not wait for ever.
        assertThat(drain()).extracting(this::said).containsExactly("RDS [old]");
    }

    @Test
    void aRefusedVersionIsNotSentAgainWithWhatWasBesideIt() throws Exception {
        var sent = publish(snapshots.put(CLUSTER, "a", "good").put(CLUSTER, "b", "bad"));
        refuse(sent.getFirst(), "cannot take b");

        // The good one may have been refused along with it, the bad one certainly was.
        assertThat(publish(snapshots.put(CLUSTER, "a", "better")))
                .extracting(this::said)
                .containsExactly("CDS [a]");
    }

    @Test
    void hostsAreFoundByAliasAndWhatIsNotThereIsSaidInEnvoysWay() throws Exception {
        var hosts =
                new DeltaStream(
                        ServedTypes.only(VIRTUAL_HOST),
                        StreamLimits.DEFAULT,
                        new NameSets(),
                        new Nonces("v"),
                        listener);
        hosts.onSnapshot(snapshots.put(VIRTUAL_HOST, "r/one", "a.example").snapshot());

        hosts.onRequest(
                DeltaDiscoveryRequest.newBuilder()
                        .addResourceNamesSubscribe("r/a.example")
                        .addResourceNamesSubscribe("r/nobody")
                        .build());

        var answer = Decoded.delta(hosts.next(now).orElseThrow());
        assertThat(answer.getResourcesList())
                .extracting(Resource::getName, Resource::getAliasesList, Resource::hasResource)
                .containsExactlyInAnyOrder(
                        org.assertj.core.groups.Tuple.tuple("r/one", List.of("r/a.example"), true),
                        org.assertj.core.groups.Tuple.tuple(
                                "r/nobody", List.of("r/nobody"), false));
        assertThat(answer.getRemovedResourcesList()).isEmpty();
        hosts.onSnapshot(snapshots.put(VIRTUAL_HOST, "r/two", "nobody").snapshot());
        now += Duration.ofMinutes(1).toNanos();
        assertThat(Decoded.delta(hosts.next(now).orElseThrow()).getResourcesList())
                .extracting(Resource::getName)
                .containsExactly("r/two");
    }

    private List<DeltaDiscoveryResponse> publish(Snapshots next) {
        stream.onSnapshot(next.snapshot());
        return drain();
    }

    private List<DeltaDiscoveryResponse> accept(DeltaDiscoveryResponse response)
            throws ProtocolViolation {
        return answer(response.getTypeUrl(), response.getNonce(), "");
    }

    private List<DeltaDiscoveryResponse> refuse(DeltaDiscoveryResponse response, String error)
            throws ProtocolViolation {
        return answer(response.getTypeUrl(), response.getNonce(), error);
    }

    private List<DeltaDiscoveryResponse> answer(String typeUrl, String nonce, String error)
            throws ProtocolViolation {
        var request =
                DeltaDiscoveryRequest.newBuilder().setTypeUrl(typeUrl).setResponseNonce(nonce);
        if (!error.isEmpty()) {
            request.setErrorDetail(Status.newBuilder().setMessage(error));
        }
        stream.onRequest(request.build());
        return drain();
    }

    private void settle() throws ProtocolViolation {
        rounds(drain());
    }

    /**
     * What is sent until everything is accepted: each line follows the answers to the one before.
     */
    private List<String> rounds(List<DeltaDiscoveryResponse> first) throws ProtocolViolation {
        var rounds = new ArrayList<String>();
        var sent = first;
        while (!sent.isEmpty()) {
            rounds.add(String.join(", ", sent.stream().map(this::said).toList()));
            var next = new ArrayList<DeltaDiscoveryResponse>();
            for (DeltaDiscoveryResponse response : sent) {
                next.addAll(accept(response));
            }
            sent = next;
        }
        return rounds;
    }

    private void pass(Duration time) {
        now += time.toNanos();
    }

    private List<DeltaDiscoveryResponse> drain() {
        var sent = new ArrayList<DeltaDiscoveryResponse>();
        for (var next = stream.next(now); next.isPresent(); next = stream.next(now)) {
            var response = Decoded.delta(next.get());
            sent.add(response);
        }
        stream.report();
        return sent;
    }

    private String said(DeltaDiscoveryResponse response) {
        var names = response.getResourcesList().stream().map(Resource::getName).toList();
        var removed = response.getRemovedResourcesList();
        return ResourceType.find(response.getTypeUrl()).orElseThrow().shortName()
                + (names.isEmpty() ? "" : " " + names)
                + (removed.isEmpty() ? "" : " -" + removed);
    }
}
