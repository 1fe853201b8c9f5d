// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.xds.ads;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.Message;
import com.google.rpc.Status;
import dev.outrigger.xds.resource.ResourceType;
import io.envoyproxy.envoy.config.core.v3.Node;
import io.envoyproxy.envoy.service.discovery.v3.DeltaDiscoveryRequest;
import io.envoyproxy.envoy.service.discovery.v3.DiscoveryRequest;
import io.grpc.StatusRuntimeException;
import java.io.ByteArrayInputStream;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Requests as they come, and what is not one. Row X05. */
class RequestMarshallerTest {
    private static final RequestMarshaller<DiscoveryRequest> SOTW =
            new RequestMarshaller<>(
                    DiscoveryRequest.getDefaultInstance(), DiscoveryRequest.NODE_FIELD_NUMBER);
    private static final RequestMarshaller<DeltaDiscoveryRequest> DELTA =
            new RequestMarshaller<>(
                    DeltaDiscoveryRequest.getDefaultInstance(),
                    DeltaDiscoveryRequest.NODE_FIELD_NUMBER);
    private static final Node NODE = Node.newBuilder().setId("a-1").setCluster("a").build();

    /**
     * Some seconds; {@code -Dx05.executions} for as many as one has time for, a million a second.
     * 1,250,000,000 with seeds 7001 to 7050 ended nothing but streams.
     */
    private static final int EXECUTIONS = Integer.getInteger("x05.executions", 300_000);

    private static final long SEED = Long.getLong("x05.seed", 5);

    /** A request of either kind for every type, which mutations begin with. */
    private static final List<byte[]> REQUESTS =
            ResourceType.inOrder().stream()
                    .flatMap(type -> Stream.of(delta(type), sotw(type)))
                    .map(Message::toByteArray)
                    .toList();

    @Test
    void theNodeIsLeftOutAndAllTheRestIsThere() {
        var request =
                DeltaDiscoveryRequest.newBuilder()
                        .setTypeUrl(ResourceType.CLUSTER.typeUrl())
                        .addResourceNamesSubscribe("x")
                        .putInitialResourceVersions("x", "1")
                        .setErrorDetail(Status.newBuilder().setMessage("no"))
                        .setNode(NODE)
                        .build();

        var incoming = read(DELTA, request.toByteArray());

        assertThat(incoming.message()).isEqualTo(request.toBuilder().clearNode().build());
        assertThat(incoming.node()).isEqualTo(NODE.toByteString());
        assertThat(read(DELTA, new byte[0]).node()).isNull();
    }

    @Test
    void aNodeInPiecesIsOneNode() throws Exception {
        var id = DiscoveryRequest.newBuilder().setNode(Node.newBuilder().setId("a-1")).build();
        var cluster = DiscoveryRequest.newBuilder().setNode(Node.newBuilder().setCluster("a"));

        var incoming =
                read(SOTW, id.toByteString().concat(cluster.build().toByteString()).toByteArray());

        assertThat(incoming.node()).isNotNull();
        assertThat(Node.parseFrom(incoming.node())).isEqualTo(NODE);
    }

    @Test
    void whatIsNoMessageIsRefusedAsSuch() {
        for (byte[] bytes :
                new byte[][] {{(byte) 0xFF}, {0x12, 0x7F, 0x00}, {0x0B}, {0x0C}, {0x12}}) {
            assertThatThrownBy(() -> read(SOTW, bytes))
                    .isInstanceOf(StatusRuntimeException.class)
                    .hasMessageContaining("INVALID_ARGUMENT");
        }
    }

    /** Whatever is read may be processed; nothing but the stream's own end comes of it. */
    @Test
    void X05_mutatedRequestsEndNothingButTheirStream() {
        var random = new SplittableRandom(SEED);
        var snapshots = new Snapshots().put(ResourceType.CLUSTER, "A", "1");
        var snapshot = snapshots.snapshot();
        int processed = 0;
        for (int i = 0; i < EXECUTIONS; i++) {
            var bytes = mutated(random);
            try {
                if (random.nextBoolean()) {
                    processed += process(read(DELTA, bytes), snapshot);
                } else {
                    processed += processSotw(read(SOTW, bytes), snapshot);
                }
            } catch (StatusRuntimeException | ProtocolViolation expected) {
                if (String.valueOf(expected.getMessage()).contains("INTERNAL")) {
                    throw new AssertionError("run " + i, expected);
                }
            }
        }
        assertThat(processed).isGreaterThan(1_000);
    }

    private static int process(
            Incoming<DeltaDiscoveryRequest> incoming, dev.outrigger.xds.snapshot.Snapshot snapshot)
            throws ProtocolViolation {
        NodeReading.read(incoming.node(), 10_000);
        var stream =
                new DeltaStream(
                        ServedTypes.ALL,
                        StreamLimits.DEFAULT,
                        new NameSets(),
                        new Nonces("s"),
                        new RecordingListener());
        stream.onSnapshot(snapshot);
        stream.onRequest(incoming.message());
        stream.next(0).ifPresent(response -> assertThat(Decoded.delta(response)).isNotNull());
        stream.report();
        return 1;
    }

    private static int processSotw(
            Incoming<DiscoveryRequest> incoming, dev.outrigger.xds.snapshot.Snapshot snapshot)
            throws ProtocolViolation {
        NodeReading.read(incoming.node(), 10_000);
        var stream =
                new SotwStream(
                        ServedTypes.ALL,
                        StreamLimits.DEFAULT,
                        new NameSets(),
                        new Nonces("s"),
                        new RecordingListener());
        stream.onSnapshot(snapshot);
        stream.onRequest(incoming.message());
        stream.next(0).ifPresent(response -> assertThat(Decoded.sotw(response)).isNotNull());
        stream.report();
        return 1;
    }

    private static byte[] mutated(SplittableRandom random) {
        var bytes = REQUESTS.get(random.nextInt(REQUESTS.size())).clone();
        for (int flips = random.nextInt(4); flips > 0; flips--) {
            bytes[random.nextInt(bytes.length)] = (byte) random.nextInt(256);
        }
        return random.nextInt(8) == 0 ? Arrays.copyOf(bytes, random.nextInt(bytes.length)) : bytes;
    }

    private static DeltaDiscoveryRequest delta(ResourceType type) {
        return DeltaDiscoveryRequest.newBuilder()
                .setNode(NODE)
                .setTypeUrl(type.typeUrl())
                .addResourceNamesSubscribe("A")
                .addResourceNamesUnsubscribe("*")
                .putInitialResourceVersions("A", "2")
                .setResponseNonce("x")
                .build();
    }

    private static DiscoveryRequest sotw(ResourceType type) {
        return DiscoveryRequest.newBuilder()
                .setNode(NODE)
                .setTypeUrl(type.typeUrl())
                .addResourceNames("A")
                .setVersionInfo("2")
                .build();
    }

    private static <Q extends com.google.protobuf.Message> Incoming<Q> read(
            RequestMarshaller<Q> marshaller, byte[] bytes) {
        return marshaller.parse(new ByteArrayInputStream(bytes));
    }
}
