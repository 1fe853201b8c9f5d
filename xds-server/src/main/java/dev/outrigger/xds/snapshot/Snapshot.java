// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.xds.snapshot;

import dev.outrigger.policy.model.PolicyId;
import dev.outrigger.xds.resource.ResourceType;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * Everything one node group is served, consistent in itself. Immutable.
 *
 * @param edition tells this snapshot from every other one that its feed hands out; later ones have
 *     higher numbers
 * @param revision the policy revision it was made of; content may be older if nothing changed
 * @param documents the Sidecar and XdsResources documents that select the group
 */
public record Snapshot(
        long edition,
        long revision,
        List<PolicyId> documents,
        Map<ResourceType, TypeResources> types) {
    /** A snapshot of a feed that makes one for each revision. */
    public Snapshot(
            long revision, List<PolicyId> documents, Map<ResourceType, TypeResources> types) {
        this(revision, revision, documents, types);
    }

    public Snapshot {
        documents = List.copyOf(documents);
        var complete = new EnumMap<ResourceType, TypeResources>(ResourceType.class);
        for (ResourceType type : ResourceType.values()) {
            complete.put(type, types.getOrDefault(type, TypeResources.EMPTY));
        }
        types = java.util.Collections.unmodifiableMap(complete);
    }

    public TypeResources type(ResourceType type) {
        return Objects.requireNonNull(types.get(type), "type");
    }

    /** The same content, known to be that of a later revision too. */
    public Snapshot withRevision(long later) {
        return new Snapshot(later, later, documents, types);
    }

    /** The same, handed out once more. */
    public Snapshot withEdition(long number) {
        return new Snapshot(number, revision, documents, types);
    }

    /** The same resources, whatever the revision. */
    public boolean hasContentOf(Snapshot other) {
        return types.entrySet().stream()
                .allMatch(entry ->
                        entry.getValue().version().equals(other.type(entry.getKey()).version()));
    }
}
