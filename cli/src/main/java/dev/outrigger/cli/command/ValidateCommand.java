// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.cli.command;

import dev.outrigger.cli.client.DocumentBundle;
import dev.outrigger.cli.console.CliFailure;
import dev.outrigger.cli.console.Console;
import dev.outrigger.cli.console.ExitCode;
import dev.outrigger.policy.check.PolicyReader;
import dev.outrigger.policy.check.Warning;
import dev.outrigger.policy.document.Checked;
import dev.outrigger.policy.document.Violation;
import dev.outrigger.policy.model.DocumentSet;
import dev.outrigger.policy.model.StoredDocument;
import dev.outrigger.xds.kind.xdsresources.XdsResourceSchema;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Checks documents as the control plane would, without one. */
@Command(
        name = "validate",
        description = {
            "Checks documents as the control plane would, without one: for CI and for review.",
            "They are a complete set: what they refer to must be among them."
        },
        mixinStandardHelpOptions = true)
final class ValidateCommand implements Callable<Integer> {
    private final Console console;

    @Option(
            names = {"-f", "--filename"},
            required = true,
            paramLabel = "FILE|DIR|-",
            description = "YAML or JSON; a folder gives its files; - is the standard input.")
    private List<String> sources = List.of();

    @Mixin private final ProxiesOption proxies = new ProxiesOption();

    ValidateCommand(Console console) {
        this.console = console;
    }

    @Override
    public Integer call() {
        var bundle = DocumentBundle.read(sources, console.in());
        var reader = PolicyReader.of(new XdsResourceSchema(), proxies.capabilities());
        DocumentSet set =
                switch (reader.readSet(new String(bundle.body(), StandardCharsets.UTF_8))) {
                    case Checked.Valid<DocumentSet>(var valid) -> valid;
                    case Checked.Invalid<DocumentSet>(var violations) ->
                            throw CliFailure.of(
                                            ExitCode.VALIDATION, bundle.describe() + ": not valid")
                                    .withDetails(
                                            violations.stream()
                                                    .map(one -> line(one, bundle))
                                                    .toList());
                };
        var ids = set.all().stream().map(StoredDocument::id).collect(Collectors.toSet());
        for (Warning warning : reader.warnings(set, ids)) {
            console.note(
                    "warning "
                            + warning.code()
                            + " "
                            + warning.document()
                            + " "
                            + warning.path().pointer()
                            + ": "
                            + warning.detail());
        }
        console.note(set.size() + (set.size() == 1 ? " document is" : " documents are") + " valid");
        return ExitCode.OK.number();
    }

    private static String line(Violation violation, DocumentBundle bundle) {
        String place =
                violation.line() > 0
                        ? bundle.locate(violation.line()) + ":" + violation.column()
                        : bundle.describe() + ":";
        return place
                + " "
                + (violation.pointer().equals("#") ? "" : violation.pointer() + ": ")
                + violation.detail();
    }
}
