// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.xds.ads;

import static dev.outrigger.xds.resource.ResourceType.CLUSTER;
import static dev.outrigger.xds.resource.ResourceType.ENDPOINT;
import static org.assertj.core.api.Assertions.assertThat;

import dev.outrigger.policy.status.ProxyStatus.State;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Clients that come back, on the incremental variant. */
class DeltaReconnectTest extends DeltaConversation {
    @Test
    void aReconnectingClientGetsOnlyWhatDiffersAndIsToldWhatVanished() throws Exception {
        var snapshot = snapshots.put(CLUSTER, "A", "1").put(CLUSTER, "B", "1").snapshot();
        var version = Snapshots.version(snapshot, CLUSTER, "A");
        stream.onSnapshot(snapshot);

        var answer =
                request(
                        delta(CLUSTER)
                                .putAllInitialResourceVersions(
                                        Map.of("A", version, "B", "older", "C", "gone")));

        // What is gone goes last, once the rest was accepted and the client has said what it has.
        answer = withAnswers(answer);
        assertThat(answer).hasSize(1);
        pass(Duration.ofSeconds(1));
        answer.addAll(drain());
        assertThat(answer).extracting(this::names).containsExactly(List.of("B"), List.of());
        assertThat(answer).extracting(this::removed).containsExactly(List.of(), List.of("C"));
    }

    @Test
    void aReconnectingClientThatHasEverythingIsSentNothingAndIsInSync() throws Exception {
        var snapshot = snapshots.put(CLUSTER, "A", "1").snapshot();
        var version = Snapshots.version(snapshot, CLUSTER, "A");
        stream.onSnapshot(snapshot);

        var answer = request(delta(CLUSTER).putInitialResourceVersions("A", version));

        assertThat(answer).isEmpty();
        assertThat(listener.stateOf(CLUSTER)).isEqualTo(State.SYNCED);
    }

    @Test
    void versionsOfNamesNotSubscribedToAreIgnored() throws Exception {
        stream.onSnapshot(snapshots.put(ENDPOINT, "A", "1").snapshot());

        var answer =
                request(
                        delta(ENDPOINT)
                                .addResourceNamesSubscribe("A")
                                .putInitialResourceVersions("Z", "1"));

        assertThat(answer).extracting(this::names).containsExactly(List.of("A"));
        assertThat(answer).extracting(this::removed).containsExactly(List.of());
    }

    @Test
    void versionsOfNamesGivenUpInTheSameRequestAreIgnored() throws Exception {
        stream.onSnapshot(snapshots.put(ENDPOINT, "A", "1").put(ENDPOINT, "B", "1").snapshot());

        var answer =
                request(
                        delta(ENDPOINT)
                                .addResourceNamesSubscribe("A")
                                .addResourceNamesSubscribe("B")
                                .addResourceNamesUnsubscribe("B")
                                .putInitialResourceVersions("B", "older"));

        assertThat(answer).extracting(this::names).containsExactly(List.of("A"));
        assertThat(answer).extracting(this::removed).containsExactly(List.of());
    }
}
