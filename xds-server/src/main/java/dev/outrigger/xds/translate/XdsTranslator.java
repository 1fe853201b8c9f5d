// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.xds.translate;

import dev.outrigger.policy.kind.service.ServiceSpec;
import dev.outrigger.policy.model.PolicyId;
import dev.outrigger.xds.ir.Ir;
import dev.outrigger.xds.ir.IrCluster;
import dev.outrigger.xds.ir.IrListener;
import dev.outrigger.xds.resource.ResourceType;
import dev.outrigger.xds.resource.XdsResource;
import io.envoyproxy.envoy.config.endpoint.v3.ClusterLoadAssignment;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/** Translates one sidecar's representation to resources with provenance. Stateless, any thread. */
public final class XdsTranslator {
    private final EndpointTranslator endpoints = new EndpointTranslator();
    private final ClusterTranslator clusters = new ClusterTranslator(endpoints);
    private final ListenerTranslator listeners = new ListenerTranslator();
    private final RouteTranslator routes = new RouteTranslator();

    /**
     * @param assignments endpoints supplied by documents, by EDS resource name
     */
    public List<XdsResource> translate(Ir ir, Map<String, XdsResource> assignments) {
        var resources = new ArrayList<XdsResource>();
        for (IrCluster cluster : ir.clusters()) {
            resources.add(
                    XdsResource.of(
                            ResourceType.CLUSTER, clusters.cluster(cluster), cluster.provenance()));
            assignment(cluster, assignments).ifPresent(resources::add);
        }
        for (IrListener listener : ir.listeners()) {
            resources.add(
                    XdsResource.of(
                            ResourceType.LISTENER,
                            listeners.listener(listener),
                            Set.of(ir.sidecar())));
            switch (listener) {
                case IrListener.Inbound _ -> {} // Its routes are inline.
                case IrListener.Outbound outbound ->
                        resources.add(routeConfiguration(ir, outbound));
            }
        }
        return resources;
    }

    private XdsResource routeConfiguration(Ir ir, IrListener.Outbound listener) {
        var provenance = new TreeSet<PolicyId>();
        provenance.add(ir.sidecar());
        ir.virtualHosts().forEach(host -> provenance.addAll(host.provenance()));
        return XdsResource.of(
                ResourceType.ROUTE,
                routes.routeConfiguration(
                        ResourceNames.routeConfiguration(listener), ir.virtualHosts()),
                provenance);
    }

    private Optional<XdsResource> assignment(
            IrCluster cluster, Map<String, XdsResource> assignments) {
        return switch (cluster) {
            case IrCluster.Inbound _ -> Optional.empty();
            case IrCluster.Outbound outbound -> assignment(outbound, assignments);
        };
    }

    private Optional<XdsResource> assignment(
            IrCluster.Outbound cluster, Map<String, XdsResource> assignments) {
        var name = ResourceNames.cluster(cluster.servicePort());
        return switch (cluster.endpoints()) {
            case ServiceSpec.Endpoints.Static(var addresses) ->
                    Optional.of(
                            XdsResource.of(
                                    ResourceType.ENDPOINT,
                                    endpoints.assignment(name, addresses),
                                    cluster.provenance()));
            case ServiceSpec.Endpoints.Dns _ -> Optional.empty();
            case ServiceSpec.Endpoints.Eds(var serviceName) ->
                    Optional.ofNullable(assignments.get(serviceName))
                            .map(source -> renamed(source, name, cluster.provenance()));
        };
    }

    private static XdsResource renamed(
            XdsResource source, String name, Collection<PolicyId> provenance) {
        var both = new TreeSet<>(source.provenance());
        both.addAll(provenance);
        var message =
                ((ClusterLoadAssignment) source.message()).toBuilder().setClusterName(name).build();
        return XdsResource.of(ResourceType.ENDPOINT, message, both);
    }
}
