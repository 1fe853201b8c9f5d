// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.policy.store;

import dev.outrigger.policy.check.PolicyReader;
import dev.outrigger.policy.check.SubmittedDocument;
import dev.outrigger.policy.document.DocumentReader.Format;
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
import java.util.function.Function;

/**
 * The writes there are: apply, put, delete. Reads and checks a submission, decides against the
 * documents as they stand, and has the store do it. Any thread.
 */
public final class PolicyWrites {
    private final PolicyReader reader;
    private final PolicyStore store;

    public PolicyWrites(PolicyReader reader, PolicyStore store) {
        this.reader = reader;
        this.store = store;
    }

    /**
     * Stores all documents of a submission or none. A document that names a generation is stored
     * only over that one.
     */
    public WriteOutcome apply(byte[] body, Format format, WriteContext context, boolean dryRun) {
        var violations = new Violations();
        var submitted = PolicyReader.byId(reader.read(body, format, violations), violations);
        if (!violations.isEmpty()) {
            return new WriteOutcome.Invalid(violations.list());
        }
        return run(context, dryRun, current -> decideApply(current, submitted));
    }

    /** Stores the one document of a submission, which must be {@code id}. */
    public WriteOutcome put(
            PolicyId id,
            byte[] body,
            Format format,
            Precondition precondition,
            WriteContext context,
            boolean dryRun) {
        var violations = new Violations();
        var read = reader.read(body, format, violations);
        if (violations.isEmpty()) {
            checkIsThis(read, id, violations);
        }
        if (!violations.isEmpty()) {
            return new WriteOutcome.Invalid(violations.list());
        }
        SubmittedDocument document = read.getFirst();
        return run(context, dryRun, current -> decidePut(current, document, precondition));
    }

    public WriteOutcome delete(
            PolicyId id, Precondition precondition, WriteContext context, boolean dryRun) {
        return run(context, dryRun, current -> decideDelete(current, id, precondition));
    }

    /**
     * Writes a new revision that undoes an earlier one: each of its documents as it was before.
     * Stale if one of them was changed since.
     */
    public WriteOutcome undo(Revision revision, WriteContext context, boolean dryRun) {
        return run(context, dryRun, current -> decideUndo(current, revision));
    }

    private Decision decideUndo(DocumentSet current, Revision revision) {
        var changes = new ArrayList<Change>();
        var puts = new ArrayList<StoredDocument>();
        var deleted = new ArrayList<PolicyId>();
        for (Revision.Change change : revision.changes()) {
            if (change.action() == Action.UNCHANGED) {
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
            if (change.before().isPresent()) {
                var before = reader.stored(change.before().get(), 0);
                puts.add(before);
                changes.add(new Change.Put(before));
            } else {
                deleted.add(change.id());
                changes.add(new Change.Delete(change.id()));
            }
        }
        var after = current.with(current.revision() + 1, puts, deleted);
        var broken = reader.setCheck().checkChange(current, after);
        return broken.isEmpty()
                ? new Decision.Commit(changes)
                : new Decision.Refuse(new WriteOutcome.Invalid(broken));
    }

    private WriteOutcome run(
            WriteContext context, boolean dryRun, Function<DocumentSet, Decision> decide) {
        return dryRun ? preview(decide) : store.write(context, decide);
    }

    private WriteOutcome preview(Function<DocumentSet, Decision> decide) {
        DocumentSet current = store.documents();
        return switch (decide.apply(current)) {
            case Decision.Refuse(var reason) -> reason;
            case Decision.Commit(var changes) -> {
                var outcomes = changes.stream().map(change -> outcome(change, current, 0)).toList();
                yield new WriteOutcome.Written(
                        current.revision(), isChange(changes), outcomes, false);
            }
        };
    }

    /** What a change does to a document, for every engine to report the same. */
    public static DocumentOutcome outcome(Change change, DocumentSet before, long generation) {
        return switch (change) {
            case Change.Put(var document) ->
                    new DocumentOutcome(
                            document.id(),
                            before.find(document.id()).isPresent()
                                    ? Action.UPDATED
                                    : Action.CREATED,
                            generation);
            case Change.Delete(var id) -> new DocumentOutcome(id, Action.DELETED, generation);
            case Change.Keep(var id, var kept) -> new DocumentOutcome(id, Action.UNCHANGED, kept);
        };
    }

    /** Whether any of the changes changes anything. */
    public static boolean isChange(List<Change> changes) {
        return changes.stream().anyMatch(change -> !(change instanceof Change.Keep));
    }

    private Decision decideApply(DocumentSet current, Map<PolicyId, SubmittedDocument> submitted) {
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
        return violations.isEmpty()
                ? checked(current, submitted)
                : new Decision.Refuse(new WriteOutcome.Invalid(violations.list()));
    }

    private static boolean isStale(SubmittedDocument document, StoredDocument stored) {
        return document.generation().isPresent()
                && document.generation().get() != stored.generation()
                && !isSame(document, stored);
    }

    private Decision decidePut(
            DocumentSet current, SubmittedDocument document, Precondition precondition) {
        var stored = current.find(document.id());
        if (stored.isPresent() && precondition instanceof Precondition.None) {
            return new Decision.Refuse(
                    new WriteOutcome.PreconditionRequired(
                            document.id(), stored.get().generation()));
        }
        return refusal(document.id(), stored, precondition)
                .orElseGet(() -> checked(current, Map.of(document.id(), document)));
    }

    private Decision decideDelete(DocumentSet current, PolicyId id, Precondition precondition) {
        var stored = current.find(id);
        if (stored.isEmpty()) {
            return new Decision.Refuse(new WriteOutcome.NotFound(id));
        }
        if (precondition instanceof Precondition.None) {
            return new Decision.Refuse(
                    new WriteOutcome.PreconditionRequired(id, stored.get().generation()));
        }
        var refusal = refusal(id, stored, precondition);
        if (refusal.isPresent()) {
            return refusal.get();
        }
        DocumentSet after = current.with(current.revision() + 1, List.of(), List.of(id));
        var referrers = reader.setCheck().checkDeletion(current, after, id);
        return referrers.isEmpty()
                ? new Decision.Commit(List.of(new Change.Delete(id)))
                : new Decision.Refuse(new WriteOutcome.Invalid(referrers));
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
    private Decision checked(DocumentSet current, Map<PolicyId, SubmittedDocument> submitted) {
        var changes = new ArrayList<Change>();
        var puts = new ArrayList<StoredDocument>();
        for (SubmittedDocument document : new LinkedHashMap<>(submitted).values()) {
            var stored = current.find(document.id());
            if (stored.isPresent() && isSame(document, stored.get())) {
                changes.add(new Change.Keep(document.id(), stored.get().generation()));
            } else {
                StoredDocument put = PolicyReader.stored(document, 0);
                puts.add(put);
                changes.add(new Change.Put(put));
            }
        }
        if (puts.isEmpty()) {
            return new Decision.Commit(changes);
        }
        var violations = new Violations();
        DocumentSet after = current.with(current.revision() + 1, puts, List.of());
        reader.setCheck().check(current, after, submitted, violations);
        return violations.isEmpty()
                ? new Decision.Commit(changes)
                : new Decision.Refuse(new WriteOutcome.Invalid(violations.list()));
    }

    /** Order, spacing and notation make no change; a comment was not stored anyway. */
    private static boolean isSame(SubmittedDocument document, StoredDocument stored) {
        return document.json().equals(stored.json())
                || PolicyReader.canonical(document.json())
                        .equals(PolicyReader.canonical(stored.json()));
    }

    private static void checkIsThis(
            List<SubmittedDocument> read, PolicyId id, Violations violations) {
        if (read.size() > 1) {
            read.get(1)
                    .document()
                    .node(violations)
                    .violate(
                            ViolationCode.INCONSISTENT,
                            "Only one document can be put here (expected: "
                                    + id
                                    + "). POST several to /api/v1/apply.");
        }
        SubmittedDocument document = read.getFirst();
        PolicyId given = document.id();
        if (!given.equals(id)) {
            var root = document.document().node(violations);
            var metadata = root.field("metadata");
            var node =
                    !given.kind().equals(id.kind())
                            ? root.field("kind")
                            : !given.name().equals(id.name())
                                    ? metadata.field("name")
                                    : metadata.field("namespace");
            node.violate(
                    ViolationCode.INCONSISTENT,
                    "The document is " + given + ", the address says " + id + ".");
        }
    }
}
