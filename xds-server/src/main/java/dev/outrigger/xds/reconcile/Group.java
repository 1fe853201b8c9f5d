// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.xds.reconcile;

import dev.outrigger.policy.model.PolicySet;
import dev.outrigger.policy.status.Withheld;
import dev.outrigger.xds.node.NodeGroupKey;
import dev.outrigger.xds.resource.ResourceType;
import dev.outrigger.xds.snapshot.Snapshot;
import dev.outrigger.xds.snapshot.TypeResources;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Nodes that are served the same. Confined to the reconciler's loop. */
final class Group {
    private final NodeGroupKey key;
    private final Set<Watch> watches = new LinkedHashSet<>();
    private @Nullable LastGood lastGood;
    private final Rollout rollout;
    private @Nullable List<Withheld> standing;

    /**
     * The last good translation. Immutable.
     *
     * @param policies what was translated
     */
    record LastGood(PolicySet policies, Map<ResourceType, TypeResources> types) {}

    Group(NodeGroupKey key, Rollout rollout) {
        this.key = key;
        this.rollout = rollout;
    }

    /** What its nodes are given, and why not something newer. */
    Rollout rollout() {
        return rollout;
    }

    /** Whether that is news. */
    boolean stands(List<Withheld> withheld) {
        boolean isNews = !withheld.equals(standing);
        standing = withheld;
        return isNews;
    }

    /** Whether every stream of a node has been told what it is to have. */
    boolean isUpToDate(String nodeId) {
        return watches.stream()
                .filter(watch -> watch.node().id().equals(nodeId))
                .allMatch(Watch::isUpToDate);
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

    /** What most of its nodes are told; null as long as there was no good translation. */
    @Nullable Snapshot snapshot() {
        return rollout.snapshotFor("").orElse(null);
    }
}
