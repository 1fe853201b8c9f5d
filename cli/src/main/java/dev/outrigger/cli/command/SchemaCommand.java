// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.cli.command;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.outrigger.cli.client.ResourceKind;
import dev.outrigger.cli.console.CliFailure;
import dev.outrigger.cli.console.Console;
import dev.outrigger.cli.console.ExitCode;
import dev.outrigger.cli.output.JsonText;
import dev.outrigger.policy.check.DocumentSchemas;
import dev.outrigger.policy.check.PolicyReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** The JSON Schemas of documents, for editors; needs no control plane. */
@Command(
        name = "schema",
        description = "Gives editors the JSON Schemas of documents: print, install.",
        mixinStandardHelpOptions = true)
final class SchemaCommand implements Runnable {
    private static final JsonMapper JSON =
            JsonMapper.builder().enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS).build();
    private static final String SCHEMA = ".outrigger/schema.json";

    private final Console console;

    @Spec private final CommandSpec spec = CommandSpec.create();

    SchemaCommand(Console console) {
        this.console = console;
    }

    @Override
    public void run() {
        throw new CommandLine.ParameterException(
                spec.commandLine(), "what? (expected: print or install)");
    }

    @Command(
            name = "print",
            description = "Prints the schema of a kind, or one for documents of all kinds.",
            mixinStandardHelpOptions = true)
    int print(
            @Parameters(arity = "0..1", paramLabel = "KIND", description = "As service.")
                    @Nullable String kind) {
        console.data(JsonText.json(kind == null ? all() : one(ResourceKind.parse(kind))));
        return ExitCode.OK.number();
    }

    @Command(
            name = "install",
            description = {
                "Writes the schema into a folder and tells an editor that YAML files there follow it.",
                "Other settings of the editor stay as they are."
            },
            mixinStandardHelpOptions = true)
    int install(
            @Option(
                            names = "--vscode",
                            required = true,
                            description = "For Visual Studio Code with the YAML extension.")
                    boolean isVsCode,
            @Option(
                            names = "--files",
                            defaultValue = "**/*.outrigger.yaml",
                            paramLabel = "GLOB",
                            description = "Which files. Default: ${DEFAULT-VALUE}.")
                    String files,
            @Parameters(
                            arity = "0..1",
                            defaultValue = ".",
                            paramLabel = "DIR",
                            description = "The folder that is opened in the editor.")
                    Path folder)
            throws IOException {
        if (!isVsCode) {
            throw CliFailure.of(ExitCode.USAGE, "for which editor? (expected: --vscode)");
        }
        var settings = folder.resolve(".vscode/settings.json");
        var changed = settings(settings);
        var schemas =
                changed.path("yaml.schemas") instanceof ObjectNode known
                        ? known
                        : changed.putObject("yaml.schemas");
        schemas.put(SCHEMA, files);
        write(folder.resolve(SCHEMA), all());
        write(settings, changed);
        console.note(settings + ": " + files + " follow " + SCHEMA);
        return ExitCode.OK.number();
    }

    private static ObjectNode settings(Path file) throws IOException {
        if (!Files.exists(file)) {
            return JSON.createObjectNode();
        }
        try {
            if (JSON.readTree(Files.readString(file)) instanceof ObjectNode object) {
                return object;
            }
        } catch (JsonProcessingException _) {
            // Editors allow comments there, which would be lost.
        }
        throw CliFailure.of(ExitCode.CONFLICT, file + " is not plain JSON and stays as it is")
                .withNext("add to it: \"yaml.schemas\": {\"" + SCHEMA + "\": \"*.yaml\"}");
    }

    private static void write(Path file, JsonNode json) throws IOException {
        Files.createDirectories(file.toAbsolutePath().getParent());
        Files.writeString(file, JsonText.json(json) + "\n");
    }

    private static ObjectNode all() {
        var root =
                JSON.createObjectNode()
                        .put("$schema", "https://json-schema.org/draft/2020-12/schema")
                        .put("title", "Outrigger");
        var any = root.putArray("anyOf");
        schemas().byKind().values().forEach(any::add);
        return root;
    }

    private static JsonNode one(ResourceKind kind) {
        return JSON.valueToTree(schemas().byKind().get(kind.kind()));
    }

    private static DocumentSchemas schemas() {
        return DocumentSchemas.of(PolicyReader.standard().kinds());
    }
}
