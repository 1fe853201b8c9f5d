// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.policy.rest;

import dev.outrigger.policy.plan.Effects;
import dev.outrigger.policy.plan.PlannedEffects;
import dev.outrigger.policy.rest.Operation.MediaSchema;
import dev.outrigger.policy.store.PolicyWrite;
import dev.outrigger.policy.store.PolicyWrites;
import dev.outrigger.policy.store.Preview;
import dev.outrigger.policy.store.WriteContext;
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
    private final Effects effects;
    private final Plans plans;

    ApplyService(PolicyWrites writes, ApiMetrics metrics, Effects effects, Plans plans) {
        this.writes = writes;
        this.metrics = metrics;
        this.effects = effects;
        this.plans = plans;
    }

    List<Operation> operations() {
        return List.of(
                Operation.of("POST", "/api/v1/apply", "apply")
                        .saying("Stores all documents of a submission, or none.")
                        .needing(Role.EDITOR)
                        .taking(
                                Parameters.query(
                                        "dryRun",
                                        Parameters.words("false", "true", "plan"),
                                        "true says what would be done, and does nothing; plan also"
                                                + " says what that changes for callers and"
                                                + " proxies."),
                                Parameters.query(
                                        "plan",
                                        Parameters.text(Plans.FORM),
                                        "Commits exactly this plan; then there is no body."))
                        .taking(
                                Parameters.query(
                                        "prune",
                                        Parameters.limited(2_048),
                                        "A label selector: stored documents that match it and are"
                                                + " not submitted are deleted. All submitted ones"
                                                + " must match it."))
                        .taking(Parameters.WRITER)
                        .reading(
                                false,
                                new MediaSchema("application/yaml", "Submission"),
                                new MediaSchema("application/json", "Submission"))
                        .replying(
                                200,
                                "Stored, or unchanged; or what would be.",
                                "application/json",
                                "WrittenOrPlan")
                        .refusing(404, 409, 412, 422, 503, 507)
                        .by(this::apply));
    }

    private void apply(ServerRequest request, ServerResponse response, Caller caller) {
        var planned = Requests.parameter(request, "plan");
        if (planned.isPresent()) {
            commit(planned.get(), request, response, caller);
            return;
        }
        String dryRun = Requests.word(request, "dryRun", "false", "true", "plan");
        var prune = prune(request);
        var body = Bodies.of(request);
        var context = Requests.writeContext(request, body.bytes(), caller);
        PolicyWrite write =
                Requests.guarded(
                        writes.apply(body.bytes(), body.format(), prune), context, request, caller);
        if (dryRun.equals("plan")) {
            plan(write, response, caller);
            return;
        }
        run("apply", write, context, dryRun.equals("true"), response);
    }

    private void plan(PolicyWrite write, ServerResponse response, Caller caller) {
        Preview preview = writes.preview(write);
        metrics.write("plan", WriteResults.word(preview.outcome(), true));
        var written = Responses.requireWritten(preview.outcome());
        var changes =
                written.changed()
                        ? effects.between(preview.before().policies(), preview.after().policies())
                        : PlannedEffects.NONE;
        String id =
                plans.keep(
                        new Plans.Plan(
                                caller.name(),
                                preview.before().revision(),
                                preview.changes(),
                                written.warnings()));
        Responses.json(response, 200, PlanJson.plan(id, preview, written, changes, caller));
    }

    private void commit(String id, ServerRequest request, ServerResponse response, Caller caller) {
        for (String other : List.of("dryRun", "prune")) {
            if (Requests.parameter(request, other).isPresent()) {
                throw Requests.badParameter(other, "does not go with plan.");
            }
        }
        if (Bodies.find(request).isPresent()) {
            throw Problem.of(
                            400,
                            "Body not expected",
                            "A plan is committed as it was made: no body.")
                    .raise();
        }
        var plan = plans.require(id, caller);
        var write = PolicyWrites.planned(plan.baseRevision(), plan.changes(), plan.warnings());
        var context = Requests.writeContext(request, new byte[0], caller);
        run("plan", Requests.guarded(write, context, request, caller), context, false, response);
    }

    private void run(
            String operation,
            PolicyWrite write,
            WriteContext context,
            boolean dryRun,
            ServerResponse response) {
        WriteOutcome outcome = writes.run(write, context, dryRun);
        metrics.write(operation, WriteResults.word(outcome, dryRun));
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
