// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.xds.reconcile;

import dev.outrigger.policy.model.PolicySet;
import dev.outrigger.xds.node.NodeGroupKey;
import dev.outrigger.xds.resource.ResourceType;
import dev.outrigger.xds.snapshot.Snapshot;
import dev.outrigger.xds.snapshot.TypeResources;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Nodes that are served the same. Confined to the reconciler's loop. */
final class Group {
    private final NodeGroupKey key;
    private final Set<Watch> watches = new LinkedHashSet<>();
    private @Nullable LastGood lastGood;
    private @Nullable Snapshot snapshot;

    /**
     * The last good translation. Immutable.
     *
     * @param policies what was translated
     */
    record LastGood(PolicySet policies, Map<ResourceType, TypeResources> types) {}

    Group(NodeGroupKey key) {
        this.key = key;
    }

    NodeGroupKey key() {
        return key;
    }

    /** The nodes that are in it now. */
    Set<Watch> watches() {
        return watches;
    }

    @Nullable LastGood lastGood() {
        return lastGood;
    }

    void translated(PolicySet policies, Map<ResourceType, TypeResources> types) {
        lastGood = new LastGood(policies, types);
    }

    /** What its nodes are told; null as long as there was no good translation. */
    @Nullable Snapshot snapshot() {
        return snapshot;
    }

    void serve(Snapshot newest) {
        snapshot = newest;
    }

    /** Whether it serves these resources already. */
    boolean serves(Map<ResourceType, TypeResources> types) {
        var current = snapshot;
        return current != null
                && types.entrySet().stream()
                        .allMatch(entry -> entry.getValue().isSame(current.type(entry.getKey())));
    }
}
