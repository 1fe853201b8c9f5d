// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.cli.command;

import com.fasterxml.jackson.databind.JsonNode;
import dev.outrigger.cli.client.ResourceKind;
import dev.outrigger.cli.console.CliFailure;
import dev.outrigger.cli.console.Console;
import dev.outrigger.cli.console.ExitCode;
import dev.outrigger.cli.output.JsonText;
import dev.outrigger.cli.output.OutputFormat;
import dev.outrigger.cli.output.Plans;
import dev.outrigger.cli.output.Table;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** The log of writes, or what one of them changed. */
@Command(
        name = "history",
        description =
                "Lists the writes, the latest first; with --revision what one of them changed.",
        mixinStandardHelpOptions = true)
final class HistoryCommand implements Callable<Integer> {
    private final Console console;

    @Mixin private final ServerOptions server = new ServerOptions();

    @Parameters(
            index = "0",
            arity = "0..1",
            paramLabel = "KIND/NAME",
            description = "Only writes that changed this document.")
    private @Nullable String document;

    @Option(
            names = {"-n", "--namespace"},
            paramLabel = "NAME",
            description = "Default: ${DEFAULT-VALUE}.",
            defaultValue = "default")
    private String namespace = "default";

    @Option(
            names = {"-l", "--selector"},
            paramLabel = "KEY=VALUE,...",
            description = "Only writes that changed documents with these labels.")
    private @Nullable String selector;

    @Option(
            names = "--revision",
            paramLabel = "NUMBER",
            description = "Show what this revision changed.")
    private @Nullable Long revision;

    @Option(
            names = "--limit",
            paramLabel = "COUNT",
            description = "How many. Default: ${DEFAULT-VALUE}.",
            defaultValue = "20")
    private int limit = 20;

    @Option(
            names = {"-o", "--output"},
            paramLabel = "FORMAT",
            description = "table, json, yaml or name. Default: ${DEFAULT-VALUE}.",
            defaultValue = "table")
    private OutputFormat format = OutputFormat.table;

    HistoryCommand(Console console) {
        this.console = console;
    }

    @Override
    public Integer call() {
        if (revision != null && document != null) {
            throw CliFailure.of(ExitCode.USAGE, "KIND/NAME and --revision exclude each other");
        }
        if (revision != null && selector != null) {
            throw CliFailure.of(ExitCode.USAGE, "--selector and --revision exclude each other");
        }
        try (var client = server.connect(console)) {
            if (revision != null) {
                JsonNode diff =
                        client.read(
                                "/api/v1/revisions/" + revision + "/diff",
                                java.util.Map.of(),
                                "revision " + revision);
                print(diff, Plans.changes(diff));
                return ExitCode.OK.number();
            }
            var query = new LinkedHashMap<String, String>();
            query.put("limit", Integer.toString(limit));
            if (document != null) {
                query.put("document", id(document));
            }
            if (selector != null) {
                query.put("labelSelector", selector);
            }
            JsonNode page = client.read("/api/v1/revisions", query, "revisions");
            print(page, table(page));
        }
        return ExitCode.OK.number();
    }

    private String id(String typed) {
        var target = DocumentName.parse(typed, Optional.empty());
        var kind = ResourceKind.parse(target.kind());
        return kind.kind()
                + "/"
                + namespace
                + "/"
                + target.name()
                        .orElseThrow(() ->
                                CliFailure.of(ExitCode.USAGE, "which one? (expected: KIND/NAME)"));
    }

    private void print(JsonNode answer, List<String> lines) {
        switch (format) {
            case json -> console.data(JsonText.json(answer));
            case yaml -> console.data(JsonText.yaml(answer));
            case name ->
                    answer.path("items")
                            .forEach(item -> console.data(item.path("revision").asText()));
            case table, wide -> console.table(lines);
        }
    }

    private static List<String> table(JsonNode page) {
        var table = new Table("REVISION", "TIME", "AUTHOR", "SOURCE", "CHANGES", "MESSAGE");
        for (JsonNode item : page.path("items")) {
            var changes = new ArrayList<String>();
            item.path("changes")
                    .forEach(change ->
                            changes.add(Plans.name(change) + " " + change.path("action").asText()));
            String what =
                    changes.size() > 3
                            ? String.join(", ", changes.subList(0, 3))
                                    + " and "
                                    + (changes.size() - 3)
                                    + " more"
                            : String.join(", ", changes);
            table.add(
                    List.of(
                            item.path("revision").asText(),
                            item.path("time").asText(),
                            item.path("author").asText(),
                            item.path("source").asText(),
                            what,
                            item.path("message").asText()));
        }
        return table.lines();
    }
}
