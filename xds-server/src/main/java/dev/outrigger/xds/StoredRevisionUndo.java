// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.xds;

import dev.outrigger.policy.check.PolicyReader;
import dev.outrigger.policy.document.Quoted;
import dev.outrigger.policy.rest.ApiMetrics;
import dev.outrigger.policy.store.PolicyStore;
import dev.outrigger.policy.store.PolicyWrites;
import dev.outrigger.policy.store.Revision;
import dev.outrigger.policy.store.StoreUnavailable;
import dev.outrigger.policy.store.WriteContext;
import dev.outrigger.policy.store.WriteContext.Source;
import dev.outrigger.policy.store.WriteOutcome;
import dev.outrigger.xds.reconcile.RevisionUndo;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Undoes a refused revision in the store, as a new revision of the control plane's own. What it
 * wrote itself it does not undo: two bad contents would take turns for ever. Any thread; the write
 * happens on one of its own, since the caller must not wait for a disk.
 */
final class StoredRevisionUndo implements RevisionUndo {
    static final String AUTHOR = "outrigger";
    private static final Logger log = LoggerFactory.getLogger(StoredRevisionUndo.class);
    private static final int MAX_MESSAGE = 1_000;

    private final PolicyStore store;
    private final PolicyWrites writes;
    private final ApiMetrics metrics;

    StoredRevisionUndo(PolicyStore store, PolicyReader reader, ApiMetrics metrics) {
        this.store = store;
        this.writes = new PolicyWrites(reader, store);
        this.metrics = metrics;
    }

    @Override
    public void undo(long revision, String reason) {
        Thread.ofVirtual()
                .name("undo-" + revision)
                .start(() -> {
                    try {
                        write(revision, reason);
                    } catch (StoreUnavailable | IllegalArgumentException e) {
                        log.error("refused revision not undone revision={}", revision, e);
                    }
                });
    }

    private void write(long number, String reason) {
        var revision = store.findRevision(number);
        if (revision.isEmpty() || revision.get().author().equals(AUTHOR)) {
            log.warn("refused revision not undone revision={} reason=own or unknown", number);
            return;
        }
        var outcome =
                writes.undo(
                        revision.get(),
                        new WriteContext(
                                AUTHOR,
                                message(revision.get(), reason),
                                Source.API,
                                Optional.empty()),
                        false);
        switch (outcome) {
            case WriteOutcome.Written written -> {
                metrics.rolledBack();
                log.warn(
                        "refused revision undone revision={} by={} reason={}",
                        number,
                        written.revision(),
                        Quoted.line(reason, MAX_MESSAGE));
            }
            case WriteOutcome.Invalid(var violations) ->
                    log.error(
                            "refused revision not undone revision={} reason={}",
                            number,
                            violations);
            case WriteOutcome.Stale(_, var detail) ->
                    log.error("refused revision not undone revision={} reason={}", number, detail);
            case WriteOutcome.Exists _,
                    WriteOutcome.PlanOutdated _,
                    WriteOutcome.PreconditionRequired _,
                    WriteOutcome.NotFound _,
                    WriteOutcome.KeyReused _ ->
                    log.error("refused revision not undone revision={} reason={}", number, outcome);
        }
    }

    /** One line, as every message of a revision. */
    private static String message(Revision revision, String reason) {
        var text =
                ("Rolls back revision " + revision.number() + ": " + reason)
                        .codePoints()
                        .map(c -> Quoted.breaksLine(c) ? ' ' : c)
                        .collect(
                                StringBuilder::new,
                                StringBuilder::appendCodePoint,
                                StringBuilder::append)
                        .toString();
        return text.length() > MAX_MESSAGE ? text.substring(0, MAX_MESSAGE) + "..." : text;
    }
}
