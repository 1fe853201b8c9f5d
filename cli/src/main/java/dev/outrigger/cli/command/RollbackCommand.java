// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.cli.command;

import com.fasterxml.jackson.databind.JsonNode;
import dev.outrigger.cli.client.ResourceKind;
import dev.outrigger.cli.console.CliFailure;
import dev.outrigger.cli.console.Console;
import dev.outrigger.cli.console.ExitCode;
import dev.outrigger.cli.output.Documents;
import dev.outrigger.cli.output.JsonText;
import dev.outrigger.cli.output.OutputFormat;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Undoes one revision by a new one. */
@Command(
        name = "rollback",
        description = "Undoes a revision by a new one, unless its documents were changed since.",
        mixinStandardHelpOptions = true)
final class RollbackCommand implements Callable<Integer> {
    private final Console console;

    @Mixin private final ServerOptions server = new ServerOptions();

    @Parameters(
            index = "0",
            arity = "0..1",
            paramLabel = "REVISION",
            description = "Which one to undo. Default: the last.")
    private @Nullable Long revision;

    @Option(names = "--dry-run", description = "Say what would change, store nothing.")
    private boolean dryRun;

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
            names = {"-m", "--message"},
            paramLabel = "TEXT",
            description = "Why; kept with the revision.")
    private @Nullable String message;

    @Option(
            names = {"-o", "--output"},
            paramLabel = "FORMAT",
            description = "${COMPLETION-CANDIDATES}. Default: ${DEFAULT-VALUE}.",
            defaultValue = "table")
    private OutputFormat format = OutputFormat.table;

    RollbackCommand(Console console) {
        this.console = console;
    }

    @Override
    public Integer call() {
        if (dryRun && wait != null) {
            throw CliFailure.of(
                    ExitCode.USAGE, "--dry-run stores nothing, so there is nothing to --wait for");
        }
        if (revision != null && revision < 1) {
            throw CliFailure.of(ExitCode.USAGE, "revision: " + revision + " (expected: 1 or more)");
        }
        try (var client = server.connect(console)) {
            long undone = revision == null ? client.lastRevision() : revision;
            var answer = client.rollback(undone, dryRun, Optional.ofNullable(message));
            print(answer, undone);
            if (wait != null) {
                SyncWait.await(console, client, answer.path("revision").asLong(), wait);
            }
        }
        return ExitCode.OK.number();
    }

    private void print(JsonNode answer, long undone) {
        switch (format) {
            case json -> console.data(JsonText.json(answer));
            case yaml -> console.data(JsonText.yaml(answer));
            case name -> answer.path("documents").forEach(one -> console.data(nameOf(one)));
            case table -> {
                for (var document : answer.path("documents")) {
                    console.data(nameOf(document) + " " + document.path("action").asText());
                }
                console.note(summary(answer, undone));
            }
        }
    }

    private String summary(JsonNode answer, long undone) {
        var stands = answer.path("revision").asText();
        if (dryRun) {
            return "dry run: nothing was stored, revision " + stands + " stands";
        }
        return answer.path("changed").asBoolean(true)
                ? "revision " + stands + " undoes revision " + undone
                : "nothing changed, revision " + stands + " stands";
    }

    private static String nameOf(JsonNode document) {
        return Documents.name(ResourceKind.parse(document.path("kind").asText()), document);
    }
}
