// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.xds.translate;

import com.google.protobuf.UInt32Value;
import dev.outrigger.policy.kind.service.ServiceSpec;
import io.envoyproxy.envoy.config.core.v3.Address;
import io.envoyproxy.envoy.config.core.v3.Locality;
import io.envoyproxy.envoy.config.core.v3.SocketAddress;
import io.envoyproxy.envoy.config.endpoint.v3.ClusterLoadAssignment;
import io.envoyproxy.envoy.config.endpoint.v3.Endpoint;
import io.envoyproxy.envoy.config.endpoint.v3.LbEndpoint;
import io.envoyproxy.envoy.config.endpoint.v3.LocalityLbEndpoints;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;

/** Endpoints of a cluster, grouped by locality and priority. */
final class EndpointTranslator {
    /** One assignment per cluster, of the cluster's name. */
    ClusterLoadAssignment assignment(String cluster, List<ServiceSpec.Address> addresses) {
        var groups = new LinkedHashMap<Group, List<ServiceSpec.Address>>();
        addresses.forEach(address ->
                groups.computeIfAbsent(
                                new Group(address.locality(), address.priority()),
                                _ -> new ArrayList<>())
                        .add(address));
        var assignment = ClusterLoadAssignment.newBuilder().setClusterName(cluster);
        groups.forEach((group, members) -> assignment.addEndpoints(locality(group, members)));
        return assignment.build();
    }

    /** The assignment of a cluster that carries its only host itself. */
    ClusterLoadAssignment single(String cluster, String host, int port) {
        return ClusterLoadAssignment.newBuilder()
                .setClusterName(cluster)
                .addEndpoints(LocalityLbEndpoints.newBuilder().addLbEndpoints(endpoint(host, port)))
                .build();
    }

    /** What one {@code LocalityLbEndpoints} stands for. */
    private record Group(Optional<ServiceSpec.Locality> locality, int priority) {}

    private static LocalityLbEndpoints locality(Group group, List<ServiceSpec.Address> members) {
        // An empty one is as good as none to a proxy; grpc-go and grpcio refuse none.
        var builder =
                LocalityLbEndpoints.newBuilder()
                        .setLocality(Locality.getDefaultInstance())
                        .setPriority(group.priority());
        group.locality()
                .ifPresent(value ->
                        builder.setLocality(
                                Locality.newBuilder()
                                        .setRegion(value.region())
                                        .setZone(value.zone())
                                        .setSubZone(value.subZone())));
        long weight = 0;
        for (ServiceSpec.Address member : members) {
            var endpoint = endpoint(member.address(), member.port());
            member.weight().ifPresent(value -> endpoint.setLoadBalancingWeight(weight(value)));
            builder.addLbEndpoints(endpoint);
            weight += member.weight().orElse(1L);
        }
        // gRPC clients ignore a locality without weight; Envoy reads it only where it is asked to.
        return builder.setLoadBalancingWeight(weight(Math.min(weight, 0xFFFF_FFFFL))).build();
    }

    /** Protobuf's uint32 is an int in Java. */
    private static UInt32Value weight(long value) {
        return UInt32Value.of((int) value);
    }

    private static LbEndpoint.Builder endpoint(String host, int port) {
        return LbEndpoint.newBuilder()
                .setEndpoint(Endpoint.newBuilder().setAddress(address(host, port)));
    }

    static Address address(String host, int port) {
        return Address.newBuilder()
                .setSocketAddress(SocketAddress.newBuilder().setAddress(host).setPortValue(port))
                .build();
    }
}
