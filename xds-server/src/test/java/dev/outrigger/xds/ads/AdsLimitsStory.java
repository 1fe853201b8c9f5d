// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.xds.ads;

import static org.assertj.core.api.Assertions.assertThat;

import dev.outrigger.xds.XdsEngine;
import dev.outrigger.xds.resource.ResourceType;
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
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;

/** An engine, and clients of it that do as a test says. */
abstract class AdsLimitsStory {
    static final Node NODE = Node.newBuilder().setId("a-1").setCluster("a").build();
    static final Duration PATIENCE = Duration.ofSeconds(10);

    final FakePolicySource policies = new FakePolicySource();
    final SimpleMeterRegistry meters = new SimpleMeterRegistry();
    @Nullable XdsEngine runningEngine;
    @Nullable ManagedChannel openChannel;

    @AfterEach
    void stop() {
        if (openChannel != null) {
            openChannel.shutdownNow();
        }
        if (runningEngine != null) {
            runningEngine.close();
        }
    }

    double ended(String reason) {
        return meters.get("outrigger.xds.streams.ended").tag("reason", reason).counter().count();
    }

    XdsEngine engine() {
        return Objects.requireNonNull(runningEngine, "not started");
    }

    void start(AdsOptions options) throws IOException {
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
    static String clusters(int count, String content) {
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

    static DiscoveryRequest.Builder request(ResourceType type) {
        return DiscoveryRequest.newBuilder().setTypeUrl(type.typeUrl());
    }

    Client client(boolean reads) {
        var client = new Client(reads);
        client.requests =
                AggregatedDiscoveryServiceGrpc.newStub(
                                Objects.requireNonNull(openChannel, "not started"))
                        .streamAggregatedResources(client);
        return client;
    }

    static final class Client
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
    Socket connected() throws IOException {
        var socket = new Socket(InetAddress.getLoopbackAddress(), engine().port());
        socket.setSoTimeout((int) PATIENCE.toMillis());
        socket.getOutputStream()
                .write("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
        socket.getOutputStream().write(frame(4, 0, 0, new byte[0]));
        socket.getOutputStream().write(frame(4, 1, 0, new byte[0]));
        return socket;
    }

    static byte[] frame(int type, int flags, int stream, byte[] payload) {
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
    static byte[] headers() {
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
    static String goAway(Socket socket) throws IOException {
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
