// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.cli.aot;

import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Struct;
import com.google.protobuf.Value;
import io.envoyproxy.envoy.config.cluster.v3.Cluster;
import io.envoyproxy.envoy.config.core.v3.Node;
import io.envoyproxy.envoy.config.listener.v3.FilterChain;
import io.envoyproxy.envoy.config.listener.v3.Listener;
import io.envoyproxy.envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager;
import io.envoyproxy.envoy.service.discovery.v3.AggregatedDiscoveryServiceGrpc;
import io.envoyproxy.envoy.service.discovery.v3.DeltaDiscoveryRequest;
import io.envoyproxy.envoy.service.discovery.v3.DeltaDiscoveryResponse;
import io.envoyproxy.envoy.service.discovery.v3.Resource;
import io.grpc.Channel;
import io.grpc.stub.StreamObserver;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A proxy that only takes its configuration: a delta ADS stream that subscribes as Envoy does and
 * accepts everything. Its methods are called from one thread, its answers come on gRPC's.
 */
final class TrainingProxy implements StreamObserver<DeltaDiscoveryResponse> {
    private static final String TYPES = "type.googleapis.com/";
    static final String CLUSTERS = TYPES + Cluster.getDescriptor().getFullName();
    private static final String ENDPOINTS =
            TYPES + "envoy.config.endpoint.v3.ClusterLoadAssignment";
    private static final String LISTENERS = TYPES + Listener.getDescriptor().getFullName();
    private static final String ROUTES = TYPES + "envoy.config.route.v3.RouteConfiguration";

    private final Node node;

    /** By type, the versions of what it has: what it names when it comes back. */
    private final Map<String, Map<String, String>> versions = new LinkedHashMap<>();

    private StreamObserver<DeltaDiscoveryRequest> requests = new Ended();

    TrainingProxy(String id, String cluster, Map<String, String> labels) {
        var metadata = Struct.newBuilder();
        labels.forEach((name, value) ->
                metadata.putFields(name, Value.newBuilder().setStringValue(value).build()));
        this.node =
                Node.newBuilder()
                        .setId(id)
                        .setCluster(cluster)
                        .setMetadata(metadata)
                        .setUserAgentName("envoy")
                        .build();
    }

    /** Comes, or comes back with what it has. */
    synchronized void connect(Channel channel) {
        requests = AggregatedDiscoveryServiceGrpc.newStub(channel).deltaAggregatedResources(this);
        if (versions.isEmpty()) {
            send(subscription(CLUSTERS, List.of("*")).setNode(node).build());
            send(subscription(LISTENERS, List.of("*")).build());
            return;
        }
        boolean isFirst = true;
        for (var entry : versions.entrySet()) {
            boolean isWildcard =
                    entry.getKey().equals(CLUSTERS) || entry.getKey().equals(LISTENERS);
            var subscription =
                    subscription(
                                    entry.getKey(),
                                    isWildcard ? List.of("*") : entry.getValue().keySet())
                            .putAllInitialResourceVersions(entry.getValue());
            send((isFirst ? subscription.setNode(node) : subscription).build());
            isFirst = false;
        }
    }

    synchronized void disconnect() {
        requests.onCompleted();
        requests = new Ended();
    }

    @Override
    public synchronized void onNext(DeltaDiscoveryResponse response) {
        var known = versions.computeIfAbsent(response.getTypeUrl(), _ -> new LinkedHashMap<>());
        response.getResourcesList()
                .forEach(resource -> known.put(resource.getName(), resource.getVersion()));
        known.keySet().removeAll(response.getRemovedResourcesList());
        send(
                DeltaDiscoveryRequest.newBuilder()
                        .setTypeUrl(response.getTypeUrl())
                        .setResponseNonce(response.getNonce())
                        .build());
        if (response.getTypeUrl().equals(CLUSTERS)) {
            ask(ENDPOINTS, endpointNames(response.getResourcesList()));
        } else if (response.getTypeUrl().equals(LISTENERS)) {
            ask(ROUTES, routeNames(response.getResourcesList()));
        }
    }

    @Override
    public void onError(Throwable failure) {
        // The stream is over; what was trained until then is trained.
    }

    @Override
    public void onCompleted() {
        // As above.
    }

    private void ask(String type, List<String> names) {
        var known = versions.getOrDefault(type, Map.of()).keySet();
        var missing = names.stream().filter(name -> !known.contains(name)).toList();
        if (!missing.isEmpty()) {
            send(subscription(type, missing).build());
        }
    }

    private static DeltaDiscoveryRequest.Builder subscription(String type, Iterable<String> names) {
        return DeltaDiscoveryRequest.newBuilder()
                .setTypeUrl(type)
                .addAllResourceNamesSubscribe(names);
    }

    private void send(DeltaDiscoveryRequest request) {
        requests.onNext(request);
    }

    private static List<String> endpointNames(List<Resource> clusters) {
        return clusters.stream()
                .map(resource -> unpack(resource, Cluster.class))
                .filter(cluster -> cluster.getType() == Cluster.DiscoveryType.EDS)
                .map(cluster ->
                        cluster.getEdsClusterConfig().getServiceName().isEmpty()
                                ? cluster.getName()
                                : cluster.getEdsClusterConfig().getServiceName())
                .toList();
    }

    private static List<String> routeNames(List<Resource> listeners) {
        var names = new ArrayList<String>();
        for (var resource : listeners) {
            for (FilterChain chain : unpack(resource, Listener.class).getFilterChainsList()) {
                for (var filter : chain.getFiltersList()) {
                    if (filter.getTypedConfig().is(HttpConnectionManager.class)) {
                        names.add(routeName(filter.getTypedConfig()));
                    }
                }
            }
        }
        names.removeIf(String::isEmpty);
        return names;
    }

    private static String routeName(com.google.protobuf.Any manager) {
        try {
            return manager.unpack(HttpConnectionManager.class).getRds().getRouteConfigName();
        } catch (InvalidProtocolBufferException e) {
            throw new IllegalArgumentException("a connection manager that cannot be read", e);
        }
    }

    private static <M extends com.google.protobuf.Message> M unpack(
            Resource resource, Class<M> type) {
        try {
            return resource.getResource().unpack(type);
        } catch (InvalidProtocolBufferException e) {
            throw new IllegalArgumentException(resource.getName() + " cannot be read", e);
        }
    }

    /** What is sent where there is no stream is lost. */
    private static final class Ended implements StreamObserver<DeltaDiscoveryRequest> {
        @Override
        public void onNext(DeltaDiscoveryRequest request) {}

        @Override
        public void onError(Throwable failure) {}

        @Override
        public void onCompleted() {}
    }
}
