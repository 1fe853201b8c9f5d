// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.policy.store;

import dev.outrigger.policy.check.PolicyReader;
import dev.outrigger.policy.check.SubmittedDocument;
import dev.outrigger.policy.check.Warning;
import dev.outrigger.policy.document.Position;
import dev.outrigger.policy.document.ViolationCode;
import dev.outrigger.policy.document.Violations;
import dev.outrigger.policy.model.DocumentSet;
import dev.outrigger.policy.model.PolicyId;
import dev.outrigger.policy.model.StoredDocument;
import dev.outrigger.policy.store.Decision.Change;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Decides about writes, given the documents as they stand. Holds no state; any thread. */
final class WriteRules {
    private final PolicyReader reader;

    WriteRules(PolicyReader reader) {
        this.reader = reader;
    }

    Decision apply(
            DocumentSet current,
            Map<PolicyId, SubmittedDocument> submitted,
            Optional<Predicate<Map<String, String>>> prune) {
        var violations = new Violations();
        for (SubmittedDocument document : submitted.values()) {
            var stored = current.find(document.id());
            if (stored.isPresent() && isStale(document, stored.get())) {
                document.document()
                        .node(violations)
                        .field("metadata")
                        .field("generation")
                        .violate(
                                ViolationCode.STALE,
                                document.id()
                                        + " is at generation "
                                        + stored.get().generation()
                                        + " by now: somebody changed it since you read it.");
            }
        }
        if (!violations.isEmpty()) {
            return new Decision.Refuse(new WriteOutcome.Invalid(violations.list()));
        }
        List<PolicyId> pruned =
                prune.map(belongs ->
                                current.all().stream()
                                        .filter(stored -> !submitted.containsKey(stored.id()))
                                        .filter(stored ->
                                                belongs.test(stored.policy().metadata().labels()))
                                        .map(StoredDocument::id)
                                        .toList())
                        .orElse(List.of());
        return checked(current, submitted, pruned);
    }

    Decision create(DocumentSet current, SubmittedDocument document) {
        var stored = current.find(document.id());
        return stored.isPresent()
                ? new Decision.Refuse(
                        new WriteOutcome.Exists(document.id(), stored.get().generation()))
                : checked(current, Map.of(document.id(), document), List.of());
    }

    Decision put(DocumentSet current, SubmittedDocument document, Precondition precondition) {
        var stored = current.find(document.id());
        if (stored.isPresent() && precondition instanceof Precondition.None) {
            return preconditionRequired(stored.get());
        }
        return refusal(document.id(), stored, precondition)
                .orElseGet(() -> checked(current, Map.of(document.id(), document), List.of()));
    }

    Decision delete(DocumentSet current, PolicyId id, Precondition precondition) {
        var refusal = refuseChange(id, current.find(id), precondition);
        if (refusal.isPresent()) {
            return refusal.get();
        }
        DocumentSet after = current.with(current.revision() + 1, List.of(), List.of(id));
        var referrers = reader.setCheck().checkDeletion(current, after, id);
        return referrers.isEmpty()
                ? new Decision.Commit(List.of(new Change.Delete(id)))
                : new Decision.Refuse(new WriteOutcome.Invalid(referrers));
    }

    /** Why a document that must exist may not be changed, if it may not. */
    Optional<Decision> refuseChange(
            PolicyId id, Optional<StoredDocument> stored, Precondition precondition) {
        if (stored.isEmpty()) {
            return Optional.of(new Decision.Refuse(new WriteOutcome.NotFound(id)));
        }
        return precondition instanceof Precondition.None
                ? Optional.of(preconditionRequired(stored.get()))
                : refusal(id, stored, precondition);
    }

    Decision undo(DocumentSet current, Revision revision, Predicate<PolicyId> only) {
        var changes = new ArrayList<Change>();
        for (Revision.Change change : revision.changes()) {
            if (change.action() == Action.UNCHANGED || !only.test(change.id())) {
                continue;
            }
            var stored = current.find(change.id());
            boolean isAsItLeftIt =
                    change.after().isEmpty()
                            ? stored.isEmpty()
                            : stored.isPresent() && stored.get().generation() == revision.number();
            if (!isAsItLeftIt) {
                return new Decision.Refuse(
                        new WriteOutcome.Stale(
                                change.id(),
                                change.id()
                                        + " was changed after revision "
                                        + revision.number()
                                        + ", which therefore cannot be undone."));
            }
            changes.add(
                    change.before().isPresent()
                            ? new Change.Put(reader.stored(change.before().get(), 0))
                            : new Change.Delete(change.id()));
        }
        var broken = reader.setCheck().checkChange(current, PolicyWrites.after(current, changes));
        return broken.isEmpty()
                ? new Decision.Commit(changes)
                : new Decision.Refuse(new WriteOutcome.Invalid(broken));
    }

    private static Decision preconditionRequired(StoredDocument stored) {
        return new Decision.Refuse(
                new WriteOutcome.PreconditionRequired(stored.id(), stored.generation()));
    }

    private static Optional<Decision> refusal(
            PolicyId id, Optional<StoredDocument> stored, Precondition precondition) {
        var generation =
                stored.isPresent()
                        ? OptionalLong.of(stored.get().generation())
                        : OptionalLong.empty();
        if (precondition.holds(generation)) {
            return Optional.empty();
        }
        String detail =
                stored.isPresent()
                        ? id + " is at generation " + stored.get().generation() + "."
                        : id + " does not exist.";
        return Optional.of(new Decision.Refuse(new WriteOutcome.Stale(id, detail)));
    }

    /** Decides for documents that may be written as far as their own conditions go. */
    private Decision checked(
            DocumentSet current,
            Map<PolicyId, SubmittedDocument> submitted,
            List<PolicyId> pruned) {
        var changes = new ArrayList<Change>();
        for (SubmittedDocument document : new LinkedHashMap<>(submitted).values()) {
            var stored = current.find(document.id());
            changes.add(
                    stored.isPresent() && isSame(document, stored.get())
                            ? new Change.Keep(document.id(), stored.get().generation())
                            : new Change.Put(PolicyReader.stored(document, 0)));
        }
        pruned.forEach(id -> changes.add(new Change.Delete(id)));
        DocumentSet after =
                PolicyWrites.isChange(changes) ? PolicyWrites.after(current, changes) : current;
        if (after != current) {
            var violations = new Violations();
            reader.setCheck().check(current, after, submitted, violations);
            if (!violations.isEmpty()) {
                return new Decision.Refuse(new WriteOutcome.Invalid(violations.list()));
            }
        }
        return new Decision.Commit(changes, warnings(after, submitted));
    }

    private List<DocumentWarning> warnings(
            DocumentSet after, Map<PolicyId, SubmittedDocument> submitted) {
        return reader.warnings(after, submitted.keySet()).stream()
                .map(warning -> placed(warning, submitted.get(warning.document())))
                .collect(Collectors.toList());
    }

    private static DocumentWarning placed(Warning warning, @Nullable SubmittedDocument document) {
        Position position =
                document == null
                        ? Position.UNKNOWN
                        : document.document().node(new Violations()).at(warning.path()).position();
        return new DocumentWarning(
                warning.code(),
                warning.document(),
                warning.path().pointer(),
                position.line(),
                position.column(),
                warning.detail());
    }

    private static boolean isStale(SubmittedDocument document, StoredDocument stored) {
        return document.generation().isPresent()
                && document.generation().get() != stored.generation()
                && !isSame(document, stored);
    }

    /** Order, spacing and notation make no change; a comment was not stored anyway. */
    private static boolean isSame(SubmittedDocument document, StoredDocument stored) {
        return document.json().equals(stored.json())
                || PolicyReader.canonical(document.json())
                        .equals(PolicyReader.canonical(stored.json()));
    }

    /** Several documents are for apply; one of another kind for another address. */
    static void checkIsOne(List<SubmittedDocument> read, String kind, Violations violations) {
        if (read.size() > 1) {
            read.get(1)
                    .document()
                    .node(violations)
                    .violate(
                            ViolationCode.INCONSISTENT,
                            "Only one document can be written here. POST several to"
                                    + " /api/v1/apply.");
        }
        SubmittedDocument document = read.getFirst();
        if (!document.id().kind().equals(kind)) {
            document.document()
                    .node(violations)
                    .field("kind")
                    .violate(
                            ViolationCode.INCONSISTENT,
                            "The document is a "
                                    + document.id().kind()
                                    + ", the address is that of a "
                                    + kind
                                    + ".");
        }
    }

    static void checkIsThis(List<SubmittedDocument> read, PolicyId id, Violations violations) {
        checkIsOne(read, id.kind(), violations);
        SubmittedDocument document = read.getFirst();
        PolicyId given = document.id();
        if (given.equals(id) || !given.kind().equals(id.kind())) {
            return;
        }
        var metadata = document.document().node(violations).field("metadata");
        metadata.field(given.name().equals(id.name()) ? "namespace" : "name")
                .violate(
                        ViolationCode.INCONSISTENT,
                        "The document is " + given + ", the address says " + id + ".");
    }
}
