// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.cli.command;

import com.fasterxml.jackson.databind.JsonNode;
import dev.outrigger.cli.client.DocumentBundle;
import dev.outrigger.cli.client.DryRun;
import dev.outrigger.cli.console.Console;
import dev.outrigger.cli.console.ExitCode;
import dev.outrigger.cli.output.OutputFormat;
import dev.outrigger.cli.output.Plans;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** What applying would change: documents, values for callers, resources of proxies. */
@Command(
        name = "diff",
        description = {
            "Shows what applying would change: documents, what holds for whom, what proxies are sent.",
            "Stores nothing. Ends with 1 if anything would change."
        },
        mixinStandardHelpOptions = true)
final class DiffCommand implements Callable<Integer> {
    private final Console console;

    @Mixin private final ServerOptions server = new ServerOptions();

    @Option(
            names = {"-f", "--filename"},
            required = true,
            paramLabel = "FILE|DIR|-",
            description = "YAML or JSON; a folder gives its files; - is the standard input.")
    private List<String> sources = List.of();

    @Option(
            names = {"-o", "--output"},
            paramLabel = "FORMAT",
            description = "table, json, yaml or name. Default: ${DEFAULT-VALUE}.",
            defaultValue = "table")
    private OutputFormat format = OutputFormat.table;

    @Option(
            names = {"-l", "--prune"},
            paramLabel = "KEY=VALUE,...",
            description = "As if what has these labels and is not among them were deleted.")
    private @Nullable String selector;

    DiffCommand(Console console) {
        this.console = console;
    }

    @Override
    public Integer call() {
        var bundle = DocumentBundle.read(sources, console.in());
        try (var client = server.connect(console)) {
            JsonNode plan =
                    client.apply(
                            bundle, DryRun.PLAN, Optional.empty(), Optional.ofNullable(selector));
            Plans.print(console, plan, format);
            return (plan.path("changed").asBoolean() ? ExitCode.ANSWER_IS_NO : ExitCode.OK)
                    .number();
        }
    }
}
