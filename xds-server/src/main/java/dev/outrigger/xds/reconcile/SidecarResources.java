// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.xds.reconcile;

import dev.outrigger.policy.kind.sidecar.SidecarSpec;
import dev.outrigger.policy.model.Policy;
import dev.outrigger.policy.model.PolicyId;
import dev.outrigger.policy.model.ServiceRef;
import dev.outrigger.policy.tree.SharedTree;
import dev.outrigger.xds.ir.IrListener;
import dev.outrigger.xds.ir.IrServicePort;
import dev.outrigger.xds.resolve.Caller;
import dev.outrigger.xds.resolve.HostFilter;
import dev.outrigger.xds.resolve.IrBuilder;
import dev.outrigger.xds.resource.ResourceType;
import dev.outrigger.xds.resource.XdsResource;
import dev.outrigger.xds.snapshot.ContentHash;
import dev.outrigger.xds.snapshot.ContentVersion;
import dev.outrigger.xds.snapshot.ReferenceCheck.Need;
import dev.outrigger.xds.snapshot.SnapshotBuilder;
import dev.outrigger.xds.snapshot.TypeResources;
import dev.outrigger.xds.snapshot.VersionedResource;
import dev.outrigger.xds.translate.ResourceNames;
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
import org.jspecify.annotations.Nullable;

/**
 * The resources of one Sidecar document, kept up to date service by service.
 *
 * <p>A route configuration is one resource with the routes of all services. Its parts are encoded
 * by themselves, and its version is that of a tree of them, so that a change costs its own part and
 * one copy of the bytes. Confined to the reconciler's thread.
 */
final class SidecarResources implements DocumentResources {
    private final Policy<SidecarSpec> sidecar;
    private final PartCatalog catalog;
    private final RouteBytes routeBytes;
    private final Optional<HostFilter> filter;
    private final List<IrListener> listeners;
    private final Map<ResourceType, TypeResources> types = new EnumMap<>(ResourceType.class);
    private final TreeSet<Need> unmet = new TreeSet<>();

    /** By service, in the order of the documents. */
    private SharedTree<String, HostsPart> hosts = SharedTree.byName();

    private final Map<ServiceRef, Map<IrServicePort, Uses>> uses = new HashMap<>();

    /** How many virtual hosts claim a domain; Envoy refuses more than one. */
    private final Map<String, Integer> domains = new HashMap<>();

    private int disputedDomains;

    SidecarResources(Policy<SidecarSpec> sidecar, PartCatalog catalog, RouteBytes routeBytes) {
        this.sidecar = sidecar;
        this.catalog = catalog;
        this.routeBytes = routeBytes;
        this.filter = sidecar.spec().outbound().map(outbound -> new HostFilter(outbound.hosts()));
        this.listeners = IrBuilder.listeners(sidecar);
        var translator = catalog.translator();
        listeners.forEach(listener -> put(translator.listener(sidecar.id(), listener)));
        IrBuilder.ownClusters(sidecar).forEach(cluster -> put(translator.cluster(cluster)));
        update(catalog.services());
        if (hosts.isEmpty()) {
            routeConfigurations(); // Empty ones: Envoy's listeners wait for them.
        }
    }

    Policy<SidecarSpec> document() {
        return sidecar;
    }

    /** Brings up to date what depends on these services. */
    void update(Collection<ServiceRef> services) {
        if (filter.isEmpty()) {
            return;
        }
        var before = hosts;
        var touched = new HashSet<IrServicePort>();
        for (ServiceRef service : services) {
            updateHosts(service, filter.get(), touched);
            touched.addAll(uses.getOrDefault(service, Map.of()).keySet());
        }
        touched.forEach(this::updateCluster);
        if (hosts != before) {
            routeConfigurations();
        }
    }

    @SuppressWarnings("ReferenceEquality") // A short cut to the same answer.
    private void updateHosts(ServiceRef service, HostFilter visible, Set<IrServicePort> touched) {
        // No name contains the separator, and it sorts before all they contain.
        var key = service.namespace() + '\0' + service.name();
        var before = hosts.get(key);
        var after = catalog.hosts(service, visible, sidecar.spec().service());
        if (before == after || (before != null && after != null && before.isSame(after))) {
            return;
        }
        // The new one first, so that what both use is not given up in between.
        if (after != null) {
            after.targets().forEach((target, routed) -> use(target, routed, 1, touched));
            after.domains().forEach(domain -> claim(domain, 1));
        }
        if (before != null) {
            before.targets().forEach((target, routed) -> use(target, routed, -1, touched));
            before.domains().forEach(domain -> claim(domain, -1));
        }
        hosts = after == null ? hosts.without(key) : hosts.with(key, after);
    }

    private void use(IrServicePort target, boolean routed, int count, Set<IrServicePort> touched) {
        var service = new ServiceRef(target.namespace(), target.service());
        var ofService = uses.computeIfAbsent(service, _ -> new HashMap<>());
        var before = ofService.getOrDefault(target, Uses.NONE);
        var after = new Uses(before.count() + count, before.routed() + (routed ? count : 0));
        if (after.equals(Uses.NONE)) {
            ofService.remove(target);
            if (ofService.isEmpty()) {
                uses.remove(service);
            }
        } else {
            ofService.put(target, after);
        }
        if (before.count() == 0
                || after.count() == 0
                || before.routed() == 0
                || after.routed() == 0) {
            touched.add(target);
        }
    }

    private void claim(String domain, int count) {
        int before = domains.getOrDefault(domain, 0);
        int after = before + count;
        if (after == 0) {
            domains.remove(domain);
        } else {
            domains.put(domain, after);
        }
        disputedDomains += (after > 1 ? 1 : 0) - (before > 1 ? 1 : 0);
    }

    private void updateCluster(IrServicePort target) {
        var name = ResourceNames.cluster(target);
        var used =
                uses.getOrDefault(new ServiceRef(target.namespace(), target.service()), Map.of())
                        .getOrDefault(target, Uses.NONE);
        var part = used.count() == 0 ? null : catalog.cluster(target, Caller.of(sidecar.spec()));
        set(ResourceType.CLUSTER, name, part == null ? null : part.cluster());
        set(ResourceType.ENDPOINT, name, part == null ? null : part.endpoints().orElse(null));
        set(
                ResourceType.SECRET,
                ResourceNames.credential(target),
                part == null ? null : part.secret().orElse(null));
        need(ResourceType.CLUSTER, name, part == null && used.routed() > 0);
        need(ResourceType.ENDPOINT, name, part != null && part.lacksEndpoints());
    }

    private void need(ResourceType type, String name, boolean needed) {
        var need = new Need(type, name);
        if (needed) {
            unmet.add(need);
        } else {
            unmet.remove(need);
        }
    }

    private void routeConfigurations() {
        for (IrListener listener : listeners) {
            switch (listener) {
                case IrListener.Inbound _ -> {} // Its routes are inline.
                case IrListener.Outbound outbound -> routeConfiguration(outbound);
            }
        }
    }

    private void routeConfiguration(IrListener.Outbound listener) {
        var frame = ContentVersion.serialize(catalog.translator().routeConfiguration(listener));
        var all = hosts;
        var version = ContentHash.of(ContentHash.of(frame), RouteBytes.hash(all)).hex();
        set(
                ResourceType.ROUTE,
                ResourceNames.routeConfiguration(listener),
                new VersionedResource(
                        ResourceType.ROUTE,
                        ResourceNames.routeConfiguration(listener),
                        version,
                        routeBytes.of(version, frame, all),
                        "",
                        List.of(),
                        new Provenance(() -> provenance(sidecar.id(), all))));
    }

    private static SortedSet<PolicyId> provenance(
            PolicyId sidecar, SharedTree<String, HostsPart> hosts) {
        var documents = new TreeSet<PolicyId>();
        documents.add(sidecar);
        hosts.values().forEach(part -> documents.addAll(part.provenance()));
        return documents;
    }

    private void put(XdsResource resource) {
        set(resource.type(), resource.name(), SnapshotBuilder.version(resource, Optional.empty()));
    }

    private void set(ResourceType type, String name, @Nullable VersionedResource resource) {
        var before = type(type);
        types.put(type, resource == null ? before.without(name) : before.with(resource));
    }

    @Override
    public TypeResources type(ResourceType type) {
        return types.getOrDefault(type, TypeResources.EMPTY);
    }

    @Override
    public boolean isSound() {
        return disputedDomains == 0;
    }

    @Override
    public SortedSet<Need> unmet() {
        return Collections.unmodifiableSortedSet(unmet);
    }

    /** Each has its own assignment, of its own name. */
    @Override
    public List<VersionedResource> clustersOf(String endpointsName) {
        return type(ResourceType.CLUSTER)
                .find(endpointsName)
                .filter(cluster -> cluster.endpointsName().equals(endpointsName))
                .stream()
                .toList();
    }

    /**
     * How many services' virtual hosts need a cluster.
     *
     * @param routed those of them that may send requests there
     */
    private record Uses(int count, int routed) {
        static final Uses NONE = new Uses(0, 0);
    }
}
