// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.config;

import dev.outrigger.dataplane.config.RouteMatchConfig.HeaderMatcherConfig;
import dev.outrigger.dataplane.config.RouteMatchConfig.QueryParameterMatcherConfig;
import java.util.List;
import java.util.Optional;

/**
 * One entry of {@code rate_limits} ({@code envoy.config.route.v3.RateLimit}): how a request becomes
 * a descriptor.
 *
 * @param disableKey empty for none
 * @param hitsAddend how much a request counts; absent for 1
 */
public record RateLimitConfig(
        int stage, String disableKey, List<Action> actions, Optional<HitsAddend> hitsAddend) {
    public RateLimitConfig {
        actions = List.copyOf(actions);
    }

    /** How much a request counts. */
    public sealed interface HitsAddend {
        record Fixed(long number) implements HitsAddend {}

        /**
         * @param format one command operator that renders a number
         */
        record Format(String format) implements HitsAddend {}
    }

    /**
     * One part of the descriptor. What cannot be had spoils the descriptor unless it is skipped.
     */
    public sealed interface Action {
        record SourceCluster() implements Action {}

        record DestinationCluster() implements Action {}

        record RequestHeaders(String header, String key, boolean skipIfAbsent) implements Action {}

        record QueryParameters(String parameter, String key, boolean skipIfAbsent)
                implements Action {}

        record RemoteAddress() implements Action {}

        record MaskedRemoteAddress(int v4PrefixLength, int v6PrefixLength) implements Action {}

        record GenericKey(String key, String value) implements Action {}

        record HeaderValueMatch(
                String key, String value, boolean expectMatch, List<HeaderMatcherConfig> headers)
                implements Action {
            public HeaderValueMatch {
                headers = List.copyOf(headers);
            }
        }

        record QueryParameterValueMatch(
                String key,
                String value,
                boolean expectMatch,
                List<QueryParameterMatcherConfig> parameters)
                implements Action {
            public QueryParameterValueMatch {
                parameters = List.copyOf(parameters);
            }
        }

        /**
         * @param dynamic whether the metadata is what filters said, else the route's own
         */
        record MetaData(
                String key,
                String namespace,
                List<String> path,
                String defaultValue,
                boolean dynamic,
                boolean skipIfAbsent)
                implements Action {
            public MetaData {
                path = List.copyOf(path);
            }
        }
    }
}
