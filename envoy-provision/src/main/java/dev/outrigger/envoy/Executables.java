// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.envoy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** Finds executables in folders and asks an Envoy for its version. */
final class Executables {
    private Executables() {}

    static Optional<Path> find(List<Path> folders, String name) {
        return folders.stream()
                .map(folder -> folder.resolve(name))
                .filter(file -> Files.isRegularFile(file) && Files.isExecutable(file))
                .findFirst();
    }

    /** What {@code --version} of the executable says: an Envoy's version, or why it is none. */
    static Report version(Path executable, ProvisionOptions options) {
        ExternalCommand.Outcome outcome;
        try {
            outcome =
                    ExternalCommand.run(
                            List.of(executable.toString(), "--version"), options.probeLimit());
        } catch (IOException e) {
            return new Report.Unusable(executable + " cannot be run: " + e.getMessage());
        }
        if (outcome.timedOut()) {
            return new Report.Unusable(
                    executable
                            + " --version gave no answer in "
                            + options.probeLimit().toSeconds()
                            + " s");
        }
        if (!outcome.succeeded()) {
            return new Report.Unusable(
                    executable
                            + " --version failed with exit code "
                            + outcome.exitCode()
                            + ": "
                            + outcome.lastLines());
        }
        return EnvoyVersion.reportedBy(outcome.output())
                .<Report>map(Report.Version::new)
                .orElseGet(() ->
                        new Report.Unusable(
                                executable
                                        + " is no release build of Envoy: --version prints"
                                        + " '"
                                        + outcome.lastLines()
                                        + "'"));
    }

    sealed interface Report {
        record Version(EnvoyVersion version) implements Report {}

        record Unusable(String reason) implements Report {}
    }
}
