// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.cli;

import dev.outrigger.cli.command.OutriggerCommand;
import dev.outrigger.cli.console.Console;

/** The program {@code outrigger}. */
public final class OutriggerMain {
    private OutriggerMain() {}

    public static void main(String[] args) {
        System.exit(OutriggerCommand.run(Console.ofProcess(), args));
    }
}
