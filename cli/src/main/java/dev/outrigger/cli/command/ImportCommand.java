// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.cli.command;

import dev.outrigger.cli.client.DocumentBundle;
import dev.outrigger.cli.console.CliFailure;
import dev.outrigger.cli.console.Console;
import dev.outrigger.cli.console.ExitCode;
import dev.outrigger.cli.output.JsonText;
import dev.outrigger.policy.check.PolicyReader;
import dev.outrigger.policy.document.Checked;
import dev.outrigger.policy.document.Violation;
import dev.outrigger.policy.importing.EnvoyImport;
import dev.outrigger.policy.importing.EnvoyImport.Imported;
import dev.outrigger.policy.importing.EnvoyImport.Request;
import dev.outrigger.policy.kind.capability.Capabilities;
import dev.outrigger.policy.model.PolicySet;
import dev.outrigger.xds.kind.xdsresources.XdsResourceSchema;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Makes a static Envoy configuration a document. */
@Command(
        name = "import",
        description = {
            "Writes the listeners and clusters of a static Envoy configuration as an XdsResources"
                    + " document, which 'apply' takes, and says what is left out.",
            "Replace it piece by piece by policies."
        },
        mixinStandardHelpOptions = true)
final class ImportCommand implements Callable<Integer> {
    private final Console console;

    @Parameters(
            paramLabel = "FILE|-",
            description = "Envoy's YAML or JSON; - is the standard input.")
    private String source = "-";

    @Option(
            names = "--name",
            defaultValue = "imported",
            description = "The document's. Default: ${DEFAULT-VALUE}.")
    private String name = "imported";

    @Option(
            names = {"-n", "--namespace"},
            description = "The document's. Default: the default one.")
    private String namespace = "";

    @Option(
            names = "--cluster",
            paramLabel = "CLUSTER",
            description =
                    "The nodes' cluster the document is for. Default: the configuration's own, or"
                            + " the document's name.")
    private String cluster = "";

    /** How the document is written. */
    private enum Output {
        yaml,
        json
    }

    @Option(
            names = {"-o", "--output"},
            defaultValue = "yaml",
            description = "${COMPLETION-CANDIDATES}. Default: ${DEFAULT-VALUE}.")
    private Output output = Output.yaml;

    ImportCommand(Console console) {
        this.console = console;
    }

    @Override
    public Integer call() {
        var bundle = DocumentBundle.read(List.of(source), console.in());
        var text = new String(bundle.body(), StandardCharsets.UTF_8);
        var request =
                new Request(
                        name, namespace, Optional.of(cluster).filter(given -> !given.isEmpty()));
        var imported =
                switch (EnvoyImport.read(text, request)) {
                    case Checked.Valid<Imported>(var valid) -> valid;
                    case Checked.Invalid<Imported>(var violations) ->
                            throw notValid(bundle.describe(), violations);
                };
        for (var note : imported.notes()) {
            console.note(note.path().pointer() + ": " + note.text());
        }
        console.data(
                switch (output) {
                    case yaml -> JsonText.yaml(imported.document());
                    case json -> JsonText.json(imported.document());
                });
        var reader = PolicyReader.of(new XdsResourceSchema(), Capabilities.ALL_PROXIES);
        return switch (reader.read(imported.document().toString())) {
            case Checked.Valid<PolicySet> _ -> ExitCode.OK.number();
            case Checked.Invalid<PolicySet>(var violations) ->
                    throw notValid("the document as it stands", violations);
        };
    }

    private static CliFailure notValid(String what, List<Violation> violations) {
        return CliFailure.of(ExitCode.VALIDATION, what + ": not valid")
                .withDetails(
                        violations.stream()
                                .map(one -> one.pointer() + ": " + one.detail())
                                .toList());
    }
}
