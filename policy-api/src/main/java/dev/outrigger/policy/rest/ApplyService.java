// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.policy.rest;

import dev.outrigger.policy.rest.Operation.MediaSchema;
import dev.outrigger.policy.store.PolicyWrite;
import dev.outrigger.policy.store.PolicyWrites;
import dev.outrigger.policy.store.WriteOutcome;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;

/** {@code POST /api/v1/apply}: all documents of a submission, or none. */
final class ApplyService {
    private final PolicyWrites writes;
    private final ApiMetrics metrics;
    private final Bodies bodies;

    ApplyService(PolicyWrites writes, ApiMetrics metrics, Bodies bodies) {
        this.writes = writes;
        this.metrics = metrics;
        this.bodies = bodies;
    }

    List<Operation> operations() {
        return List.of(
                Operation.of("POST", "/api/v1/apply", "apply")
                        .saying("Stores all documents of a submission, or none.")
                        .needing(Role.EDITOR)
                        .taking(Parameters.DRY_RUN)
                        .taking(
                                Parameters.query(
                                        "prune",
                                        Parameters.limited(2_048),
                                        "A label selector: stored documents that match it and are"
                                                + " not submitted are deleted. All submitted ones"
                                                + " must match it."))
                        .taking(Parameters.WRITER)
                        .reading(
                                true,
                                new MediaSchema("application/yaml", "Submission"),
                                new MediaSchema("application/json", "Submission"))
                        .replying(200, "Stored, or unchanged.", "application/json", "Written")
                        .refusing(404, 409, 412, 422, 503, 507)
                        .by(this::apply));
    }

    private void apply(ServerRequest request, ServerResponse response, Caller caller) {
        boolean dryRun = Requests.flag(request, "dryRun");
        var prune = prune(request);
        var body = bodies.read(request, Bodies.DOCUMENTS);
        var context = Requests.writeContext(request, body.bytes(), caller);
        PolicyWrite write =
                Permissions.guard(writes.apply(body.bytes(), body.format(), prune), caller);
        WriteOutcome outcome = writes.run(write, context, dryRun);
        metrics.write("apply", WriteResults.word(outcome, dryRun));
        Responses.json(response, 200, Json.written(Responses.requireWritten(outcome), dryRun));
    }

    private static Optional<Predicate<Map<String, String>>> prune(ServerRequest request) {
        var text = Requests.parameter(request, "prune");
        if (text.isEmpty()) {
            return Optional.empty();
        }
        if (text.get().isBlank()) {
            throw Requests.badParameter("prune", "is empty and would match every document.");
        }
        return Optional.of(LabelSelector.parse(text.get())::matches);
    }
}
