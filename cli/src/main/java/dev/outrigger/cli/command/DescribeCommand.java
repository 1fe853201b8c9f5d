// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.cli.command;

import com.fasterxml.jackson.databind.JsonNode;
import dev.outrigger.cli.client.ResourceKind;
import dev.outrigger.cli.console.CliFailure;
import dev.outrigger.cli.console.Console;
import dev.outrigger.cli.console.ExitCode;
import dev.outrigger.cli.output.Documents;
import dev.outrigger.cli.output.JsonText;
import dev.outrigger.cli.output.OutputFormat;
import dev.outrigger.cli.output.Statuses;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Prints what became of a document, or how a proxy stands. */
@Command(
        name = "describe",
        aliases = "status",
        description =
                "Prints what became of a document: which proxies have it, and who refused it.",
        mixinStandardHelpOptions = true)
final class DescribeCommand implements Callable<Integer> {
    private static final List<String> PROXY_WORDS = List.of("proxy", "proxies");

    private final Console console;

    @Mixin private final ServerOptions server = new ServerOptions();

    @Parameters(
            index = "0",
            paramLabel = "KIND/NAME",
            description = "As httproute/b-routes, or proxy/a-1 for a proxy.")
    private String kind = "";

    @Parameters(index = "1", arity = "0..1", paramLabel = "NAME", description = "As httproute b.")
    private @Nullable String name;

    @Option(
            names = {"-n", "--namespace"},
            paramLabel = "NAME",
            description = "Default: ${DEFAULT-VALUE}.",
            defaultValue = "default")
    private String namespace = "default";

    @Option(
            names = {"-o", "--output"},
            paramLabel = "FORMAT",
            description = "table, json, yaml or name. Default: ${DEFAULT-VALUE}.",
            defaultValue = "table")
    private OutputFormat format = OutputFormat.table;

    DescribeCommand(Console console) {
        this.console = console;
    }

    @Override
    public Integer call() {
        var target = DocumentName.parse(kind, Optional.ofNullable(name));
        boolean isProxy = PROXY_WORDS.contains(target.kind().toLowerCase(Locale.ROOT));
        var wanted =
                target.name()
                        .orElseThrow(() ->
                                CliFailure.of(
                                        ExitCode.USAGE,
                                        "which "
                                                + (isProxy
                                                        ? "proxy"
                                                        : kind(target.kind()).singular())
                                                + "? (expected: KIND/NAME)"));
        try (var client = server.connect(console)) {
            if (isProxy) {
                var proxy = client.proxy(wanted);
                print(proxy, Statuses.proxy(proxy), proxy.path("id").asText());
            } else {
                var documents = kind(target.kind());
                var status = client.status(documents, namespace, wanted);
                var title = Documents.name(documents, status);
                print(status, Statuses.document(title, status), title);
            }
        }
        return ExitCode.OK.number();
    }

    private static ResourceKind kind(String word) {
        for (ResourceKind known : ResourceKind.values()) {
            if (known.isCalled(word)) {
                return known;
            }
        }
        throw ResourceKind.unknown(word, List.of("proxy"));
    }

    private void print(JsonNode answer, List<String> lines, String title) {
        switch (format) {
            case table, wide -> console.table(lines);
            case json -> console.data(JsonText.json(answer));
            case yaml -> console.data(JsonText.yaml(answer));
            case name -> console.data(title);
        }
    }
}
