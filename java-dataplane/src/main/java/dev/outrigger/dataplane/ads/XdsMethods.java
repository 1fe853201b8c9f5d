// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.ads;

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
import java.util.Optional;

/** The gRPC methods of the aggregated service (no type) and of each type's own. */
final class XdsMethods {
    private XdsMethods() {}

    static MethodDescriptor<DiscoveryRequest, DiscoveryResponse> sotw(Optional<XdsType> type) {
        return type.map(own ->
                        switch (own) {
                            case CLUSTER -> ClusterDiscoveryServiceGrpc.getStreamClustersMethod();
                            case ENDPOINT ->
                                    EndpointDiscoveryServiceGrpc.getStreamEndpointsMethod();
                            case LISTENER ->
                                    ListenerDiscoveryServiceGrpc.getStreamListenersMethod();
                            case ROUTE -> RouteDiscoveryServiceGrpc.getStreamRoutesMethod();
                            case SCOPED_ROUTE ->
                                    ScopedRoutesDiscoveryServiceGrpc.getStreamScopedRoutesMethod();
                            case SECRET -> SecretDiscoveryServiceGrpc.getStreamSecretsMethod();
                            case RUNTIME -> RuntimeDiscoveryServiceGrpc.getStreamRuntimeMethod();
                            case EXTENSION_CONFIG ->
                                    ExtensionConfigDiscoveryServiceGrpc
                                            .getStreamExtensionConfigsMethod();
                            case VIRTUAL_HOST ->
                                    throw new IllegalArgumentException(
                                            "VHDS: state of the world (expected: delta)");
                        })
                .orElseGet(AggregatedDiscoveryServiceGrpc::getStreamAggregatedResourcesMethod);
    }

    static MethodDescriptor<DeltaDiscoveryRequest, DeltaDiscoveryResponse> delta(
            Optional<XdsType> type) {
        return type.map(own ->
                        switch (own) {
                            case CLUSTER -> ClusterDiscoveryServiceGrpc.getDeltaClustersMethod();
                            case ENDPOINT -> EndpointDiscoveryServiceGrpc.getDeltaEndpointsMethod();
                            case LISTENER -> ListenerDiscoveryServiceGrpc.getDeltaListenersMethod();
                            case ROUTE -> RouteDiscoveryServiceGrpc.getDeltaRoutesMethod();
                            case SCOPED_ROUTE ->
                                    ScopedRoutesDiscoveryServiceGrpc.getDeltaScopedRoutesMethod();
                            case SECRET -> SecretDiscoveryServiceGrpc.getDeltaSecretsMethod();
                            case RUNTIME -> RuntimeDiscoveryServiceGrpc.getDeltaRuntimeMethod();
                            case EXTENSION_CONFIG ->
                                    ExtensionConfigDiscoveryServiceGrpc
                                            .getDeltaExtensionConfigsMethod();
                            case VIRTUAL_HOST ->
                                    VirtualHostDiscoveryServiceGrpc.getDeltaVirtualHostsMethod();
                        })
                .orElseGet(AggregatedDiscoveryServiceGrpc::getDeltaAggregatedResourcesMethod);
    }

    /** Where a REST server has each type. */
    static String restPath(XdsType type) {
        return switch (type) {
            case CLUSTER -> "/v3/discovery:clusters";
            case ENDPOINT -> "/v3/discovery:endpoints";
            case LISTENER -> "/v3/discovery:listeners";
            case ROUTE -> "/v3/discovery:routes";
            case SCOPED_ROUTE -> "/v3/discovery:scoped-routes";
            case SECRET -> "/v3/discovery:secrets";
            case RUNTIME -> "/v3/discovery:runtime";
            case EXTENSION_CONFIG -> "/v3/discovery:extension_configs";
            case VIRTUAL_HOST ->
                    throw new IllegalArgumentException("VHDS: REST (expected: delta gRPC)");
        };
    }

    static String controlPlane(Object response) {
        return switch (response) {
            case DiscoveryResponse r -> r.getControlPlane().getIdentifier();
            case DeltaDiscoveryResponse r -> r.getControlPlane().getIdentifier();
            default -> "";
        };
    }
}
