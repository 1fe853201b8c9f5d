// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.cli.command;

import dev.outrigger.cli.client.DryRun;
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

/** Undoes one revision by a new one. */
@Command(
        name = "rollback",
        description = "Undoes a revision by a new one, unless its documents were changed since.",
        mixinStandardHelpOptions = true)
final class RollbackCommand implements Callable<Integer> {
    private final Console console;

    @Mixin private final ServerOptions server = new ServerOptions();

    @Mixin private final WriteOptions write = new WriteOptions();

    @Parameters(
            index = "0",
            arity = "0..1",
            paramLabel = "REVISION",
            description = "Which one to undo. Default: the last.")
    private @Nullable Long revision;

    @Option(
            names = "--only",
            paramLabel = "KIND/NAME",
            description = "Only this document of it; KIND/NAMESPACE/NAME elsewhere.")
    private @Nullable String only;

    @Option(
            names = {"-y", "--yes"},
            description = "Do not ask.")
    private boolean isSure;

    RollbackCommand(Console console) {
        this.console = console;
    }

    @Override
    public Integer call() {
        write.check();
        if (write.dryRun() == DryRun.PLAN) {
            throw CliFailure.of(
                    ExitCode.USAGE, "a rollback has no plan (expected: --dry-run without a value)");
        }
        if (revision != null && revision < 1) {
            throw CliFailure.of(ExitCode.USAGE, "revision: " + revision + " (expected: 1 or more)");
        }
        var document = Optional.ofNullable(only).map(DocumentName::full);
        boolean isDryRun = write.dryRun() == DryRun.DOCUMENTS;
        try (var client = server.connect(console).insisting(write.isForced())) {
            long undone = revision == null ? client.lastRevision() : revision;
            if (!isDryRun && !isSure && !console.confirm("Undo revision " + undone + "?")) {
                throw CliFailure.of(ExitCode.ANSWER_IS_NO, "nothing was undone");
            }
            var answer = client.rollback(undone, isDryRun, write.message(), document);
            write.print(console, answer, " undoes revision " + undone);
            write.await(console, client, answer);
        }
        return ExitCode.OK.number();
    }
}
