// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.config;

import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What a route or a virtual host says for HTTP filters, in {@code typed_per_filter_config} and in
 * fields of its own.
 *
 * @param includeVhRateLimits whether the virtual host's rate limits count beside the route's
 * @param metadata read by rate limit actions
 */
public record FilterFields(
        Map<String, PerFilterConfig> perFilterConfigs,
        Optional<CorsPolicyConfig> cors,
        List<RateLimitConfig> rateLimits,
        boolean includeVhRateLimits,
        Metadata metadata) {
    public static final FilterFields NONE =
            new FilterFields(Map.of(), Optional.empty(), List.of(), false, Metadata.EMPTY);

    public FilterFields {
        perFilterConfigs = Map.copyOf(perFilterConfigs);
        rateLimits = List.copyOf(rateLimits);
    }
}
