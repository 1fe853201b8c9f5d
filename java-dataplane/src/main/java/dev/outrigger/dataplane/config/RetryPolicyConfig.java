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
 * @param maxInterval never below {@code baseInterval}
 * @param avoidPreviousHosts whether the {@code previous_hosts} predicate is configured
 */
public record RetryPolicyConfig(
        Set<RetryOn> retryOn,
        int numRetries,
        Optional<Duration> perTryTimeout,
        Optional<Duration> perTryIdleTimeout,
        Set<Integer> retriableStatusCodes,
        List<RouteMatchConfig.HeaderMatcherConfig> retriableHeaders,
        List<RouteMatchConfig.HeaderMatcherConfig> retriableRequestHeaders,
        Duration baseInterval,
        Duration maxInterval,
        boolean avoidPreviousHosts,
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
                    Duration.ofMillis(25),
                    Duration.ofMillis(250),
                    false,
                    1);

    public RetryPolicyConfig {
        retryOn =
                retryOn.isEmpty()
                        ? Set.of()
                        : java.util.Collections.unmodifiableSet(EnumSet.copyOf(retryOn));
        retriableStatusCodes = Set.copyOf(retriableStatusCodes);
        retriableHeaders = List.copyOf(retriableHeaders);
        retriableRequestHeaders = List.copyOf(retriableRequestHeaders);
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
