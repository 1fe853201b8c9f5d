// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.policy.model;

import java.util.Collection;
import java.util.Collections;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;

/**
 * All stored documents as they stand at one revision, ordered by identity. Immutable, any thread.
 */
public final class DocumentSet {
    public static final DocumentSet EMPTY = new DocumentSet(0, new TreeMap<>());

    private final NavigableMap<PolicyId, StoredDocument> documents;
    private final PolicySet policies;

    private DocumentSet(long revision, NavigableMap<PolicyId, StoredDocument> documents) {
        this.documents = Collections.unmodifiableNavigableMap(documents);
        this.policies =
                new PolicySet(
                        revision,
                        documents.values().stream()
                                .<Policy<?>>map(StoredDocument::policy)
                                .toList());
    }

    public static DocumentSet of(long revision, Collection<StoredDocument> documents) {
        return EMPTY.with(revision, documents, java.util.List.of());
    }

    /** A copy with some documents put in the place of their predecessors and some taken out. */
    public DocumentSet with(
            long newRevision, Collection<StoredDocument> put, Collection<PolicyId> removed) {
        var copy = new TreeMap<>(documents);
        put.forEach(document -> copy.put(document.id(), document));
        removed.forEach(copy::remove);
        return new DocumentSet(newRevision, copy);
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
        return Optional.ofNullable(documents.get(id));
    }
}
