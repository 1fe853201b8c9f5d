// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.cli.command;

import dev.outrigger.cli.console.Console;
import dev.outrigger.cli.console.ExitCode;
import java.util.concurrent.Callable;
import picocli.AutoComplete;
import picocli.CommandLine.Command;

/** Prints a completion script; zsh reads the same one after {@code bashcompinit}. */
@Command(
        name = "completion",
        description = {
            "Prints a completion script for bash and zsh.",
            "bash: source <(outrigger completion)",
            "zsh:  autoload -U bashcompinit && bashcompinit && source <(outrigger completion)"
        },
        mixinStandardHelpOptions = true)
final class CompletionCommand implements Callable<Integer> {
    private final Console console;

    CompletionCommand(Console console) {
        this.console = console;
    }

    @Override
    public Integer call() {
        console.data(AutoComplete.bash("outrigger", OutriggerCommand.commandLine(console)));
        return ExitCode.OK.number();
    }
}
