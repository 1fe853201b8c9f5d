// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.cli.command;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import dev.outrigger.cli.client.ControlPlaneClient;
import dev.outrigger.cli.client.ResourceKind;
import dev.outrigger.cli.console.CliFailure;
import dev.outrigger.cli.console.Console;
import dev.outrigger.cli.console.ExitCode;
import dev.outrigger.cli.console.Progress;
import dev.outrigger.cli.output.Statuses;
import dev.outrigger.cli.process.Waiting;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Waits until something is true of a document, or of a revision. */
@Command(
        name = "wait",
        description = {
            "Waits until proxies have accepted a document, until it is deleted, or until all of them",
            "have accepted a revision (revision/N). Ends with 7 if a proxy refuses it, with 8 if it",
            "takes too long."
        },
        mixinStandardHelpOptions = true)
final class WaitCommand implements Callable<Integer> {
    private static final String REVISION = "revision";

    /** What is waited for. Lower case, because that is how it is typed. */
    enum Goal {
        /** Accepted by every connected proxy that needs it. */
        synced,
        /** In the configuration of every proxy that needs it. */
        programmed,
        /** Gone. */
        deleted
    }

    private final Console console;

    @Mixin private final ServerOptions server = new ServerOptions();

    @Option(
            names = "--for",
            required = true,
            paramLabel = "synced|programmed|deleted",
            description = "What to wait for.")
    private Goal goal = Goal.synced;

    @Parameters(index = "0", paramLabel = "KIND/NAME", description = "As service/b; or revision/7.")
    private String kind = "";

    @Parameters(index = "1", arity = "0..1", paramLabel = "NAME", description = "As service b.")
    private @Nullable String name;

    @Option(
            names = {"-n", "--namespace"},
            paramLabel = "NAME",
            description = "Default: ${DEFAULT-VALUE}.",
            defaultValue = "default")
    private String namespace = "default";

    @Option(
            names = "--within",
            paramLabel = "DURATION",
            description = "How long at most. Default: ${DEFAULT-VALUE}.",
            defaultValue = "30s")
    private Duration within = Duration.ofSeconds(30);

    WaitCommand(Console console) {
        this.console = console;
    }

    @Override
    public Integer call() throws InterruptedException {
        var target = DocumentName.parse(kind, Optional.ofNullable(name));
        var wanted =
                target.name()
                        .orElseThrow(() ->
                                CliFailure.of(ExitCode.USAGE, "which one? (expected: KIND/NAME)"));
        if (target.kind().equals(REVISION)) {
            waitForRevision(wanted);
        } else {
            waitForDocument(ResourceKind.parse(target.kind()), wanted);
        }
        return ExitCode.OK.number();
    }

    private void waitForRevision(String number) {
        if (goal != Goal.synced || !number.matches("[0-9]{1,18}")) {
            throw CliFailure.of(
                    ExitCode.USAGE, "a revision is a number and can only become synced");
        }
        try (var client = server.connect(console)) {
            var problem = SyncWait.problem(console, client, Long.parseLong(number), within);
            if (problem.isPresent()) {
                throw problem.get();
            }
        }
    }

    private void waitForDocument(ResourceKind documents, String wanted)
            throws InterruptedException {
        try (var client = server.connect(console);
                var _ = Progress.of(console, "waiting until it is " + goal)) {
            var last = new JsonNode[] {MissingNode.getInstance()};
            var ended =
                    Waiting.until(
                            () -> {
                                last[0] = status(client, documents, wanted);
                                return isReached(last[0]);
                            },
                            () -> refusal(last[0]),
                            within);
            if (ended.isEmpty()) {
                return;
            }
            var lines = Statuses.document(documents.singular() + "/" + wanted, last[0]);
            throw CliFailure.of(
                            refusal(last[0]).isPresent() ? ExitCode.REJECTED : ExitCode.TIMEOUT,
                            documents.singular()
                                    + "/"
                                    + wanted
                                    + " is not "
                                    + goal
                                    + ": "
                                    + ended.get())
                    .withDetails(last[0].isMissingNode() ? List.of() : lines);
        }
    }

    /** Missing if there is no such document, which is an answer where its end is waited for. */
    private JsonNode status(ControlPlaneClient client, ResourceKind documents, String wanted) {
        try {
            return client.status(documents, namespace, wanted);
        } catch (CliFailure e) {
            if (goal == Goal.deleted && e.exitCode() == ExitCode.NOT_FOUND) {
                return MissingNode.getInstance();
            }
            throw e;
        }
    }

    private boolean isReached(JsonNode answer) {
        return switch (goal) {
            case deleted -> answer.isMissingNode();
            case synced -> isTrue(answer, "Synced");
            case programmed -> isTrue(answer, "Programmed");
        };
    }

    private Optional<String> refusal(JsonNode answer) {
        boolean isRefused =
                goal == Goal.synced
                        && answer.path("status")
                                .path("conditions")
                                .valueStream()
                                .anyMatch(one ->
                                        one.path("reason").asText().equals("RejectedByProxy"));
        return isRefused ? Optional.of("a proxy refuses it") : Optional.empty();
    }

    private static boolean isTrue(JsonNode answer, String type) {
        return answer.path("status")
                .path("conditions")
                .valueStream()
                .anyMatch(one ->
                        one.path("type").asText().equals(type)
                                && one.path("status").asText().equals("True"));
    }
}
