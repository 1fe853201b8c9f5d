// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.cli.command;

import dev.outrigger.cli.console.Console;
import dev.outrigger.cli.console.ExitCode;
import dev.outrigger.cli.console.Version;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;

/** Prints the version of Outrigger and of the Java that runs it. */
@Command(name = "version", description = "Prints the version.", mixinStandardHelpOptions = true)
final class VersionCommand implements Callable<Integer> {
    private final Console console;

    VersionCommand(Console console) {
        this.console = console;
    }

    @Override
    public Integer call() {
        console.data("outrigger " + Version.current());
        console.data("java " + Runtime.version());
        return ExitCode.OK.number();
    }
}
