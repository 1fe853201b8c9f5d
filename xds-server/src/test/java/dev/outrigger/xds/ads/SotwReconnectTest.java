// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.xds.ads;

import static dev.outrigger.xds.resource.ResourceType.CLUSTER;
import static dev.outrigger.xds.resource.ResourceType.ENDPOINT;
import static dev.outrigger.xds.resource.ResourceType.LISTENER;
import static dev.outrigger.xds.resource.ResourceType.ROUTE;
import static org.assertj.core.api.Assertions.assertThat;

import io.envoyproxy.envoy.service.discovery.v3.DiscoveryResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Clients that come back, on the state-of-the-world variant. */
class SotwReconnectTest extends SotwConversation {
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
    void whatVanishedWhileAClientWasAwayStaysUntilItsRoutesHaveMoved() throws Exception {
        publish(
                snapshots
                        .put(CLUSTER, "old", "1")
                        .put(ENDPOINT, "old", "1")
                        .put(LISTENER, "L", "1")
                        .put(ROUTE, "R", "old"));
        var versions = new java.util.HashMap<String, String>();
        for (var response :
                List.of(
                        withAnswers(ask(CLUSTER)),
                        withAnswers(subscribe(ENDPOINT, "old")),
                        withAnswers(ask(LISTENER)),
                        withAnswers(subscribe(ROUTE, "R")))) {
            versions.put(response.getFirst().getTypeUrl(), response.getFirst().getVersionInfo());
        }
        var before = snapshots.snapshot();
        var moved =
                snapshots
                        .remove(CLUSTER, "old")
                        .remove(ENDPOINT, "old")
                        .put(CLUSTER, "new", "1")
                        .put(ENDPOINT, "new", "1")
                        .put(ROUTE, "R", "new")
                        .snapshot();
        stream = stream("t", StreamLimits.DEFAULT, ServedTypes.ALL);
        stream.onSnapshot(moved.after(List.of(before)));

        var sent = new ArrayList<DiscoveryResponse>();
        for (var type : List.of(CLUSTER, ENDPOINT, LISTENER, ROUTE)) {
            var again = sotw(type).setVersionInfo(versions.get(type.typeUrl()));
            if (type == ENDPOINT) {
                again.addResourceNames("old");
            } else if (type == ROUTE) {
                again.addResourceNames("R");
            }
            sent.addAll(request(again));
        }
        sent = new ArrayList<>(withAnswers(sent));
        now += Duration.ofSeconds(2).toNanos(); // It has said everything.
        sent.addAll(withAnswers(drain()));

        assertThat(sent)
                .extracting(response -> type(response) + " " + names(response))
                .containsExactly("CDS [new, old]", "EDS []", "RDS [R]", "CDS [new]");
    }
}
