// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.policy.model;

import dev.outrigger.policy.tree.SharedTree;
import java.util.Collection;
import java.util.Optional;

/**
 * All stored documents as they stand at one revision, ordered by identity. Immutable, any thread; a
 * changed copy shares what did not change.
 */
public final class DocumentSet {
    public static final DocumentSet EMPTY =
            new DocumentSet(SharedTree.empty(PolicyId::hash), PolicySet.EMPTY);

    private final SharedTree<PolicyId, StoredDocument> documents;
    private final PolicySet policies;

    private DocumentSet(SharedTree<PolicyId, StoredDocument> documents, PolicySet policies) {
        this.documents = documents;
        this.policies = policies;
    }

    public static DocumentSet of(long revision, Collection<StoredDocument> documents) {
        return EMPTY.with(revision, documents, java.util.List.of());
    }

    /** A copy with some documents put in the place of their predecessors and some taken out. */
    public DocumentSet with(
            long newRevision, Collection<StoredDocument> put, Collection<PolicyId> removed) {
        var copy = documents;
        for (StoredDocument document : put) {
            copy = copy.with(document.id(), document);
        }
        for (PolicyId id : removed) {
            copy = copy.without(id);
        }
        return new DocumentSet(
                copy,
                policies.with(
                        newRevision,
                        put.stream().<Policy<?>>map(StoredDocument::policy).toList(),
                        removed));
    }

    /** The last revision this set contains; 0 before the first write. */
    public long revision() {
        return policies.revision();
    }

    public PolicySet policies() {
        return policies;
    }

    public Collection<StoredDocument> all() {
        return documents.values();
    }

    public int size() {
        return documents.size();
    }

    public Optional<StoredDocument> find(PolicyId id) {
        return documents.find(id);
    }
}
