// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.cli.command;

import dev.outrigger.cli.client.DocumentBundle;
import dev.outrigger.cli.client.DryRun;
import dev.outrigger.cli.client.ResourceKind;
import dev.outrigger.cli.console.CliFailure;
import dev.outrigger.cli.console.Console;
import dev.outrigger.cli.console.ExitCode;
import dev.outrigger.cli.output.JsonText;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Opens a document in an editor and stores what comes out, unless it was changed meanwhile. */
@Command(
        name = "edit",
        description = {
            "Opens a document in $VISUAL or $EDITOR and stores it, unless it was changed meanwhile.",
            "What cannot be stored stays in a file that is named."
        },
        mixinStandardHelpOptions = true)
final class EditCommand implements Callable<Integer> {
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

    @Option(
            names = {"-m", "--message"},
            paramLabel = "TEXT",
            description = "Why; kept with the revision.")
    private @Nullable String message;

    @Option(
            names = "--force",
            description = "Also change documents that say they are managed by git.")
    private boolean isForced;

    EditCommand(Console console) {
        this.console = console;
    }

    @Override
    public Integer call() throws IOException, InterruptedException {
        var target = DocumentName.parse(kind, Optional.ofNullable(name));
        var documents = ResourceKind.parse(target.kind());
        var wanted =
                target.name()
                        .orElseThrow(() ->
                                CliFailure.of(ExitCode.USAGE, "which one? (expected: KIND/NAME)"));
        if (console.isUnattended()) {
            throw CliFailure.of(ExitCode.USAGE, "nobody is there to edit (expected: no --no-input)")
                    .withNext("change the document in a file, and 'outrigger apply -f' it");
        }
        try (var client = server.connect(console)) {
            var before =
                    JsonText.yaml(client.document(documents, namespace, wanted).document()) + "\n";
            var file = Files.createTempFile("outrigger-" + wanted + "-", ".yaml");
            Files.writeString(file, before);
            edit(file);
            var after = Files.readString(file);
            if (after.equals(before)) {
                Files.delete(file);
                console.note("nothing changed");
                return ExitCode.OK.number();
            }
            try {
                // It carries the generation it had, so it replaces nothing newer.
                var answer =
                        client.insisting(isForced)
                                .apply(
                                        DocumentBundle.read(List.of(file.toString()), console.in()),
                                        DryRun.OFF,
                                        Optional.ofNullable(message),
                                        Optional.empty());
                Files.delete(file);
                new WriteOptions().print(console, answer, "");
            } catch (CliFailure e) {
                throw e.withNext("what you wrote is in " + file);
            }
        }
        return ExitCode.OK.number();
    }

    private void edit(Path file) throws IOException, InterruptedException {
        var editor = console.variable("VISUAL", console.variable("EDITOR", "vi"));
        // Editors are configured with their options: 'code --wait'.
        var command = new ArrayList<>(List.of(editor.strip().split("\\s+")));
        command.add(file.toString());
        Process process;
        try {
            process = new ProcessBuilder(command).inheritIO().start();
        } catch (IOException e) {
            Files.delete(file);
            throw CliFailure.of(ExitCode.NOT_FOUND, "no editor '" + editor + "'")
                    .withNext("set VISUAL or EDITOR")
                    .withCause(e);
        }
        int exitCode = process.waitFor();
        if (exitCode != 0) {
            Files.delete(file);
            throw CliFailure.of(
                    ExitCode.ANSWER_IS_NO,
                    "the editor ended with " + exitCode + ": nothing was stored");
        }
    }
}
