// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.policy.rest;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.outrigger.policy.document.Quoted;
import dev.outrigger.policy.status.ProxyStatus;
import dev.outrigger.policy.status.StatusSource;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import java.util.List;

/** {@code /api/v1/proxies}: the xDS clients as the control plane sees them. */
final class ProxyService {
    private final StatusSource status;

    ProxyService(StatusSource status) {
        this.status = status;
    }

    List<Operation> operations() {
        return List.of(
                Operation.of("GET", "/api/v1/proxies", "listProxies")
                        .saying("The proxies that are known, connected or not.")
                        .needing(Role.VIEWER)
                        .replying(200, "Those the caller may see.", "application/json", "ProxyList")
                        .by(this::list),
                Operation.of("GET", "/api/v1/proxies/{id}", "getProxy")
                        .saying("One proxy.")
                        .needing(Role.VIEWER)
                        .taking(
                                Parameters.path(
                                        "id", Parameters.limited(1_024), "The xDS node's id."))
                        .replying(200, "The proxy.", "application/json", "Proxy")
                        .refusing(404)
                        .by(this::get));
    }

    private void list(ServerRequest request, ServerResponse response, Caller caller) {
        ObjectNode root = Json.object();
        var items = root.putArray("items");
        status.proxies().stream()
                .filter(proxy -> isVisible(caller, proxy))
                .forEach(proxy -> items.add(Json.proxy(proxy)));
        Responses.json(response, 200, root);
    }

    private void get(ServerRequest request, ServerResponse response, Caller caller) {
        String id = request.path().pathParameters().get("id");
        var found =
                status.proxies().stream()
                        .filter(proxy -> proxy.id().equals(id))
                        .filter(proxy -> isVisible(caller, proxy))
                        .findFirst();
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

    /** A proxy is seen by who may see a Sidecar that selects it. */
    static boolean isVisible(Caller caller, ProxyStatus proxy) {
        return caller.may(Role.VIEWER, Caller.EVERYWHERE)
                || proxy.sidecars().stream()
                        .anyMatch(sidecar -> caller.may(Role.VIEWER, sidecar.namespace()));
    }
}
