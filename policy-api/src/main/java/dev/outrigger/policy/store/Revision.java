// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.policy.store;

import dev.outrigger.policy.model.PolicyId;
import dev.outrigger.policy.store.WriteContext.Source;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * One accepted write. Immutable, and never changed once stored.
 *
 * @param number from 1, without gaps, in the order of commits
 * @param time by the store's clock, which may jump; only {@code number} orders
 */
public record Revision(
        long number,
        Instant time,
        String author,
        String message,
        Source source,
        List<Change> changes) {
    public Revision {
        changes = List.copyOf(changes);
    }

    /**
     * What it did to one document.
     *
     * @param before the document's JSON, absent when it was created
     * @param after the document's JSON, absent when it was deleted
     */
    public record Change(
            PolicyId id, Action action, Optional<String> before, Optional<String> after) {}
}
