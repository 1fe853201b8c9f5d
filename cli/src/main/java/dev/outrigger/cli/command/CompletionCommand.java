// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.cli.command;

import dev.outrigger.cli.console.Console;
import dev.outrigger.cli.console.ExitCode;
import dev.outrigger.cli.output.CompletionScripts;
import java.util.concurrent.Callable;
import picocli.AutoComplete;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** Prints a completion script. */
@Command(
        name = "completion",
        description = {
            "Prints a completion script for a shell.",
            "bash:       source <(outrigger completion bash)",
            "zsh:        source <(outrigger completion zsh)",
            "fish:       outrigger completion fish | source",
            "powershell: outrigger completion powershell | Out-String | Invoke-Expression"
        },
        mixinStandardHelpOptions = true)
final class CompletionCommand implements Callable<Integer> {
    /** Lower case, because that is how it is typed. */
    enum Shell {
        bash,
        zsh,
        fish,
        powershell
    }

    private final Console console;

    @Parameters(
            index = "0",
            arity = "0..1",
            paramLabel = "bash|zsh|fish|powershell",
            description = "Default: ${DEFAULT-VALUE}.",
            defaultValue = "bash")
    private Shell shell = Shell.bash;

    CompletionCommand(Console console) {
        this.console = console;
    }

    @Override
    public Integer call() {
        var commands = OutriggerCommand.commandLine(console);
        console.data(
                switch (shell) {
                    case bash -> AutoComplete.bash("outrigger", commands);
                    // zsh reads the script for bash once it is told to.
                    case zsh ->
                            "autoload -U +X compinit && compinit\n"
                                    + "autoload -U +X bashcompinit && bashcompinit\n"
                                    + AutoComplete.bash("outrigger", commands);
                    case fish -> CompletionScripts.fish("outrigger", commands.getCommandSpec());
                    case powershell ->
                            CompletionScripts.powershell("outrigger", commands.getCommandSpec());
                });
        return ExitCode.OK.number();
    }
}
