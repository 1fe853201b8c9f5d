// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.xds.ads;

import dev.outrigger.xds.snapshot.TypeResources;
import dev.outrigger.xds.snapshot.VersionedResource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What a client refused of one type. What it blamed is not sent to it a second time in the same
 * version, and where it blamed nothing by name, all of the response counts as blamed. What stood
 * beside something that it did blame is held back until something of the response differs, and is
 * then sent again, since the client may have refused the good ones as well. Confined to its stream.
 */
final class Refusals {
    /** Empty most of the time; no two groups have the same version of a name. */
    private @Nullable List<Group> groups;

    private @Nullable Map<String, Boolean> removals;
    private int modifications;

    /**
     * @param versions by name
     * @param blamed the names that are at fault as far as one knows
     */
    private record Group(Map<String, String> versions, Set<String> blamed) {}

    /** Grows with every change. */
    int modifications() {
        return modifications;
    }

    boolean isEmpty() {
        return groups == null && (removals == null || !removals.containsValue(true));
    }

    /**
     * @param named the names that the client blamed, or none
     * @param newest what it is to have by now: of what is gone or different there is nothing to
     *     hold
     */
    void add(Map<String, String> versions, Set<String> named, TypeResources newest) {
        if (versions.isEmpty()) {
            return;
        }
        modifications++;
        var blamed = named.isEmpty() ? versions.keySet() : named;
        var group = held(new Group(Map.copyOf(versions), Set.copyOf(blamed)), newest);
        if (group == null) {
            return;
        }
        if (groups == null) {
            groups = new ArrayList<>();
        }
        groups.add(group);
    }

    /**
     * @param there whether the client has it; if not, it was only told that there is none
     */
    void addRemoval(String name, boolean there) {
        modifications++;
        if (removals == null) {
            removals = new HashMap<>();
        }
        removals.put(name, there);
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
        return removals != null && removals.containsKey(name);
    }

    /**
     * Lets go of what was refused together with something that is different now. What is blamed
     * stays until it is different itself.
     */
    void release(TypeResources next) {
        modifications++;
        removals = null;
        if (groups == null) {
            return;
        }
        var kept = new ArrayList<Group>();
        for (Group group : groups) {
            var still = held(group, next);
            if (still != null) {
                kept.add(still);
            }
        }
        groups = kept.isEmpty() ? null : kept;
    }

    /** What of a group is still held back; null if nothing is. */
    private static @Nullable Group held(Group group, TypeResources newest) {
        if (group.versions().entrySet().stream().noneMatch(entry -> differs(newest, entry))) {
            return group;
        }
        var still = new HashMap<>(group.versions());
        still.entrySet()
                .removeIf(entry ->
                        !group.blamed().contains(entry.getKey()) || differs(newest, entry));
        return still.isEmpty() ? null : new Group(Map.copyOf(still), Set.copyOf(still.keySet()));
    }

    private static boolean differs(TypeResources resources, Map.Entry<String, String> refusal) {
        var resource = resources.get(refusal.getKey());
        return resource == null || !resource.version().equals(refusal.getValue());
    }
}
