// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.policy.rest;

import dev.outrigger.policy.document.Quoted;
import dev.outrigger.policy.model.DocumentSet;
import dev.outrigger.policy.model.StoredDocument;
import dev.outrigger.policy.store.Decision;
import dev.outrigger.policy.store.PolicyWrite;
import dev.outrigger.policy.store.WriteContext.Source;

/**
 * Documents that say they are kept in a repository: what is changed here would be undone by the
 * next commit there, so only writes from there change them, or those that insist.
 */
final class ManagedDocuments {
    /** Says who keeps a document, such as {@code git:example.com/mesh.git}. */
    static final String ANNOTATION = "outrigger.dev/managed-by";

    private static final String GIT = "git:";

    private ManagedDocuments() {}

    /** The same write, refused if it would change a document that is kept elsewhere. */
    static PolicyWrite guard(PolicyWrite write, Source source, boolean force) {
        return force || source == Source.GIT
                ? write
                : current -> {
                    Decision decision = write.decide(current);
                    if (decision instanceof Decision.Commit(var changes, _)) {
                        changes.forEach(change -> requireOurs(current, change));
                    }
                    return decision;
                };
    }

    private static void requireOurs(DocumentSet current, Decision.Change change) {
        if (!(change instanceof Decision.Change.Keep)) {
            current.find(change.id()).ifPresent(ManagedDocuments::requireOurs);
        }
    }

    private static void requireOurs(StoredDocument stored) {
        String keeper = stored.policy().metadata().annotations().getOrDefault(ANNOTATION, "");
        if (keeper.startsWith(GIT)) {
            throw Problem.of(
                            409,
                            "Managed elsewhere",
                            stored.id()
                                    + " is managed by "
                                    + Quoted.of(keeper)
                                    + ": change it there, or insist with force=true.")
                    .raise();
        }
    }
}
