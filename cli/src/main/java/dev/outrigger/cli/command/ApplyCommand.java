// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.cli.command;

import dev.outrigger.cli.client.ControlPlaneClient;
import dev.outrigger.cli.client.DocumentBundle;
import dev.outrigger.cli.client.DryRun;
import dev.outrigger.cli.console.CliFailure;
import dev.outrigger.cli.console.Console;
import dev.outrigger.cli.console.ExitCode;
import dev.outrigger.cli.output.Plans;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Stores documents from files, folders or the standard input, all of them or none. */
@Command(
        name = "apply",
        description = "Stores documents, all of them or none.",
        mixinStandardHelpOptions = true)
final class ApplyCommand implements Callable<Integer> {
    private final Console console;

    @Mixin private final ServerOptions server = new ServerOptions();

    @Mixin private final WriteOptions write = new WriteOptions();

    @Option(
            names = {"-f", "--filename"},
            paramLabel = "FILE|DIR|-",
            description = "YAML or JSON; a folder gives its files; - is the standard input.")
    private List<String> sources = List.of();

    @Option(
            names = "--plan",
            paramLabel = "ID",
            description = "Instead of files: commit exactly this plan, or nothing.")
    private @Nullable String plan;

    @Option(
            names = "--prune",
            description =
                    "Delete what has the labels of -l and is not among the documents, in the same"
                            + " revision.")
    private boolean prune;

    @Option(
            names = {"-l", "--selector"},
            paramLabel = "KEY=VALUE,...",
            description = "The labels that every document has, for --prune.")
    private @Nullable String selector;

    @Option(
            names = {"-y", "--yes"},
            description = "Do not ask before --prune deletes something.")
    private boolean isSure;

    ApplyCommand(Console console) {
        this.console = console;
    }

    @Override
    public Integer call() {
        write.check();
        if (sources.isEmpty() == (plan == null)) {
            throw CliFailure.of(
                    ExitCode.USAGE,
                    "what is to be applied? (expected: -f FILE|DIR|- or --plan ID)");
        }
        if (prune == (selector == null)) {
            throw CliFailure.of(ExitCode.USAGE, "--prune and -l KEY=VALUE need each other");
        }
        if (plan != null && (prune || write.dryRun() != DryRun.OFF)) {
            throw CliFailure.of(
                    ExitCode.USAGE, "--plan is committed as it was made, without other options");
        }
        try (var client = server.connect(console).insisting(write.isForced())) {
            if (plan != null) {
                var answer = client.commit(plan, write.message());
                write.print(console, answer, "");
                write.await(console, client, answer);
            } else {
                apply(client, DocumentBundle.read(sources, console.in()));
            }
        }
        return ExitCode.OK.number();
    }

    private void apply(ControlPlaneClient client, DocumentBundle bundle) {
        var pruned = Optional.ofNullable(selector);
        if (pruned.isPresent() && write.dryRun() == DryRun.OFF && !isSure && console.canAsk()) {
            confirm(client, bundle);
        }
        var answer = client.apply(bundle, write.dryRun(), write.message(), pruned);
        if (write.dryRun() == DryRun.PLAN) {
            Plans.print(console, answer, write.format());
            return;
        }
        write.print(console, answer, "");
        write.await(console, client, answer);
    }

    /** A person is shown what would go, and asked. */
    private void confirm(ControlPlaneClient client, DocumentBundle bundle) {
        var preview =
                client.apply(
                        bundle, DryRun.DOCUMENTS, Optional.empty(), Optional.ofNullable(selector));
        var deleted =
                preview.path("documents")
                        .valueStream()
                        .filter(one -> one.path("action").asText().equals("deleted"))
                        .map(Plans::name)
                        .toList();
        if (!deleted.isEmpty()
                && !console.confirm("Delete " + String.join(", ", deleted) + " as well?")) {
            throw CliFailure.of(ExitCode.ANSWER_IS_NO, "nothing was stored");
        }
    }
}
