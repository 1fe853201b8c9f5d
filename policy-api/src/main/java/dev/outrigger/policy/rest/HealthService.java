// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.policy.rest;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import java.util.List;

/**
 * {@code /health/live}: the process answers. {@code /health/ready}: everything it needs works; 503
 * with the parts that do not. {@code certificates} has the end of those that no caller of this API
 * is shown.
 */
final class HealthService {
    private final List<Readiness> checks;

    HealthService(List<Readiness> checks) {
        this.checks = List.copyOf(checks);
    }

    List<Operation> operations() {
        return List.of(
                Operation.of("GET", "/health/live", "getLiveness")
                        .saying("Whether the process answers.")
                        .replying(200, "It does.", "application/json", "Liveness")
                        .by(HealthService::live),
                Operation.of("GET", "/health/ready", "getReadiness")
                        .saying("Whether everything it needs works.")
                        .replying(200, "All of it.", "application/json", "Readiness")
                        .replying(503, "Not all of it.", "application/json", "Readiness")
                        .by(this::ready));
    }

    private static void live(ServerRequest request, ServerResponse response, Caller caller) {
        Responses.json(response, 200, Json.object().put("status", "UP"));
    }

    private void ready(ServerRequest request, ServerResponse response, Caller caller) {
        ObjectNode parts = Json.object();
        ObjectNode certificates = Json.object();
        boolean allUp = true;
        for (Readiness check : checks) {
            var problem = check.problem().get();
            parts.put(check.name(), problem.isEmpty() ? "UP" : "DOWN");
            allUp &= problem.isEmpty();
            check.certificateEnd()
                    .get()
                    .ifPresent(end -> certificates.put(check.name(), end.toString()));
        }
        ObjectNode root = Json.object().put("status", allUp ? "UP" : "DOWN");
        root.set("checks", parts);
        root.set("certificates", certificates);
        Responses.json(response, allUp ? 200 : 503, root);
    }
}
