// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.cli.command;

import com.fasterxml.jackson.databind.JsonNode;
import dev.outrigger.cli.client.ControlPlaneClient;
import dev.outrigger.cli.client.ResourceKind;
import dev.outrigger.cli.console.Console;
import dev.outrigger.cli.console.ExitCode;
import dev.outrigger.cli.output.Documents;
import dev.outrigger.cli.output.JsonText;
import dev.outrigger.cli.output.OutputFormat;
import dev.outrigger.cli.output.Proxies;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Prints stored documents, or the proxies that are connected. */
@Command(
        name = "get",
        description = "Prints stored documents of a kind, or the connected proxies.",
        mixinStandardHelpOptions = true)
final class GetCommand implements Callable<Integer> {
    private static final List<String> PROXY_WORDS = List.of("proxies", "proxy");

    private final Console console;

    @Mixin private final ServerOptions server = new ServerOptions();

    @Parameters(
            index = "0",
            paramLabel = "KIND",
            description =
                    "service, httproute, trafficpolicy, sidecar, xdsresources or proxies;"
                            + " KIND/NAME names one.")
    private String kind = "";

    @Parameters(
            index = "1",
            arity = "0..1",
            paramLabel = "NAME",
            description = "Only this one; a proxy's id for proxies.")
    private @Nullable String name;

    @Option(
            names = {"-n", "--namespace"},
            paramLabel = "NAME",
            description = "Default: all of them, and 'default' for one document.")
    private @Nullable String namespace;

    @Option(
            names = {"-l", "--selector"},
            paramLabel = "KEY=VALUE,...",
            description = "Only documents with these labels.")
    private @Nullable String selector;

    @Option(
            names = {"-o", "--output"},
            paramLabel = "FORMAT",
            description = "table, wide, json, yaml or name. Default: ${DEFAULT-VALUE}.",
            defaultValue = "table")
    private OutputFormat format = OutputFormat.table;

    GetCommand(Console console) {
        this.console = console;
    }

    @Override
    public Integer call() {
        var target = DocumentName.parse(kind, Optional.ofNullable(name));
        try (var client = server.connect(console)) {
            if (PROXY_WORDS.contains(target.kind().toLowerCase(Locale.ROOT))) {
                printProxies(client, target.name());
            } else {
                printDocuments(client, kind(target.kind()), target.name());
            }
        }
        return ExitCode.OK.number();
    }

    private static ResourceKind kind(String word) {
        return Arrays.stream(ResourceKind.values())
                .filter(known -> known.isCalled(word))
                .findFirst()
                .orElseThrow(() -> ResourceKind.unknown(word, List.of("proxies")));
    }

    private void printDocuments(
            ControlPlaneClient client, ResourceKind documents, Optional<String> wanted) {
        if (wanted.isPresent()) {
            var where = namespace == null ? "default" : namespace;
            var document = client.document(documents, where, wanted.get()).document();
            printOne(
                    document,
                    found -> Documents.table(documents, found, isWide()),
                    found -> Documents.name(documents, found.path("metadata")));
            return;
        }
        var found =
                client.list(
                        documents, Optional.ofNullable(namespace), Optional.ofNullable(selector));
        printAll(
                found,
                all -> Documents.table(documents, all, isWide()),
                one -> Documents.name(documents, one.path("metadata")));
        if (found.isEmpty() && (format == OutputFormat.table || isWide())) {
            console.note("no " + documents.plural());
        }
    }

    private void printProxies(ControlPlaneClient client, Optional<String> wanted) {
        Function<JsonNode, String> nameOf = proxy -> proxy.path("id").asText();
        if (wanted.isPresent()) {
            var proxy = client.proxy(wanted.get());
            printOne(proxy, all -> Proxies.table(all, isWide()), nameOf);
            Proxies.rejections(List.of(proxy)).forEach(console::note);
            return;
        }
        var proxies = client.proxies();
        printAll(proxies, all -> Proxies.table(all, isWide()), nameOf);
        Proxies.rejections(proxies).forEach(console::note);
        if (proxies.isEmpty() && (format == OutputFormat.table || isWide())) {
            console.note("no proxy has connected");
        }
    }

    private boolean isWide() {
        return format == OutputFormat.wide;
    }

    private void printOne(
            JsonNode document,
            Function<List<JsonNode>, List<String>> table,
            Function<JsonNode, String> nameOf) {
        switch (format) {
            case table, wide -> console.table(table.apply(List.of(document)));
            case json -> console.data(JsonText.json(document));
            case yaml -> console.data(JsonText.yaml(document));
            case name -> console.data(nameOf.apply(document));
        }
    }

    private void printAll(
            List<JsonNode> documents,
            Function<List<JsonNode>, List<String>> table,
            Function<JsonNode, String> nameOf) {
        switch (format) {
            case table, wide -> {
                if (!documents.isEmpty()) {
                    console.table(table.apply(documents));
                }
            }
            case json -> console.data(JsonText.json(Map.of("items", documents)));
            case yaml -> {
                if (!documents.isEmpty()) {
                    console.data(JsonText.yaml(documents));
                }
            }
            case name -> documents.forEach(document -> console.data(nameOf.apply(document)));
        }
    }
}
