// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.xds.harness;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.Any;
import com.google.protobuf.InvalidProtocolBufferException;
import dev.outrigger.xds.resource.ResourceType;
import io.envoyproxy.envoy.config.core.v3.Node;
import io.envoyproxy.envoy.service.cluster.v3.ClusterDiscoveryServiceGrpc;
import io.envoyproxy.envoy.service.discovery.v3.AggregatedDiscoveryServiceGrpc;
import io.envoyproxy.envoy.service.discovery.v3.DeltaDiscoveryRequest;
import io.envoyproxy.envoy.service.discovery.v3.DeltaDiscoveryResponse;
import io.envoyproxy.envoy.service.discovery.v3.DiscoveryRequest;
import io.envoyproxy.envoy.service.discovery.v3.DiscoveryResponse;
import io.envoyproxy.envoy.service.endpoint.v3.EndpointDiscoveryServiceGrpc;
import io.envoyproxy.envoy.service.listener.v3.ListenerDiscoveryServiceGrpc;
import io.envoyproxy.envoy.service.route.v3.RouteDiscoveryServiceGrpc;
import io.grpc.ManagedChannel;
import io.grpc.stub.StreamObserver;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** The scenarios' client: one stream for all types, or one for each; answers what it gets. */
final class HarnessClient {
    private static final Node NODE = Node.newBuilder().setId("test-id").setCluster("test").build();

    private final ManagedChannel channel;
    private final boolean incremental;
    private final boolean aggregated;
    private final BlockingQueue<Received> received = new LinkedBlockingQueue<>();
    private final Map<ResourceType, StreamObserver<DiscoveryRequest>> sotw =
            new EnumMap<>(ResourceType.class);
    private final Map<ResourceType, StreamObserver<DeltaDiscoveryRequest>> delta =
            new EnumMap<>(ResourceType.class);
    private final Map<ResourceType, List<String>> names = new EnumMap<>(ResourceType.class);
    private final Map<ResourceType, Received> last = new EnumMap<>(ResourceType.class);
    private final Set<Object> introduced = new HashSet<>();
    private final AtomicInteger requests = new AtomicInteger();

    HarnessClient(ManagedChannel channel, boolean incremental, boolean aggregated) {
        this.channel = channel;
        this.incremental = incremental;
        this.aggregated = aggregated;
    }

    /**
     * A response.
     *
     * @param bodies the resources by name
     */
    record Received(
            ResourceType type,
            String version,
            String nonce,
            Map<String, Any> bodies,
            Set<String> removed) {}

    int requests() {
        return requests.get();
    }

    void subscribe(ResourceType type, List<String> wanted) {
        if (incremental) {
            send(type, DeltaDiscoveryRequest.newBuilder().addAllResourceNamesSubscribe(wanted));
            return;
        }
        names.put(type, wanted);
        sendState(type);
    }

    void unsubscribe(ResourceType type, List<String> unwanted) {
        assertThat(incremental).isTrue();
        send(type, DeltaDiscoveryRequest.newBuilder().addAllResourceNamesUnsubscribe(unwanted));
    }

    /** The next response, answered; null if none comes in that time. */
    Received next() throws InterruptedException {
        var response = received.poll(10, TimeUnit.SECONDS);
        assertThat(response).as("a response").isNotNull();
        var next = Objects.requireNonNull(response);
        last.put(next.type(), next);
        if (incremental) {
            send(next.type(), DeltaDiscoveryRequest.newBuilder().setResponseNonce(next.nonce()));
        } else {
            sendState(next.type());
        }
        return next;
    }

    boolean hasMore() {
        return !received.isEmpty();
    }

    /** State of the world: names, and the last version and nonce. */
    private void sendState(ResourceType type) {
        var request =
                DiscoveryRequest.newBuilder()
                        .setTypeUrl(type.typeUrl())
                        .addAllResourceNames(names.getOrDefault(type, List.of()));
        var before = last.get(type);
        if (before != null) {
            request.setVersionInfo(before.version()).setResponseNonce(before.nonce());
        }
        var stream = sotw.computeIfAbsent(stream(type), this::openSotw);
        if (introduced.add(stream)) {
            request.setNode(NODE);
        }
        requests.incrementAndGet();
        stream.onNext(request.build());
    }

    private void send(ResourceType type, DeltaDiscoveryRequest.Builder request) {
        request.setTypeUrl(type.typeUrl());
        var stream = delta.computeIfAbsent(stream(type), this::openDelta);
        if (introduced.add(stream)) {
            request.setNode(NODE);
        }
        requests.incrementAndGet();
        stream.onNext(request.build());
    }

    /** Under which the type's stream is known: all are the first one's if they share it. */
    private ResourceType stream(ResourceType type) {
        return aggregated ? ResourceType.CLUSTER : type;
    }

    private StreamObserver<DiscoveryRequest> openSotw(ResourceType type) {
        var responses =
                new Responses<DiscoveryResponse>(response -> {
                    var of = ResourceType.find(response.getTypeUrl()).orElseThrow();
                    var bodies = new TreeMap<String, Any>();
                    response.getResourcesList().forEach(any -> bodies.put(name(of, any), any));
                    return new Received(
                            of, response.getVersionInfo(), response.getNonce(), bodies, Set.of());
                });
        if (aggregated) {
            return AggregatedDiscoveryServiceGrpc.newStub(channel)
                    .streamAggregatedResources(responses);
        }
        return switch (type) {
            case CLUSTER -> ClusterDiscoveryServiceGrpc.newStub(channel).streamClusters(responses);
            case ENDPOINT ->
                    EndpointDiscoveryServiceGrpc.newStub(channel).streamEndpoints(responses);
            case LISTENER ->
                    ListenerDiscoveryServiceGrpc.newStub(channel).streamListeners(responses);
            case ROUTE -> RouteDiscoveryServiceGrpc.newStub(channel).streamRoutes(responses);
            case RUNTIME, SECRET, EXTENSION, SCOPED_ROUTE, VIRTUAL_HOST ->
                    throw new AssertionError("no scenario has " + type);
        };
    }

    private StreamObserver<DeltaDiscoveryRequest> openDelta(ResourceType type) {
        var responses =
                new Responses<DeltaDiscoveryResponse>(response -> {
                    var bodies = new TreeMap<String, Any>();
                    response.getResourcesList()
                            .forEach(resource ->
                                    bodies.put(resource.getName(), resource.getResource()));
                    return new Received(
                            ResourceType.find(response.getTypeUrl()).orElseThrow(),
                            response.getSystemVersionInfo(),
                            response.getNonce(),
                            bodies,
                            new TreeSet<>(response.getRemovedResourcesList()));
                });
        if (aggregated) {
            return AggregatedDiscoveryServiceGrpc.newStub(channel)
                    .deltaAggregatedResources(responses);
        }
        return switch (type) {
            case CLUSTER -> ClusterDiscoveryServiceGrpc.newStub(channel).deltaClusters(responses);
            case ENDPOINT ->
                    EndpointDiscoveryServiceGrpc.newStub(channel).deltaEndpoints(responses);
            case LISTENER ->
                    ListenerDiscoveryServiceGrpc.newStub(channel).deltaListeners(responses);
            case ROUTE -> RouteDiscoveryServiceGrpc.newStub(channel).deltaRoutes(responses);
            case RUNTIME, SECRET, EXTENSION, SCOPED_ROUTE, VIRTUAL_HOST ->
                    throw new AssertionError("no scenario has " + type);
        };
    }

    private static String name(ResourceType type, Any any) {
        try {
            return type.nameOf(type.prototype().getParserForType().parseFrom(any.getValue()));
        } catch (InvalidProtocolBufferException e) {
            throw new AssertionError(e);
        }
    }

    private final class Responses<R> implements StreamObserver<R> {
        private final java.util.function.Function<R, Received> reading;

        Responses(java.util.function.Function<R, Received> reading) {
            this.reading = reading;
        }

        @Override
        public void onNext(R response) {
            received.add(reading.apply(response));
        }

        /** Nothing more comes then, which whoever waits will notice. */
        @Override
        public void onError(Throwable cause) {}

        @Override
        public void onCompleted() {}
    }
}
