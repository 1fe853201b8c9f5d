// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.config;

import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * {@code envoy.config.route.v3.RetryPolicy} with its defaults resolved (RT1..RT18).
 *
 * @param numRetries retries after the first attempt; Envoy's default is 1
 * @param perTryTimeout absent: only the route timeout limits an attempt
 * @param baseInterval absent: runtime says, 25 ms unless it does (RT13)
 * @param maxInterval absent: ten times the base; never below {@code baseInterval}
 * @param hostPredicates hosts a retry does not go to, while there are others (RT16)
 * @param previousPriorities after how many attempts the priorities tried so far are left out (RT17)
 * @param rateLimitedBackOff how long to wait when the response says so (RT15)
 */
public record RetryPolicyConfig(
        Set<RetryOn> retryOn,
        int numRetries,
        Optional<Duration> perTryTimeout,
        Optional<Duration> perTryIdleTimeout,
        Set<Integer> retriableStatusCodes,
        List<RouteMatchConfig.HeaderMatcherConfig> retriableHeaders,
        List<RouteMatchConfig.HeaderMatcherConfig> retriableRequestHeaders,
        Optional<Duration> baseInterval,
        Optional<Duration> maxInterval,
        Optional<RateLimitedBackOff> rateLimitedBackOff,
        List<RetryHostPredicate> hostPredicates,
        Optional<Integer> previousPriorities,
        int hostSelectionRetryMaxAttempts) {
    /** Envoy's defaults without any policy, which the headers of internal requests build on. */
    public static final RetryPolicyConfig NONE =
            new RetryPolicyConfig(
                    Set.of(),
                    1,
                    Optional.empty(),
                    Optional.empty(),
                    Set.of(),
                    List.of(),
                    List.of(),
                    Optional.empty(),
                    Optional.empty(),
                    Optional.empty(),
                    List.of(),
                    Optional.empty(),
                    1);

    public RetryPolicyConfig {
        retryOn =
                retryOn.isEmpty()
                        ? Set.of()
                        : java.util.Collections.unmodifiableSet(EnumSet.copyOf(retryOn));
        retriableStatusCodes = Set.copyOf(retriableStatusCodes);
        retriableHeaders = List.copyOf(retriableHeaders);
        hostPredicates = List.copyOf(hostPredicates);
        retriableRequestHeaders = List.copyOf(retriableRequestHeaders);
    }

    /** {@code RateLimitedRetryBackOff}: the first header with a time up to the maximum counts. */
    public record RateLimitedBackOff(List<ResetHeader> resetHeaders, Duration maxInterval) {
        public RateLimitedBackOff {
            resetHeaders = List.copyOf(resetHeaders);
        }
    }

    /**
     * A response header that says when to come back.
     *
     * @param unixTimestamp whether it is a point in time, else seconds from now
     */
    public record ResetHeader(String name, boolean unixTimestamp) {}

    /** Which hosts a retry does not go to. */
    public sealed interface RetryHostPredicate {
        record PreviousHosts() implements RetryHostPredicate {}

        record OmitCanaryHosts() implements RetryHostPredicate {}

        /** Hosts whose {@code envoy.lb} metadata has all of this. */
        record OmitHostMetadata(MetadataCriteria metadata) implements RetryHostPredicate {}
    }

    /** Envoy's {@code retry_on} tokens. */
    public enum RetryOn {
        FIVE_XX("5xx"),
        GATEWAY_ERROR("gateway-error"),
        RESET("reset"),
        RESET_BEFORE_REQUEST("reset-before-request"),
        CONNECT_FAILURE("connect-failure"),
        REFUSED_STREAM("refused-stream"),
        RETRIABLE_4XX("retriable-4xx"),
        RETRIABLE_STATUS_CODES("retriable-status-codes"),
        RETRIABLE_HEADERS("retriable-headers"),
        ENVOY_RATELIMITED("envoy-ratelimited"),
        HTTP3_POST_CONNECT_FAILURE("http3-post-connect-failure"),
        CANCELLED("cancelled"),
        DEADLINE_EXCEEDED("deadline-exceeded"),
        INTERNAL("internal"),
        RESOURCE_EXHAUSTED("resource-exhausted"),
        UNAVAILABLE("unavailable");

        private final String token;

        RetryOn(String token) {
            this.token = token;
        }

        public String token() {
            return token;
        }

        /** Whether it is about a {@code grpc-status}. */
        public boolean isGrpc() {
            return switch (this) {
                case CANCELLED, DEADLINE_EXCEEDED, INTERNAL, RESOURCE_EXHAUSTED, UNAVAILABLE ->
                        true;
                case FIVE_XX,
                        GATEWAY_ERROR,
                        RESET,
                        RESET_BEFORE_REQUEST,
                        CONNECT_FAILURE,
                        REFUSED_STREAM,
                        RETRIABLE_4XX,
                        RETRIABLE_STATUS_CODES,
                        RETRIABLE_HEADERS,
                        ENVOY_RATELIMITED,
                        HTTP3_POST_CONNECT_FAILURE ->
                        false;
            };
        }
    }
}
