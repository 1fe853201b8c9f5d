// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.policy.rest;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.outrigger.policy.document.Quoted;
import dev.outrigger.policy.model.DocumentSet;
import dev.outrigger.policy.plan.Effects;
import dev.outrigger.policy.plan.GivenQuery;
import dev.outrigger.policy.status.ProxyStatus;
import dev.outrigger.policy.status.StatusSource;
import dev.outrigger.policy.store.PolicyStore;
import dev.outrigger.policy.store.PolicyWrites;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import java.util.List;

/** {@code /api/v1/proxies}: the xDS clients as the control plane sees them, and what they have. */
final class ProxyService {
    private static final int DEFAULT_LIMIT = 100;
    private static final int MAX_LIMIT = 500;
    private static final int MAX_NAME_CHARS = 1_024;

    private final StatusSource status;
    private final Effects effects;
    private final PolicyStore store;
    private final Plans plans;
    private final Cursors cursors;

    ProxyService(
            StatusSource status, Effects effects, PolicyStore store, Plans plans, Cursors cursors) {
        this.status = status;
        this.effects = effects;
        this.store = store;
        this.plans = plans;
        this.cursors = cursors;
    }

    List<Operation> operations() {
        String one = "/api/v1/proxies/{id}";
        var id = Parameters.path("id", Parameters.limited(MAX_NAME_CHARS), "The xDS node's id.");
        return List.of(
                Operation.of("GET", "/api/v1/proxies", "listProxies")
                        .saying("The proxies that are known, connected or not.")
                        .needing(Role.VIEWER)
                        .taking(
                                Parameters.selector(
                                        "Only those whose node's metadata has these texts"))
                        .replying(200, "Those the caller may see.", "application/json", "ProxyList")
                        .by(this::list),
                Operation.of("GET", one, "getProxy")
                        .saying("One proxy.")
                        .needing(Role.VIEWER)
                        .taking(id)
                        .replying(200, "The proxy.", "application/json", "Proxy")
                        .refusing(404)
                        .by(this::get),
                Operation.of("GET", one + "/xds", "getProxyResources")
                        .saying("The xDS resources that a connected proxy was given last.")
                        .needing(Role.VIEWER)
                        .taking(
                                id,
                                Parameters.query(
                                        "type",
                                        Parameters.limited(MAX_NAME_CHARS),
                                        "Only resources of this type URL."),
                                Parameters.query(
                                        "name",
                                        Parameters.limited(MAX_NAME_CHARS),
                                        "Only the resource of this name."))
                        .taking(Parameters.limit(DEFAULT_LIMIT, MAX_LIMIT), Parameters.CURSOR)
                        .replying(
                                200,
                                "A page, in the order of types and names; each page is as of when"
                                        + " it is asked for.",
                                "application/json",
                                "GivenResourceList",
                                "Link")
                        .refusing(404)
                        .by(this::given),
                Operation.of("GET", one + "/diff", "diffProxy")
                        .saying(
                                "What stands between what a connected proxy was given and what the"
                                        + " documents ask for, as a JSON Patch per resource.")
                        .needing(Role.VIEWER)
                        .taking(
                                id,
                                Parameters.query(
                                        "plan",
                                        Parameters.text(Plans.FORM),
                                        "As if this plan were committed."))
                        .replying(200, "The changes.", "application/json", "ProxyDiff")
                        .refusing(404, 412)
                        .by(this::diff));
    }

    private void list(ServerRequest request, ServerResponse response, Caller caller) {
        LabelSelector selector = Requests.selector(request);
        ObjectNode root = Json.object();
        var items = root.putArray("items");
        status.proxies().stream()
                .filter(proxy -> isVisible(caller, proxy))
                .filter(proxy -> selector.matches(proxy.labels()))
                .forEach(proxy -> items.add(Json.proxy(proxy)));
        Responses.json(response, 200, root);
    }

    private void get(ServerRequest request, ServerResponse response, Caller caller) {
        Responses.json(response, 200, Json.proxy(require(request, caller)));
    }

    private void given(ServerRequest request, ServerResponse response, Caller caller) {
        String proxy = require(request, caller).id();
        var type = Requests.parameter(request, "type");
        var name = Requests.parameter(request, "name");
        int limit = Requests.number(request, "limit", DEFAULT_LIMIT, 1, MAX_LIMIT, true);
        String list = "xds\n" + proxy + "\n" + type.orElse("") + "\n" + name.orElse("");
        String after =
                Requests.parameter(request, "cursor")
                        .map(cursor -> cursors.read(list, cursor).last())
                        .orElse("");
        var found =
                effects.given(proxy, new GivenQuery(type, name, after, limit + 1))
                        .orElseThrow(() -> notConnected(proxy));
        boolean hasMore = found.size() > limit;
        var page = hasMore ? found.subList(0, limit) : found;
        ObjectNode root = Json.object();
        var items = root.putArray("items");
        page.forEach(resource -> items.add(PlanJson.given(resource)));
        if (hasMore) {
            var last = page.getLast();
            String cursor =
                    cursors.write(
                            list,
                            new Cursors.Position(0, GivenQuery.key(last.type(), last.name())));
            new NextPage(
                            "/api/v1/proxies/"
                                    + Requests.encoded(proxy).replace("+", "%20")
                                    + "/xds",
                            limit)
                    .with("type", type)
                    .with("name", name)
                    .tell(response, root, cursor);
        }
        Responses.json(response, 200, root);
    }

    private void diff(ServerRequest request, ServerResponse response, Caller caller) {
        String proxy = require(request, caller).id();
        DocumentSet wanted =
                Requests.parameter(request, "plan")
                        .map(plan -> planned(plan, caller))
                        .orElseGet(store::documents);
        var outstanding =
                effects.outstanding(proxy, wanted.policies())
                        .orElseThrow(() -> notConnected(proxy));
        Responses.json(response, 200, PlanJson.outstanding(proxy, wanted.revision(), outstanding));
    }

    /** The documents as they would stand after a plan that is still good. */
    private DocumentSet planned(String id, Caller caller) {
        var plan = plans.require(id, caller);
        DocumentSet current = store.documents();
        if (plan.baseRevision() != current.revision()) {
            throw Plans.outdated(plan.baseRevision(), current.revision());
        }
        return PolicyWrites.isChange(plan.changes())
                ? PolicyWrites.after(current, plan.changes())
                : current;
    }

    private ProxyStatus require(ServerRequest request, Caller caller) {
        String id = request.path().pathParameters().get("id");
        return status.proxies().stream()
                .filter(proxy -> proxy.id().equals(id))
                .filter(proxy -> isVisible(caller, proxy))
                .findFirst()
                .orElseThrow(() ->
                        Problem.of(
                                        404,
                                        "Not found",
                                        "No proxy with the id " + Quoted.of(id) + " is known.")
                                .raise());
    }

    private static Problem.Raised notConnected(String id) {
        return Problem.of(
                        404,
                        "Not found",
                        "The proxy " + Quoted.of(id) + " is not connected, or was given nothing.")
                .raise();
    }

    /** A proxy is seen by who may see a Sidecar that selects it. */
    static boolean isVisible(Caller caller, ProxyStatus proxy) {
        return caller.may(Role.VIEWER, Caller.EVERYWHERE)
                || proxy.sidecars().stream()
                        .anyMatch(sidecar -> caller.may(Role.VIEWER, sidecar.namespace()));
    }
}
