// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.policy.rest;

import dev.outrigger.policy.store.StoreUnavailable;
import io.helidon.http.HeaderValues;
import io.helidon.http.HttpException;
import io.helidon.webserver.CloseConnectionException;
import io.helidon.webserver.http.Filter;
import io.helidon.webserver.http.FilterChain;
import io.helidon.webserver.http.RoutingRequest;
import io.helidon.webserver.http.RoutingResponse;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The edge of the API: names each request, measures it, and turns whatever a handler throws into a
 * problem. What a client learns of our own faults is their number in the log.
 */
final class EdgeFilter implements Filter {
    private static final Logger log = LoggerFactory.getLogger(EdgeFilter.class);

    private final ApiMetrics metrics;
    private final RequestIds ids;
    private final ConnectionGuard guard;

    EdgeFilter(ApiMetrics metrics, RequestIds ids, ConnectionGuard guard) {
        this.metrics = metrics;
        this.ids = ids;
        this.guard = guard;
    }

    @Override
    public void filter(FilterChain chain, RoutingRequest request, RoutingResponse response) {
        long start = System.nanoTime();
        guard.asked(request.remotePeer().address());
        String instance = ids.next();
        response.header(RequestIds.HEADER, instance);
        try {
            try {
                chain.proceed();
            } catch (Problem.Raised raised) {
                // From an inner filter; what handlers throw was answered before it gets here.
                answer(request, response, raised);
            }
            closeIfAnnounced(request, response);
        } finally {
            guard.answered(request.remotePeer().address());
            metrics.request(
                    route(request),
                    method(request),
                    response.status().code(),
                    Duration.ofNanos(System.nanoTime() - start));
        }
    }

    /** Answers what a handler or an inner filter has thrown. */
    void answer(ServerRequest request, ServerResponse response, Throwable thrown) {
        String instance = response.headers().first(RequestIds.HEADER).orElse("req-unknown");
        Problem problem = problem(thrown, request, instance);
        metrics.violations(problem.violations());
        Responses.problem(response, problem, instance);
    }

    private static Problem problem(Throwable thrown, ServerRequest request, String instance) {
        return switch (thrown) {
            case Problem.Raised raised -> raised.problem();
            case StoreUnavailable unavailable -> unavailable(unavailable, instance);
            case HttpException http ->
                    Problem.of(
                            http.status().code(),
                            http.status().reasonPhrase(),
                            http.status().code() >= 500
                                    ? "See the log for " + instance + "."
                                    : "The request was not understood.");
            default -> {
                log.error(
                        "request failed instance={} method={} path={}",
                        instance,
                        request.prologue().method().text(),
                        request.path().absolute().rawPath(),
                        thrown);
                yield Problem.of(
                        500,
                        "Internal error",
                        "This is a defect of the control plane; the log has it as "
                                + instance
                                + ".");
            }
        };
    }

    private static Problem unavailable(StoreUnavailable e, String instance) {
        log.warn(
                "store unavailable instance={} reason={}: {}",
                instance,
                e.reason(),
                e.getMessage());
        String detail =
                switch (e.reason()) {
                    case BUSY -> "The store is busy. Nothing was written.";
                    case FULL -> "The disk of the store is full. Nothing was written.";
                    case READ_ONLY -> "The store is read-only. Nothing was written.";
                    case DAMAGED, IO_ERROR ->
                            "The store failed; whether this write is in it shows after a restart of"
                                    + " the control plane.";
                    case CLOSED -> "The control plane is stopping. Nothing was written.";
                };
        boolean isFull = e.reason() == StoreUnavailable.Reason.FULL;
        return Problem.of(isFull ? 507 : 503, isFull ? "Store full" : "Store unavailable", detail)
                .withHeader("Retry-After", isFull ? "30" : "5");
    }

    /** Helidon announces the end of a connection, but reads on. */
    private static void closeIfAnnounced(RoutingRequest request, RoutingResponse response) {
        if (response.isSent()
                && (response.headers().contains(HeaderValues.CONNECTION_CLOSE)
                        || request.headers().contains(HeaderValues.CONNECTION_CLOSE))) {
            throw new CloseConnectionException("closed as announced");
        }
    }

    private static String route(RoutingRequest request) {
        String pattern = request.matchingPattern().orElse("none");
        boolean endsInSlash = pattern.length() > 1 && pattern.endsWith("/");
        return endsInSlash ? pattern.substring(0, pattern.length() - 1) : pattern;
    }

    /** Methods are free text on the wire; only known ones may become a label. */
    private static String method(RoutingRequest request) {
        String text = request.prologue().method().text();
        return switch (text) {
            case "GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS" -> text;
            default -> "other";
        };
    }
}
