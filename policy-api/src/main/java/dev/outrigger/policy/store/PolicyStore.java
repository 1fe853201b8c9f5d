// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.policy.store;

import dev.outrigger.policy.model.DocumentSet;
import dev.outrigger.policy.model.PolicyId;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/**
 * The write side of the store. Any thread; one write at a time.
 *
 * <p>The contract, the same for every engine:
 *
 * <ul>
 *   <li>A write is acknowledged only after it would survive a power cut.
 *   <li>Revisions count up by one in the order of commits; a reader never sees a later one without
 *       the earlier ones.
 *   <li>A write happens completely or not at all.
 *   <li>A write that changes nothing makes no revision and wakes nobody.
 *   <li>Every method throws {@link StoreUnavailable} when the engine fails; nothing was
 *       acknowledged then.
 * </ul>
 */
public interface PolicyStore extends PolicySource, AutoCloseable {
    /** All documents as of the last durable revision. */
    DocumentSet documents();

    /**
     * Decides about a write while no other can happen, and does what was decided.
     *
     * @param decide looks at the documents as they are and must not call the store
     */
    WriteOutcome write(WriteContext context, Function<DocumentSet, Decision> decide);

    Optional<Revision> findRevision(long number);

    /** Revisions below {@code before}, the latest first, at most {@code limit}. */
    default List<Revision> revisions(long before, int limit) {
        return revisions(before, limit, Optional.empty());
    }

    /** As {@link #revisions(long, int)}, and if a document is given only those that changed it. */
    List<Revision> revisions(long before, int limit, Optional<PolicyId> document);

    /**
     * The last change of every document that changed after a revision, in the order of revisions;
     * deletions included.
     */
    List<FeedEntry> feed(long afterRevision, int limit);

    /**
     * The revision before which deletions are forgotten: a reader of the feed that has seen less
     * begins again from 0. Itself 0 as long as nothing was forgotten.
     */
    long feedFloor();

    /** Why the store takes no writes; empty while it does. */
    Optional<StoreUnavailable> failure();

    /** Waits for the write in progress; idempotent. */
    @Override
    void close();
}
