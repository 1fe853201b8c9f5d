// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.cli.command;

import com.fasterxml.jackson.databind.JsonNode;
import dev.outrigger.cli.client.XdsType;
import dev.outrigger.cli.console.Console;
import dev.outrigger.cli.console.ExitCode;
import dev.outrigger.cli.output.JsonText;
import dev.outrigger.cli.output.OutputFormat;
import dev.outrigger.cli.output.Plans;
import dev.outrigger.cli.output.Proxies;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Looks at proxies: the launcher takes every other use of the word for the data plane's. */
@Command(
        name = "proxy",
        description = {
            "Looks at proxies: ls, config, diff, logs.",
            "With Envoy's flags instead it runs the Java data plane."
        },
        mixinStandardHelpOptions = true)
final class ProxyCommand implements Runnable {
    @Spec private final CommandSpec spec = CommandSpec.create();

    private ProxyCommand() {}

    /** With the commands below it. */
    static CommandLine commandLine(Console console) {
        return new CommandLine(new ProxyCommand())
                .addSubcommand(new Ls(console))
                .addSubcommand(new Config(console))
                .addSubcommand(new Diff(console))
                .addSubcommand(new ProxyLogsCommand(console));
    }

    @Override
    public void run() {
        throw new CommandLine.ParameterException(
                spec.commandLine(), "what? (expected: ls, config, diff or logs)");
    }

    @Command(
            name = "ls",
            aliases = "ps",
            description = "Lists the proxies with what each has accepted.",
            mixinStandardHelpOptions = true)
    static final class Ls implements Callable<Integer> {
        private final Console console;

        @Mixin private final ServerOptions server = new ServerOptions();

        @Option(
                names = {"-l", "--selector"},
                paramLabel = "KEY=VALUE,...",
                description = "Only proxies whose metadata has these texts.")
        private @Nullable String selector;

        @Option(
                names = {"-o", "--output"},
                paramLabel = "FORMAT",
                description = "table, wide, json, yaml or name. Default: ${DEFAULT-VALUE}.",
                defaultValue = "table")
        private OutputFormat format = OutputFormat.table;

        Ls(Console console) {
            this.console = console;
        }

        @Override
        public Integer call() {
            try (var client = server.connect(console)) {
                var proxies = client.proxies(Optional.ofNullable(selector));
                switch (format) {
                    case json -> console.data(JsonText.json(Map.of("items", proxies)));
                    case yaml -> console.data(JsonText.yaml(proxies));
                    case name -> proxies.forEach(one -> console.data(one.path("id").asText()));
                    case table, wide -> {
                        if (proxies.isEmpty()) {
                            console.note(
                                    selector == null
                                            ? "no proxy has connected"
                                            : "no proxy has such metadata");
                        } else {
                            console.table(Proxies.table(proxies, format == OutputFormat.wide));
                        }
                        Proxies.rejections(proxies).forEach(console::note);
                    }
                }
            }
            return ExitCode.OK.number();
        }
    }

    @Command(
            name = "config",
            aliases = "pc",
            description = "Prints the xDS resources that a connected proxy was given last.",
            mixinStandardHelpOptions = true)
    static final class Config implements Callable<Integer> {
        private final Console console;

        @Mixin private final ServerOptions server = new ServerOptions();

        @Parameters(index = "0", paramLabel = "ID", description = "The proxy's.")
        private String id = "";

        @Parameters(
                index = "1",
                arity = "0..1",
                paramLabel = "TYPE",
                description = "Only listeners, routes, clusters, endpoints or secrets.")
        private @Nullable String type;

        @Option(names = "--name", paramLabel = "NAME", description = "Only this resource.")
        private String name = "";

        @Option(
                names = {"-o", "--output"},
                paramLabel = "FORMAT",
                description = "table, json, yaml or name. Default: ${DEFAULT-VALUE}.",
                defaultValue = "table")
        private OutputFormat format = OutputFormat.table;

        Config(Console console) {
            this.console = console;
        }

        @Override
        public Integer call() {
            var typeUrl = type == null ? "" : XdsType.parse(type).typeUrl();
            try (var client = server.connect(console)) {
                var resources = client.resources(id, typeUrl, name);
                switch (format) {
                    case json -> console.data(JsonText.json(Map.of("items", resources)));
                    case yaml -> console.data(JsonText.yaml(resources));
                    case name -> resources.forEach(one -> console.data(Proxies.resourceName(one)));
                    case table, wide -> console.table(Proxies.resources(resources));
                }
            }
            return ExitCode.OK.number();
        }
    }

    @Command(
            name = "diff",
            description = {
                "Shows what stands between what a proxy was given and what the documents ask for;",
                "with --plan what that plan would make of it. Ends with 1 if anything does."
            },
            mixinStandardHelpOptions = true)
    static final class Diff implements Callable<Integer> {
        private final Console console;

        @Mixin private final ServerOptions server = new ServerOptions();

        @Parameters(index = "0", paramLabel = "ID", description = "The proxy's.")
        private String id = "";

        @Option(names = "--plan", paramLabel = "ID", description = "Of 'apply --dry-run=plan'.")
        private @Nullable String plan;

        @Option(
                names = {"-o", "--output"},
                paramLabel = "FORMAT",
                description = "table, json or yaml. Default: ${DEFAULT-VALUE}.",
                defaultValue = "table")
        private OutputFormat format = OutputFormat.table;

        Diff(Console console) {
            this.console = console;
        }

        @Override
        public Integer call() {
            JsonNode diff;
            try (var client = server.connect(console)) {
                diff = client.outstanding(id, Optional.ofNullable(plan));
            }
            boolean isDifferent = diff.path("changed").asBoolean();
            switch (format) {
                case json -> console.data(JsonText.json(diff));
                case yaml -> console.data(JsonText.yaml(diff));
                case name ->
                        diff.path("changes")
                                .forEach(one -> console.data(Proxies.resourceName(one)));
                case table, wide -> {
                    console.table(Plans.outstanding(diff));
                    if (!isDifferent) {
                        console.note(
                                id + " has what revision " + diff.path("revision") + " asks for");
                    }
                }
            }
            return (isDifferent ? ExitCode.ANSWER_IS_NO : ExitCode.OK).number();
        }
    }
}
