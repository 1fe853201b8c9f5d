// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.policy.rest;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.outrigger.policy.document.Quoted;
import dev.outrigger.policy.status.StatusSource;
import io.helidon.webserver.http.HttpRules;
import io.helidon.webserver.http.HttpService;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;

/** {@code /api/v1/proxies}: the xDS clients as the control plane sees them. */
final class ProxyService implements HttpService {
    private final StatusSource status;

    ProxyService(StatusSource status) {
        this.status = status;
    }

    @Override
    public void routing(HttpRules rules) {
        rules.get("/", this::list)
                .any("/", Methods.notAllowed("GET"))
                .get("/{id}", this::get)
                .any("/{id}", Methods.notAllowed("GET"));
    }

    private void list(ServerRequest request, ServerResponse response) {
        Requests.allowOnly(request);
        ObjectNode root = Json.object();
        var items = root.putArray("items");
        status.proxies().forEach(proxy -> items.add(Json.proxy(proxy)));
        Responses.json(response, 200, root);
    }

    private void get(ServerRequest request, ServerResponse response) {
        Requests.allowOnly(request);
        String id = request.path().pathParameters().get("id");
        var found = status.proxies().stream().filter(proxy -> proxy.id().equals(id)).findFirst();
        Responses.json(
                response,
                200,
                Json.proxy(
                        found.orElseThrow(() ->
                                Problem.of(
                                                404,
                                                "Not found",
                                                "No proxy with the id "
                                                        + Quoted.of(id)
                                                        + " is known.")
                                        .raise())));
    }
}
