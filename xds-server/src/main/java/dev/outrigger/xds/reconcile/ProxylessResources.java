// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.xds.reconcile;

import dev.outrigger.policy.kind.sidecar.SidecarSpec;
import dev.outrigger.policy.model.Policy;
import dev.outrigger.policy.model.ServiceRef;
import dev.outrigger.xds.ir.IrCluster;
import dev.outrigger.xds.ir.IrRoute;
import dev.outrigger.xds.ir.IrServicePort;
import dev.outrigger.xds.ir.IrVirtualHost;
import dev.outrigger.xds.resolve.Caller;
import dev.outrigger.xds.resolve.HostFilter;
import dev.outrigger.xds.resource.ResourceType;
import dev.outrigger.xds.resource.XdsResource;
import dev.outrigger.xds.snapshot.ReferenceCheck.Need;
import dev.outrigger.xds.snapshot.SnapshotBuilder;
import dev.outrigger.xds.snapshot.TypeResources;
import dev.outrigger.xds.snapshot.VersionedResource;
import dev.outrigger.xds.translate.ResourceNames;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * The resources of one Sidecar document for gRPC clients without a proxy, kept up to date service
 * by service. Confined to the reconciler's thread.
 */
final class ProxylessResources implements DocumentResources {
    private final Policy<SidecarSpec> sidecar;
    private final PartCatalog catalog;
    private final Optional<HostFilter> filter;
    private final Map<ResourceType, TypeResources> types = new EnumMap<>(ResourceType.class);
    private final Map<ServiceRef, List<IrVirtualHost>> hosts = new HashMap<>();

    /** Listeners and route configurations, by service. */
    private final Map<ServiceRef, List<VersionedResource>> listeners = new HashMap<>();

    /** How many services have a resource of a type and name. */
    private final Map<String, Integer> claims = new HashMap<>();

    private int disputed;
    private final TreeSet<Need> unmet = new TreeSet<>();
    private Set<IrServicePort> targets = Set.of();

    ProxylessResources(Policy<SidecarSpec> sidecar, PartCatalog catalog) {
        this.sidecar = sidecar;
        this.catalog = catalog;
        this.filter = sidecar.spec().outbound().map(outbound -> new HostFilter(outbound.hosts()));
        update(catalog.services());
    }

    /** Brings up to date what depends on these services. */
    void update(Collection<ServiceRef> services) {
        if (filter.isEmpty()) {
            return;
        }
        for (ServiceRef service : services) {
            updateHosts(service, filter.get());
        }
        var before = targets;
        targets = targets();
        var touched = new HashSet<>(before);
        touched.addAll(targets);
        for (IrServicePort target : touched) {
            var service = new ServiceRef(target.namespace(), target.service());
            if (services.contains(service) || before.contains(target) != targets.contains(target)) {
                updateCluster(target);
            }
        }
    }

    private void updateHosts(ServiceRef service, HostFilter visible) {
        for (VersionedResource old : listeners.getOrDefault(service, List.of())) {
            claim(old, -1);
        }
        var now = catalog.virtualHosts(service, visible, sidecar.spec().service());
        var resources = new ArrayList<VersionedResource>();
        for (IrVirtualHost host : now) {
            for (XdsResource resource : catalog.proxyless().service(sidecar.id(), host)) {
                resources.add(SnapshotBuilder.version(resource, Optional.empty()));
            }
        }
        resources.forEach(resource -> claim(resource, 1));
        var names = new HashSet<String>();
        for (VersionedResource resource : resources) {
            set(resource.type(), resource.name(), Optional.of(resource));
            names.add(resource.type() + resource.name());
        }
        for (VersionedResource old : listeners.getOrDefault(service, List.of())) {
            if (!names.contains(old.type() + old.name())) {
                set(old.type(), old.name(), Optional.empty());
            }
        }
        if (now.isEmpty()) {
            hosts.remove(service);
            listeners.remove(service);
        } else {
            hosts.put(service, now);
            listeners.put(service, resources);
        }
    }

    private void claim(VersionedResource resource, int count) {
        var name = resource.type() + resource.name();
        int before = claims.getOrDefault(name, 0);
        int after = before + count;
        if (after == 0) {
            claims.remove(name);
        } else {
            claims.put(name, after);
        }
        disputed += (after > 1 ? 1 : 0) - (before > 1 ? 1 : 0);
    }

    private Set<IrServicePort> targets() {
        var all = new HashSet<IrServicePort>();
        for (List<IrVirtualHost> ofService : hosts.values()) {
            for (IrVirtualHost host : ofService) {
                all.add(host.servicePort());
                for (IrRoute route : host.routes()) {
                    route.backends().forEach(backend -> all.add(backend.servicePort()));
                }
            }
        }
        return all;
    }

    private void updateCluster(IrServicePort target) {
        var outbound =
                targets.contains(target)
                        ? catalog.outbound(target, Caller.of(sidecar.spec()))
                        : Optional.<IrCluster.Outbound>empty();
        var name = ResourceNames.cluster(target);
        var cluster =
                outbound.map(found ->
                        SnapshotBuilder.version(
                                catalog.proxyless().cluster(found), Optional.empty()));
        var endpoints =
                outbound.flatMap(found ->
                        catalog.proxylessAssignment(found)
                                .map(assignment ->
                                        SnapshotBuilder.version(
                                                assignment,
                                                cluster.map(VersionedResource::version))));
        set(ResourceType.CLUSTER, name, cluster);
        set(ResourceType.ENDPOINT, name, endpoints);
        need(ResourceType.CLUSTER, name, cluster.isEmpty() && targets.contains(target));
        need(
                ResourceType.ENDPOINT,
                name,
                endpoints.isEmpty()
                        && cluster.filter(found -> !found.endpointsName().isEmpty()).isPresent());
    }

    private void need(ResourceType type, String name, boolean needed) {
        var need = new Need(type, name);
        if (needed) {
            unmet.add(need);
        } else {
            unmet.remove(need);
        }
    }

    private void set(ResourceType type, String name, Optional<VersionedResource> resource) {
        var before = type(type);
        types.put(type, resource.map(before::with).orElseGet(() -> before.without(name)));
    }

    @Override
    public TypeResources type(ResourceType type) {
        return types.getOrDefault(type, TypeResources.EMPTY);
    }

    @Override
    public boolean isSound() {
        return disputed == 0;
    }

    @Override
    public SortedSet<Need> unmet() {
        return Collections.unmodifiableSortedSet(unmet);
    }

    @Override
    public List<VersionedResource> clustersOf(String endpointsName) {
        return type(ResourceType.CLUSTER)
                .find(endpointsName)
                .filter(cluster -> cluster.endpointsName().equals(endpointsName))
                .stream()
                .toList();
    }
}
