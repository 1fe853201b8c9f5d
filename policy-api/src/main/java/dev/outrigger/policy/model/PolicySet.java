// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.policy.model;

import java.util.Collection;
import java.util.List;
import java.util.NavigableMap;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;

/** All documents as they stand at one revision, ordered by identity. Immutable, any thread. */
public final class PolicySet {
    public static final PolicySet EMPTY = new PolicySet(0, List.of());

    private final long revision;
    private final NavigableMap<PolicyId, Policy<?>> policies;

    public PolicySet(long revision, Collection<Policy<?>> policies) {
        this.revision = revision;
        var byId = new TreeMap<PolicyId, Policy<?>>();
        for (Policy<?> policy : policies) {
            if (byId.put(policy.id(), policy) != null) {
                throw new IllegalArgumentException("policies: " + policy.id() + " twice");
            }
        }
        this.policies = byId;
    }

    /** The last revision this set contains; 0 before the first write. */
    public long revision() {
        return revision;
    }

    public Collection<Policy<?>> all() {
        return java.util.Collections.unmodifiableCollection(policies.values());
    }

    /** Every document whose spec is of the given type, ordered by identity. */
    public <S extends PolicySpec> List<Policy<S>> all(Class<S> specType) {
        Objects.requireNonNull(specType, "specType");
        return policies.values().stream()
                .filter(policy -> specType.isInstance(policy.spec()))
                .map(policy ->
                        new Policy<>(
                                policy.id(),
                                policy.metadata(),
                                specType.cast(policy.spec()),
                                policy.generation()))
                .toList();
    }

    public Optional<Policy<?>> find(PolicyId id) {
        return Optional.ofNullable(policies.get(id));
    }
}
