// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.xds.ads;

import dev.outrigger.xds.resource.ResourceType;
import io.envoyproxy.envoy.service.cluster.v3.ClusterDiscoveryServiceGrpc;
import io.envoyproxy.envoy.service.discovery.v3.AggregatedDiscoveryServiceGrpc;
import io.envoyproxy.envoy.service.discovery.v3.DeltaDiscoveryRequest;
import io.envoyproxy.envoy.service.discovery.v3.DeltaDiscoveryResponse;
import io.envoyproxy.envoy.service.discovery.v3.DiscoveryRequest;
import io.envoyproxy.envoy.service.discovery.v3.DiscoveryResponse;
import io.envoyproxy.envoy.service.endpoint.v3.EndpointDiscoveryServiceGrpc;
import io.envoyproxy.envoy.service.extension.v3.ExtensionConfigDiscoveryServiceGrpc;
import io.envoyproxy.envoy.service.listener.v3.ListenerDiscoveryServiceGrpc;
import io.envoyproxy.envoy.service.route.v3.RouteDiscoveryServiceGrpc;
import io.envoyproxy.envoy.service.route.v3.ScopedRoutesDiscoveryServiceGrpc;
import io.envoyproxy.envoy.service.route.v3.VirtualHostDiscoveryServiceGrpc;
import io.envoyproxy.envoy.service.runtime.v3.RuntimeDiscoveryServiceGrpc;
import io.envoyproxy.envoy.service.secret.v3.SecretDiscoveryServiceGrpc;
import io.grpc.MethodDescriptor;
import io.grpc.ServerServiceDefinition;
import io.grpc.ServiceDescriptor;
import io.grpc.stub.ServerCalls;
import io.grpc.stub.StreamObserver;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * The gRPC services: aggregated and one per type, each in both variants, all alike. Defined by hand
 * because requests and responses are not read and written as generated services would.
 */
final class DiscoveryServices {
    private static final RequestMarshaller<DiscoveryRequest> SOTW_REQUESTS =
            new RequestMarshaller<>(
                    DiscoveryRequest.getDefaultInstance(), DiscoveryRequest.NODE_FIELD_NUMBER);
    private static final RequestMarshaller<DeltaDiscoveryRequest> DELTA_REQUESTS =
            new RequestMarshaller<>(
                    DeltaDiscoveryRequest.getDefaultInstance(),
                    DeltaDiscoveryRequest.NODE_FIELD_NUMBER);

    private DiscoveryServices() {}

    /** Begins a stream of either variant. */
    interface Streams {
        StreamObserver<Incoming<DiscoveryRequest>> sotw(
                ServedTypes types, StreamObserver<Response> responses);

        StreamObserver<Incoming<DeltaDiscoveryRequest>> delta(
                ServedTypes types, StreamObserver<Response> responses);
    }

    static List<ServerServiceDefinition> all(Streams streams) {
        return List.of(
                service(
                        streams,
                        ServedTypes.ALL,
                        Optional.of(
                                AggregatedDiscoveryServiceGrpc
                                        .getStreamAggregatedResourcesMethod()),
                        AggregatedDiscoveryServiceGrpc.getDeltaAggregatedResourcesMethod()),
                service(
                        streams,
                        ServedTypes.only(ResourceType.CLUSTER),
                        Optional.of(ClusterDiscoveryServiceGrpc.getStreamClustersMethod()),
                        ClusterDiscoveryServiceGrpc.getDeltaClustersMethod()),
                service(
                        streams,
                        ServedTypes.only(ResourceType.ENDPOINT),
                        Optional.of(EndpointDiscoveryServiceGrpc.getStreamEndpointsMethod()),
                        EndpointDiscoveryServiceGrpc.getDeltaEndpointsMethod()),
                service(
                        streams,
                        ServedTypes.only(ResourceType.LISTENER),
                        Optional.of(ListenerDiscoveryServiceGrpc.getStreamListenersMethod()),
                        ListenerDiscoveryServiceGrpc.getDeltaListenersMethod()),
                service(
                        streams,
                        ServedTypes.only(ResourceType.ROUTE),
                        Optional.of(RouteDiscoveryServiceGrpc.getStreamRoutesMethod()),
                        RouteDiscoveryServiceGrpc.getDeltaRoutesMethod()),
                service(
                        streams,
                        ServedTypes.only(ResourceType.SCOPED_ROUTE),
                        Optional.of(ScopedRoutesDiscoveryServiceGrpc.getStreamScopedRoutesMethod()),
                        ScopedRoutesDiscoveryServiceGrpc.getDeltaScopedRoutesMethod()),
                service(
                        streams,
                        ServedTypes.only(ResourceType.VIRTUAL_HOST),
                        Optional.empty(),
                        VirtualHostDiscoveryServiceGrpc.getDeltaVirtualHostsMethod()),
                service(
                        streams,
                        ServedTypes.only(ResourceType.SECRET),
                        Optional.of(SecretDiscoveryServiceGrpc.getStreamSecretsMethod()),
                        SecretDiscoveryServiceGrpc.getDeltaSecretsMethod()),
                service(
                        streams,
                        ServedTypes.only(ResourceType.RUNTIME),
                        Optional.of(RuntimeDiscoveryServiceGrpc.getStreamRuntimeMethod()),
                        RuntimeDiscoveryServiceGrpc.getDeltaRuntimeMethod()),
                service(
                        streams,
                        ServedTypes.only(ResourceType.EXTENSION),
                        Optional.of(
                                ExtensionConfigDiscoveryServiceGrpc
                                        .getStreamExtensionConfigsMethod()),
                        ExtensionConfigDiscoveryServiceGrpc.getDeltaExtensionConfigsMethod()));
    }

    private static ServerServiceDefinition service(
            Streams streams,
            ServedTypes types,
            Optional<MethodDescriptor<DiscoveryRequest, DiscoveryResponse>> generatedSotw,
            MethodDescriptor<DeltaDiscoveryRequest, DeltaDiscoveryResponse> generatedDelta) {
        var sotw =
                generatedSotw.map(method ->
                        method.toBuilder(SOTW_REQUESTS, ResponseMarshaller.INSTANCE).build());
        var delta = generatedDelta.toBuilder(DELTA_REQUESTS, ResponseMarshaller.INSTANCE).build();
        var name = Objects.requireNonNull(generatedDelta.getServiceName(), "service name");
        var descriptor = ServiceDescriptor.newBuilder(name).addMethod(delta);
        sotw.ifPresent(descriptor::addMethod);
        var service =
                ServerServiceDefinition.builder(descriptor.build())
                        .addMethod(
                                delta,
                                ServerCalls.asyncBidiStreamingCall(
                                        responses -> streams.delta(types, responses)));
        sotw.ifPresent(method ->
                service.addMethod(
                        method,
                        ServerCalls.asyncBidiStreamingCall(
                                responses -> streams.sotw(types, responses))));
        return service.build();
    }
}
