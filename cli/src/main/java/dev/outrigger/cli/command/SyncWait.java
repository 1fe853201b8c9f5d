// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.cli.command;

import com.fasterxml.jackson.databind.JsonNode;
import dev.outrigger.cli.client.ControlPlaneClient;
import dev.outrigger.cli.console.CliFailure;
import dev.outrigger.cli.console.Console;
import dev.outrigger.cli.console.ExitCode;
import dev.outrigger.cli.console.Progress;
import dev.outrigger.cli.output.Proxies;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Waits until a stored revision is live, and says so, or why it is not. */
final class SyncWait {
    private SyncWait() {}

    /** Why it is not; the note is for when it is. */
    static Optional<CliFailure> problem(
            Console console, ControlPlaneClient client, long revision, Duration limit) {
        JsonNode report;
        try (var _ = Progress.of(console, "waiting for the proxies")) {
            report = client.awaitSync(revision, limit);
        }
        var problem = problem(report, revision, limit);
        if (problem.isEmpty()) {
            int count = report.path("proxies").size();
            console.note(
                    count == 0
                            ? "no connected proxy is concerned"
                            : "accepted by " + count + " of " + count + " proxies");
        }
        return problem;
    }

    private static Optional<CliFailure> problem(JsonNode report, long revision, Duration limit) {
        var proxies = report.path("proxies");
        var rejections = Proxies.rejections(proxies);
        if (!rejections.isEmpty()) {
            return Optional.of(
                    CliFailure.of(
                                    ExitCode.REJECTED,
                                    "revision "
                                            + revision
                                            + " is stored, but not every proxy accepts it")
                            .withDetails(rejections)
                            .withNext(
                                    "the proxies go on with the last configuration they accepted"));
        }
        var withheld = Proxies.withheld(report.path("withheld"), revision);
        if (!withheld.isEmpty()) {
            return Optional.of(
                    CliFailure.of(
                                    ExitCode.REJECTED,
                                    "revision "
                                            + revision
                                            + " is stored, but not all of it is served")
                            .withDetails(withheld)
                            .withNext(
                                    "the proxies go on with the last configuration that was good"));
        }
        if (!report.path("synced").asBoolean()) {
            return Optional.of(
                    CliFailure.of(
                                    ExitCode.TIMEOUT,
                                    "revision "
                                            + revision
                                            + " is stored, but not every proxy has answered within "
                                            + limit.toMillis()
                                            + " ms")
                            .withDetails(Proxies.table(list(proxies))));
        }
        return Optional.empty();
    }

    private static List<JsonNode> list(JsonNode array) {
        var items = new ArrayList<JsonNode>();
        array.forEach(items::add);
        return items;
    }
}
