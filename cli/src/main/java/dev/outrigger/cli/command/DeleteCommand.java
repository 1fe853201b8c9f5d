// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.cli.command;

import dev.outrigger.cli.client.ResourceKind;
import dev.outrigger.cli.console.CliFailure;
import dev.outrigger.cli.console.Console;
import dev.outrigger.cli.console.ExitCode;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Deletes one document, provided that nobody changes it between the look and the deletion. */
@Command(name = "delete", description = "Deletes a document.", mixinStandardHelpOptions = true)
final class DeleteCommand implements Callable<Integer> {
    private final Console console;

    @Mixin private final ServerOptions server = new ServerOptions();

    @Parameters(index = "0", paramLabel = "KIND/NAME", description = "As service/b.")
    private String kind = "";

    @Parameters(index = "1", arity = "0..1", paramLabel = "NAME", description = "As service b.")
    private @Nullable String name;

    @Option(
            names = {"-n", "--namespace"},
            paramLabel = "NAME",
            description = "Default: ${DEFAULT-VALUE}.",
            defaultValue = "default")
    private String namespace = "default";

    DeleteCommand(Console console) {
        this.console = console;
    }

    @Override
    public Integer call() {
        var target = DocumentName.parse(kind, Optional.ofNullable(name));
        var documents = ResourceKind.parse(target.kind());
        var wanted =
                target.name()
                        .orElseThrow(() ->
                                CliFailure.of(
                                        ExitCode.USAGE,
                                        "which "
                                                + documents.singular()
                                                + "?"
                                                + " (expected: KIND/NAME)"));
        try (var client = server.connect(console)) {
            var current = client.document(documents, namespace, wanted);
            var answer = client.delete(documents, namespace, wanted, current.etag());
            console.data(documents.singular() + "/" + wanted + " deleted");
            if (answer.has("revision")) {
                console.note("revision " + answer.path("revision").asText());
            }
        }
        return ExitCode.OK.number();
    }
}
