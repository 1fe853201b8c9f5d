// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.policy.rest;

import io.helidon.http.DirectHandler;
import io.helidon.http.HeaderNames;
import io.helidon.http.ServerResponseHeaders;
import io.helidon.http.Status;

/** Answers requests that never reach the routing, such as ones that are not HTTP. */
final class ProblemDirectHandler implements DirectHandler {
    private final RequestIds ids;

    ProblemDirectHandler(RequestIds ids) {
        this.ids = ids;
    }

    @Override
    public TransportResponse handle(
            TransportRequest request,
            EventType eventType,
            Status status,
            ServerResponseHeaders headers,
            String message) {
        Problem problem = problem(request, eventType, status);
        String instance = ids.next();
        return TransportResponse.builder()
                .status(Status.create(problem.status()))
                .headers(headers)
                .header(HeaderNames.CONTENT_TYPE, Problem.MEDIA_TYPE)
                .header(RequestIds.HEADER, instance)
                .keepAlive(false)
                .entity(Json.bytes(problem.toJson(instance)))
                .build();
    }

    private static Problem problem(TransportRequest request, EventType eventType, Status status) {
        if (eventType == EventType.BAD_REQUEST
                && request.headers().contains(HeaderNames.CONTENT_ENCODING)) {
            // Helidon has no coding configured and calls the request bad.
            return Problem.of(
                    415, "Media type not supported", "Content-Encoding is not supported.");
        }
        String detail =
                switch (eventType) {
                    case BAD_REQUEST -> "The request is not valid HTTP.";
                    case PAYLOAD_TOO_LARGE -> "The request is too large.";
                    case FORBIDDEN -> "The request is not allowed.";
                    case INTERNAL_ERROR -> "The control plane failed to handle the request.";
                    case HTTP_VERSION_NOT_SUPPORTED -> "Only HTTP/1.1 is supported.";
                    case OTHER -> "The request was refused.";
                };
        return Problem.of(status.code(), status.reasonPhrase(), detail);
    }
}
