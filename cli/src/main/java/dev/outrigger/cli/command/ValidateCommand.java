// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.cli.command;

import dev.outrigger.cli.client.DocumentBundle;
import dev.outrigger.cli.console.Console;
import dev.outrigger.cli.console.ExitCode;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Checks documents as the control plane would, without one. */
@Command(
        name = "validate",
        description = {
            "Checks documents as the control plane would, without one: for CI and for review.",
            "They are a complete set: what they refer to must be among them."
        },
        mixinStandardHelpOptions = true)
final class ValidateCommand implements Callable<Integer> {
    private final Console console;

    @Option(
            names = {"-f", "--filename"},
            required = true,
            paramLabel = "FILE|DIR|-",
            description = "YAML or JSON; a folder gives its files; - is the standard input.")
    private List<String> sources = List.of();

    @Mixin private final ProxiesOption proxies = new ProxiesOption();

    ValidateCommand(Console console) {
        this.console = console;
    }

    @Override
    public Integer call() {
        var set =
                OfflineDocuments.read(
                        DocumentBundle.read(sources, console.in()),
                        proxies.capabilities(),
                        console);
        console.note(set.size() + (set.size() == 1 ? " document is" : " documents are") + " valid");
        return ExitCode.OK.number();
    }
}
