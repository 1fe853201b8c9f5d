// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.xds.ads;

import static dev.outrigger.xds.resource.ResourceType.CLUSTER;
import static dev.outrigger.xds.resource.ResourceType.ENDPOINT;
import static dev.outrigger.xds.resource.ResourceType.LISTENER;
import static org.assertj.core.api.Assertions.assertThat;

import dev.outrigger.policy.status.ProxyStatus.State;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Refusals and stale answers on the incremental variant: rows X07 to X10. */
class DeltaRefusalTest extends DeltaConversation {
    @Test
    void aRefusalIsRecordedOnceAndNotAnswered() throws Exception {
        publish(snapshots.put(CLUSTER, "A", "1"));
        var answer = ask(CLUSTER);

        assertThat(refuse(answer.getFirst(), "cluster(s) A: bad")).isEmpty();
        assertThat(refuse(answer.getFirst(), "cluster(s) A: bad")).isEmpty();
        assertThat(publish(snapshots)).isEmpty();

        assertThat(listener.nacks).hasSize(1);
        assertThat(listener.nacks.getFirst().resources()).containsExactly("A");
        assertThat(listener.nacks.getFirst().policies()).containsExactly(Snapshots.document("A"));
        assertThat(listener.stateOf(CLUSTER)).isEqualTo(State.REJECTED);
    }

    @Test
    void aRefusalIsBlamedOnTheResourceTheErrorNames() throws Exception {
        publish(snapshots.put(CLUSTER, "a/80", "1").put(CLUSTER, "aa/80", "1"));

        refuse(ask(CLUSTER).getFirst(), "Error adding/updating cluster(s) aa/80: no such type");

        assertThat(listener.nacks.getFirst().resources()).containsExactly("aa/80");
    }

    @Test
    void whatWasRefusedWithoutANameIsSentAgainOnlyWhereItDiffers() throws Exception {
        publish(snapshots.put(CLUSTER, "A", "1").put(CLUSTER, "B", "1").put(CLUSTER, "C", "1"));
        refuse(ask(CLUSTER).getFirst(), "some constraint");

        assertThat(publish(snapshots.put(CLUSTER, "D", "1")))
                .extracting(this::names)
                .containsExactly(List.of("D"));
        assertThat(publish(snapshots.put(CLUSTER, "B", "2")))
                .extracting(this::names)
                .containsExactly(List.of("B")); // Any of the others may be the bad one.
    }

    @Test
    void goingBackToWhatTheClientStillHasSendsNothing() throws Exception {
        publish(snapshots.put(CLUSTER, "A", "1"));
        acknowledge(ask(CLUSTER));
        refuse(publish(snapshots.put(CLUSTER, "A", "bad")).getFirst(), "A: bad");

        assertThat(publish(snapshots.put(CLUSTER, "A", "1"))).isEmpty();

        assertThat(listener.stateOf(CLUSTER)).isEqualTo(State.SYNCED);
    }

    @Test
    void X10_otherTypesFlowWhileOneIsRefused() throws Exception {
        publish(snapshots.put(CLUSTER, "A", "1").put(LISTENER, "L", "1"));
        refuse(ask(CLUSTER).getFirst(), "A: bad");

        // For a moment there may be a judgement, after which the listener is another one.
        assertThat(ask(LISTENER)).isEmpty();
        pass(Duration.ofSeconds(1));
        assertThat(drain()).extracting(this::names).containsExactly(List.of("L"));
    }

    @Test
    void X09_unknownAndRepeatedNoncesAnswerNothing() throws Exception {
        publish(snapshots.put(CLUSTER, "A", "1"));
        var answer = ask(CLUSTER);
        request(delta(CLUSTER).setResponseNonce("of another stream"));
        assertThat(listener.acknowledged).isEmpty();

        acknowledge(answer);
        acknowledge(answer);

        assertThat(listener.acknowledged).containsExactly(CLUSTER);
    }

    @Test
    void X08_aSubscriptionBesideAStaleNonceCounts() throws Exception {
        publish(snapshots.put(ENDPOINT, "A", "1").put(ENDPOINT, "B", "1"));
        subscribe(ENDPOINT, "A");

        var answer =
                request(delta(ENDPOINT).setResponseNonce("stale").addResourceNamesSubscribe("B"));

        assertThat(answer).extracting(this::names).containsExactly(List.of("B"));
    }
}
