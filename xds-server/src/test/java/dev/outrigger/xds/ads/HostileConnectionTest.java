// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.xds.ads;

import static org.assertj.core.api.Assertions.assertThat;

import dev.outrigger.xds.resource.ResourceType;
import dev.outrigger.xds.testing.Eventually;
import java.io.ByteArrayOutputStream;
import java.net.SocketException;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Connections that do not behave, below the level of streams. Rows X12 and X15. */
class HostileConnectionTest extends AdsLimitsStory {
    @Test
    void anOldConnectionIsEndedAndItsClientLosesNothing() throws Exception {
        start(
                AdsOptions.DEFAULT.withConnectionAge(
                        Optional.of(Duration.ofMillis(500)), Duration.ofMillis(100)));
        var client = client(true);
        client.send(request(ResourceType.CLUSTER).setNode(NODE));
        var first = client.next();

        assertThat(client.end()).isNotNull();
        var again = client(true);
        again.send(
                request(ResourceType.CLUSTER).setNode(NODE).setVersionInfo(first.getVersionInfo()));

        again.send(request(ResourceType.LISTENER));
        assertThat(again.next().getTypeUrl()).isEqualTo(ResourceType.LISTENER.typeUrl());
    }

    @Test
    void X12_moreStreamsThanAConnectionMayHaveWait() throws Exception {
        start(AdsOptions.DEFAULT.withStreams(100, 2));
        // One after another: until it has heard of the limit, a client opens as many as it likes.
        var first = client(true);
        first.send(request(ResourceType.CLUSTER).setNode(NODE));
        assertThat(first.next()).isNotNull();
        var second = client(true);
        second.send(request(ResourceType.CLUSTER).setNode(NODE));
        assertThat(second.next()).isNotNull();

        var third = client(true);
        third.send(request(ResourceType.CLUSTER).setNode(NODE));
        second.send(request(ResourceType.LISTENER));
        assertThat(second.next()).isNotNull();
        assertThat(third.responses).isEmpty();

        first.complete();

        assertThat(third.next()).isNotNull();
    }

    @Test
    void X12_aFloodOfPingsIsTurnedAway() throws Exception {
        start(AdsOptions.DEFAULT);
        try (var socket = connected()) {
            for (int i = 0; i < 10; i++) {
                socket.getOutputStream().write(frame(6, 0, 0, new byte[8]));
            }

            assertThat(goAway(socket)).contains("too_many_pings");
        }
    }

    @Test
    void X12_aFloodOfResetsIsTurnedAway() throws Exception {
        start(AdsOptions.DEFAULT);
        try (var socket = connected()) {
            for (int i = 0; i < 300; i++) {
                int stream = 2 * i + 1;
                socket.getOutputStream().write(frame(1, 0x4, stream, headers()));
                socket.getOutputStream().write(frame(3, 0, stream, new byte[] {0, 0, 0, 8}));
            }
        } catch (SocketException closedMeanwhile) {
            return; // By the server, in the middle of the flood.
        }
        Eventually.within(
                PATIENCE,
                () -> assertThat(meters.get("outrigger.xds.streams").gauge().value()).isZero());
    }

    @Test
    void X15_aPeerThatIsGoneWithoutAWordIsFoundOut() throws Exception {
        start(AdsOptions.DEFAULT.withKeepAlive(Duration.ofSeconds(10), Duration.ofSeconds(1)));
        var gauge = meters.get("outrigger.xds.streams").gauge();
        try (var socket = connected()) {
            var message = request(ResourceType.CLUSTER).setNode(NODE).build().toByteArray();
            var data = new ByteArrayOutputStream();
            data.writeBytes(new byte[] {0, 0, 0, 0, (byte) message.length});
            data.writeBytes(message);
            socket.getOutputStream().write(frame(1, 0x4, 1, headers()));
            socket.getOutputStream().write(frame(0, 0, 1, data.toByteArray()));
            Eventually.within(PATIENCE, () -> assertThat(gauge.value()).isEqualTo(1));

            // It is open and answers nothing, as if the network had swallowed it.
            Eventually.within(Duration.ofSeconds(30), () -> assertThat(gauge.value()).isZero());
        }
    }
}
