// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.xds.ads;

import dev.outrigger.xds.snapshot.TypeResources;
import dev.outrigger.xds.snapshot.VersionedResource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What a client refused of one type. No version is sent to it a second time: what was refused
 * together is held back until something of it differs, and is then sent together, since the client
 * may have refused the good ones as well. Confined to its stream.
 */
final class Refusals {
    /** Empty most of the time; no two groups have the same version of a name. */
    private @Nullable List<Group> groups;

    private @Nullable Set<String> removals;
    private int modifications;

    /**
     * @param versions by name
     * @param blamed the names that are at fault as far as one knows
     * @param named whether the client said so
     */
    private record Group(Map<String, String> versions, Set<String> blamed, boolean named) {}

    /** Grows with every change. */
    int modifications() {
        return modifications;
    }

    boolean isEmpty() {
        return groups == null && removals == null;
    }

    /**
     * @param named the names that the client blamed, or none
     */
    void add(Map<String, String> versions, Set<String> named) {
        if (versions.isEmpty()) {
            return;
        }
        modifications++;
        if (groups == null) {
            groups = new ArrayList<>();
        }
        groups.add(
                new Group(
                        Map.copyOf(versions),
                        named.isEmpty() ? versions.keySet() : Set.copyOf(named),
                        !named.isEmpty()));
    }

    void addRemoval(String name) {
        modifications++;
        if (removals == null) {
            removals = new HashSet<>();
        }
        removals.add(name);
    }

    /** Whether it must not be sent. */
    boolean holds(VersionedResource resource) {
        if (groups == null) {
            return false;
        }
        for (Group group : groups) {
            if (resource.version().equals(group.versions().get(resource.name()))) {
                return true;
            }
        }
        return false;
    }

    /** Whether it must not even be sent along with others. */
    boolean blames(VersionedResource resource) {
        if (groups == null) {
            return false;
        }
        for (Group group : groups) {
            if (group.blamed().contains(resource.name())
                    && resource.version().equals(group.versions().get(resource.name()))) {
                return true;
            }
        }
        return false;
    }

    boolean holdsRemoval(String name) {
        return removals != null && removals.contains(name);
    }

    /**
     * Lets go of what was refused together with something that is different now. What the client
     * itself blamed stays until it is different itself.
     */
    void release(TypeResources next) {
        modifications++;
        removals = null;
        if (groups == null) {
            return;
        }
        var kept = new ArrayList<Group>();
        for (Group group : groups) {
            if (group.versions().entrySet().stream().noneMatch(entry -> differs(next, entry))) {
                kept.add(group);
            } else if (group.named()) {
                var still = new HashMap<>(group.versions());
                still.entrySet()
                        .removeIf(entry ->
                                !group.blamed().contains(entry.getKey()) || differs(next, entry));
                if (!still.isEmpty()) {
                    kept.add(new Group(Map.copyOf(still), Set.copyOf(still.keySet()), true));
                }
            }
        }
        groups = kept.isEmpty() ? null : kept;
    }

    private static boolean differs(TypeResources resources, Map.Entry<String, String> refusal) {
        var resource = resources.get(refusal.getKey());
        return resource == null || !resource.version().equals(refusal.getValue());
    }
}
