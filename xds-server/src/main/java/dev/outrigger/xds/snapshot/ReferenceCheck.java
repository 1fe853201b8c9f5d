// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.xds.snapshot;

import com.google.protobuf.Any;
import com.google.protobuf.InvalidProtocolBufferException;
import dev.outrigger.policy.model.PolicyId;
import dev.outrigger.xds.resource.ResourceType;
import dev.outrigger.xds.resource.XdsResource;
import io.envoyproxy.envoy.config.cluster.v3.Cluster;
import io.envoyproxy.envoy.config.core.v3.ConfigSource;
import io.envoyproxy.envoy.config.listener.v3.Filter;
import io.envoyproxy.envoy.config.listener.v3.FilterChain;
import io.envoyproxy.envoy.config.listener.v3.Listener;
import io.envoyproxy.envoy.config.route.v3.Route;
import io.envoyproxy.envoy.config.route.v3.RouteAction;
import io.envoyproxy.envoy.config.route.v3.RouteConfiguration;
import io.envoyproxy.envoy.config.route.v3.VirtualHost;
import io.envoyproxy.envoy.config.route.v3.WeightedCluster;
import io.envoyproxy.envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager;
import io.envoyproxy.envoy.extensions.filters.network.tcp_proxy.v3.TcpProxy;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedSet;

/**
 * Whether the resources of a group refer only to each other: listener to route configuration, route
 * to cluster, EDS cluster to assignment, scope to route configuration, virtual host to its route
 * configuration, and whatever refers to secrets and filters; every name once; every domain once. A
 * set that fails is never served.
 *
 * <p>Routes and inline routes of raw documents may name clusters of the proxy's own bootstrap,
 * which is not known here; for those a dangling cluster is Envoy's to judge.
 */
public final class ReferenceCheck {
    private static final String CONNECTION_MANAGER =
            HttpConnectionManager.getDescriptor().getFullName();
    private static final String TCP_PROXY = TcpProxy.getDescriptor().getFullName();
    private static final String RAW_KIND = "XdsResources";

    private final Map<ResourceType, Map<String, XdsResource>> byType =
            new EnumMap<>(ResourceType.class);
    private final List<Problem> problems = new ArrayList<>();

    private final Set<String> missingClusters;

    private ReferenceCheck(Set<String> missingClusters) {
        this.missingClusters = missingClusters;
        for (ResourceType type : ResourceType.values()) {
            byType.put(type, new HashMap<>());
        }
    }

    /** Everything that is wrong; empty when the set may be served. */
    public static List<Problem> check(Collection<XdsResource> resources) {
        return check(resources, Set.of());
    }

    /**
     * @param missingClusters names that are known to be no clusters of a bootstrap either
     */
    public static List<Problem> check(
            Collection<XdsResource> resources, Set<String> missingClusters) {
        var check = new ReferenceCheck(missingClusters);
        resources.forEach(check::index);
        resources.forEach(check::references);
        return check.problems;
    }

    private Map<String, XdsResource> named(ResourceType type) {
        return java.util.Objects.requireNonNull(byType.get(type), "type");
    }

    private void index(XdsResource resource) {
        if (resource.name().isEmpty()) {
            problem(resource, "has no name");
        }
        var other = named(resource.type()).putIfAbsent(resource.name(), resource);
        if (other != null) {
            problem(resource, "is defined twice, also by " + other.provenance());
        }
    }

    private void references(XdsResource resource) {
        switch (resource.message()) {
            case Cluster cluster -> cluster(resource, cluster);
            case Listener listener -> listener(resource, listener);
            case RouteConfiguration routes -> routeConfiguration(resource, routes);
            case VirtualHost host -> virtualHost(resource, host);
            default -> {} // The others refer to nothing, or only by discovery.
        }
        for (DiscoveryReferences.Reference reference : DiscoveryReferences.of(resource.message())) {
            if (!named(reference.type()).containsKey(reference.name())) {
                missing(resource, reference.what(), reference.type(), reference.name());
            }
        }
    }

    private void cluster(XdsResource resource, Cluster cluster) {
        if (cluster.getType() != Cluster.DiscoveryType.EDS
                || !onThisStream(cluster.getEdsClusterConfig().getEdsConfig())) {
            return;
        }
        var configured = cluster.getEdsClusterConfig().getServiceName();
        var name = configured.isEmpty() ? cluster.getName() : configured;
        if (!named(ResourceType.ENDPOINT).containsKey(name)) {
            missing(resource, "needs the ClusterLoadAssignment", ResourceType.ENDPOINT, name);
        }
    }

    private void listener(XdsResource resource, Listener listener) {
        for (FilterChain chain : listener.getFilterChainsList()) {
            filters(resource, chain);
        }
        if (listener.hasDefaultFilterChain()) {
            filters(resource, listener.getDefaultFilterChain());
        }
        if (listener.hasApiListener()) {
            connectionManager(resource, listener.getApiListener().getApiListener());
        }
    }

    private void filters(XdsResource resource, FilterChain chain) {
        for (Filter filter : chain.getFiltersList()) {
            connectionManager(resource, filter.getTypedConfig());
            tcpProxy(resource, filter.getTypedConfig());
        }
    }

    /** Only where the cluster is known to be missing: a listener without it is as good as any. */
    private void tcpProxy(XdsResource resource, Any config) {
        if (missingClusters.isEmpty() || !config.getTypeUrl().endsWith("/" + TCP_PROXY)) {
            return;
        }
        try {
            var proxy = TcpProxy.parseFrom(config.getValue());
            var names = new HashSet<>(Set.of(proxy.getCluster()));
            proxy.getWeightedClusters()
                    .getClustersList()
                    .forEach(weighted -> names.add(weighted.getName()));
            names.retainAll(missingClusters);
            names.forEach(name ->
                    missing(resource, "forwards to the cluster", ResourceType.CLUSTER, name));
        } catch (InvalidProtocolBufferException e) {
            problem(resource, "holds a TCP proxy that cannot be read: " + e.getMessage());
        }
    }

    /** Found by its type: the filter's name is free text. */
    private void connectionManager(XdsResource resource, Any config) {
        if (!config.getTypeUrl().endsWith("/" + CONNECTION_MANAGER)) {
            return;
        }
        HttpConnectionManager manager;
        try {
            manager = HttpConnectionManager.parseFrom(config.getValue());
        } catch (InvalidProtocolBufferException e) {
            problem(resource, "holds a connection manager that cannot be read: " + e.getMessage());
            return;
        }
        if (manager.hasRds() && onThisStream(manager.getRds().getConfigSource())) {
            var name = manager.getRds().getRouteConfigName();
            if (!named(ResourceType.ROUTE).containsKey(name)) {
                missing(resource, "needs the RouteConfiguration", ResourceType.ROUTE, name);
            }
        }
        if (manager.hasRouteConfig()) {
            routeConfiguration(resource, manager.getRouteConfig());
        }
    }

    /**
     * A virtual host that is discovered by itself is named after its route configuration; a host
     * has no slash, so that the last one is the border.
     */
    private void virtualHost(XdsResource resource, VirtualHost host) {
        int slash = resource.name().lastIndexOf('/');
        if (slash < 1 || slash == resource.name().length() - 1) {
            problem(
                    resource,
                    "is not named after its route configuration (expected: '<route"
                            + " configuration>/<host>')");
            return;
        }
        var parent = resource.name().substring(0, slash);
        var found = named(ResourceType.ROUTE).get(parent);
        if (found == null) {
            missing(resource, "belongs to the RouteConfiguration", ResourceType.ROUTE, parent);
        } else if (found.message() instanceof RouteConfiguration routes && !routes.hasVhds()) {
            problem(
                    resource,
                    "belongs to the RouteConfiguration '" + parent + "', which has no vhds");
        }
        for (Route route : host.getRoutesList()) {
            clusters(route).forEach(cluster -> cluster(resource, route, cluster));
        }
    }

    private void routeConfiguration(XdsResource resource, RouteConfiguration configuration) {
        var domains = new HashMap<String, String>();
        for (VirtualHost host : configuration.getVirtualHostsList()) {
            for (String domain : host.getDomainsList()) {
                var other = domains.put(domain.toLowerCase(Locale.ROOT), host.getName());
                if (other != null) {
                    problem(
                            resource,
                            "has the domain '"
                                    + domain
                                    + "' twice, in the virtual hosts '"
                                    + other
                                    + "' and '"
                                    + host.getName()
                                    + "'");
                }
            }
            for (Route route : host.getRoutesList()) {
                clusters(route).forEach(cluster -> cluster(resource, route, cluster));
            }
        }
    }

    private void cluster(XdsResource resource, Route route, String cluster) {
        if (!named(ResourceType.CLUSTER).containsKey(cluster)
                && (!isRaw(resource) || missingClusters.contains(cluster))) {
            missing(
                    resource,
                    "routes '" + route.getName() + "' to the cluster",
                    ResourceType.CLUSTER,
                    cluster);
        }
    }

    private static boolean isRaw(XdsResource resource) {
        return resource.provenance().stream().anyMatch(id -> id.kind().equals(RAW_KIND));
    }

    private static Set<String> clusters(Route route) {
        var clusters = new HashSet<String>();
        if (route.getRoute().hasCluster()) {
            clusters.add(route.getRoute().getCluster());
        }
        for (WeightedCluster.ClusterWeight weighted :
                route.getRoute().getWeightedClusters().getClustersList()) {
            Optional.of(weighted.getName())
                    .filter(name -> !name.isEmpty())
                    .ifPresent(clusters::add);
        }
        for (RouteAction.RequestMirrorPolicy mirror :
                route.getRoute().getRequestMirrorPoliciesList()) {
            Optional.of(mirror.getCluster())
                    .filter(name -> !name.isEmpty())
                    .ifPresent(clusters::add);
        }
        return clusters;
    }

    private static boolean onThisStream(ConfigSource source) {
        return source.hasAds() || source.hasSelf();
    }

    private void problem(XdsResource resource, String detail) {
        problem(resource, detail, Optional.empty());
    }

    private void missing(XdsResource resource, String detail, ResourceType type, String name) {
        problem(
                resource,
                detail + " '" + name + "', which nobody supplies",
                Optional.of(new Need(type, name)));
    }

    private void problem(XdsResource resource, String detail, Optional<Need> need) {
        problems.add(
                new Problem(
                        resource.type(),
                        resource.name(),
                        resource.type().shortName() + " '" + resource.name() + "' " + detail,
                        resource.provenance(),
                        need));
    }

    /**
     * Why a set cannot be served.
     *
     * @param type of the resource at fault
     * @param documents where it came from
     * @param need what would have to be there, if that is all that is wrong
     */
    public record Problem(
            ResourceType type,
            String name,
            String detail,
            SortedSet<PolicyId> documents,
            Optional<Need> need) {}

    /** A resource that something refers to. */
    public record Need(ResourceType type, String name) implements Comparable<Need> {
        private static final Comparator<Need> ORDER =
                Comparator.comparing(Need::type).thenComparing(Need::name);

        @Override
        public int compareTo(Need other) {
            return ORDER.compare(this, other);
        }
    }
}
