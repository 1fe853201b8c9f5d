// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.cli.command;

import dev.outrigger.cli.client.Contexts;
import dev.outrigger.cli.client.Contexts.Context;
import dev.outrigger.cli.console.CliFailure;
import dev.outrigger.cli.console.Console;
import dev.outrigger.cli.console.ExitCode;
import dev.outrigger.cli.output.Table;
import java.util.List;
import java.util.TreeMap;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Control planes by names of one's own. */
@Command(
        name = "context",
        description = "Names control planes, and says which one is meant: ls, set, use, rm.",
        mixinStandardHelpOptions = true)
final class ContextCommand implements Runnable {
    private final Console console;

    @Spec private final CommandSpec spec = CommandSpec.create();

    ContextCommand(Console console) {
        this.console = console;
    }

    @Override
    public void run() {
        throw new CommandLine.ParameterException(
                spec.commandLine(), "what? (expected: ls, set, use or rm)");
    }

    @Command(name = "ls", description = "Lists them.", mixinStandardHelpOptions = true)
    int ls() {
        var contexts = Contexts.read(console);
        var table = new Table("", "NAME", "SERVER", "TOKEN FILE", "CA", "CERTIFICATE");
        new TreeMap<>(contexts.all())
                .forEach((name, context) ->
                        table.add(
                                List.of(
                                        name.equals(contexts.current()) ? "*" : "",
                                        name,
                                        context.server(),
                                        dash(context.tokenFile()),
                                        dash(context.ca()),
                                        dash(context.cert()))));
        if (contexts.all().isEmpty()) {
            console.note("no context; make one with 'outrigger context set NAME --server URL'");
        } else {
            console.table(table.lines());
        }
        return ExitCode.OK.number();
    }

    @Command(
            name = "set",
            description = "Makes or changes one; the first one is used from then on.",
            mixinStandardHelpOptions = true)
    int set(
            @Parameters(paramLabel = "NAME", description = "Of letters, digits, '-' and '_'.")
                    String name,
            @Option(
                            names = "--server",
                            required = true,
                            paramLabel = "URL",
                            description = "The control plane's REST address.")
                    String server,
            @Option(
                            names = "--token-file",
                            defaultValue = "",
                            paramLabel = "FILE",
                            description = "Holds the bearer token.")
                    String tokenFile,
            @Option(
                            names = "--ca",
                            defaultValue = "",
                            paramLabel = "FILE",
                            description = "Whose certificates to believe, PEM.")
                    String ca,
            @Option(
                            names = "--cert",
                            defaultValue = "",
                            paramLabel = "FILE",
                            description = "The caller's certificate chain, PEM.")
                    String cert,
            @Option(
                            names = "--key",
                            defaultValue = "",
                            paramLabel = "FILE",
                            description = "Its private key, PEM.")
                    String key) {
        if (!name.matches("[A-Za-z0-9_-]{1,63}")) {
            throw CliFailure.of(
                    ExitCode.USAGE,
                    "'" + name + "' is no name (expected: 1..63 of letters, digits, '-' and '_')");
        }
        var contexts = Contexts.read(console);
        var changed = contexts.with(name, new Context(server, tokenFile, ca, cert, key));
        (contexts.current().isEmpty() ? changed.using(name) : changed).write();
        console.note("context '" + name + "' is " + server);
        return ExitCode.OK.number();
    }

    @Command(
            name = "use",
            description = "Makes one the one that is meant where none is named.",
            mixinStandardHelpOptions = true)
    int use(@Parameters(paramLabel = "NAME", description = "Which one.") String name) {
        var contexts = Contexts.read(console);
        var context = contexts.require(name);
        contexts.using(name).write();
        console.note("from now on '" + name + "', " + context.server());
        return ExitCode.OK.number();
    }

    @Command(name = "rm", description = "Forgets one.", mixinStandardHelpOptions = true)
    int rm(@Parameters(paramLabel = "NAME", description = "Which one.") String name) {
        var contexts = Contexts.read(console);
        contexts.require(name);
        contexts.without(name).write();
        console.note("forgotten: '" + name + "'");
        return ExitCode.OK.number();
    }

    private static String dash(String text) {
        return text.isEmpty() ? "-" : text;
    }
}
