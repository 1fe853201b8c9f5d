// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.route;

import dev.outrigger.dataplane.config.FilterFields;
import dev.outrigger.dataplane.config.Metadata;
import org.jspecify.annotations.Nullable;

/** What a route or virtual host says for filters in fields of its own, compiled. Immutable. */
record FilterSettings(
        @Nullable CorsPolicy cors,
        RateLimits rateLimits,
        boolean includeVhRateLimits,
        Metadata metadata) {
    private static final FilterSettings NONE =
            new FilterSettings(null, RateLimits.NONE, false, Metadata.EMPTY);

    static FilterSettings of(FilterFields config) {
        if (config.cors().isEmpty()
                && config.rateLimits().isEmpty()
                && !config.includeVhRateLimits()
                && config.metadata().filters().isEmpty()) {
            return NONE;
        }
        return new FilterSettings(
                config.cors().map(CorsPolicy::from).orElse(null),
                RateLimits.of(config.rateLimits()),
                config.includeVhRateLimits(),
                config.metadata());
    }
}
