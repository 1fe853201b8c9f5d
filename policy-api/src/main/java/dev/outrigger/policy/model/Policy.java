// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.policy.model;

import java.util.Objects;
import java.util.Optional;

/**
 * One validated, stored document.
 *
 * @param generation the revision that last changed this document, from 1
 */
public record Policy<S extends PolicySpec>(
        PolicyId id, Metadata metadata, S spec, long generation) {
    public Policy {
        Objects.requireNonNull(id, "id");
        Objects.requireNonNull(metadata, "metadata");
        Objects.requireNonNull(spec, "spec");
    }

    /** This document, if its spec is of the given type. */
    @SuppressWarnings("unchecked") // The type of the spec is the only parameter.
    public <T extends PolicySpec> Optional<Policy<T>> as(Class<T> specType) {
        return specType.isInstance(spec) ? Optional.of((Policy<T>) this) : Optional.empty();
    }

    /** The same document as a later revision left it. */
    public Policy<S> withGeneration(long newGeneration) {
        return new Policy<>(id, metadata, spec, newGeneration);
    }
}
