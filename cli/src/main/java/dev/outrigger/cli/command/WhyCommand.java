// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.cli.command;

import com.fasterxml.jackson.databind.JsonNode;
import dev.outrigger.cli.client.ControlPlaneClient;
import dev.outrigger.cli.console.CliFailure;
import dev.outrigger.cli.console.Console;
import dev.outrigger.cli.console.ExitCode;
import dev.outrigger.cli.output.JsonText;
import dev.outrigger.cli.output.OutputFormat;
import dev.outrigger.cli.output.Plans;
import dev.outrigger.cli.output.Proxies;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Which rule a request meets, which values hold for it, and where each of them comes from. */
@Command(
        name = "why",
        description = {
            "Says which rule a request meets, which values hold, and where each comes from.",
            "Ends with 1 if the request is not routed."
        },
        mixinStandardHelpOptions = true)
final class WhyCommand implements Callable<Integer> {
    private final Console console;

    @Mixin private final ServerOptions server = new ServerOptions();

    @Parameters(index = "0", paramLabel = "CONSUMER", description = "The calling service.")
    private String consumer = "";

    @Parameters(index = "1", paramLabel = "HOST", description = "As in the Host header.")
    private String host = "";

    @Parameters(
            index = "2",
            arity = "0..1",
            paramLabel = "METHOD",
            description = "Default: ${DEFAULT-VALUE}.",
            defaultValue = "GET")
    private String method = "GET";

    @Parameters(
            index = "3",
            arity = "0..1",
            paramLabel = "PATH",
            description = "With the query. Default: ${DEFAULT-VALUE}.",
            defaultValue = "/")
    private String path = "/";

    @Option(
            names = {"-H", "--header"},
            paramLabel = "NAME:VALUE",
            description = "A header of the request; may be repeated.")
    private List<String> headers = List.of();

    @Option(
            names = {"-o", "--output"},
            paramLabel = "FORMAT",
            description = "table, json or yaml. Default: ${DEFAULT-VALUE}.",
            defaultValue = "table")
    private OutputFormat format = OutputFormat.table;

    WhyCommand(Console console) {
        this.console = console;
    }

    @Override
    public Integer call() {
        if (headers.stream().anyMatch(header -> header.indexOf(':') < 1)) {
            throw CliFailure.of(ExitCode.USAGE, "a header is NAME:VALUE");
        }
        // 'why a b GET' and 'why a b /x' are both what people type.
        boolean isPath = method.startsWith("/");
        var query = new LinkedHashMap<String, String>();
        query.put("consumer", consumer);
        query.put("host", host);
        query.put("method", isPath ? "GET" : method);
        query.put("path", isPath ? method : path);
        if (!headers.isEmpty()) {
            query.put("headers", String.join("\n", headers));
        }
        try (var client = server.connect(console)) {
            JsonNode answer = client.read("/api/v1/effective", query, "the request");
            switch (format) {
                case json -> console.data(JsonText.json(answer));
                case yaml -> console.data(JsonText.yaml(answer));
                case name -> console.data(answer.path("rule").asText());
                case table, wide -> console.table(lines(client, answer));
            }
            return (answer.path("routed").asBoolean() ? ExitCode.OK : ExitCode.ANSWER_IS_NO)
                    .number();
        }
    }

    /** The answer, and below its first line whether it is what the proxies do already. */
    private static List<String> lines(ControlPlaneClient client, JsonNode answer) {
        var lines = new ArrayList<>(Plans.explanation(answer));
        if (answer.path("routed").asBoolean()) {
            var report = client.awaitSync(answer.path("revision").asLong(), Duration.ZERO);
            lines.add(1, Proxies.standing(report, answer.path("sidecar").asText()));
        }
        return lines;
    }
}
