// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.cli.command;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.outrigger.cli.console.CliFailure;
import dev.outrigger.cli.console.Console;
import dev.outrigger.cli.console.ExitCode;
import dev.outrigger.cli.output.JsonText;
import dev.outrigger.policy.store.StoreUnavailable;
import dev.outrigger.policy.store.sqlite.StoreCopies;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Looks after the file a control plane keeps its documents in. */
@Command(
        name = "store",
        description = "Checks, copies, restores and exports a control plane's store.",
        mixinStandardHelpOptions = true)
final class StoreCommand implements Runnable {
    private static final ObjectMapper JSON = new ObjectMapper();

    private final Console console;

    @Spec private final CommandSpec spec = CommandSpec.create();

    StoreCommand(Console console) {
        this.console = console;
    }

    @Override
    public void run() {
        throw new CommandLine.ParameterException(
                spec.commandLine(), "what? (expected: check, backup, restore or export)");
    }

    @Command(
            name = "check",
            description = {
                "Reads every page, row and hash of a store; a control plane may go on using it.",
                "Ends with 1 if it is damaged."
            },
            mixinStandardHelpOptions = true)
    int check(
            @Option(
                            names = "--store",
                            paramLabel = "FILE",
                            description = "Default: that of 'server'.")
                    @Nullable Path store) {
        var file = file(store);
        var report = done(() -> StoreCopies.check(file));
        if (report.problem().isPresent()) {
            throw CliFailure.of(ExitCode.ANSWER_IS_NO, file + ": " + report.problem().get())
                    .withNext("put a backup in its place: outrigger store restore BACKUP");
        }
        console.data(
                file
                        + " is good: revision "
                        + report.revision()
                        + ", "
                        + report.documents()
                        + " documents, "
                        + report.bytes()
                        + " bytes, head "
                        + report.head());
        return ExitCode.OK.number();
    }

    @Command(
            name = "backup",
            description = "Copies a store as of one moment; a control plane may go on using it.",
            mixinStandardHelpOptions = true)
    int backup(
            @Parameters(paramLabel = "TARGET", description = "A file that does not exist.")
                    Path target,
            @Option(
                            names = "--store",
                            paramLabel = "FILE",
                            description = "Default: that of 'server'.")
                    @Nullable Path store) {
        var report = done(() -> StoreCopies.backup(file(store), target));
        console.data(target + " holds revision " + report.revision());
        return ExitCode.OK.number();
    }

    @Command(
            name = "restore",
            description = {
                "Puts a backup in the place of a store that no control plane uses.",
                "What was there is kept beside it."
            },
            mixinStandardHelpOptions = true)
    int restore(
            @Parameters(paramLabel = "BACKUP", description = "Made by 'store backup'.") Path backup,
            @Option(
                            names = "--store",
                            paramLabel = "FILE",
                            description = "Default: that of 'server'.")
                    @Nullable Path store) {
        var file = file(store);
        var former = done(() -> StoreCopies.restore(backup, file));
        console.data(file + " restored from " + backup);
        former.ifPresent(path -> console.note("the former store is " + path));
        return ExitCode.OK.number();
    }

    @Command(
            name = "export",
            description = "Prints every document of a store as YAML, as 'apply -f -' takes it.",
            mixinStandardHelpOptions = true)
    int export(
            @Option(
                            names = "--store",
                            paramLabel = "FILE",
                            description = "Default: that of 'server'.")
                    @Nullable Path store) {
        var documents = new ArrayList<JsonNode>();
        for (String json : done(() -> StoreCopies.documents(file(store)))) {
            try {
                documents.add(JSON.readTree(json));
            } catch (JsonProcessingException e) {
                throw CliFailure.of(ExitCode.ANSWER_IS_NO, "a document is not JSON").withCause(e);
            }
        }
        console.data(JsonText.yaml(documents));
        return ExitCode.OK.number();
    }

    private Path file(@Nullable Path store) {
        return store == null ? ServerCommand.defaultStore(console) : store.toAbsolutePath();
    }

    private static <T> T done(Supplier<T> work) {
        try {
            return work.get();
        } catch (StoreUnavailable e) {
            var code =
                    e.reason() == StoreUnavailable.Reason.DAMAGED
                            ? ExitCode.ANSWER_IS_NO
                            : ExitCode.UNREACHABLE;
            throw CliFailure.of(code, String.valueOf(e.getMessage())).withCause(e);
        }
    }
}
