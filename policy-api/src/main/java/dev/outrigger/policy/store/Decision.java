// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.policy.store;

import dev.outrigger.policy.model.PolicyId;
import dev.outrigger.policy.model.StoredDocument;
import java.util.List;

/** What is to be done with a write, decided while no other write can happen. */
public sealed interface Decision {
    /**
     * To be stored as one revision; as none when nothing changes.
     *
     * @param changes in the writer's order, each document at most once
     * @param warnings for the answer; they are not kept with the revision
     */
    record Commit(List<Change> changes, List<DocumentWarning> warnings) implements Decision {
        public Commit {
            changes = List.copyOf(changes);
            warnings = List.copyOf(warnings);
        }

        /** Nothing to say about it. */
        public Commit(List<Change> changes) {
            this(changes, List.of());
        }
    }

    /** Not to be stored. */
    record Refuse(WriteOutcome reason) implements Decision {}

    /** What happens to one document. */
    sealed interface Change {
        PolicyId id();

        /** Stored under a new generation; the one given is ignored. */
        record Put(StoredDocument document) implements Change {
            @Override
            public PolicyId id() {
                return document.id();
            }
        }

        /** Taken out; it exists. */
        record Delete(PolicyId id) implements Change {}

        /** Submitted, but as it is stored already. */
        record Keep(PolicyId id, long generation) implements Change {}
    }
}
