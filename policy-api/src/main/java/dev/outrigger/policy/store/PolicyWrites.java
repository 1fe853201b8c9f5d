// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.policy.store;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.outrigger.policy.check.PolicyReader;
import dev.outrigger.policy.check.SubmittedDocument;
import dev.outrigger.policy.document.DocumentReader.Format;
import dev.outrigger.policy.document.FieldPath;
import dev.outrigger.policy.document.Position;
import dev.outrigger.policy.document.Violation;
import dev.outrigger.policy.document.ViolationCode;
import dev.outrigger.policy.document.Violations;
import dev.outrigger.policy.model.DocumentSet;
import dev.outrigger.policy.model.PolicyId;
import dev.outrigger.policy.model.StoredDocument;
import dev.outrigger.policy.patch.PatchFailure;
import dev.outrigger.policy.store.Decision.Change;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;

/**
 * The writes there are: apply, create, put, patch, delete, undo, and a plan made earlier. Each is
 * read and checked first, and then previewed or committed. Any thread.
 */
public final class PolicyWrites {
    private final PolicyReader reader;
    private final PolicyStore store;
    private final WriteRules rules;

    public PolicyWrites(PolicyReader reader, PolicyStore store) {
        this.reader = reader;
        this.store = store;
        this.rules = new WriteRules(reader);
    }

    /** Does it, as far as it may be done. */
    public WriteOutcome commit(PolicyWrite write, WriteContext context) {
        return store.write(context, write::decide);
    }

    /** What it would come to now. */
    public Preview preview(PolicyWrite write) {
        DocumentSet current = store.documents();
        return switch (write.decide(current)) {
            case Decision.Refuse(var reason) -> new Preview(reason, current, current, List.of());
            case Decision.Commit(var changes, var warnings) -> {
                var outcomes = changes.stream().map(change -> outcome(change, current, 0)).toList();
                boolean changed = isChange(changes);
                yield new Preview(
                        new WriteOutcome.Written(
                                current.revision(), changed, outcomes, warnings, false),
                        current,
                        changed ? after(current, changes) : current,
                        changes);
            }
        };
    }

    /** Commits, or only says what that would come to. */
    public WriteOutcome run(PolicyWrite write, WriteContext context, boolean dryRun) {
        return dryRun ? preview(write).outcome() : commit(write, context);
    }

    /**
     * Stores all documents of a submission or none. A document that names a generation is stored
     * only over that one.
     */
    public PolicyWrite apply(byte[] body, Format format) {
        return apply(body, format, Optional.empty());
    }

    /**
     * As {@link #apply(byte[], Format)}, and deletes what belongs to the submitted documents but is
     * no longer among them.
     *
     * @param prune which documents belong together; all of the submission must
     */
    public PolicyWrite apply(
            byte[] body, Format format, Optional<Predicate<Map<String, String>>> prune) {
        var violations = new Violations();
        var submitted = PolicyReader.byId(reader.read(body, format, violations), violations);
        if (prune.isPresent()) {
            for (SubmittedDocument document : submitted.values()) {
                if (!prune.get().test(document.policy().metadata().labels())) {
                    document.document()
                            .node(violations)
                            .field("metadata")
                            .violate(
                                    ViolationCode.INCONSISTENT,
                                    document.id()
                                            + " does not have the labels by which prune tells what"
                                            + " belongs together: it would never be pruned.");
                }
            }
        }
        return violations.isEmpty()
                ? current -> rules.apply(current, submitted, prune)
                : PolicyWrite.refused(new WriteOutcome.Invalid(violations.list()));
    }

    /** Stores the one document of a submission, which must be of a kind and not exist. */
    public PolicyWrite create(String kind, byte[] body, Format format) {
        var violations = new Violations();
        var read = reader.read(body, format, violations);
        if (violations.isEmpty()) {
            WriteRules.checkIsOne(read, kind, violations);
        }
        if (!violations.isEmpty()) {
            return PolicyWrite.refused(new WriteOutcome.Invalid(violations.list()));
        }
        SubmittedDocument document = read.getFirst();
        return current -> rules.create(current, document);
    }

    /** Stores the one document of a submission, which must be {@code id}. */
    public PolicyWrite put(PolicyId id, byte[] body, Format format, Precondition precondition) {
        var violations = new Violations();
        var read = reader.read(body, format, violations);
        if (violations.isEmpty()) {
            WriteRules.checkIsThis(read, id, violations);
        }
        if (!violations.isEmpty()) {
            return PolicyWrite.refused(new WriteOutcome.Invalid(violations.list()));
        }
        SubmittedDocument document = read.getFirst();
        return current -> rules.put(current, document, precondition);
    }

    /** Stores a changed copy of a document, checked as if it had been written down. */
    public PolicyWrite patch(PolicyId id, DocumentPatch patch, Precondition precondition) {
        return current -> {
            var stored = current.find(id);
            var refusal = rules.refuseChange(id, stored, precondition);
            return refusal.orElseGet(() -> patched(current, stored.orElseThrow(), patch));
        };
    }

    public PolicyWrite delete(PolicyId id, Precondition precondition) {
        return current -> rules.delete(current, id, precondition);
    }

    /**
     * Writes a new revision that undoes an earlier one: each of its documents as it was before.
     * Stale if one of them was changed since.
     *
     * @param only which of its documents
     */
    public PolicyWrite undo(Revision revision, Predicate<PolicyId> only) {
        return current -> rules.undo(current, revision, only);
    }

    /** As {@link #undo(Revision, Predicate)} for all of its documents, done or tried at once. */
    public WriteOutcome undo(Revision revision, WriteContext context, boolean dryRun) {
        return run(undo(revision, _ -> true), context, dryRun);
    }

    /** Exactly these changes, if nothing was written since they were decided. */
    public static PolicyWrite planned(
            long baseRevision, List<Change> changes, List<DocumentWarning> warnings) {
        return current ->
                current.revision() == baseRevision
                        ? new Decision.Commit(changes, warnings)
                        : new Decision.Refuse(
                                new WriteOutcome.PlanOutdated(baseRevision, current.revision()));
    }

    private Decision patched(DocumentSet current, StoredDocument stored, DocumentPatch patch) {
        try {
            ObjectNode before = StoredJson.withGeneration(stored);
            byte[] after = patch.apply(before).toString().getBytes(StandardCharsets.UTF_8);
            var violations = new Violations();
            var read = reader.read(after, Format.JSON, violations);
            if (violations.isEmpty()) {
                WriteRules.checkIsThis(read, stored.id(), violations);
            }
            return violations.isEmpty()
                    ? withoutPlaces(
                            rules.apply(
                                    current,
                                    Map.of(stored.id(), read.getFirst()),
                                    Optional.empty()))
                    : withoutPlaces(
                            new Decision.Refuse(new WriteOutcome.Invalid(violations.list())));
        } catch (PatchFailure e) {
            return new Decision.Refuse(
                    new WriteOutcome.Invalid(
                            List.of(
                                    new Violation(
                                            ViolationCode.PATCH,
                                            0,
                                            FieldPath.ROOT.pointer(),
                                            Position.UNKNOWN,
                                            e.detail()))));
        }
    }

    /** Nobody wrote the patched document down, so lines and columns of it mean nothing. */
    private static Decision withoutPlaces(Decision decision) {
        if (decision instanceof Decision.Refuse(WriteOutcome.Invalid(var violations))) {
            return new Decision.Refuse(
                    new WriteOutcome.Invalid(
                            violations.stream()
                                    .map(violation ->
                                            new Violation(
                                                    violation.code(),
                                                    violation.document(),
                                                    violation.pointer(),
                                                    Position.UNKNOWN,
                                                    violation.detail()))
                                    .toList()));
        }
        if (decision instanceof Decision.Commit(var changes, var warnings)) {
            return new Decision.Commit(
                    changes,
                    warnings.stream()
                            .map(warning ->
                                    new DocumentWarning(
                                            warning.code(),
                                            warning.id(),
                                            warning.pointer(),
                                            0,
                                            0,
                                            warning.detail()))
                            .toList());
        }
        return decision;
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

    /** The documents after the next revision, if that makes these changes. */
    public static DocumentSet after(DocumentSet before, List<Change> changes) {
        long revision = before.revision() + 1;
        var put = new ArrayList<StoredDocument>();
        var removed = new ArrayList<PolicyId>();
        for (Change change : changes) {
            switch (change) {
                case Change.Put(var document) -> put.add(document.withGeneration(revision));
                case Change.Delete(var id) -> removed.add(id);
                case Change.Keep _ -> {}
            }
        }
        return before.with(revision, put, removed);
    }
}
