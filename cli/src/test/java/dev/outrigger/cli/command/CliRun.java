// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.cli.command;

import dev.outrigger.cli.console.Console;
import dev.outrigger.cli.console.Terminals;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.Map;

/** One command line run in this JVM, with what it printed and answered. */
record CliRun(int exitCode, String out, String err) {

    static CliRun of(String... args) {
        return withInput("", args);
    }

    static CliRun withInput(String stdin, String... args) {
        return run(stdin, Map.of(), args);
    }

    static CliRun withEnvironment(Map<String, String> environment, String... args) {
        return run("", environment, args);
    }

    /** As a person would see it. */
    static CliRun onTerminal(String stdin, Map<String, String> environment, String... args) {
        return run(new Terminals(true, true, true), stdin, environment, args);
    }

    private static CliRun run(String stdin, Map<String, String> environment, String... args) {
        return run(Terminals.NONE, stdin, environment, args);
    }

    private static CliRun run(
            Terminals terminals, String stdin, Map<String, String> environment, String... args) {
        var out = new ByteArrayOutputStream();
        var err = new ByteArrayOutputStream();
        var console =
                new Console(
                        new ByteArrayInputStream(stdin.getBytes(StandardCharsets.UTF_8)),
                        new PrintStream(out, true, StandardCharsets.UTF_8),
                        new PrintStream(err, true, StandardCharsets.UTF_8),
                        environment,
                        terminals);
        int exitCode = OutriggerCommand.run(console, args);
        return new CliRun(
                exitCode,
                out.toString(StandardCharsets.UTF_8),
                err.toString(StandardCharsets.UTF_8));
    }
}
