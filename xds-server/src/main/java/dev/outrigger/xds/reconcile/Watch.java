// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.xds.reconcile;

import dev.outrigger.xds.node.NodeGroupKey;
import dev.outrigger.xds.node.NodeIdentity;
import dev.outrigger.xds.snapshot.Snapshot;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/** One stream's interest. Confined to the reconciler's loop. */
final class Watch {
    private final NodeIdentity node;
    private final Consumer<Snapshot> listener;
    private @Nullable NodeGroupKey wanted;
    private @Nullable Group group;
    private @Nullable Snapshot told;
    private long toldEdition;

    Watch(NodeIdentity node, Consumer<Snapshot> listener) {
        this.node = node;
        this.listener = listener;
    }

    NodeIdentity node() {
        return node;
    }

    /** Where it belongs by the newest policies. */
    Optional<NodeGroupKey> wanted() {
        return Optional.ofNullable(wanted);
    }

    void want(NodeGroupKey key) {
        wanted = key;
    }

    /** Puts it into another group than it was in, or in none. */
    void moveTo(@Nullable Group other) {
        if (group != null) {
            group.watches().remove(this);
        }
        group = other;
        if (other != null) {
            other.watches().add(this);
        }
    }

    @Nullable Group group() {
        return group;
    }

    private @Nullable Snapshot due() {
        return group == null ? null : group.rollout().snapshotFor(node.id()).orElse(null);
    }

    /** Whether it was told what it is to have. */
    @SuppressWarnings("ReferenceEquality") // What it was told is an object of its group.
    boolean isUpToDate() {
        return told == due();
    }

    boolean isIn(Group other) {
        return group == other;
    }

    /**
     * Tells it what its group serves, unless it knows.
     *
     * @param nextEdition a new edition number, for a snapshot that is older than what it was told
     */
    @SuppressWarnings("ReferenceEquality") // What it was told is an object of its group.
    void tell(LongSupplier nextEdition) {
        var snapshot = due();
        if (group == null || snapshot == null || snapshot == told) {
            return;
        }
        group.rollout().given();
        told = snapshot;
        // Another group's may be older than what the node had: an edition never goes back.
        var handedOut =
                toldEdition >= snapshot.edition()
                        ? snapshot.withEdition(nextEdition.getAsLong())
                        : snapshot;
        toldEdition = handedOut.edition();
        listener.accept(handedOut);
    }
}
