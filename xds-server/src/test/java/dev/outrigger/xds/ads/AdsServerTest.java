// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.xds.ads;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.Struct;
import com.google.protobuf.Value;
import dev.outrigger.xds.XdsEngine;
import dev.outrigger.xds.resource.ResourceType;
import dev.outrigger.xds.testing.FakePolicySource;
import io.envoyproxy.envoy.config.core.v3.Node;
import io.envoyproxy.envoy.service.cluster.v3.ClusterDiscoveryServiceGrpc;
import io.envoyproxy.envoy.service.discovery.v3.AggregatedDiscoveryServiceGrpc;
import io.envoyproxy.envoy.service.discovery.v3.DeltaDiscoveryRequest;
import io.envoyproxy.envoy.service.discovery.v3.DeltaDiscoveryResponse;
import io.envoyproxy.envoy.service.discovery.v3.DiscoveryRequest;
import io.envoyproxy.envoy.service.discovery.v3.DiscoveryResponse;
import io.grpc.ManagedChannel;
import io.grpc.Status;
import io.grpc.netty.NettyChannelBuilder;
import io.grpc.stub.StreamObserver;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Streams over a real connection: nodes, limits, services, ends. Rows X04, X06, X12 to X14. */
class AdsServerTest {
    private static final AdsOptions OPTIONS =
            AdsOptions.DEFAULT
                    .withLimits(
                            StreamLimits.DEFAULT.withResourceNames(100, 200).withNodeBytes(10_000))
                    .withStreams(4, 100);
    private static final Node NODE = Node.newBuilder().setId("a-1").setCluster("a").build();

    private final FakePolicySource policies = new FakePolicySource();
    private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
    private XdsEngine engine;
    private ManagedChannel channel;

    @BeforeEach
    void start() throws IOException {
        policies.apply(sidecar());
        engine =
                XdsEngine.start(
                        new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
                        OPTIONS,
                        policies,
                        meters,
                        InstantSource.system(),
                        new Random(1));
        channel = NettyChannelBuilder.forAddress("127.0.0.1", engine.port()).usePlaintext().build();
    }

    @AfterEach
    void stop() {
        channel.shutdownNow();
        engine.close();
    }

    @Test
    void aNodeThatADocumentSelectsIsServed() throws Exception {
        var client = aggregated();

        client.send(request(ResourceType.LISTENER).setNode(NODE));

        assertThat(client.next().getResourcesCount()).isEqualTo(1);
        // Only the first request names the node.
        client.send(request(ResourceType.CLUSTER));
        assertThat(client.next().getResourcesCount()).isEqualTo(1);
    }

    @Test
    void aStrangerIsServedNothing() throws Exception {
        var client = aggregated();

        client.send(
                request(ResourceType.LISTENER)
                        .setNode(Node.newBuilder().setId("x").setCluster("stranger")));

        assertThat(client.next().getResourcesCount()).isZero();
    }

    @Test
    void X06_aFirstRequestWithoutANodeEndsTheStream() throws Exception {
        var client = aggregated();

        client.send(request(ResourceType.LISTENER));

        assertThat(client.end().getCode()).isEqualTo(Status.Code.INVALID_ARGUMENT);
    }

    @Test
    void X13_anotherNodeOnTheSameStreamEndsIt() throws Exception {
        var client = aggregated();
        client.send(request(ResourceType.LISTENER).setNode(NODE));
        assertThat(client.next()).isNotNull();

        client.send(request(ResourceType.CLUSTER).setNode(NODE.toBuilder().setId("a-2")));

        assertThat(client.end().getDescription()).contains("from 'a-1' to 'a-2'");
    }

    @Test
    void R20_aNodeWhoseNameIsMoreThanOneLineEndsTheStream() throws Exception {
        for (Node node :
                List.of(
                        NODE.toBuilder().setId("a\nproxy refused a response node=b").build(),
                        NODE.toBuilder().setCluster("a\u2028b").build())) {
            var client = aggregated();

            client.send(request(ResourceType.LISTENER).setNode(node));

            var end = client.end();
            assertThat(end.getCode()).isEqualTo(Status.Code.INVALID_ARGUMENT);
            assertThat(end.getDescription()).doesNotContain("\n").contains("\\u");
        }
    }

    @Test
    void X04_anOversizeNodeEndsTheStream() throws Exception {
        var client = aggregated();
        var large = Value.newBuilder().setStringValue("x".repeat(10_000)).build();

        client.send(
                request(ResourceType.LISTENER)
                        .setNode(
                                NODE.toBuilder()
                                        .setMetadata(Struct.newBuilder().putFields("x", large))));

        assertThat(client.end().getCode()).isEqualTo(Status.Code.INVALID_ARGUMENT);
    }

    @Test
    void X04_anOversizeMessageEndsTheStreamAndNoOther() throws Exception {
        var good = aggregated();
        good.send(request(ResourceType.LISTENER).setNode(NODE));
        assertThat(good.next()).isNotNull();
        var bad = aggregated();

        bad.send(
                request(ResourceType.ENDPOINT)
                        .setNode(NODE)
                        .addResourceNames("x".repeat(5 * 1024 * 1024)));

        assertThat(bad.end().getCode()).isIn(Status.Code.RESOURCE_EXHAUSTED, Status.Code.CANCELLED);
        good.send(request(ResourceType.CLUSTER));
        assertThat(good.next().getResourcesCount()).isEqualTo(1);
    }

    @Test
    void moreStreamsThanAllowedAreRefused() throws Exception {
        for (int i = 0; i < OPTIONS.streams(); i++) {
            var client = aggregated();
            client.send(request(ResourceType.LISTENER).setNode(NODE));
            assertThat(client.next()).isNotNull();
        }

        assertThat(aggregated().end().getCode()).isEqualTo(Status.Code.RESOURCE_EXHAUSTED);
    }

    @Test
    void X14_anUnchangedSaveSendsNothing() throws Exception {
        var client = aggregated();
        client.send(request(ResourceType.LISTENER).setNode(NODE));
        var first = client.next();
        client.send(answer(first));

        long revision = policies.apply(sidecar());

        // A barrier that comes later: the stream has seen the revision.
        assertThat(engine.status().awaitSync(revision, Duration.ofSeconds(10)).synced()).isTrue();
        assertThat(client.responses).isEmpty();
        assertThat(meters.get("outrigger.xds.responses").tag("type", "LDS").counter().count())
                .isEqualTo(1);
    }

    @Test
    void X13_theSameNodeIdFromTwoConnectionsIsServedAndCounted() throws Exception {
        var first = aggregated();
        first.send(request(ResourceType.LISTENER).setNode(NODE));
        assertThat(first.next()).isNotNull();
        var other =
                NettyChannelBuilder.forAddress("127.0.0.1", engine.port()).usePlaintext().build();
        try {
            var second = new Client<DiscoveryResponse>();
            var requests =
                    AggregatedDiscoveryServiceGrpc.newStub(other).streamAggregatedResources(second);
            requests.onNext(request(ResourceType.LISTENER).setNode(NODE).build());

            assertThat(second.next().getResourcesCount()).isEqualTo(1);
            assertThat(meters.get("outrigger.xds.duplicate.nodes").counter().count()).isEqualTo(1);
            assertThat(engine.status().proxies()).hasSize(1);
        } finally {
            other.shutdownNow();
        }
    }

    @Test
    void aPerTypeServiceNeedsNoTypeUrl() throws Exception {
        var client = new Client<DeltaDiscoveryResponse>();
        var requests = ClusterDiscoveryServiceGrpc.newStub(channel).deltaClusters(client);

        requests.onNext(DeltaDiscoveryRequest.newBuilder().setNode(NODE).build());

        assertThat(client.next().getResourcesList())
                .extracting(resource -> resource.getName())
                .containsExactly("inbound/app");
    }

    @Test
    void aClientThatIsGoneIsShownAsDisconnected() throws Exception {
        var client = aggregated();
        client.send(request(ResourceType.LISTENER).setNode(NODE));
        client.send(answer(client.next()));
        var gauge = meters.get("outrigger.xds.streams").gauge();
        assertThat(gauge.value()).isEqualTo(1);

        channel.shutdownNow();

        dev.outrigger.xds.testing.Eventually.within(
                Duration.ofSeconds(10),
                () -> {
                    assertThat(gauge.value()).isZero();
                    assertThat(engine.status().proxies())
                            .singleElement()
                            .satisfies(proxy -> assertThat(proxy.connected()).isFalse());
                });
    }

    private SotwClient aggregated() {
        var client = new SotwClient();
        client.requests =
                Optional.of(
                        AggregatedDiscoveryServiceGrpc.newStub(channel)
                                .streamAggregatedResources(client));
        return client;
    }

    private static DiscoveryRequest.Builder request(ResourceType type) {
        return DiscoveryRequest.newBuilder().setTypeUrl(type.typeUrl());
    }

    private static DiscoveryRequest.Builder answer(DiscoveryResponse response) {
        return DiscoveryRequest.newBuilder()
                .setTypeUrl(response.getTypeUrl())
                .setVersionInfo(response.getVersionInfo())
                .setResponseNonce(response.getNonce());
    }

    private static String sidecar() {
        return """
        apiVersion: outrigger.dev/v1alpha1
        kind: Sidecar
        metadata: {name: a}
        spec:
          selector: {cluster: a}
          inbound: [{name: app, listenPort: 15006, appPort: 8080}]
        """;
    }

    private static final class SotwClient extends Client<DiscoveryResponse> {
        private Optional<StreamObserver<DiscoveryRequest>> requests = Optional.empty();

        void send(DiscoveryRequest.Builder request) {
            requests.orElseThrow().onNext(request.build());
        }
    }

    /** Collects what the server says. */
    private static class Client<R> implements StreamObserver<R> {
        final BlockingQueue<R> responses = new LinkedBlockingQueue<>();
        private final BlockingQueue<Status> ends = new LinkedBlockingQueue<>();

        R next() throws InterruptedException {
            var response = responses.poll(10, TimeUnit.SECONDS);
            assertThat(response).as("a response, ended: %s", ends).isNotNull();
            return java.util.Objects.requireNonNull(response);
        }

        Status end() throws InterruptedException {
            var end = ends.poll(10, TimeUnit.SECONDS);
            assertThat(end).as("an end").isNotNull();
            return java.util.Objects.requireNonNull(end);
        }

        @Override
        public void onNext(R response) {
            responses.add(response);
        }

        @Override
        public void onError(Throwable cause) {
            ends.add(Status.fromThrowable(cause));
        }

        @Override
        public void onCompleted() {
            ends.add(Status.OK);
        }
    }
}
