// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.cli.command;

import com.fasterxml.jackson.databind.JsonNode;
import dev.outrigger.cli.client.ControlPlaneClient;
import dev.outrigger.cli.client.DryRun;
import dev.outrigger.cli.client.ResourceKind;
import dev.outrigger.cli.console.CliFailure;
import dev.outrigger.cli.console.Console;
import dev.outrigger.cli.console.ExitCode;
import dev.outrigger.cli.output.Documents;
import dev.outrigger.cli.output.JsonText;
import dev.outrigger.cli.output.OutputFormat;
import dev.outrigger.cli.output.Plans;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Options of every command that stores something, and what they have in common to say. */
final class WriteOptions {
    private static final String PLAN = "plan";
    private static final Duration DEFAULT_WAIT = Duration.ofSeconds(30);

    @Option(
            names = "--dry-run",
            arity = "0..1",
            fallbackValue = "documents",
            paramLabel = "plan",
            description =
                    "Say what would change, store nothing; --dry-run=plan says as well what changes"
                            + " for callers and proxies.")
    private @Nullable String dryRun;

    @Option(
            names = "--wait",
            arity = "0..1",
            fallbackValue = "30s",
            paramLabel = "DURATION",
            description =
                    "Wait until the connected proxies have accepted it, ${FALLBACK-VALUE} unless"
                            + " given as --wait=DURATION.")
    private @Nullable Duration wait;

    @Option(
            names = "--rollback-on-reject",
            arity = "0..1",
            fallbackValue = "30s",
            paramLabel = "DURATION",
            description =
                    "Wait as well, and undo it by a new revision if a proxy refuses it or it cannot"
                            + " be served.")
    private @Nullable Duration rollback;

    @Option(
            names = {"-m", "--message"},
            paramLabel = "TEXT",
            description = "Why; kept with the revision.")
    private @Nullable String message;

    @Option(
            names = "--force",
            description = "Also change documents that say they are managed by git.")
    private boolean isForced;

    @Option(
            names = {"-o", "--output"},
            paramLabel = "FORMAT",
            description = "table, json, yaml or name. Default: ${DEFAULT-VALUE}.",
            defaultValue = "table")
    private OutputFormat format = OutputFormat.table;

    /** Refuses what says nothing together; call it before anything is asked. */
    void check() {
        if (dryRun() != DryRun.OFF && (wait != null || rollback != null)) {
            throw CliFailure.of(
                    ExitCode.USAGE,
                    "--dry-run stores nothing, so there is nothing to "
                            + (wait == null ? "undo" : "--wait for"));
        }
    }

    DryRun dryRun() {
        return switch (dryRun) {
            case null -> DryRun.OFF;
            case "documents", "true" -> DryRun.DOCUMENTS;
            case PLAN -> DryRun.PLAN;
            case String other ->
                    throw CliFailure.of(
                            ExitCode.USAGE,
                            "--dry-run=" + other + " (expected: --dry-run or --dry-run=plan)");
        };
    }

    Optional<String> message() {
        return Optional.ofNullable(message);
    }

    boolean isForced() {
        return isForced;
    }

    OutputFormat format() {
        return format;
    }

    /**
     * Prints what became of each document.
     *
     * @param done what to say of a new revision
     */
    void print(Console console, JsonNode answer, String done) {
        switch (format) {
            case json -> console.data(JsonText.json(answer));
            case yaml -> console.data(JsonText.yaml(answer));
            case name -> answer.path("documents").forEach(one -> console.data(nameOf(one)));
            case table, wide -> {
                for (var document : answer.path("documents")) {
                    console.data(nameOf(document) + " " + document.path("action").asText());
                }
                Plans.warnings(answer).forEach(console::note);
                console.note(summary(answer, done));
            }
        }
    }

    /** Waits as long as was asked for, and undoes what is refused if that was asked for. */
    void await(Console console, ControlPlaneClient client, JsonNode answer) {
        if (wait == null && rollback == null) {
            return;
        }
        long revision = answer.path("revision").asLong();
        var limit = wait == null ? Optional.ofNullable(rollback).orElse(DEFAULT_WAIT) : wait;
        var problem = SyncWait.problem(console, client, revision, limit);
        if (problem.isEmpty()) {
            return;
        }
        boolean isUndone =
                rollback != null
                        && problem.get().exitCode() == ExitCode.REJECTED
                        && answer.path("changed").asBoolean();
        if (!isUndone) {
            throw problem.get();
        }
        var undone =
                client.rollback(
                        revision,
                        false,
                        Optional.of("Rolls back revision " + revision + ": it was refused"),
                        Optional.empty());
        throw problem.get()
                .withNext(
                        "revision "
                                + undone.path("revision").asText()
                                + " undoes revision "
                                + revision);
    }

    private String summary(JsonNode answer, String done) {
        var revision = answer.path("revision").asText();
        if (dryRun() != DryRun.OFF) {
            return "dry run: nothing was stored, revision " + revision + " stands";
        }
        return answer.path("changed").asBoolean(true)
                ? "revision " + revision + done
                : "nothing changed, revision " + revision + " stands";
    }

    private static String nameOf(JsonNode document) {
        return Documents.name(ResourceKind.parse(document.path("kind").asText()), document);
    }
}
