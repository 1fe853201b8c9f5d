// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.xds.snapshot;

import dev.outrigger.policy.model.PolicyId;
import dev.outrigger.xds.resource.ResourceType;
import java.util.ArrayList;
import java.util.Collection;
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
 * @param earlier what the group was served before, the newest first: a client that reconnects may
 *     still have it
 */
public record Snapshot(
        long edition,
        long revision,
        List<PolicyId> documents,
        Map<ResourceType, TypeResources> types,
        Map<ResourceType, List<TypeResources>> earlier) {
    /** A snapshot of a feed that makes one for each revision. */
    public Snapshot(
            long revision, List<PolicyId> documents, Map<ResourceType, TypeResources> types) {
        this(revision, revision, documents, types, Map.of());
    }

    public Snapshot {
        documents = List.copyOf(documents);
        var complete = new EnumMap<ResourceType, TypeResources>(ResourceType.class);
        for (ResourceType type : ResourceType.values()) {
            complete.put(type, types.getOrDefault(type, TypeResources.EMPTY));
        }
        types = java.util.Collections.unmodifiableMap(complete);
        earlier = Map.copyOf(earlier);
    }

    public TypeResources type(ResourceType type) {
        return Objects.requireNonNull(types.get(type), "type");
    }

    /** What was served of a type before, the newest first. */
    public List<TypeResources> earlier(ResourceType type) {
        return earlier.getOrDefault(type, List.of());
    }

    /** The same content, known to be that of a later revision too. */
    public Snapshot withRevision(long later) {
        return new Snapshot(later, later, documents, types, earlier);
    }

    /** The same, handed out once more. */
    public Snapshot withEdition(long number) {
        return new Snapshot(number, revision, documents, types, earlier);
    }

    /**
     * The same, as the successor of others.
     *
     * @param newestFirst what was handed out before; only its resources are kept
     */
    @SuppressWarnings("ReferenceEquality") // Content that did not change is the same object.
    public Snapshot after(Collection<Snapshot> newestFirst) {
        var before = new EnumMap<ResourceType, List<TypeResources>>(ResourceType.class);
        types.forEach((type, now) -> {
            var distinct = new ArrayList<TypeResources>();
            for (Snapshot snapshot : newestFirst) {
                var resources = snapshot.type(type);
                if (resources != now && distinct.stream().noneMatch(one -> one == resources)) {
                    distinct.add(resources);
                }
            }
            if (!distinct.isEmpty()) {
                before.put(type, List.copyOf(distinct));
            }
        });
        return new Snapshot(edition, revision, documents, types, before);
    }

    /** The same resources, whatever the revision. */
    public boolean hasContentOf(Snapshot other) {
        return types.entrySet().stream()
                .allMatch(entry ->
                        entry.getValue().version().equals(other.type(entry.getKey()).version()));
    }
}
