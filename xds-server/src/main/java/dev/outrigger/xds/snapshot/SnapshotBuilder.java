// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.xds.snapshot;

import com.google.protobuf.ByteString;
import dev.outrigger.policy.model.PolicyId;
import dev.outrigger.xds.resource.ResourceType;
import dev.outrigger.xds.resource.XdsResource;
import io.envoyproxy.envoy.config.cluster.v3.Cluster;
import io.envoyproxy.envoy.config.route.v3.VirtualHost;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Versions resources and shares what is equal: between groups, and with the snapshot before.
 * Confined to the reconciler's thread; one builder per revision, {@link #successor} for the next.
 */
public final class SnapshotBuilder {
    private final Map<Key, VersionedResource> earlier;
    private final Map<Key, VersionedResource> shared = new HashMap<>();

    public SnapshotBuilder() {
        this(Map.of());
    }

    private SnapshotBuilder(Map<Key, VersionedResource> earlier) {
        this.earlier = earlier;
    }

    /** A builder that shares what this one made, and forgets what it does not use again. */
    public SnapshotBuilder successor() {
        return new SnapshotBuilder(shared);
    }

    /**
     * @param resources consistent, see {@link ReferenceCheck}
     * @param previous the group's snapshot so far
     */
    public Snapshot build(
            long revision,
            List<PolicyId> documents,
            Collection<XdsResource> resources,
            Optional<Snapshot> previous) {
        var byType = new EnumMap<ResourceType, List<VersionedResource>>(ResourceType.class);
        // By the name of the assignment, of which several clusters may share one.
        var clusterVersions = new HashMap<String, String>();
        for (ResourceType type : ResourceType.values()) { // Clusters before endpoints.
            var versioned = new ArrayList<VersionedResource>();
            for (XdsResource resource : resources) {
                if (resource.type() == type) {
                    versioned.add(version(resource, clusterVersions));
                }
            }
            if (type == ResourceType.CLUSTER) {
                versioned.sort(Comparator.comparing(VersionedResource::name));
                versioned.forEach(cluster ->
                        clusterVersions.merge(
                                cluster.endpointsName(), cluster.version(), String::concat));
            }
            byType.put(type, versioned);
        }
        var types = new EnumMap<ResourceType, TypeResources>(ResourceType.class);
        byType.forEach((type, versioned) ->
                types.put(
                        type,
                        successor(
                                previous.map(snapshot -> snapshot.type(type))
                                        .orElse(TypeResources.EMPTY),
                                versioned)));
        return new Snapshot(revision, documents, types);
    }

    /** Made of the predecessor, so that it shares whatever did not change. */
    private static TypeResources successor(
            TypeResources before, List<VersionedResource> resources) {
        var all = before;
        var names = new HashSet<String>();
        for (VersionedResource resource : resources) {
            all = all.with(resource);
            names.add(resource.name());
        }
        for (String name : before.byName().keySet()) {
            if (!names.contains(name)) {
                all = all.without(name);
            }
        }
        return all;
    }

    private VersionedResource version(XdsResource resource, Map<String, String> clusterVersions) {
        var bytes = ContentVersion.serialize(resource.message());
        var clusterVersion =
                resource.type() == ResourceType.ENDPOINT
                        ? clusterVersions.get(resource.name())
                        : null;
        var version =
                clusterVersion == null
                        ? ContentVersion.of(bytes)
                        : ContentVersion.of(bytes, clusterVersion);
        var key = new Key(resource.type(), resource.name(), version, resource.provenance());
        var known = shared.get(key);
        if (known == null) {
            known = earlier.get(key);
        }
        if (known == null) {
            known = versioned(resource, bytes, version);
        }
        shared.put(key, known);
        return known;
    }

    /**
     * One resource by itself.
     *
     * @param clusterVersion the version of the cluster whose endpoints these are, if they are
     */
    public static VersionedResource version(XdsResource resource, Optional<String> clusterVersion) {
        var bytes = ContentVersion.serialize(resource.message());
        return versioned(
                resource,
                bytes,
                clusterVersion
                        .map(cluster -> ContentVersion.of(bytes, cluster))
                        .orElseGet(() -> ContentVersion.of(bytes)));
    }

    private static VersionedResource versioned(
            XdsResource resource, ByteString bytes, String version) {
        return new VersionedResource(
                resource.type(),
                resource.name(),
                version,
                bytes,
                endpointsName(resource),
                aliases(resource),
                resource.provenance());
    }

    private static String endpointsName(XdsResource resource) {
        if (!(resource.message() instanceof Cluster cluster)
                || cluster.getType() != Cluster.DiscoveryType.EDS) {
            return "";
        }
        var configured = cluster.getEdsClusterConfig().getServiceName();
        return configured.isEmpty() ? cluster.getName() : configured;
    }

    /** By which Envoy asks for a virtual host on demand: its route configuration and a domain. */
    private static List<String> aliases(XdsResource resource) {
        int slash = resource.name().lastIndexOf('/');
        if (!(resource.message() instanceof VirtualHost host) || slash < 0) {
            return List.of();
        }
        var prefix = resource.name().substring(0, slash + 1);
        return host.getDomainsList().stream()
                .map(domain -> prefix + domain)
                .filter(alias -> !alias.equals(resource.name()))
                .toList();
    }

    private record Key(
            ResourceType type,
            String name,
            String version,
            java.util.SortedSet<PolicyId> provenance) {}
}
