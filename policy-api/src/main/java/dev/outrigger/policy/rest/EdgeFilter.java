// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.policy.rest;

import dev.outrigger.policy.store.StoreUnavailable;
import io.helidon.http.HeaderNames;
import io.helidon.http.HttpException;
import io.helidon.http.RequestException;
import io.helidon.webserver.CloseConnectionException;
import io.helidon.webserver.http.Filter;
import io.helidon.webserver.http.FilterChain;
import io.helidon.webserver.http.RoutingRequest;
import io.helidon.webserver.http.RoutingResponse;
import java.io.UncheckedIOException;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The edge of the API: names each request, measures it, and turns whatever a handler throws into a
 * problem. What a client learns of our own faults is their number in the log.
 */
final class EdgeFilter implements Filter {
    private static final Logger log = LoggerFactory.getLogger(EdgeFilter.class);

    private final ApiMetrics metrics;
    private final String instancePrefix;
    private final AtomicLong count = new AtomicLong();

    /** The prefix tells runs of the program apart. */
    EdgeFilter(ApiMetrics metrics, String instancePrefix) {
        this.metrics = metrics;
        this.instancePrefix = instancePrefix;
    }

    @Override
    public void filter(FilterChain chain, RoutingRequest request, RoutingResponse response) {
        long start = System.nanoTime();
        String instance = "req-" + instancePrefix + "-" + count.incrementAndGet();
        response.header(HeaderNames.create("X-Request-Id"), instance);
        try {
            chain.proceed();
        } catch (CloseConnectionException | RequestException e) {
            // The connection itself is at its end, or Helidon answers through ProblemDirectHandler.
            throw e;
        } catch (RuntimeException | Error e) {
            Problem problem = problem(e, request, instance);
            metrics.violations(problem.violations());
            if (!response.isSent()) {
                Responses.problem(response, problem, instance);
            }
        } finally {
            metrics.request(
                    request.matchingPattern().orElse("none"),
                    method(request),
                    response.status().code(),
                    Duration.ofNanos(System.nanoTime() - start));
        }
    }

    private static Problem problem(Throwable thrown, RoutingRequest request, String instance) {
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
            case UncheckedIOException io when io.getCause() instanceof SocketTimeoutException ->
                    Requests.timedOut().problem();
            default -> {
                log.error(
                        "request failed instance={} method={} path={}",
                        instance,
                        request.prologue().method().text(),
                        request.path().absolute().path(),
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
        log.warn("store unavailable instance={} reason={}: {}", instance, e.reason(), e.getMessage());
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
        return Problem.of(503, "Store unavailable", detail).withHeader("Retry-After", "5");
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
