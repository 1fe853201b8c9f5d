// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.policy.store;

import dev.outrigger.policy.document.Violation;
import dev.outrigger.policy.model.PolicyId;
import java.util.List;

/** What became of a write. Only {@link Written} means that anything was stored. */
public sealed interface WriteOutcome {
    /**
     * Durable, or found to change nothing.
     *
     * @param revision the last revision of the store after the write
     * @param changed whether the write made that revision
     * @param warnings what is allowed but hardly meant
     * @param replayed whether this is the answer to an earlier write with the same idempotency key
     */
    record Written(
            long revision,
            boolean changed,
            List<DocumentOutcome> documents,
            List<DocumentWarning> warnings,
            boolean replayed)
            implements WriteOutcome {
        public Written {
            documents = List.copyOf(documents);
            warnings = List.copyOf(warnings);
        }
    }

    /** Refused for what the documents say. Never empty. */
    record Invalid(List<Violation> violations) implements WriteOutcome {
        public Invalid {
            violations = List.copyOf(violations);
        }
    }

    /** Refused because the document is not as the writer last saw it. */
    record Stale(PolicyId id, String detail) implements WriteOutcome {}

    /** Refused because it was to be created and is there already. */
    record Exists(PolicyId id, long generation) implements WriteOutcome {}

    /** Refused because the documents are not those the plan was made for. */
    record PlanOutdated(long baseRevision, long revision) implements WriteOutcome {}

    /** Refused because the writer did not say what it last saw. */
    record PreconditionRequired(PolicyId id, long generation) implements WriteOutcome {}

    record NotFound(PolicyId id) implements WriteOutcome {}

    /** Refused because the idempotency key belongs to another request. */
    record KeyReused(String key) implements WriteOutcome {}
}
