// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.ads;

import io.envoyproxy.envoy.service.cluster.v3.ClusterDiscoveryServiceGrpc;
import io.envoyproxy.envoy.service.discovery.v3.AggregatedDiscoveryServiceGrpc;
import io.envoyproxy.envoy.service.discovery.v3.DeltaDiscoveryRequest;
import io.envoyproxy.envoy.service.discovery.v3.DeltaDiscoveryResponse;
import io.envoyproxy.envoy.service.discovery.v3.DiscoveryRequest;
import io.envoyproxy.envoy.service.discovery.v3.DiscoveryResponse;
import io.envoyproxy.envoy.service.endpoint.v3.EndpointDiscoveryServiceGrpc;
import io.envoyproxy.envoy.service.listener.v3.ListenerDiscoveryServiceGrpc;
import io.envoyproxy.envoy.service.route.v3.RouteDiscoveryServiceGrpc;
import io.grpc.MethodDescriptor;
import java.util.Optional;

/** The gRPC methods of the aggregated service (no type) and of each type's own. */
final class XdsMethods {
    private XdsMethods() {}

    static MethodDescriptor<DiscoveryRequest, DiscoveryResponse> sotw(Optional<XdsType> type) {
        return type.map(
                        own ->
                                switch (own) {
                                    case CLUSTER ->
                                            ClusterDiscoveryServiceGrpc.getStreamClustersMethod();
                                    case ENDPOINT ->
                                            EndpointDiscoveryServiceGrpc
                                                    .getStreamEndpointsMethod();
                                    case LISTENER ->
                                            ListenerDiscoveryServiceGrpc
                                                    .getStreamListenersMethod();
                                    case ROUTE ->
                                            RouteDiscoveryServiceGrpc.getStreamRoutesMethod();
                                })
                .orElseGet(AggregatedDiscoveryServiceGrpc::getStreamAggregatedResourcesMethod);
    }

    static MethodDescriptor<DeltaDiscoveryRequest, DeltaDiscoveryResponse> delta(
            Optional<XdsType> type) {
        return type.map(
                        own ->
                                switch (own) {
                                    case CLUSTER ->
                                            ClusterDiscoveryServiceGrpc.getDeltaClustersMethod();
                                    case ENDPOINT ->
                                            EndpointDiscoveryServiceGrpc.getDeltaEndpointsMethod();
                                    case LISTENER ->
                                            ListenerDiscoveryServiceGrpc.getDeltaListenersMethod();
                                    case ROUTE -> RouteDiscoveryServiceGrpc.getDeltaRoutesMethod();
                                })
                .orElseGet(AggregatedDiscoveryServiceGrpc::getDeltaAggregatedResourcesMethod);
    }

    static String controlPlane(Object response) {
        return switch (response) {
            case DiscoveryResponse r -> r.getControlPlane().getIdentifier();
            case DeltaDiscoveryResponse r -> r.getControlPlane().getIdentifier();
            default -> "";
        };
    }
}
