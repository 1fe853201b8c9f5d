// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.xds.translate;

import dev.outrigger.policy.kind.service.ServiceSpec;
import dev.outrigger.policy.model.PolicyId;
import dev.outrigger.xds.ir.Ir;
import dev.outrigger.xds.ir.IrCluster;
import dev.outrigger.xds.ir.IrListener;
import dev.outrigger.xds.ir.IrVirtualHost;
import dev.outrigger.xds.kind.credential.CredentialTranslator;
import dev.outrigger.xds.resource.ResourceType;
import dev.outrigger.xds.resource.XdsResource;
import io.envoyproxy.envoy.config.endpoint.v3.ClusterLoadAssignment;
import io.envoyproxy.envoy.config.route.v3.RouteConfiguration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Translates a representation to resources with provenance: all of a sidecar's, or one part by
 * itself, which comes to the same. Stateless, any thread.
 */
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
            resources.add(cluster(cluster));
            switch (cluster) {
                case IrCluster.Inbound _ -> {} // Its host is inline.
                case IrCluster.Passthrough _ -> {} // Its hosts are whom requests name.
                case IrCluster.Outbound outbound -> {
                    assignment(outbound, assignments::get).ifPresent(resources::add);
                    secret(outbound).ifPresent(resources::add);
                }
            }
        }
        for (IrListener listener : ir.listeners()) {
            resources.add(listener(ir.sidecar(), listener));
            switch (listener) {
                case IrListener.Inbound _ -> {} // Its routes are inline.
                case IrListener.Outbound outbound ->
                        resources.add(routeConfiguration(ir, outbound));
            }
        }
        return resources;
    }

    public XdsResource cluster(IrCluster cluster) {
        return XdsResource.of(
                ResourceType.CLUSTER, clusters.cluster(cluster), cluster.provenance());
    }

    /** The secret that a filter of the cluster asks for. */
    public Optional<XdsResource> secret(IrCluster.Outbound cluster) {
        return CredentialTranslator.secret(cluster, ResourceNames.credential(cluster.servicePort()))
                .map(secret -> XdsResource.of(ResourceType.SECRET, secret, cluster.provenance()));
    }

    public XdsResource listener(PolicyId sidecar, IrListener listener) {
        return XdsResource.of(ResourceType.LISTENER, listeners.listener(listener), Set.of(sidecar));
    }

    /** A route configuration without a name: a part of whichever gets these virtual hosts. */
    public RouteConfiguration virtualHosts(List<IrVirtualHost> hosts) {
        return routes.virtualHosts(hosts);
    }

    /** What surrounds the virtual hosts of a listener's route configuration. */
    public RouteConfiguration routeConfiguration(IrListener.Outbound listener) {
        return routes.routeConfiguration(listener, List.of());
    }

    private XdsResource routeConfiguration(Ir ir, IrListener.Outbound listener) {
        var provenance = new TreeSet<PolicyId>();
        provenance.add(ir.sidecar());
        ir.virtualHosts().forEach(host -> provenance.addAll(host.provenance()));
        return XdsResource.of(
                ResourceType.ROUTE,
                routes.routeConfiguration(listener, ir.virtualHosts()),
                provenance);
    }

    /**
     * The endpoints of a cluster that gets them by EDS, if somebody supplies them.
     *
     * @param assignments endpoints supplied by documents, by EDS resource name
     */
    public Optional<XdsResource> assignment(
            IrCluster.Outbound cluster, Function<String, @Nullable XdsResource> assignments) {
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
                    Optional.ofNullable(assignments.apply(serviceName))
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
