// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.cli.command;

import com.fasterxml.jackson.databind.JsonNode;
import dev.outrigger.cli.client.ControlPlaneClient;
import dev.outrigger.cli.client.DocumentBundle;
import dev.outrigger.cli.client.DocumentNames;
import dev.outrigger.cli.client.DocumentNames.Named;
import dev.outrigger.cli.client.ResourceKind;
import dev.outrigger.cli.console.CliFailure;
import dev.outrigger.cli.console.Console;
import dev.outrigger.cli.console.ExitCode;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Deletes documents, provided that nobody changes one between the look and the deletion. */
@Command(
        name = "delete",
        description = {
            "Deletes a document, or every document that files name: those first that others do not"
                    + " need.",
            "Each is a revision of its own."
        },
        mixinStandardHelpOptions = true)
final class DeleteCommand implements Callable<Integer> {
    private final Console console;

    @Mixin private final ServerOptions server = new ServerOptions();

    @Parameters(
            index = "0",
            arity = "0..1",
            paramLabel = "KIND/NAME",
            description = "As service/b.")
    private @Nullable String kind;

    @Parameters(index = "1", arity = "0..1", paramLabel = "NAME", description = "As service b.")
    private @Nullable String name;

    @Option(
            names = {"-f", "--filename"},
            paramLabel = "FILE|DIR|-",
            description = "Whatever these name, as far as it is stored.")
    private List<String> sources = List.of();

    @Option(
            names = {"-n", "--namespace"},
            paramLabel = "NAME",
            description = "Default: ${DEFAULT-VALUE}.",
            defaultValue = "default")
    private String namespace = "default";

    @Option(names = "--dry-run", description = "Say what would be deleted.")
    private boolean isDryRun;

    @Option(
            names = {"-m", "--message"},
            paramLabel = "TEXT",
            description = "Why; kept with the revision.")
    private @Nullable String message;

    @Option(
            names = {"-y", "--yes"},
            description = "Do not ask.")
    private boolean isSure;

    @Option(
            names = "--force",
            description = "Also change documents that say they are managed by git.")
    private boolean isForced;

    DeleteCommand(Console console) {
        this.console = console;
    }

    @Override
    public Integer call() {
        if (sources.isEmpty() == (kind == null)) {
            throw CliFailure.of(
                    ExitCode.USAGE, "what is to be deleted? (expected: KIND/NAME or -f FILE)");
        }
        var named = kind == null ? named() : List.of(typed(kind));
        boolean mayBeGone = kind == null;
        try (var client = server.connect(console).insisting(isForced)) {
            if (!isDryRun && !isSure && !console.confirm(question(named))) {
                throw CliFailure.of(ExitCode.ANSWER_IS_NO, "nothing was deleted");
            }
            for (Named one : named) {
                delete(client, one, mayBeGone);
            }
        }
        return ExitCode.OK.number();
    }

    private static String question(List<Named> named) {
        return "Delete " + named.stream().map(Named::text).collect(Collectors.joining(", ")) + "?";
    }

    private List<Named> named() {
        return DocumentNames.inOrderOfDeletion(DocumentBundle.read(sources, console.in()));
    }

    private Named typed(String first) {
        var target = DocumentName.parse(first, Optional.ofNullable(name));
        var documents = ResourceKind.parse(target.kind());
        return new Named(
                documents,
                namespace,
                target.name()
                        .orElseThrow(() ->
                                CliFailure.of(
                                        ExitCode.USAGE,
                                        "which "
                                                + documents.singular()
                                                + "?"
                                                + " (expected: KIND/NAME)")));
    }

    private void delete(ControlPlaneClient client, Named one, boolean mayBeGone) {
        ControlPlaneClient.Tagged current;
        try {
            current = client.document(one.kind(), one.namespace(), one.name());
        } catch (CliFailure e) {
            if (mayBeGone && e.exitCode() == ExitCode.NOT_FOUND) {
                console.note(one.text() + " is not stored");
                return;
            }
            throw e;
        }
        Map<String, String> options = new LinkedHashMap<>();
        if (isDryRun) {
            options.put("dryRun", "true");
        }
        if (message != null) {
            options.put("message", message);
        }
        JsonNode answer =
                client.delete(one.kind(), one.namespace(), one.name(), current.etag(), options);
        console.data(one.text() + (isDryRun ? " would be deleted" : " deleted"));
        if (answer.has("revision") && !isDryRun) {
            console.note("revision " + answer.path("revision").asText());
        }
    }
}
