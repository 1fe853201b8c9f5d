// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.xds.ads;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.rpc.Status;
import dev.outrigger.xds.XdsEngine;
import dev.outrigger.xds.resource.ResourceType;
import dev.outrigger.xds.testing.Eventually;
import dev.outrigger.xds.testing.FakePolicySource;
import io.envoyproxy.envoy.config.core.v3.Node;
import io.envoyproxy.envoy.service.discovery.v3.AggregatedDiscoveryServiceGrpc;
import io.envoyproxy.envoy.service.discovery.v3.DiscoveryRequest;
import io.envoyproxy.envoy.service.discovery.v3.DiscoveryResponse;
import io.grpc.ManagedChannel;
import io.grpc.netty.NettyChannelBuilder;
import io.grpc.stub.ClientCallStreamObserver;
import io.grpc.stub.ClientResponseObserver;
import io.grpc.stub.StreamObserver;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Clients that do not behave, over real connections. Rows X04, X07, X11, X12 and X15. */
class AdsLimitsTest {
    private static final Node NODE = Node.newBuilder().setId("a-1").setCluster("a").build();
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    private final FakePolicySource policies = new FakePolicySource();
    private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
    private @Nullable XdsEngine runningEngine;
    private @Nullable ManagedChannel openChannel;

    @AfterEach
    void stop() {
        if (openChannel != null) {
            openChannel.shutdownNow();
        }
        if (runningEngine != null) {
            runningEngine.close();
        }
    }

    @Test
    void aHundredThousandNamesEndTheStream() throws Exception {
        start(AdsOptions.DEFAULT);
        var client = client(true);
        var names = IntStream.range(0, 100_000).mapToObj(n -> "name" + n).toList();

        client.send(request(ResourceType.ENDPOINT).setNode(NODE).addAllResourceNames(names));

        assertThat(client.end().getCode()).isEqualTo(io.grpc.Status.Code.RESOURCE_EXHAUSTED);
        assertThat(ended("exceeded")).isEqualTo(1);
    }

    @Test
    void twoThousandRefusalsInARowAreAnsweredByNothing() throws Exception {
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
    void aClientThatNeverReadsGetsOneResponseAndIsEndedAfterAWhile() throws Exception {
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
    void moreStreamsThanAConnectionMayHaveWait() throws Exception {
        start(AdsOptions.DEFAULT.withStreams(100, 2));
        var clients = new ArrayList<Client>();
        for (int i = 0; i < 3; i++) {
            var client = client(true);
            client.send(request(ResourceType.CLUSTER).setNode(NODE));
            clients.add(client);
        }
        assertThat(clients.get(0).next()).isNotNull();
        assertThat(clients.get(1).next()).isNotNull();
        assertThat(clients.get(2).responses).isEmpty();

        clients.get(0).complete();

        assertThat(clients.get(2).next()).isNotNull();
    }

    @Test
    void aFloodOfPingsIsTurnedAway() throws Exception {
        start(AdsOptions.DEFAULT);
        try (var socket = connected()) {
            for (int i = 0; i < 10; i++) {
                socket.getOutputStream().write(frame(6, 0, 0, new byte[8]));
            }

            assertThat(goAway(socket)).contains("too_many_pings");
        }
    }

    @Test
    void aFloodOfResetsIsTurnedAway() throws Exception {
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
    void aPeerThatIsGoneWithoutAWordIsFoundOut() throws Exception {
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

    private double ended(String reason) {
        return meters.get("outrigger.xds.streams.ended").tag("reason", reason).counter().count();
    }

    private XdsEngine engine() {
        return Objects.requireNonNull(runningEngine, "not started");
    }

    private void start(AdsOptions options) throws IOException {
        policies.apply(clusters(800, "first"));
        runningEngine =
                XdsEngine.start(
                        new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
                        options,
                        policies,
                        meters,
                        InstantSource.system(),
                        new Random(1));
        openChannel =
                NettyChannelBuilder.forAddress("127.0.0.1", engine().port())
                        .usePlaintext()
                        .flowControlWindow(65_535)
                        .build();
    }

    /** Some 150 kB, which no connection takes unread. */
    private static String clusters(int count, String content) {
        return """
        apiVersion: outrigger.dev/v1alpha1
        kind: XdsResources
        metadata: {name: x}
        spec:
          selector: {cluster: a}
          resources:
        """
                + IntStream.range(0, count)
                        .mapToObj(n ->
                                "  - {\"@type\": type.googleapis.com/envoy.config.cluster.v3.Cluster,"
                                        + " name: cluster-with-a-rather-long-name-"
                                        + n
                                        + ", type: STATIC, alt_stat_name: "
                                        + content
                                        + "-"
                                        + "x".repeat(60)
                                        + "}")
                        .collect(Collectors.joining("\n"));
    }

    private static DiscoveryRequest.Builder request(ResourceType type) {
        return DiscoveryRequest.newBuilder().setTypeUrl(type.typeUrl());
    }

    private Client client(boolean reads) {
        var client = new Client(reads);
        client.requests =
                AggregatedDiscoveryServiceGrpc.newStub(
                                Objects.requireNonNull(openChannel, "not started"))
                        .streamAggregatedResources(client);
        return client;
    }

    private static final class Client
            implements ClientResponseObserver<DiscoveryRequest, DiscoveryResponse> {
        final BlockingQueue<DiscoveryResponse> responses = new LinkedBlockingQueue<>();
        private final BlockingQueue<io.grpc.Status> ends = new LinkedBlockingQueue<>();
        private final boolean reads;
        private @Nullable StreamObserver<DiscoveryRequest> requests;

        Client(boolean reads) {
            this.reads = reads;
        }

        @Override
        public void beforeStart(ClientCallStreamObserver<DiscoveryRequest> call) {
            if (!reads) {
                call.disableAutoRequestWithInitial(0);
            }
        }

        void send(DiscoveryRequest.Builder request) {
            Objects.requireNonNull(requests, "not begun").onNext(request.build());
        }

        void complete() {
            Objects.requireNonNull(requests, "not begun").onCompleted();
        }

        DiscoveryResponse next() throws InterruptedException {
            var response = responses.poll(10, TimeUnit.SECONDS);
            assertThat(response).as("a response, ended: %s", ends).isNotNull();
            return Objects.requireNonNull(response);
        }

        io.grpc.Status end() throws InterruptedException {
            var end = ends.poll(10, TimeUnit.SECONDS);
            assertThat(end).as("an end").isNotNull();
            return Objects.requireNonNull(end);
        }

        @Override
        public void onNext(DiscoveryResponse response) {
            responses.add(response);
        }

        @Override
        public void onError(Throwable cause) {
            ends.add(io.grpc.Status.fromThrowable(cause));
        }

        @Override
        public void onCompleted() {
            ends.add(io.grpc.Status.OK);
        }
    }

    /** An HTTP/2 connection by hand, settings exchanged. */
    private Socket connected() throws IOException {
        var socket = new Socket(InetAddress.getLoopbackAddress(), engine().port());
        socket.setSoTimeout((int) PATIENCE.toMillis());
        socket.getOutputStream()
                .write("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
        socket.getOutputStream().write(frame(4, 0, 0, new byte[0]));
        socket.getOutputStream().write(frame(4, 1, 0, new byte[0]));
        return socket;
    }

    private static byte[] frame(int type, int flags, int stream, byte[] payload) {
        var out = new ByteArrayOutputStream();
        out.writeBytes(
                new byte[] {
                    (byte) (payload.length >> 16),
                    (byte) (payload.length >> 8),
                    (byte) payload.length,
                    (byte) type,
                    (byte) flags,
                    (byte) (stream >> 24),
                    (byte) (stream >> 16),
                    (byte) (stream >> 8),
                    (byte) stream
                });
        out.writeBytes(payload);
        return out.toByteArray();
    }

    /** A call's, in HPACK without compression but for the static table. */
    private static byte[] headers() {
        var out = new ByteArrayOutputStream();
        out.write(0x83); // :method POST
        out.write(0x86); // :scheme http
        for (List<String> header :
                List.of(
                        List.of(
                                ":path",
                                "/envoy.service.discovery.v3.AggregatedDiscoveryService"
                                        + "/StreamAggregatedResources"),
                        List.of(":authority", "x"),
                        List.of("content-type", "application/grpc"),
                        List.of("te", "trailers"))) {
            out.write(0);
            for (String text : header) {
                out.write(text.length());
                out.writeBytes(text.getBytes(StandardCharsets.US_ASCII));
            }
        }
        return out.toByteArray();
    }

    /** The words of the frame that ends the connection. */
    private static String goAway(Socket socket) throws IOException {
        var in = new DataInputStream(socket.getInputStream());
        try {
            while (true) {
                int length = in.readUnsignedShort() << 8 | in.readUnsignedByte();
                int type = in.readUnsignedByte();
                in.skipNBytes(5);
                var payload = in.readNBytes(length);
                if (type == 7) {
                    return new String(payload, 8, length - 8, StandardCharsets.US_ASCII);
                }
            }
        } catch (EOFException | SocketException closed) {
            return "closed without a word";
        }
    }
}
