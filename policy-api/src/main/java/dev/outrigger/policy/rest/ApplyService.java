// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.policy.rest;

import dev.outrigger.policy.store.PolicyWrites;
import dev.outrigger.policy.store.WriteOutcome;
import io.helidon.webserver.http.HttpRules;
import io.helidon.webserver.http.HttpService;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;

/** {@code POST /api/v1/apply}: all documents of a submission, or none. */
final class ApplyService implements HttpService {
    private final PolicyWrites writes;
    private final ApiMetrics metrics;
    private final Bodies bodies;

    ApplyService(PolicyWrites writes, ApiMetrics metrics, Bodies bodies) {
        this.writes = writes;
        this.metrics = metrics;
        this.bodies = bodies;
    }

    @Override
    public void routing(HttpRules rules) {
        rules.post("/", this::apply).any("/", Methods.notAllowed("POST"));
    }

    private void apply(ServerRequest request, ServerResponse response) {
        Requests.allowOnly(request, "dryRun", "message");
        boolean dryRun = Requests.flag(request, "dryRun");
        var body = bodies.read(request);
        var context = Requests.writeContext(request, body.bytes());
        WriteOutcome outcome = writes.apply(body.bytes(), body.format(), context, dryRun);
        metrics.write("apply", WriteResults.word(outcome, dryRun));
        Responses.json(response, 200, Json.written(Responses.requireWritten(outcome), dryRun));
    }
}
