// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.policy.kind.retry;

import dev.outrigger.policy.model.TrafficBlock;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * How often, on what and how fast a request is tried again.
 *
 * @param attempts retries after the first try, 0..10; 0 switches retries off
 * @param codes status codes 400..599 that are retried, for the given methods only; classes such as
 *     {@code 5xx} are expanded already
 * @param on Envoy's {@code retry_on} tokens as they are; some of them ({@code 5xx}, {@code
 *     gateway-error}, {@code retriable-4xx}, {@code envoy-ratelimited} and gRPC's) look at the
 *     response and are the author's explicit wish
 * @param methods methods whose responses may be retried by {@code codes}; empty means every method
 *     ({@code ["*"]})
 * @param backoff base interval of the jittered exponential back-off; absent means Envoy's 25 ms
 * @param backoffMax upper bound of the back-off; absent means ten times the base
 * @param respectRetryAfter whether a response's {@code retry-after} takes the place of the back-off
 * @param differentHost whether a retry avoids hosts already tried
 */
public record RetryPolicy(
        int attempts,
        SortedSet<Integer> codes,
        List<String> on,
        List<String> methods,
        Optional<Duration> backoff,
        Optional<Duration> backoffMax,
        boolean respectRetryAfter,
        boolean differentHost)
        implements TrafficBlock {
    /** RFC 9110: repeating these has the same effect as sending them once. */
    public static final List<String> IDEMPOTENT_METHODS =
            List.of("GET", "HEAD", "OPTIONS", "TRACE", "PUT", "DELETE");

    /** Safe for any method: the upstream cannot have acted on the request. */
    public static final List<String> DEFAULT_ON =
            List.of("connect-failure", "refused-stream", "reset-before-request");

    public RetryPolicy {
        if (attempts < 0 || attempts > 10) {
            throw new IllegalArgumentException("attempts: " + attempts + " (expected: 0..10)");
        }
        codes = java.util.Collections.unmodifiableSortedSet(new TreeSet<>(codes));
        on = List.copyOf(on);
        methods = List.copyOf(methods);
    }

    @Override
    public String blockName() {
        return "retry";
    }

    @Override
    public Scope scope() {
        return Scope.ROUTE;
    }
}
