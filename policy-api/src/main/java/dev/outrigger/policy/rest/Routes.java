// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.policy.rest;

import io.helidon.common.media.type.MediaTypes;
import io.helidon.http.Method;
import io.helidon.webserver.http.Handler;
import io.helidon.webserver.http.HttpRouting;
import io.helidon.webserver.http.ServerRequest;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * Puts the calls of the API where they belong, with what all of them have in common: who may call,
 * which parameters there are, which answers the client takes.
 */
final class Routes {
    private final Callers callers;
    private final Admission admission;
    private final Bodies bodies;
    private final ConnectionGuard guard;

    Routes(Callers callers, Admission admission, Bodies bodies, ConnectionGuard guard) {
        this.callers = callers;
        this.admission = admission;
        this.bodies = bodies;
        this.guard = guard;
    }

    /** Routes each call; a path with another method says which ones there are. */
    void add(HttpRouting.Builder routing, List<Operation> operations) {
        Map<String, List<Operation>> byPath = new LinkedHashMap<>();
        operations.forEach(operation ->
                byPath.computeIfAbsent(operation.path(), _ -> new ArrayList<>()).add(operation));
        byPath.forEach((path, calls) -> {
            calls.forEach(call -> routing.route(Method.create(call.method()), path, handler(call)));
            String allow = calls.stream().map(Operation::method).collect(Collectors.joining(", "));
            routing.any(path, Methods.notAllowed(allow));
        });
    }

    private Handler handler(Operation operation) {
        String[] names = operation.queryNames();
        var produces = operation.produces().stream().map(MediaTypes::create).toList();
        return (request, response) -> {
            // Before the credentials: checking those costs more than most requests.
            admission.requireRate(request);
            var caller =
                    operation.needs().isEmpty()
                            ? Caller.LOCAL
                            : callers.require(request, operation.needs().get());
            Requests.allowOnly(request, names);
            if (!produces.isEmpty() && produces.stream().noneMatch(request.headers()::isAccepted)) {
                throw notAcceptable(request, operation);
            }
            // Before there is a place for it: a client that sends slowly must not hold one.
            operation.payload().ifPresent(payload -> bodies.read(request, payload));
            if (operation.isWaiting()) {
                operation.call().answer(request, response, caller);
                return;
            }
            guard.answers(request.remotePeer().address());
            try (Admission.Place _ = admission.enter()) {
                operation.call().answer(request, response, caller);
            }
        };
    }

    private static Problem.Raised notAcceptable(ServerRequest request, Operation operation) {
        return Problem.of(
                        406,
                        "Not acceptable",
                        request.prologue().method().text()
                                + " answers with "
                                + String.join(" or ", operation.produces())
                                + ", which the Accept header excludes.")
                .raise();
    }
}
