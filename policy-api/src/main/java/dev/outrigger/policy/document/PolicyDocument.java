// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.policy.document;

/**
 * One document of a submission as a tree. Immutable.
 *
 * @param index its place in the submission, from 1; 0 for a document that comes from the store
 */
public record PolicyDocument(int index, DocumentTree root) {
    /** The root as something to read, reporting into {@code violations}. */
    public DocumentNode node(Violations violations) {
        return DocumentNode.root(this, violations);
    }
}
