// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.cli.command;

import dev.outrigger.cli.console.CliFailure;
import dev.outrigger.cli.console.ColorChoice;
import dev.outrigger.cli.console.Console;
import dev.outrigger.cli.console.ExitCode;
import dev.outrigger.cli.console.Presentation;
import dev.outrigger.cli.net.HostPort;
import dev.outrigger.policy.document.Gep2257Duration;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ScopeType;
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
    private static final Map<String, Function<Console, Object>> COMMANDS = commands();

    @Spec private final CommandSpec spec = CommandSpec.create();

    @Option(
            names = {"-h", "--help"},
            usageHelp = true,
            description = "Show this help.")
    @SuppressWarnings("UnusedVariable") // picocli acts on the option's name alone
    private boolean help;

    @Option(
            names = {"-q", "--quiet"},
            scope = ScopeType.INHERIT,
            description = "Print data and failures only.")
    private boolean isQuiet;

    @Option(
            names = {"-v", "--verbose"},
            scope = ScopeType.INHERIT,
            description = "Print every request as well.")
    private boolean isVerbose;

    @Option(
            names = "--color",
            scope = ScopeType.INHERIT,
            paramLabel = "auto|always|never",
            defaultValue = "auto",
            description = "Colours; auto: on a terminal, unless NO_COLOR is set.")
    private ColorChoice colors = ColorChoice.auto;

    @Option(
            names = "--no-input",
            scope = ScopeType.INHERIT,
            description = "Ask nothing and open nothing, as where no terminal is.")
    private boolean isUnattended;

    private OutriggerCommand() {}

    /** Runs one command line and returns the number to exit with. */
    public static int run(Console console, String... args) {
        return commandLine(console, args).execute(args);
    }

    /** Every command, for help, completion and suggestions. */
    static CommandLine commandLine(Console console) {
        return commandLine(console, COMMANDS.keySet());
    }

    /**
     * Only the command that is meant, where that is clear: reading the annotations of all of them
     * costs more than most commands take.
     */
    private static CommandLine commandLine(Console console, String[] args) {
        // 'help get' needs what it is asked about.
        return args.length > 0 && COMMANDS.containsKey(args[0]) && !args[0].equals("help")
                ? commandLine(console, Set.of(args[0]))
                : commandLine(console);
    }

    private static CommandLine commandLine(Console console, Set<String> names) {
        var root = new OutriggerCommand();
        var commands = new CommandLine(root);
        COMMANDS.forEach((name, make) -> {
            if (names.contains(name)) {
                commands.addSubcommand(make.apply(console));
            }
        });
        return commands.setCaseInsensitiveEnumValuesAllowed(true)
                .registerConverter(Duration.class, OutriggerCommand::duration)
                .registerConverter(HostPort.class, OutriggerCommand::hostPort)
                .setOut(new PrintWriter(console.out(), true, StandardCharsets.UTF_8))
                .setErr(new PrintWriter(console.err(), true, StandardCharsets.UTF_8))
                .setColorScheme(CommandLine.Help.defaultColorScheme(CommandLine.Help.Ansi.OFF))
                .setExecutionStrategy(parsed -> {
                    console.present(root.presentation());
                    return new CommandLine.RunLast().execute(parsed);
                })
                .setExitCodeExceptionMapper(OutriggerCommand::exitCode)
                .setParameterExceptionHandler((e, _) -> usageFailure(console, e))
                .setExecutionExceptionHandler((e, _, _) -> executionFailure(console, e));
    }

    private static Map<String, Function<Console, Object>> commands() {
        // In the order of the help text: run, change, look, the rest.
        var commands = new LinkedHashMap<String, Function<Console, Object>>();
        commands.put("demo", DemoCommand::new);
        commands.put("server", ServerCommand::new);
        commands.put("bootstrap", BootstrapCommand::new);
        commands.put("apply", ApplyCommand::new);
        commands.put("diff", DiffCommand::new);
        commands.put("edit", EditCommand::new);
        commands.put("delete", DeleteCommand::new);
        commands.put("rollback", RollbackCommand::new);
        commands.put("history", HistoryCommand::new);
        commands.put("get", GetCommand::new);
        commands.put("describe", DescribeCommand::new);
        commands.put("explain", ExplainCommand::new);
        commands.put("why", WhyCommand::new);
        commands.put("watch", WatchCommand::new);
        commands.put("wait", WaitCommand::new);
        commands.put("proxy", ProxyCommand::commandLine);
        commands.put("top", TopCommand::new);
        commands.put("check", CheckCommand::new);
        commands.put("validate", ValidateCommand::new);
        commands.put("translate", TranslateCommand::new);
        commands.put("import", ImportCommand::new);
        commands.put("store", StoreCommand::new);
        commands.put("context", ContextCommand::new);
        commands.put("schema", SchemaCommand::new);
        commands.put("completion", CompletionCommand::new);
        commands.put("version", VersionCommand::new);
        commands.put("aot-train", AotTrainCommand::new);
        commands.put("aot-commands", AotCommandsCommand::new);
        commands.put("aot-fleet", _ -> new AotFleetCommand());
        commands.put("help", _ -> new CommandLine.HelpCommand());
        return commands;
    }

    private Presentation presentation() {
        return new Presentation(isQuiet, isVerbose, colors, isUnattended);
    }

    @Override
    public void run() {
        throw new CommandLine.ParameterException(spec.commandLine(), "a command is needed");
    }

    private static Duration duration(String text) {
        return Gep2257Duration.parse(text)
                .orElseThrow(() ->
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
        console.failure("outrigger: " + e.getMessage());
        CommandLine.UnmatchedArgumentException.printSuggestions(e, command.getErr());
        console.failure("  -> see '" + command.getCommandSpec().qualifiedName() + " --help'");
        return ExitCode.USAGE.number();
    }

    private static int executionFailure(Console console, Exception e) {
        if (e instanceof CliFailure failure) {
            console.failure(failure.text());
            return failure.exitCode().number();
        }
        var stack = new StringWriter();
        e.printStackTrace(new PrintWriter(stack, true));
        console.failure("outrigger: a fault in Outrigger itself; please report what follows");
        console.failure(stack.toString().stripTrailing());
        return ExitCode.BUG.number();
    }
}
