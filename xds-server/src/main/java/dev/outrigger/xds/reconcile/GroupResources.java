// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.xds.reconcile;

import dev.outrigger.xds.node.NodeGroupKey;
import dev.outrigger.xds.resource.ResourceType;
import dev.outrigger.xds.snapshot.ContentHash;
import dev.outrigger.xds.snapshot.ReferenceCheck.Need;
import dev.outrigger.xds.snapshot.TypeResources;
import dev.outrigger.xds.snapshot.VersionedResource;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * The resources of one node group, merged from those of its documents, change by change. Confined
 * to the reconciler's thread.
 */
final class GroupResources {
    private final NodeGroupKey key;

    /** The documents' resources as they were merged last, in the order of the documents. */
    private final Map<ResourceType, List<TypeResources>> inputs = new EnumMap<>(ResourceType.class);

    private final Map<ResourceType, TypeResources> merged = new EnumMap<>(ResourceType.class);

    /** Names that documents define differently. */
    private final TreeSet<Need> disputed = new TreeSet<>();

    /** Clusters are merged before endpoints, whose version changes with them. */
    private final TreeSet<String> endpointsOfChangedClusters = new TreeSet<>();

    private List<DocumentResources> documents = List.of();
    private boolean complete = true;

    GroupResources(NodeGroupKey key) {
        this.key = key;
    }

    /**
     * Brings it up to date.
     *
     * @throws RuntimeException if a document cannot be translated; nothing is changed then
     */
    void update(DerivedResources derived) {
        var found = new ArrayList<DocumentResources>();
        boolean all = true;
        for (var document : key.documents()) {
            var resources = derived.document(document, key.client());
            if (resources == null) {
                all = false;
            } else {
                found.add(resources);
            }
        }
        // Documents' resources are compared by position, so none may be missing in between.
        if (found.size() != documents.size()) {
            inputs.clear();
            merged.clear();
            disputed.clear();
        }
        documents = List.copyOf(found);
        complete = all;
        for (ResourceType type : ResourceType.values()) {
            merge(type);
        }
    }

    TypeResources type(ResourceType type) {
        return merged.getOrDefault(type, TypeResources.EMPTY);
    }

    Map<ResourceType, TypeResources> types() {
        var types = new EnumMap<ResourceType, TypeResources>(ResourceType.class);
        for (ResourceType type : ResourceType.values()) {
            types.put(type, type(type));
        }
        return types;
    }

    /** Whether it may be served: nothing is missing, and nothing is there twice. */
    boolean isConsistent() {
        return complete
                && disputed.isEmpty()
                && documents.stream()
                        .allMatch(document ->
                                document.isSound()
                                        && document.unmet().stream().allMatch(this::isMet));
    }

    private boolean isMet(Need need) {
        return type(need.type()).find(need.name()).isPresent();
    }

    private void merge(ResourceType type) {
        var now = documents.stream().map(document -> document.type(type)).toList();
        if (now.size() == 1) {
            merged.put(type, now.getFirst());
            return;
        }
        var names = new TreeSet<String>();
        var before = inputs.put(type, now);
        for (int i = 0; i < now.size(); i++) {
            var was = before == null ? TypeResources.EMPTY : before.get(i);
            for (TypeResources.Difference difference : now.get(i).differencesFrom(was)) {
                names.add(difference.name());
                if (type == ResourceType.CLUSTER) {
                    difference.before().ifPresent(this::clusterChanged);
                    difference.after().ifPresent(this::clusterChanged);
                }
            }
        }
        if (type == ResourceType.ENDPOINT) {
            names.addAll(endpointsOfChangedClusters);
            endpointsOfChangedClusters.clear();
        }
        var resources = type(type);
        for (String name : names) {
            var resource = merge(type, name, now);
            resources = resource == null ? resources.without(name) : resources.with(resource);
        }
        merged.put(type, resources);
    }

    private void clusterChanged(VersionedResource cluster) {
        if (!cluster.endpointsName().isEmpty()) {
            endpointsOfChangedClusters.add(cluster.endpointsName());
        }
    }

    private @Nullable VersionedResource merge(
            ResourceType type, String name, List<TypeResources> from) {
        VersionedResource first = null;
        int owner = -1;
        boolean isDisputed = false;
        for (int i = 0; i < from.size(); i++) {
            var resource = from.get(i).find(name).orElse(null);
            if (first == null) {
                first = resource;
                owner = i;
            } else if (resource != null) {
                isDisputed |= !isSameContent(first, resource);
            }
        }
        var place = new Need(type, name);
        if (isDisputed) {
            disputed.add(place);
        } else {
            disputed.remove(place);
        }
        return first != null && type == ResourceType.ENDPOINT
                ? withOthersClusters(first, owner)
                : first;
    }

    private static boolean isSameContent(VersionedResource one, VersionedResource other) {
        return one.isSame(other)
                || (one.value().equals(other.value())
                        && one.provenance().equals(other.provenance()));
    }

    /** Endpoints change their version with every cluster that has them, also another document's. */
    private VersionedResource withOthersClusters(VersionedResource endpoints, int owner) {
        var versions = new StringBuilder();
        for (int i = 0; i < documents.size(); i++) {
            if (i != owner) {
                documents
                        .get(i)
                        .clustersOf(endpoints.name())
                        .forEach(cluster -> versions.append(cluster.version()));
            }
        }
        return versions.isEmpty()
                ? endpoints
                : new VersionedResource(
                        endpoints.type(),
                        endpoints.name(),
                        ContentHash.of(endpoints.version(), versions.toString()).hex(),
                        endpoints.value(),
                        endpoints.endpointsName(),
                        endpoints.aliases(),
                        endpoints.provenance());
    }
}
