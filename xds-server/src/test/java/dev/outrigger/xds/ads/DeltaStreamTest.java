// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.xds.ads;

import static dev.outrigger.xds.resource.ResourceType.CLUSTER;
import static dev.outrigger.xds.resource.ResourceType.ENDPOINT;
import static dev.outrigger.xds.resource.ResourceType.LISTENER;
import static dev.outrigger.xds.resource.ResourceType.ROUTE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.outrigger.policy.status.ProxyStatus.State;
import dev.outrigger.xds.resource.ResourceType;
import io.envoyproxy.envoy.service.discovery.v3.DeltaDiscoveryRequest;
import io.envoyproxy.envoy.service.discovery.v3.DeltaDiscoveryResponse;
import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** The traps of other control planes, on the incremental variant. */
class DeltaStreamTest extends DeltaConversation {
    @Test
    void anEmptyFirstRequestMeansEveryCluster() throws Exception {
        publish(snapshots.put(CLUSTER, "A", "1").put(CLUSTER, "B", "1"));

        assertThat(ask(CLUSTER)).extracting(this::names).containsExactly(List.of("A", "B"));
    }

    @Test
    void anEmptyFirstRequestMeansNothingForRoutesAndEndpoints() throws Exception {
        publish(snapshots.put(ROUTE, "A", "1").put(ENDPOINT, "A", "1"));

        assertThat(ask(ROUTE)).isEmpty();
        assertThat(ask(ENDPOINT)).isEmpty();
    }

    @Test
    void clustersAskedForByNameComeAlone() throws Exception {
        publish(snapshots.put(CLUSTER, "A", "1").put(CLUSTER, "B", "1"));

        assertThat(subscribe(CLUSTER, "A")).extracting(this::names).containsExactly(List.of("A"));

        assertThat(publish(snapshots.put(CLUSTER, "B", "2"))).isEmpty();
    }

    @Test
    void aStarMeansEverythingForAnyType() throws Exception {
        publish(snapshots.put(ROUTE, "A", "1").put(ROUTE, "B", "1"));

        assertThat(subscribe(ROUTE, "*"))
                .extracting(this::names)
                .containsExactly(List.of("A", "B"));
    }

    @Test
    void sendsOnlyWhatChanged() throws Exception {
        publish(snapshots.put(CLUSTER, "A", "1").put(CLUSTER, "B", "1"));
        acknowledge(ask(CLUSTER));

        var sent = publish(snapshots.put(CLUSTER, "B", "2"));

        assertThat(sent).extracting(this::names).containsExactly(List.of("B"));
    }

    @Test
    void theSameContentAgainSendsNothing() throws Exception {
        publish(snapshots.put(CLUSTER, "A", "1"));
        acknowledge(ask(CLUSTER));

        assertThat(publish(snapshots)).isEmpty();
        assertThat(listener.stateOf(CLUSTER)).isEqualTo(State.SYNCED);
        assertThat(listener.revision).isEqualTo(2);
    }

    @Test
    void aNameThatDoesNotExistIsAnsweredAsRemovedAndSentOnceItDoes() throws Exception {
        publish(snapshots);

        var answer = subscribe(ENDPOINT, "A");

        assertThat(answer).extracting(this::removed).containsExactly(List.of("A"));
        assertThat(acknowledge(answer)).isEmpty();
        assertThat(publish(snapshots.put(ENDPOINT, "A", "1")))
                .extracting(this::names)
                .containsExactly(List.of("A"));
    }

    @Test
    void aRouteThatWasRemovedAndIsBackIsSentAgain() throws Exception {
        publish(snapshots.put(ROUTE, "A", "1"));
        acknowledge(subscribe(ROUTE, "A"));
        var removal = publish(snapshots.remove(ROUTE, "A"));
        assertThat(removal).extracting(this::removed).containsExactly(List.of("A"));
        acknowledge(removal);

        var back = publish(snapshots.put(ROUTE, "A", "1"));

        assertThat(back).extracting(this::names).containsExactly(List.of("A"));
    }

    @Test
    void aNameSubscribedToAgainIsSentAgain() throws Exception {
        publish(snapshots.put(ENDPOINT, "A", "1"));
        acknowledge(subscribe(ENDPOINT, "A"));

        assertThat(subscribe(ENDPOINT, "A")).extracting(this::names).containsExactly(List.of("A"));
    }

    @Test
    void whatIsUnsubscribedFromIsNotSent() throws Exception {
        publish(snapshots.put(ENDPOINT, "A", "1"));
        acknowledge(subscribe(ENDPOINT, "A"));
        request(delta(ENDPOINT).addResourceNamesUnsubscribe("A"));

        assertThat(publish(snapshots.put(ENDPOINT, "A", "2"))).isEmpty();
        assertThat(publish(snapshots.remove(ENDPOINT, "A"))).isEmpty();
    }

    @Test
    void unsubscribingFromANameUnderAWildcardIsAnsweredWithItsState() throws Exception {
        publish(snapshots.put(CLUSTER, "A", "1"));
        acknowledge(subscribe(CLUSTER, "*", "A", "Z"));

        var answer =
                request(
                        delta(CLUSTER)
                                .addResourceNamesUnsubscribe("A")
                                .addResourceNamesUnsubscribe("Z"));

        assertThat(answer).extracting(this::names).containsExactly(List.of("A"));
        assertThat(answer).extracting(this::removed).containsExactly(List.of("Z"));
        assertThat(acknowledge(answer)).isEmpty();
    }

    @Test
    void withoutTheWildcardOnlyNamesRemain() throws Exception {
        publish(snapshots.put(CLUSTER, "A", "1").put(CLUSTER, "B", "1"));
        acknowledge(subscribe(CLUSTER, "*", "A"));
        request(delta(CLUSTER).addResourceNamesUnsubscribe("*"));

        var sent = publish(snapshots.put(CLUSTER, "A", "2").put(CLUSTER, "B", "2"));

        assertThat(sent).extracting(this::names).containsExactly(List.of("A"));
    }

    @Test
    void namesAddedToALegacyWildcardLeaveItInPlace() throws Exception {
        publish(snapshots.put(CLUSTER, "A", "1").put(CLUSTER, "B", "1"));
        acknowledge(ask(CLUSTER));
        acknowledge(subscribe(CLUSTER, "A"));

        var sent = publish(snapshots.put(CLUSTER, "B", "2"));

        assertThat(sent).extracting(this::names).containsExactly(List.of("B"));
    }

    @Test
    void additionsGoInOrderAndRemovalsLastTheOtherWayRound() throws Exception {
        publish(
                snapshots
                        .put(CLUSTER, "old", "1")
                        .put(ENDPOINT, "old", "1")
                        .put(LISTENER, "old", "1")
                        .put(ROUTE, "old", "1"));
        acknowledge(subscribe(ROUTE, "old", "new"));
        acknowledge(ask(LISTENER));
        acknowledge(subscribe(ENDPOINT, "old", "new"));
        acknowledge(ask(CLUSTER));

        for (ResourceType type : ResourceType.values()) {
            snapshots.remove(type, "old").put(type, "new", "1");
        }
        var sent = withAnswers(publish(snapshots));

        assertThat(sent)
                .extracting(response -> type(response) + " " + names(response) + removed(response))
                .containsExactly(
                        "CDS [new][]",
                        "EDS [new][]",
                        "LDS [new][old]",
                        "RDS [new][]",
                        "RDS [][old]",
                        "EDS [][old]",
                        "CDS [][old]");
    }

    @Test
    void endpointsAreSentAgainAfterTheirClusterChanged() throws Exception {
        publish(snapshots.put(CLUSTER, "A", "1").put(ENDPOINT, "A", "1"));
        acknowledge(ask(CLUSTER));
        acknowledge(subscribe(ENDPOINT, "A"));

        var sent = publish(snapshots.put(CLUSTER, "A", "2"));

        assertThat(sent).extracting(this::type).containsExactly("CDS", "EDS");
    }

    @Test
    void endpointsSentBeforeTheirChangedClusterAreSentAgainAfterIt() throws Exception {
        publish(snapshots.put(CLUSTER, "A", "1").put(ENDPOINT, "A", "1"));
        assertThat(subscribe(ENDPOINT, "A")).hasSize(1);

        assertThat(ask(CLUSTER)).extracting(this::type).containsExactly("CDS", "EDS");
    }

    @Test
    void largeChangesAreSplitBelowTheMessageLimit() throws Exception {
        stream = stream(StreamLimits.DEFAULT.withResponseBytes(1_000));
        IntStream.range(0, 20).forEach(n -> snapshots.put(CLUSTER, "cluster-" + n, "1"));
        stream.onSnapshot(snapshots.snapshot());

        var sent = ask(CLUSTER);

        assertThat(sent).hasSizeGreaterThan(2);
        assertThat(sent).allSatisfy(part -> assertThat(part.getSerializedSize()).isLessThan(1_100));
        assertThat(sent.stream().mapToInt(DeltaDiscoveryResponse::getResourcesCount).sum())
                .isEqualTo(20);
    }

    @Test
    void newerContentWaitsForTheAnswerToOlderAndIsThenTheNewest() throws Exception {
        publish(snapshots.put(CLUSTER, "A", "0"));
        var first = ask(CLUSTER);

        assertThat(publish(snapshots.put(CLUSTER, "A", "1"))).isEmpty();
        assertThat(publish(snapshots.put(CLUSTER, "A", "2"))).isEmpty();

        var second = acknowledge(first);
        assertThat(second).hasSize(1);
        assertThat(content(second.getFirst())).isEqualTo("2");
    }

    @Test
    void aClientThatNeverAnswersGetsTheNewestEveryFewSeconds() throws Exception {
        publish(snapshots.put(CLUSTER, "A", "0"));
        ask(CLUSTER);
        publish(snapshots.put(CLUSTER, "A", "1"));

        // Two of them have passed before it was published.
        pass(Duration.ofSeconds(3).minusNanos(1));
        assertThat(drain()).isEmpty();
        assertThat(stream.nextDeadline(now)).isEqualTo(now + 1);
        pass(Duration.ofNanos(1));

        assertThat(drain()).hasSize(1);
        assertThat(drain()).isEmpty();
    }

    @Test
    void whatIsAskedForDoesNotWaitForAnswers() throws Exception {
        publish(snapshots.put(ENDPOINT, "A", "1").put(ENDPOINT, "B", "1"));
        assertThat(subscribe(ENDPOINT, "A")).hasSize(1);

        assertThat(subscribe(ENDPOINT, "B")).extracting(this::names).containsExactly(List.of("B"));
    }

    @Test
    void onlySoManyAnswersAreWaitedFor() throws Exception {
        stream = stream(StreamLimits.DEFAULT.withUnanswered(2));
        publish(snapshots.put(ENDPOINT, "A", "1").put(ENDPOINT, "B", "1").put(ENDPOINT, "C", "1"));
        subscribe(ENDPOINT, "A");
        subscribe(ENDPOINT, "B");

        assertThat(subscribe(ENDPOINT, "C")).isEmpty();
        pass(Duration.ofSeconds(5));

        assertThat(drain()).extracting(this::names).containsExactly(List.of("C"));
    }

    @Test
    void X06_anUnknownTypeIsNotAnsweredAndCostsTheOthersNothing() throws Exception {
        publish(snapshots.put(CLUSTER, "A", "1"));

        assertThat(request(DeltaDiscoveryRequest.newBuilder().setTypeUrl("type.googleapis.com/x")))
                .isEmpty();
        assertThat(ask(CLUSTER)).hasSize(1);
    }

    @Test
    void tooManyNamesEndTheStream() {
        stream = stream(StreamLimits.DEFAULT.withResourceNames(10, 20));
        var names = IntStream.range(0, 11).mapToObj(n -> "n" + n).toList();

        assertThatThrownBy(() -> request(delta(ENDPOINT).addAllResourceNamesSubscribe(names)))
                .isInstanceOfSatisfying(
                        ProtocolViolation.class,
                        violation ->
                                assertThat(violation.kind())
                                        .isEqualTo(ProtocolViolation.Kind.LIMIT_EXCEEDED))
                .hasMessageContaining("more than 10 resource names of EDS");
    }

    @Test
    void namesTheServerCountsAgainstNobody() throws Exception {
        stream = stream(StreamLimits.DEFAULT.withResourceNames(10, 20));
        IntStream.range(0, 50).forEach(n -> snapshots.put(CLUSTER, "cluster-" + n, "1"));
        publish(snapshots);

        acknowledge(ask(CLUSTER));

        assertThat(subscribe(ENDPOINT, "A")).hasSize(1);
    }

    @Test
    void nothingIsSentBeforeThereIsASnapshot() throws Exception {
        assertThat(ask(CLUSTER)).isEmpty();

        assertThat(publish(snapshots.put(CLUSTER, "A", "1"))).hasSize(1);
    }

    @Test
    void everythingIsAnsweredEvenIfItIsNothingSoThatNobodyWaits() throws Exception {
        publish(snapshots);

        var answer = ask(CLUSTER);

        assertThat(answer).extracting(this::names).containsExactly(List.of());
        assertThat(acknowledge(answer)).isEmpty();
        assertThat(publish(snapshots)).isEmpty();
    }
}
