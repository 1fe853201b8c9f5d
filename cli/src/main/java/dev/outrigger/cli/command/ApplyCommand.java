// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.cli.command;

import com.fasterxml.jackson.databind.JsonNode;
import dev.outrigger.cli.client.DocumentBundle;
import dev.outrigger.cli.client.ResourceKind;
import dev.outrigger.cli.console.CliFailure;
import dev.outrigger.cli.console.Console;
import dev.outrigger.cli.console.ExitCode;
import dev.outrigger.cli.output.Documents;
import dev.outrigger.cli.output.JsonText;
import dev.outrigger.cli.output.OutputFormat;
import dev.outrigger.cli.output.Plans;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Stores documents, all or none, and can wait for the proxies to accept them. */
@Command(
        name = "apply",
        description = "Stores the documents of files, folders or the standard input: all or none.",
        mixinStandardHelpOptions = true)
final class ApplyCommand implements Callable<Integer> {
    private final Console console;

    @Mixin private final ServerOptions server = new ServerOptions();

    @Option(
            names = {"-f", "--filename"},
            required = true,
            paramLabel = "FILE|DIR|-",
            description = "YAML or JSON; a folder gives its files; - is the standard input.")
    private List<String> sources = List.of();

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

    ApplyCommand(Console console) {
        this.console = console;
    }

    @Override
    public Integer call() {
        if (dryRun && wait != null) {
            throw CliFailure.of(
                    ExitCode.USAGE, "--dry-run stores nothing, so there is nothing to --wait for");
        }
        var bundle = DocumentBundle.read(sources, console.in());
        try (var client = server.connect(console)) {
            var answer = client.apply(bundle, dryRun, Optional.ofNullable(message));
            print(answer);
            if (wait != null) {
                SyncWait.await(console, client, answer.path("revision").asLong(), wait);
            }
        }
        return ExitCode.OK.number();
    }

    private void print(JsonNode answer) {
        switch (format) {
            case json -> console.data(JsonText.json(answer));
            case yaml -> console.data(JsonText.yaml(answer));
            case name -> documents(answer).forEach(document -> console.data(nameOf(document)));
            case table -> {
                for (var document : documents(answer)) {
                    console.data(nameOf(document) + " " + document.path("action").asText());
                }
                Plans.warnings(answer).forEach(console::note);
                console.note(summary(answer));
            }
        }
    }

    private String summary(JsonNode answer) {
        var revision = answer.path("revision").asText();
        if (dryRun) {
            return "dry run: nothing was stored, revision " + revision + " stands";
        }
        return answer.path("changed").asBoolean(true)
                ? "revision " + revision
                : "nothing changed, revision " + revision + " stands";
    }

    private static List<JsonNode> documents(JsonNode answer) {
        var documents = new ArrayList<JsonNode>();
        answer.path("documents").forEach(documents::add);
        return documents;
    }

    private static String nameOf(JsonNode document) {
        return Documents.name(ResourceKind.parse(document.path("kind").asText()), document);
    }
}
