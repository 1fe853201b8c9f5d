// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.policy.rest;

import dev.outrigger.policy.model.DocumentSet;
import dev.outrigger.policy.model.PolicyId;
import dev.outrigger.policy.model.ServiceRef;
import dev.outrigger.policy.plan.Effects;
import dev.outrigger.policy.plan.Question;
import dev.outrigger.policy.store.PolicyStore;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;

/** {@code GET /api/v1/effective}: why a request is treated as it is. */
final class EffectiveService {
    private static final String LABEL = "[a-z0-9](?:[-a-z0-9]{0,61}[a-z0-9])?";
    private static final Pattern SERVICE = Pattern.compile("(?:" + LABEL + "/)?" + LABEL);
    private static final Pattern HOST = Pattern.compile("[A-Za-z0-9._*-]{1,253}(?::[0-9]{1,5})?");
    private static final Pattern METHOD = Pattern.compile("[!#$%&'*+.^_`|~0-9A-Za-z-]{1,64}");
    private static final Pattern PATH = Pattern.compile("/[\\x21-\\x7E]{0,2047}");
    private static final Pattern HEADERS =
            Pattern.compile("[!#$%&'*+.^_`|~0-9A-Za-z-]{1,256}:[\\x20-\\x7E]{0,1024}");
    private static final int MAX_HEADERS = 32;

    private final PolicyStore store;
    private final Effects effects;

    EffectiveService(PolicyStore store, Effects effects) {
        this.store = store;
        this.effects = effects;
    }

    List<Operation> operations() {
        return List.of(
                Operation.of("GET", "/api/v1/effective", "explainRequest")
                        .saying("Which route a request takes, and where each value comes from.")
                        .needing(Role.VIEWER)
                        .taking(
                                Parameters.requiredQuery(
                                        "consumer",
                                        whole(SERVICE),
                                        "The calling service: NAME or NAMESPACE/NAME."),
                                Parameters.requiredQuery(
                                        "host",
                                        whole(HOST),
                                        "The Host header, with a port unless it is 80."),
                                Parameters.query("method", whole(METHOD), "Default GET."),
                                Parameters.query("path", whole(PATH), "With the query; default /."),
                                Parameters.query(
                                        "headers",
                                        Parameters.limited(8_192),
                                        "Header lines, NAME:VALUE, one below the other."))
                        .replying(200, "The answer.", "application/json", "Explanation")
                        .by(this::explain));
    }

    private void explain(ServerRequest request, ServerResponse response, Caller caller) {
        String consumer = required(request, "consumer", SERVICE);
        String host = required(request, "host", HOST).toLowerCase(Locale.ROOT);
        String method = text(request, "method", METHOD, "GET");
        String path = text(request, "path", PATH, "/");
        int slash = consumer.indexOf('/');
        var ref =
                slash < 0
                        ? new ServiceRef(PolicyId.DEFAULT_NAMESPACE, consumer)
                        : new ServiceRef(
                                consumer.substring(0, slash), consumer.substring(slash + 1));
        if (!caller.may(Role.VIEWER, ref.namespace())) {
            throw Permissions.forbidden(caller, Role.VIEWER, ref.namespace());
        }
        DocumentSet set = store.documents();
        var answer =
                effects.explain(
                        set.policies(), new Question(ref, host, method, path, headers(request)));
        Responses.json(response, 200, PlanJson.explanation(answer, set, caller));
    }

    private static Map<String, String> headers(ServerRequest request) {
        var headers = new LinkedHashMap<String, String>();
        String text = Requests.parameter(request, "headers").orElse("");
        for (String line : text.lines().filter(line -> !line.isBlank()).toList()) {
            if (!HEADERS.matcher(line).matches() || headers.size() >= MAX_HEADERS) {
                throw Requests.badParameter(
                        "headers",
                        "expected at most " + MAX_HEADERS + " lines of the form NAME:VALUE.");
            }
            int colon = line.indexOf(':');
            headers.put(
                    line.substring(0, colon).toLowerCase(Locale.ROOT),
                    line.substring(colon + 1).strip());
        }
        return headers;
    }

    private static String required(ServerRequest request, String name, Pattern pattern) {
        if (Requests.parameter(request, name).isEmpty()) {
            throw Requests.badParameter(name, "is missing.");
        }
        return text(request, name, pattern, "");
    }

    private static String text(
            ServerRequest request, String name, Pattern pattern, String fallback) {
        String text = Requests.parameter(request, name).orElse(fallback);
        if (!pattern.matcher(text).matches()) {
            throw Requests.badParameter(
                    name, dev.outrigger.policy.document.Quoted.of(text) + " is not one.");
        }
        return text;
    }

    private static com.fasterxml.jackson.databind.node.ObjectNode whole(Pattern pattern) {
        return Parameters.text("^(?:" + pattern.pattern() + ")$");
    }
}
