// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.cli.command;

import com.fasterxml.jackson.databind.JsonNode;
import dev.outrigger.cli.client.ResourceKind;
import dev.outrigger.cli.console.CliFailure;
import dev.outrigger.cli.console.Console;
import dev.outrigger.cli.console.ExitCode;
import dev.outrigger.cli.output.JsonText;
import dev.outrigger.cli.output.OutputFormat;
import dev.outrigger.cli.output.SchemaText;
import dev.outrigger.policy.document.NearestName;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** What a field takes, from the schema that the control plane serves. */
@Command(
        name = "explain",
        description = "Says what a kind or a field takes, as trafficpolicy.spec.retry.",
        mixinStandardHelpOptions = true)
final class ExplainCommand implements Callable<Integer> {
    private final Console console;

    @Mixin private final ServerOptions server = new ServerOptions();

    @Parameters(index = "0", paramLabel = "KIND[.FIELD...]", description = "As service.spec.ports.")
    private String path = "";

    @Option(
            names = {"-o", "--output"},
            paramLabel = "FORMAT",
            description = "table, json or yaml. Default: ${DEFAULT-VALUE}.",
            defaultValue = "table")
    private OutputFormat format = OutputFormat.table;

    ExplainCommand(Console console) {
        this.console = console;
    }

    @Override
    public Integer call() {
        String[] parts = path.split("\\.", -1);
        var kind = ResourceKind.parse(parts[0]);
        try (var client = server.connect(console)) {
            JsonNode schema =
                    client.read(
                            "/schemas/" + kind.singular() + ".json", Map.of(), "schema of " + kind);
            for (int i = 1; i < parts.length; i++) {
                schema = field(schema, parts[i], String.join(".", List.of(parts).subList(0, i)));
            }
            switch (format) {
                case json -> console.data(JsonText.json(schema));
                case yaml -> console.data(JsonText.yaml(schema));
                case name, table, wide -> SchemaText.lines(path, schema).forEach(console::data);
            }
        }
        return ExitCode.OK.number();
    }

    private static JsonNode field(JsonNode schema, String name, String where) {
        JsonNode object = SchemaText.object(schema);
        JsonNode found = object.path("properties").path(name);
        if (found.isMissingNode() && object.path("additionalProperties").isObject()) {
            return object.path("additionalProperties");
        }
        if (found.isMissingNode()) {
            var known = new ArrayList<String>();
            object.path("properties").fieldNames().forEachRemaining(known::add);
            throw CliFailure.of(
                            ExitCode.NOT_FOUND,
                            where + " has no field '" + name + "'." + NearestName.hint(name, known))
                    .withDetails(List.of("fields: " + String.join(", ", known)));
        }
        return found;
    }
}
