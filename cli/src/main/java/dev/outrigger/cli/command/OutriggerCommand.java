// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.cli.command;

import dev.outrigger.cli.console.CliFailure;
import dev.outrigger.cli.console.Console;
import dev.outrigger.cli.console.ExitCode;
import dev.outrigger.cli.net.HostPort;
import dev.outrigger.policy.document.Gep2257Duration;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.time.Duration;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** The root of all commands: the list of them, and what happens to what they throw. */
@Command(
        name = "outrigger",
        description = "Drives Envoy sidecars, or the Java data plane in their place, by policy.",
        synopsisSubcommandLabel = "COMMAND",
        footer = {
            "",
            "The launcher adds: 'outrigger proxy [ENVOY FLAGS]' runs the Java data plane,",
            "'outrigger test' runs every test, 'outrigger jdk' prints the JDK in use.",
            "",
            "Exit codes: 0 ok, 1 the answer is no, 2 usage, 3 validation, 4 conflict,",
            "5 not found, 6 unreachable or denied, 7 rejected by a proxy, 8 timeout, 70 bug."
        })
public final class OutriggerCommand implements Runnable {
    @Spec private final CommandSpec spec = CommandSpec.create();

    private OutriggerCommand() {}

    /** Runs one command line and returns the number to exit with. */
    public static int run(Console console, String... args) {
        return commandLine(console).execute(args);
    }

    static CommandLine commandLine(Console console) {
        var commands =
                new CommandLine(new OutriggerCommand())
                        .addSubcommand(new DemoCommand(console))
                        .addSubcommand(new ServerCommand(console))
                        .addSubcommand(new BootstrapCommand(console))
                        .addSubcommand(new ApplyCommand(console))
                        .addSubcommand(new GetCommand(console))
                        .addSubcommand(new DeleteCommand(console))
                        .addSubcommand(new VersionCommand(console))
                        .addSubcommand(new CompletionCommand(console))
                        .addSubcommand(new AotTrainCommand(console))
                        .addSubcommand(new CommandLine.HelpCommand());
        return commands.setCaseInsensitiveEnumValuesAllowed(true)
                .registerConverter(Duration.class, OutriggerCommand::duration)
                .registerConverter(HostPort.class, OutriggerCommand::hostPort)
                .setOut(new PrintWriter(console.out(), true))
                .setErr(new PrintWriter(console.err(), true))
                .setExitCodeExceptionMapper(OutriggerCommand::exitCode)
                .setParameterExceptionHandler((e, _) -> usageFailure(console, e))
                .setExecutionExceptionHandler((e, _, _) -> executionFailure(console, e));
    }

    @Override
    public void run() {
        throw new CommandLine.ParameterException(spec.commandLine(), "a command is needed");
    }

    private static Duration duration(String text) {
        return Gep2257Duration.parse(text)
                .orElseThrow(
                        () ->
                                new CommandLine.TypeConversionException(
                                        "'" + text + "' is not a duration (expected: as 30s, 1m30s)"));
    }

    private static HostPort hostPort(String text) {
        try {
            return HostPort.parse(text);
        } catch (IllegalArgumentException e) {
            throw new CommandLine.TypeConversionException(String.valueOf(e.getMessage()));
        }
    }

    private static int exitCode(Throwable thrown) {
        return switch (thrown) {
            case CliFailure failure -> failure.exitCode().number();
            case CommandLine.ParameterException _ -> ExitCode.USAGE.number();
            default -> ExitCode.BUG.number();
        };
    }

    private static int usageFailure(Console console, CommandLine.ParameterException e) {
        var command = e.getCommandLine();
        console.note("outrigger: " + e.getMessage());
        CommandLine.UnmatchedArgumentException.printSuggestions(e, command.getErr());
        console.note("  -> see '" + command.getCommandSpec().qualifiedName() + " --help'");
        return ExitCode.USAGE.number();
    }

    private static int executionFailure(Console console, Exception e) {
        if (e instanceof CliFailure failure) {
            console.note(failure.text());
            return failure.exitCode().number();
        }
        var stack = new StringWriter();
        e.printStackTrace(new PrintWriter(stack, true));
        console.note("outrigger: a fault in Outrigger itself; please report what follows");
        console.note(stack.toString().stripTrailing());
        return ExitCode.BUG.number();
    }
}
