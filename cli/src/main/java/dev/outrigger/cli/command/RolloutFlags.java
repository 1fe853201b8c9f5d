// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.cli.command;

import dev.outrigger.cli.console.CliFailure;
import dev.outrigger.cli.console.ExitCode;
import dev.outrigger.xds.reconcile.RolloutOptions;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** How new content reaches the proxies of a control plane. */
final class RolloutFlags {
    @Option(
            names = "--canary",
            paramLabel = "PERCENT",
            description =
                    "Give new content to so many percent of the proxies it concerns first, at least"
                            + " one; to the others when these have accepted it. Default: to all at"
                            + " once.")
    private @Nullable Integer canary;

    @Option(
            names = "--canary-wait",
            paramLabel = "DURATION",
            description =
                    "How long these may take to answer before the others get it anyhow. Default:"
                            + " 30s.")
    private @Nullable Duration canaryWait;

    @Option(
            names = "--rollback-on-reject",
            description = "Undo a revision that a proxy refuses, by a new revision.")
    private boolean rollback;

    RolloutOptions options() {
        var options = RolloutOptions.DEFAULT.withRollback(rollback);
        if (canary == null) {
            if (canaryWait != null) {
                throw CliFailure.of(
                        ExitCode.USAGE,
                        "--canary-wait says nothing alone (expected: with --canary)");
            }
            return options;
        }
        try {
            return options.withCanary(canary, canaryWait == null ? options.trial() : canaryWait);
        } catch (IllegalArgumentException e) {
            throw CliFailure.of(ExitCode.USAGE, "--canary: " + canary + " (expected: 1..100)")
                    .withCause(e);
        }
    }
}
