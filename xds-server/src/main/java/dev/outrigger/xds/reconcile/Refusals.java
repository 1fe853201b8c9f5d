// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.xds.reconcile;

import dev.outrigger.policy.status.Withheld;
import dev.outrigger.xds.resource.ResourceType;
import dev.outrigger.xds.snapshot.TypeResources;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * What nodes of a group have refused and the group is therefore not given. Bounded by the resources
 * the group has: what nobody wants any more is forgotten. Confined to the reconciler's thread.
 */
final class Refusals {
    private final List<Refusal> all = new ArrayList<>();

    boolean isEmpty() {
        return all.isEmpty();
    }

    List<Refusal> all() {
        return List.copyOf(all);
    }

    /** As it was remembered. */
    void restore(List<Refusal> remembered) {
        all.addAll(remembered);
    }

    /** Whether that is news; else it is only one node more that refuses the same. */
    boolean add(Refusal refusal) {
        for (int i = 0; i < all.size(); i++) {
            var known = all.get(i);
            if (known.type() == refusal.type()
                    && known.versions().entrySet().containsAll(refusal.versions().entrySet())) {
                all.set(i, known.alsoBy(refusal.nodes()));
                return false;
            }
        }
        all.add(refusal);
        return true;
    }

    /** The refused resources that are in some content. */
    List<ResourceName> in(Map<ResourceType, TypeResources> content) {
        var found = new ArrayList<ResourceName>();
        for (Refusal refusal : all) {
            var resources = content.getOrDefault(refusal.type(), TypeResources.EMPTY);
            refusal.versions()
                    .forEach((name, version) -> {
                        if (holds(resources, name, version)) {
                            found.add(new ResourceName(refusal.type(), name));
                        }
                    });
        }
        return found;
    }

    /** Forgets what is no longer wanted. */
    void retain(Map<ResourceType, TypeResources> wanted) {
        all.removeIf(refusal -> {
            var resources = wanted.getOrDefault(refusal.type(), TypeResources.EMPTY);
            return refusal.versions().entrySet().stream()
                    .noneMatch(entry -> holds(resources, entry.getKey(), entry.getValue()));
        });
    }

    private static boolean holds(TypeResources resources, String name, String version) {
        var resource = resources.get(name);
        return resource != null && resource.version().equals(version);
    }

    List<Withheld> withheld() {
        return all.stream().map(Refusal::withheld).toList();
    }

    /** A resource, whatever its version. */
    record ResourceName(ResourceType type, String name) {}
}
