// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.xds.ads;

import static dev.outrigger.xds.resource.ResourceType.CLUSTER;
import static dev.outrigger.xds.resource.ResourceType.ENDPOINT;
import static dev.outrigger.xds.resource.ResourceType.LISTENER;
import static org.assertj.core.api.Assertions.assertThat;

import dev.outrigger.policy.status.ProxyStatus.State;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Refusals and stale answers on the state-of-the-world variant: rows X07 to X10. */
class SotwRefusalTest extends SotwConversation {
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
    void X10_otherTypesFlowWhileOneIsRefused() throws Exception {
        publish(snapshots.put(CLUSTER, "A", "1").put(LISTENER, "L", "1"));
        refuse(ask(CLUSTER).getFirst(), "no good");
        acknowledge(ask(LISTENER));

        assertThat(publish(snapshots.put(LISTENER, "L", "2")))
                .extracting(this::type)
                .containsExactly("LDS");
    }

    @Test
    void X08_aRequestThatMissedTheLastResponseIsIgnored() throws Exception {
        publish(snapshots.put(ENDPOINT, "A", "1").put(ENDPOINT, "B", "1"));
        subscribe(ENDPOINT, "A");

        assertThat(request(sotw(ENDPOINT).addResourceNames("B").setResponseNonce("stale")))
                .isEmpty();
        assertThat(listener.acknowledged).isEmpty();
        assertThat(listener.nacks).isEmpty();
    }

    @Test
    void X09_anAnswerToANonceNeverSentIsIgnored() throws Exception {
        publish(snapshots.put(CLUSTER, "A", "1"));
        var answer = ask(CLUSTER).getFirst();

        assertThat(request(sotw(CLUSTER).setResponseNonce("x-1").setErrorDetail(error("no"))))
                .isEmpty();

        acknowledge(List.of(answer));
        assertThat(listener.nacks).isEmpty();
        assertThat(listener.acknowledged).containsExactly(CLUSTER);
    }
}
