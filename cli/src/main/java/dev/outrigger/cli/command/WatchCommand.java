// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.cli.command;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.outrigger.cli.client.ControlPlaneClient;
import dev.outrigger.cli.client.ServerEvents;
import dev.outrigger.cli.client.ServerEvents.Event;
import dev.outrigger.cli.console.CliFailure;
import dev.outrigger.cli.console.Console;
import dev.outrigger.cli.console.ExitCode;
import dev.outrigger.cli.output.OutputFormat;
import dev.outrigger.cli.output.Plans;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Every change of a document as it happens. */
@Command(
        name = "watch",
        description = {
            "Prints every change of a document as it happens, one line each, until it is ended.",
            "With --since 0 it begins with all documents."
        },
        mixinStandardHelpOptions = true)
final class WatchCommand implements Callable<Integer> {
    private static final JsonMapper JSON = JsonMapper.builder().build();

    private final Console console;

    @Mixin private final ServerOptions server = new ServerOptions();

    @Option(
            names = "--since",
            paramLabel = "REVISION",
            description = "The last revision that is known already. Default: what stands now.")
    private @Nullable Long since;

    @Option(
            names = {"-l", "--selector"},
            paramLabel = "KEY=VALUE,...",
            description = "Only documents with these labels.")
    private @Nullable String selector;

    @Option(
            names = "--count",
            paramLabel = "CHANGES",
            description = "End after so many. Default: never.")
    private @Nullable Long count;

    @Option(
            names = {"-o", "--output"},
            paramLabel = "FORMAT",
            description = "table, json (one object in a line) or name. Default: ${DEFAULT-VALUE}.",
            defaultValue = "table")
    private OutputFormat format = OutputFormat.table;

    WatchCommand(Console console) {
        this.console = console;
    }

    @Override
    public Integer call() {
        if (count != null && count < 1) {
            throw CliFailure.of(ExitCode.USAGE, "--count: " + count + " (expected: 1 or more)");
        }
        try (var client = server.connect(console)) {
            watch(client);
        }
        return ExitCode.OK.number();
    }

    private void watch(ControlPlaneClient client) {
        long left = count == null ? Long.MAX_VALUE : count;
        try (var lines = client.watch(Optional.ofNullable(since), Optional.ofNullable(selector))) {
            var events = ServerEvents.of(lines.iterator());
            while (left > 0) {
                var event = events.next();
                if (event.isEmpty()) {
                    throw ended("the connection was closed");
                }
                if (event.get().name().equals("end")) {
                    throw ended(read(event.get().data()).path("reason").asText("no reason given"));
                }
                print(event.get());
                left--;
            }
        }
    }

    private static CliFailure ended(String why) {
        return CliFailure.of(ExitCode.UNREACHABLE, "the control plane ended the watch: " + why)
                .withNext("go on with --since and the last revision");
    }

    private void print(Event event) {
        var data = read(event.data());
        switch (format) {
            case json -> console.data(data.toString());
            case name -> console.data(Plans.name(data));
            case table, wide, yaml ->
                    console.data(
                            data.path("revision").asText()
                                    + " "
                                    + Plans.name(data)
                                    + (event.name().equals("delete") ? " deleted" : " stored"));
        }
    }

    private static JsonNode read(String data) {
        try {
            return JSON.readTree(data);
        } catch (JsonProcessingException e) {
            throw CliFailure.of(ExitCode.UNREACHABLE, "not an event of Outrigger: " + data)
                    .withCause(e);
        }
    }
}
