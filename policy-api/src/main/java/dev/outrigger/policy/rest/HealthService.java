// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.policy.rest;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.helidon.webserver.http.HttpRules;
import io.helidon.webserver.http.HttpService;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import java.util.List;

/**
 * {@code /health/live}: the process answers. {@code /health/ready}: everything it needs works; 503
 * with the parts that do not.
 */
final class HealthService implements HttpService {
    private final List<Readiness> checks;

    HealthService(List<Readiness> checks) {
        this.checks = List.copyOf(checks);
    }

    @Override
    public void routing(HttpRules rules) {
        rules.get("/live", HealthService::live)
                .any("/live", Methods.notAllowed("GET"))
                .get("/ready", this::ready)
                .any("/ready", Methods.notAllowed("GET"));
    }

    private static void live(ServerRequest request, ServerResponse response) {
        Responses.json(response, 200, Json.object().put("status", "UP"));
    }

    private void ready(ServerRequest request, ServerResponse response) {
        ObjectNode parts = Json.object();
        boolean allUp = true;
        for (Readiness check : checks) {
            var problem = check.problem().get();
            parts.put(check.name(), problem.isEmpty() ? "UP" : "DOWN");
            allUp &= problem.isEmpty();
        }
        ObjectNode root = Json.object().put("status", allUp ? "UP" : "DOWN");
        root.set("checks", parts);
        Responses.json(response, allUp ? 200 : 503, root);
    }
}
