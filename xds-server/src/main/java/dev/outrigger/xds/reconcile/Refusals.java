// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.xds.reconcile;

import dev.outrigger.policy.status.PolicyField;
import dev.outrigger.policy.status.Withheld;
import dev.outrigger.xds.resource.ResourceType;
import dev.outrigger.xds.snapshot.TypeResources;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * What nodes of a group have refused and the group is therefore not given. Bounded by the resources
 * the group has: what nobody wants any more is forgotten. Confined to the reconciler's thread.
 */
final class Refusals {
    private final List<Refusal> all = new ArrayList<>();

    /**
     * One response's refusal, by one node or several.
     *
     * @param versions of the resources to blame, by name
     */
    record Refusal(
            ResourceType type,
            Map<String, String> versions,
            String responseVersion,
            String error,
            long revision,
            Instant since,
            List<PolicyField> fields,
            TreeSet<String> nodes) {
        Withheld withheld() {
            return new Withheld(
                    Withheld.Reason.REFUSED,
                    revision,
                    since,
                    type.typeUrl(),
                    responseVersion,
                    List.copyOf(versions.keySet()),
                    error,
                    fields,
                    List.copyOf(nodes));
        }

        private boolean concerns(ResourceType other, String name, String version) {
            return type == other && version.equals(versions.get(name));
        }
    }

    boolean isEmpty() {
        return all.isEmpty();
    }

    /** Whether that is news; else it is only one node more that refuses the same. */
    boolean add(Refusal refusal) {
        for (Refusal known : all) {
            if (known.type() == refusal.type()
                    && known.versions().entrySet().containsAll(refusal.versions().entrySet())) {
                known.nodes().addAll(refusal.nodes());
                return false;
            }
        }
        all.add(refusal);
        return true;
    }

    boolean isRefused(ResourceType type, String name, String version) {
        return all.stream().anyMatch(refusal -> refusal.concerns(type, name, version));
    }

    /** The refused resources that are in some content. */
    List<ResourceName> in(Map<ResourceType, TypeResources> content) {
        var found = new ArrayList<ResourceName>();
        for (Refusal refusal : all) {
            var resources = content.getOrDefault(refusal.type(), TypeResources.EMPTY);
            refusal.versions()
                    .forEach((name, version) -> {
                        if (resources
                                .find(name)
                                .filter(resource -> resource.version().equals(version))
                                .isPresent()) {
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
                    .noneMatch(entry ->
                            resources
                                    .find(entry.getKey())
                                    .filter(resource -> resource.version().equals(entry.getValue()))
                                    .isPresent());
        });
    }

    List<Withheld> withheld() {
        return all.stream().map(Refusal::withheld).toList();
    }

    static Map<String, String> versions(Map<String, String> some) {
        return java.util.Collections.unmodifiableMap(new TreeMap<>(some));
    }

    /** A resource, whatever its version. */
    record ResourceName(ResourceType type, String name) {}
}
