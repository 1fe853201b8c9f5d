// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.xds.ads;

import static dev.outrigger.xds.resource.ResourceType.CLUSTER;
import static dev.outrigger.xds.resource.ResourceType.ENDPOINT;
import static dev.outrigger.xds.resource.ResourceType.LISTENER;
import static dev.outrigger.xds.resource.ResourceType.ROUTE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.outrigger.policy.status.ProxyStatus.State;
import io.envoyproxy.envoy.service.discovery.v3.DiscoveryRequest;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** The traps of other control planes, on the state-of-the-world variant. */
class SotwStreamTest extends SotwConversation {
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
    void X06_anUnknownTypeIsNotAnsweredAndCostsTheOthersNothing() throws Exception {
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
}
