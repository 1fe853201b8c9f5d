// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.xds.reconcile;

import dev.outrigger.policy.kind.sidecar.SidecarSpec;
import dev.outrigger.policy.kind.xdsresources.XdsResourcesSpec;
import dev.outrigger.policy.model.Policy;
import dev.outrigger.policy.model.PolicySet;
import dev.outrigger.xds.node.NodeGroupKey;
import dev.outrigger.xds.node.NodeGroupResolver;
import dev.outrigger.xds.node.NodeIdentity;
import dev.outrigger.xds.node.ProxyRegistry;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.LongSupplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The connected streams, the group each belongs to by the newest policies, and the one it is in: a
 * node stays where it was until there is something for it where it belongs. Confined to the
 * reconciler's loop.
 */
final class NodeGroups {
    private final ProxyRegistry registry;
    private final Rollouts rollouts;
    private final LongSupplier editions;
    private final Set<Watch> watches = new LinkedHashSet<>();

    /** The groups that nodes belong to by the newest set, with the number of nodes. */
    private final Map<NodeGroupKey, Integer> wanted = new LinkedHashMap<>();

    private final Map<NodeGroupKey, Group> groups = new LinkedHashMap<>();
    private @Nullable NodeGroupResolver resolver;

    /** Whether a node may not be where it belongs. */
    private boolean mustMove;

    NodeGroups(ProxyRegistry registry, Rollouts rollouts, LongSupplier editions) {
        this.registry = registry;
        this.rollouts = rollouts;
        this.editions = editions;
    }

    /** The groups with content. */
    Collection<Group> all() {
        return groups.values();
    }

    int streams() {
        return watches.size();
    }

    /** Those that nodes belong to. */
    Set<NodeGroupKey> wanted() {
        return wanted.keySet();
    }

    /** There are other policies, by which nodes may belong elsewhere. */
    void select(PolicySet policies) {
        resolver = new NodeGroupResolver(policies);
        watches.forEach(this::want);
    }

    /** Whether a document that selects nodes is new or gone, or selects others than before. */
    static boolean mayMove(PolicySet before, PolicySet after) {
        return after.changesSince(before).stream()
                .anyMatch(change -> !selector(change.before()).equals(selector(change.after())));
    }

    private static Optional<SidecarSpec.Selector> selector(Optional<Policy<?>> policy) {
        return policy.map(Policy::spec)
                .map(spec ->
                        switch (spec) {
                            case SidecarSpec sidecar -> sidecar.selector();
                            case XdsResourcesSpec raw -> raw.selector();
                            default -> null;
                        });
    }

    /** Whether the newcomer has what it is to have, or nobody has anything yet. */
    boolean join(Watch watch) {
        watches.add(watch);
        if (resolver == null) {
            return true; // Told when the first policies are there: emptiness must not be served.
        }
        want(watch);
        return move(watch);
    }

    /** The group it was in, which stays for now: the proxy may be back in a moment. */
    @Nullable Group leave(Watch watch) {
        watches.remove(watch);
        watch.wanted().ifPresent(this::unwant);
        var group = watch.group();
        watch.moveTo(null);
        return group;
    }

    private void want(Watch watch) {
        var key = Objects.requireNonNull(resolver, "resolver").resolve(watch.node());
        if (!watch.wanted().equals(Optional.of(key))) {
            watch.wanted().ifPresent(this::unwant);
            watch.want(key);
            registry.grouped(watch.node().id(), key); // Before anything is said about the group.
            wanted.merge(key, 1, Integer::sum);
            mustMove = true;
        }
    }

    private void unwant(NodeGroupKey key) {
        wanted.computeIfPresent(key, (_, nodes) -> nodes == 1 ? null : nodes - 1);
    }

    /** Puts a node where it belongs, if there is something for it. */
    private boolean move(Watch watch) {
        var group = watch.wanted().map(groups::get).orElse(null);
        if (group == null || group.snapshot() == null) {
            return false;
        }
        if (!watch.isIn(group)) {
            watch.moveTo(group);
        }
        watch.tell(editions);
        return true;
    }

    /** Puts every node where it belongs, as far as there is something for it. */
    void moveAll() {
        if (mustMove) {
            mustMove = false;
            for (Watch watch : watches) {
                mustMove |= !move(watch);
            }
        }
    }

    /** The group of a key; a new one goes on from what its nodes had. */
    Group group(NodeGroupKey key) {
        return groups.computeIfAbsent(key, this::begin);
    }

    private Group begin(NodeGroupKey key) {
        var before =
                watches.stream()
                        .filter(watch -> watch.wanted().equals(Optional.of(key)))
                        .map(Watch::group)
                        .filter(Objects::nonNull)
                        .findFirst();
        return new Group(key, rollouts.begin(key, before.orElse(null)));
    }

    /** Where a node belongs; null if nothing is served there. */
    @Nullable Group of(NodeIdentity node) {
        return resolver == null ? null : groups.get(resolver.resolve(node));
    }

    /** The nodes that belong to a group, whether they are in it yet or not. */
    Set<String> nodes(Group group) {
        var key = Optional.of(group.key());
        return watches.stream()
                .filter(watch -> watch.wanted().equals(key))
                .map(watch -> watch.node().id())
                .collect(Collectors.toSet());
    }

    /** Drops the groups that no node is in. */
    void dropDeserted() {
        groups.values()
                .removeIf(group -> {
                    if (!group.watches().isEmpty()) {
                        return false;
                    }
                    rollouts.end(group);
                    return true;
                });
    }
}
