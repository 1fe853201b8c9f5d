// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.policy.model;

import java.util.Objects;

/**
 * A document as it is kept: validated, and as its author wrote it.
 *
 * @param json the author's words as compact JSON, without {@code metadata.generation}
 */
public record StoredDocument(Policy<?> policy, String json) {
    public StoredDocument {
        Objects.requireNonNull(policy, "policy");
        Objects.requireNonNull(json, "json");
    }

    public PolicyId id() {
        return policy.id();
    }

    public long generation() {
        return policy.generation();
    }

    public StoredDocument withGeneration(long generation) {
        return new StoredDocument(policy.withGeneration(generation), json);
    }
}
