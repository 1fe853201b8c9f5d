// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.xds.reconcile;

import dev.outrigger.policy.kind.xdsresources.XdsResourcesSpec;
import dev.outrigger.policy.model.Policy;
import dev.outrigger.xds.kind.xdsresources.RawResources;
import dev.outrigger.xds.resource.ResourceType;
import dev.outrigger.xds.resource.XdsResource;
import dev.outrigger.xds.snapshot.ReferenceCheck;
import dev.outrigger.xds.snapshot.ReferenceCheck.Need;
import dev.outrigger.xds.snapshot.Snapshot;
import dev.outrigger.xds.snapshot.SnapshotBuilder;
import dev.outrigger.xds.snapshot.TypeResources;
import dev.outrigger.xds.snapshot.VersionedResource;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;

/** An XdsResources document, parsed and versioned once. Immutable. */
final class RawDocument implements DocumentResources {
    private final Snapshot resources;
    private final boolean sound;
    private final SortedSet<Need> unmet;
    private final Map<String, XdsResource> assignments;

    private RawDocument(
            Snapshot resources,
            boolean sound,
            SortedSet<Need> unmet,
            Map<String, XdsResource> assignments) {
        this.resources = resources;
        this.sound = sound;
        this.unmet = unmet;
        this.assignments = assignments;
    }

    /**
     * @param before the document so far, whose objects are shared where nothing changed
     * @throws IllegalArgumentException if a resource cannot be read
     */
    static RawDocument of(Policy<XdsResourcesSpec> document, Optional<RawDocument> before) {
        // Twice the same is as good as once.
        var messages = List.copyOf(new LinkedHashSet<>(RawResources.read(document)));
        var problems = ReferenceCheck.check(messages);
        var unmet = new TreeSet<Need>();
        problems.forEach(problem -> problem.need().ifPresent(unmet::add));
        var assignments = new HashMap<String, XdsResource>();
        for (XdsResource resource : messages) {
            if (resource.type() == ResourceType.ENDPOINT) {
                assignments.putIfAbsent(resource.name(), resource);
            }
        }
        return new RawDocument(
                new SnapshotBuilder()
                        .build(
                                0,
                                List.of(document.id()),
                                messages,
                                before.map(raw -> raw.resources)),
                problems.stream().allMatch(problem -> problem.need().isPresent()),
                Collections.unmodifiableSortedSet(unmet),
                assignments);
    }

    /** Its endpoints, by name. */
    Map<String, XdsResource> assignments() {
        return Collections.unmodifiableMap(assignments);
    }

    @Override
    public TypeResources type(ResourceType type) {
        return resources.type(type);
    }

    @Override
    public boolean isSound() {
        return sound;
    }

    @Override
    public SortedSet<Need> unmet() {
        return unmet;
    }

    @Override
    public List<VersionedResource> clustersOf(String endpointsName) {
        return type(ResourceType.CLUSTER).byName().values().stream()
                .filter(cluster -> cluster.endpointsName().equals(endpointsName))
                .toList();
    }
}
