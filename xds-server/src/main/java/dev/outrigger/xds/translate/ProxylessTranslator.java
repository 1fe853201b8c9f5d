// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.xds.translate;

import com.google.protobuf.Any;
import com.google.protobuf.UInt32Value;
import dev.outrigger.policy.kind.service.ServiceSpec;
import dev.outrigger.policy.model.PolicyId;
import dev.outrigger.xds.ir.IrCluster;
import dev.outrigger.xds.ir.IrVirtualHost;
import dev.outrigger.xds.resource.ResourceType;
import dev.outrigger.xds.resource.XdsResource;
import io.envoyproxy.envoy.config.cluster.v3.Cluster;
import io.envoyproxy.envoy.config.core.v3.Locality;
import io.envoyproxy.envoy.config.endpoint.v3.ClusterLoadAssignment;
import io.envoyproxy.envoy.config.endpoint.v3.LocalityLbEndpoints;
import io.envoyproxy.envoy.config.listener.v3.ApiListener;
import io.envoyproxy.envoy.config.listener.v3.Listener;
import io.envoyproxy.envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager;
import io.envoyproxy.envoy.extensions.filters.network.http_connection_manager.v3.Rds;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * What gRPC clients without a proxy get of the same services and policies. They ask by name: for a
 * listener called like the authority they dial, with or without its port, and from there on for the
 * route configuration, clusters and endpoints it leads to. Each service's port has a route
 * configuration of its own, since a client refuses one as a whole. Stateless, any thread.
 */
public final class ProxylessTranslator {
    private static final String WILDCARD = "*";

    private final XdsTranslator proxies;
    private final GrpcRouteTranslator routes = new GrpcRouteTranslator();

    public ProxylessTranslator(XdsTranslator proxies) {
        this.proxies = proxies;
    }

    /** Listeners and the route configuration of one port of a service. */
    public List<XdsResource> service(PolicyId sidecar, IrVirtualHost host) {
        var name = ResourceNames.virtualHost(host.servicePort());
        var provenance = new TreeSet<>(host.provenance());
        provenance.add(sidecar);
        var resources = new ArrayList<XdsResource>();
        for (String domain : host.domains()) {
            // Nobody can dial a name that is a pattern.
            if (!domain.contains(WILDCARD)) {
                resources.add(
                        XdsResource.of(
                                ResourceType.LISTENER,
                                listener(domain, name),
                                List.of(sidecar, service(host))));
            }
        }
        resources.add(
                XdsResource.of(
                        ResourceType.ROUTE, routes.routeConfiguration(name, host), provenance));
        return resources;
    }

    private static PolicyId service(IrVirtualHost host) {
        return new PolicyId(
                "Service", host.servicePort().namespace(), host.servicePort().service());
    }

    private static Listener listener(String name, String routeConfiguration) {
        var manager =
                HttpConnectionManager.newBuilder()
                        .setRds(
                                Rds.newBuilder()
                                        .setConfigSource(ClusterTranslator.ADS)
                                        .setRouteConfigName(routeConfiguration))
                        .addHttpFilters(ListenerTranslator.ROUTER)
                        .build();
        return Listener.newBuilder()
                .setName(name)
                .setApiListener(ApiListener.newBuilder().setApiListener(Any.pack(manager)))
                .build();
    }

    /** Clients know EDS and, for a host name, one endpoint that they resolve themselves. */
    public XdsResource cluster(IrCluster.Outbound outbound) {
        var resource = proxies.cluster(outbound);
        var cluster = ((Cluster) resource.message()).toBuilder();
        switch (outbound.endpoints()) {
            case ServiceSpec.Endpoints.Static _, ServiceSpec.Endpoints.Eds _ -> {}
            case ServiceSpec.Endpoints.Dns _ -> cluster.setType(Cluster.DiscoveryType.LOGICAL_DNS);
        }
        balancing(cluster);
        // Clients speak HTTP/2 as it is, and have no filters between themselves and a host.
        cluster.clearTypedExtensionProtocolOptions();
        return XdsResource.of(ResourceType.CLUSTER, cluster.build(), outbound.provenance());
    }

    /**
     * They refuse a cluster for an algorithm they do not know. A ring hashes as consistently as a
     * table does (gRFC A42), and taking turns is as even as chance.
     */
    private static void balancing(Cluster.Builder cluster) {
        if (cluster.getLbPolicy() == Cluster.LbPolicy.MAGLEV) {
            cluster.setLbPolicy(Cluster.LbPolicy.RING_HASH).clearMaglevLbConfig();
        } else if (cluster.getLbPolicy() == Cluster.LbPolicy.RANDOM) {
            cluster.clearLbPolicy();
        }
        if (cluster.hasRingHashLbConfig()) {
            cluster.getRingHashLbConfigBuilder().clearHashFunction(); // Only XX_HASH is known.
        }
    }

    /**
     * The endpoints of a cluster, with a weight and a name in every locality: clients ignore one
     * without a weight, and refuse one without a name, which may be an empty one.
     *
     * @param assignments endpoints supplied by documents, by EDS resource name
     */
    public Optional<XdsResource> assignment(
            IrCluster.Outbound cluster, Function<String, @Nullable XdsResource> assignments) {
        return proxies.assignment(cluster, assignments)
                .map(resource ->
                        XdsResource.of(
                                ResourceType.ENDPOINT,
                                weighted((ClusterLoadAssignment) resource.message()),
                                resource.provenance()));
    }

    private static ClusterLoadAssignment weighted(ClusterLoadAssignment assignment) {
        var builder = assignment.toBuilder();
        for (LocalityLbEndpoints.Builder locality : builder.getEndpointsBuilderList()) {
            if (!locality.hasLocality()) {
                locality.setLocality(Locality.getDefaultInstance());
            }
            if (!locality.hasLoadBalancingWeight() && locality.getLbEndpointsCount() > 0) {
                long weight =
                        locality.getLbEndpointsList().stream()
                                .mapToLong(endpoint ->
                                        endpoint.hasLoadBalancingWeight()
                                                ? Integer.toUnsignedLong(
                                                        endpoint.getLoadBalancingWeight()
                                                                .getValue())
                                                : 1)
                                .sum();
                locality.setLoadBalancingWeight(
                        UInt32Value.of((int) Math.min(weight, 0xFFFF_FFFFL)));
            }
        }
        return builder.build();
    }

    /** All of it at once, from scratch. */
    public List<XdsResource> translate(
            PolicyId sidecar,
            Collection<IrVirtualHost> hosts,
            Collection<IrCluster> clusters,
            Function<String, @Nullable XdsResource> assignments) {
        var resources = new ArrayList<XdsResource>();
        hosts.forEach(host -> resources.addAll(service(sidecar, host)));
        for (IrCluster cluster : clusters) {
            switch (cluster) {
                case IrCluster.Inbound _ -> {} // What comes in needs no proxy, nor a cluster.
                case IrCluster.Passthrough _ -> {} // Who dials a host needs nobody to pass it on.
                case IrCluster.Outbound outbound -> {
                    resources.add(cluster(outbound));
                    assignment(outbound, assignments).ifPresent(resources::add);
                }
            }
        }
        return resources;
    }
}
