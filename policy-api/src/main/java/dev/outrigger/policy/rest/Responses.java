// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.policy.rest;

import com.fasterxml.jackson.databind.JsonNode;
import dev.outrigger.policy.store.WriteOutcome;
import io.helidon.http.HeaderNames;
import io.helidon.webserver.http.ServerResponse;
import java.nio.charset.StandardCharsets;
import java.util.Map;

/** Sends answers. */
final class Responses {
    private Responses() {}

    static void json(ServerResponse response, int status, JsonNode body) {
        json(response, status, Json.bytes(body));
    }

    static void json(ServerResponse response, int status, byte[] body) {
        response.status(status);
        response.header(HeaderNames.CONTENT_TYPE, "application/json");
        response.header(HeaderNames.X_CONTENT_TYPE_OPTIONS, "nosniff");
        response.send(body);
    }

    static void text(ServerResponse response, String mediaType, String body) {
        response.status(200);
        response.header(HeaderNames.CONTENT_TYPE, mediaType);
        response.header(HeaderNames.X_CONTENT_TYPE_OPTIONS, "nosniff");
        response.send(body.getBytes(StandardCharsets.UTF_8));
    }

    static void problem(ServerResponse response, Problem problem, String instance) {
        response.status(problem.status());
        response.header(HeaderNames.CONTENT_TYPE, Problem.MEDIA_TYPE);
        for (Map.Entry<String, String> header : problem.headers().entrySet()) {
            response.header(header.getKey(), header.getValue());
        }
        if (problem.closesConnection()) {
            response.header(HeaderNames.CONNECTION, "close");
        }
        response.send(Json.bytes(problem.toJson(instance)));
    }

    /** The problem of a write that was refused; a written one is returned. */
    static WriteOutcome.Written requireWritten(WriteOutcome outcome) {
        return switch (outcome) {
            case WriteOutcome.Written written -> written;
            case WriteOutcome.Invalid(var violations) -> throw Problem.of(violations).raise();
            case WriteOutcome.Stale(_, var detail) ->
                    throw Problem.of(412, "Precondition failed", detail).raise();
            case WriteOutcome.PreconditionRequired(var id, var generation) ->
                    throw Problem.of(
                                    428,
                                    "Precondition required",
                                    id
                                            + " exists: say with If-Match which generation you have"
                                            + " seen (it is at "
                                            + ETags.of(generation)
                                            + ").")
                            .raise();
            case WriteOutcome.Exists(var id, var generation) ->
                    throw Problem.of(
                                    409,
                                    "Exists",
                                    id
                                            + " exists, at generation "
                                            + generation
                                            + ": PUT it with If-Match to replace it.")
                            .raise();
            case WriteOutcome.PlanOutdated(var base, var revision) ->
                    throw Plans.outdated(base, revision);
            case WriteOutcome.NotFound(var id) ->
                    throw Problem.of(404, "Not found", id + " does not exist.").raise();
            case WriteOutcome.KeyReused(_) ->
                    throw Problem.of(
                                    422,
                                    "Idempotency key used before",
                                    "This Idempotency-Key belongs to another request.")
                            .raise();
        };
    }
}
