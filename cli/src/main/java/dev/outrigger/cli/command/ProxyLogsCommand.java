// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.cli.command;

import com.fasterxml.jackson.databind.JsonNode;
import dev.outrigger.cli.client.ControlPlaneClient;
import dev.outrigger.cli.client.ResourceKind;
import dev.outrigger.cli.console.CliFailure;
import dev.outrigger.cli.console.Console;
import dev.outrigger.cli.console.ExitCode;
import dev.outrigger.cli.output.AccessLogLines;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** The access logs that the Sidecars of a proxy write to files, where it runs on this machine. */
@Command(
        name = "logs",
        description = {
            "Prints the last lines of a proxy's access log files, as its Sidecars name them.",
            "Reads files: the proxy must run on this machine."
        },
        mixinStandardHelpOptions = true)
final class ProxyLogsCommand implements Callable<Integer> {
    private final Console console;

    @Mixin private final ServerOptions server = new ServerOptions();

    @Parameters(index = "0", paramLabel = "ID", description = "The proxy's.")
    private String id = "";

    @Option(
            names = "--flags",
            split = ",",
            paramLabel = "FLAG",
            description =
                    "Only requests with one of these response flags, as UF,URX; in Envoy's own or a"
                            + " JSON format.")
    private Set<String> flags = Set.of();

    @Option(
            names = "--lines",
            paramLabel = "COUNT",
            defaultValue = "20",
            description = "How many of each file. Default: ${DEFAULT-VALUE}.")
    private int count = 20;

    ProxyLogsCommand(Console console) {
        this.console = console;
    }

    @Override
    public Integer call() throws IOException {
        if (count < 1 || count > 100_000) {
            throw CliFailure.of(ExitCode.USAGE, "--lines: " + count + " (expected: 1..100000)");
        }
        Map<Path, JsonNode> logs;
        try (var client = server.connect(console)) {
            logs = logs(client);
        }
        if (logs.isEmpty()) {
            throw CliFailure.of(ExitCode.NOT_FOUND, "no Sidecar of '" + id + "' logs into a file")
                    .withNext("give one: spec.accessLog: [{file: /var/log/proxy.log}]");
        }
        for (var log : logs.entrySet()) {
            print(log.getKey(), log.getValue(), logs.size() > 1);
        }
        return ExitCode.OK.number();
    }

    /** By their files, with what the document says of their format. */
    private Map<Path, JsonNode> logs(ControlPlaneClient client) {
        var logs = new LinkedHashMap<Path, JsonNode>();
        for (JsonNode selecting : client.proxy(id).path("sidecars")) {
            var parts = List.of(selecting.asText().split("/"));
            if (!parts.getFirst().equals(ResourceKind.SIDECAR.kind())) {
                continue;
            }
            var document =
                    client.document(
                            ResourceKind.SIDECAR,
                            parts.size() == 3 ? parts.get(1) : "default",
                            parts.getLast());
            for (JsonNode log : document.document().path("spec").path("accessLog")) {
                if (log.has("file")) {
                    logs.putIfAbsent(Path.of(log.path("file").asText()), log);
                }
            }
        }
        return logs;
    }

    private void print(Path file, JsonNode log, boolean isOneOfMany) throws IOException {
        if (!Files.isReadable(file)) {
            throw CliFailure.of(ExitCode.NOT_FOUND, "cannot read " + file + " on this machine");
        }
        var last = new ArrayDeque<String>();
        var format = AccessLogLines.of(log);
        if (!flags.isEmpty() && format.isEmpty()) {
            throw CliFailure.of(
                    ExitCode.USAGE,
                    file + " has a format of its own: --flags cannot tell where the flags are");
        }
        try (var lines = Files.newBufferedReader(file)) {
            for (var line = lines.readLine(); line != null; line = lines.readLine()) {
                if (flags.isEmpty() || format.orElseThrow().hasFlag(line, flags)) {
                    last.add(line);
                    if (last.size() > count) {
                        last.remove();
                    }
                }
            }
        }
        if (isOneOfMany) {
            console.note(file + ":");
        }
        last.forEach(console::data);
    }
}
