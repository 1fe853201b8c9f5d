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
import dev.outrigger.policy.kind.capability.Capabilities;
import dev.outrigger.policy.model.DocumentSet;
import dev.outrigger.policy.model.StoredDocument;
import dev.outrigger.xds.kind.xdsresources.XdsResourceSchema;
import java.nio.charset.StandardCharsets;
import java.util.stream.Collectors;

/** Reads a complete set of documents as the control plane would, without one. */
final class OfflineDocuments {
    private OfflineDocuments() {}

    /** What is wrong is a failure, with every place; what is only suspicious is noted. */
    static DocumentSet read(DocumentBundle bundle, Capabilities capabilities, Console console) {
        var reader = PolicyReader.of(new XdsResourceSchema(), capabilities);
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
        return set;
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
