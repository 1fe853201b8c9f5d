// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.xds.ads;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.rpc.Status;
import dev.outrigger.xds.resource.ResourceType;
import dev.outrigger.xds.testing.Eventually;
import java.time.Duration;
import java.util.ArrayList;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Clients that do not behave, over real connections. Rows X04, X07, X11, X12 and X15. */
class AdsLimitsTest extends AdsLimitsStory {
    @Test
    void X04_aHundredThousandNamesEndTheStream() throws Exception {
        start(AdsOptions.DEFAULT);
        var client = client(true);
        var names = IntStream.range(0, 100_000).mapToObj(n -> "name" + n).toList();

        client.send(request(ResourceType.ENDPOINT).setNode(NODE).addAllResourceNames(names));

        assertThat(client.end().getCode()).isEqualTo(io.grpc.Status.Code.RESOURCE_EXHAUSTED);
        assertThat(ended("exceeded")).isEqualTo(1);
    }

    @Test
    void X07_twoThousandRefusalsInARowAreAnsweredByNothing() throws Exception {
        start(AdsOptions.DEFAULT);
        var client = client(true);
        client.send(request(ResourceType.CLUSTER).setNode(NODE));
        var bad = client.next();

        for (int i = 0; i < 2_000; i++) {
            client.send(
                    request(ResourceType.CLUSTER)
                            .setResponseNonce(bad.getNonce())
                            .setErrorDetail(Status.newBuilder().setMessage("no")));
        }

        Eventually.within(
                PATIENCE,
                () ->
                        assertThat(meters.get("outrigger.xds.requests").counter().count())
                                .isEqualTo(2_001));
        assertThat(client.responses).isEmpty();
        assertThat(meters.get("outrigger.xds.nacks").tag("type", "CDS").counter().count())
                .isEqualTo(1);
        assertThat(meters.get("outrigger.xds.responses").tag("type", "CDS").counter().count())
                .isEqualTo(1);
    }

    @Test
    void X11_aClientThatNeverReadsGetsOneResponseAndIsEndedAfterAWhile() throws Exception {
        start(AdsOptions.DEFAULT.withTimeouts(Duration.ofSeconds(30), Duration.ofSeconds(1)));
        var client = client(false);
        client.send(request(ResourceType.CLUSTER).setNode(NODE));
        Eventually.within(
                PATIENCE,
                () ->
                        assertThat(
                                        meters.get("outrigger.xds.responses")
                                                .tag("type", "CDS")
                                                .counter()
                                                .count())
                                .isEqualTo(1));

        for (int i = 0; i < 5; i++) {
            policies.apply(clusters(800, "change" + i));
        }

        Eventually.within(PATIENCE, () -> assertThat(ended("stalled")).isEqualTo(1));
        assertThat(meters.get("outrigger.xds.responses").tag("type", "CDS").counter().count())
                .isEqualTo(1);
        Eventually.within(
                PATIENCE,
                () -> assertThat(meters.get("outrigger.xds.streams").gauge().value()).isZero());
    }

    @Test
    void aStreamThatSaysNothingIsEnded() throws Exception {
        start(AdsOptions.DEFAULT.withTimeouts(Duration.ofMillis(200), Duration.ofSeconds(30)));
        var client = client(true);

        assertThat(client.end().getCode()).isEqualTo(io.grpc.Status.Code.DEADLINE_EXCEEDED);
        assertThat(ended("silent")).isEqualTo(1);
    }

    @Test
    void streamsAreAdmittedAtARate() throws Exception {
        start(AdsOptions.DEFAULT.withAdmission(new AdsOptions.AdmissionRate(4, 1)));
        var clients = new ArrayList<Client>();
        for (int i = 0; i < 3; i++) {
            var client = client(true);
            client.send(request(ResourceType.CLUSTER).setNode(NODE));
            clients.add(client);
        }

        // Nobody is refused, everybody's turn comes.
        for (Client client : clients) {
            assertThat(client.next().getResourcesCount()).isEqualTo(800);
        }
        assertThat(meters.get("outrigger.xds.streams.waiting").gauge().value()).isZero();
    }

    @Test
    void aStoppedServerEndsItsStreamsInOrder() throws Exception {
        start(AdsOptions.DEFAULT);
        var client = client(true);
        client.send(request(ResourceType.CLUSTER).setNode(NODE));
        assertThat(client.next()).isNotNull();

        engine().close();

        assertThat(client.end().getCode()).isEqualTo(io.grpc.Status.Code.OK);
    }
}
