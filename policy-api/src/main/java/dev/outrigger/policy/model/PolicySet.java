// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.policy.model;

import dev.outrigger.policy.tree.SharedTree;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * All documents as they stand at one revision, ordered by identity. Immutable, any thread; a
 * changed copy shares what did not change.
 */
public final class PolicySet {
    public static final PolicySet EMPTY = new PolicySet(0, SharedTree.empty(PolicyId::hash));

    private final long revision;
    private final SharedTree<PolicyId, Policy<?>> policies;

    public PolicySet(long revision, Collection<Policy<?>> policies) {
        this(revision, treeOf(policies));
    }

    private PolicySet(long revision, SharedTree<PolicyId, Policy<?>> policies) {
        this.revision = revision;
        this.policies = policies;
    }

    private static SharedTree<PolicyId, Policy<?>> treeOf(Collection<Policy<?>> policies) {
        var tree = EMPTY.policies;
        for (Policy<?> policy : policies) {
            var before = tree;
            tree = tree.with(policy.id(), policy);
            if (tree.size() == before.size()) {
                throw new IllegalArgumentException("policies: " + policy.id() + " twice");
            }
        }
        return tree;
    }

    /** A copy with some documents put in the place of their predecessors and some taken out. */
    public PolicySet with(
            long newRevision, Collection<Policy<?>> put, Collection<PolicyId> removed) {
        var copy = policies;
        for (Policy<?> policy : put) {
            copy = copy.with(policy.id(), policy);
        }
        for (PolicyId id : removed) {
            copy = copy.without(id);
        }
        return new PolicySet(newRevision, copy);
    }

    /** The last revision this set contains; 0 before the first write. */
    public long revision() {
        return revision;
    }

    public int size() {
        return policies.size();
    }

    public Collection<Policy<?>> all() {
        return policies.values();
    }

    /** Every document whose spec is of the given type, ordered by identity. */
    public <S extends PolicySpec> List<Policy<S>> all(Class<S> specType) {
        Objects.requireNonNull(specType, "specType");
        var found = new ArrayList<Policy<S>>();
        for (Policy<?> policy : policies.values()) {
            policy.as(specType).ifPresent(found::add);
        }
        return List.copyOf(found);
    }

    public Optional<Policy<?>> find(PolicyId id) {
        return policies.find(id);
    }

    /**
     * How this set differs from another, ordered by identity. Costs no more than the differences if
     * one was made of the other by {@link #with}.
     */
    public List<Change> changesSince(PolicySet before) {
        var changes = new ArrayList<Change>();
        policies.differences(
                before.policies, (id, was, is) -> changes.add(new Change(id, was, is)));
        return changes;
    }

    /**
     * A document that is not the same in two sets.
     *
     * @param before empty if it was not there
     * @param after empty if it is no longer there
     */
    public record Change(PolicyId id, Optional<Policy<?>> before, Optional<Policy<?>> after) {}
}
