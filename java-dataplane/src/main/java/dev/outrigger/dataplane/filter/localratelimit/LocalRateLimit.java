// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.filter.localratelimit;

import dev.outrigger.dataplane.config.RuntimeFractionalPercent;
import dev.outrigger.dataplane.filter.FactoryContext;
import dev.outrigger.dataplane.filter.FilterCallbacks;
import dev.outrigger.dataplane.route.HeaderEditor;
import dev.outrigger.dataplane.route.RateLimits;
import dev.outrigger.dataplane.telemetry.StatsStore.Counter;
import java.util.List;
import java.util.Optional;
import java.util.function.LongSupplier;

/** A local rate limit as configured at one place, with its buckets and stats. Any thread. */
final class LocalRateLimit {
    private static final String CONNECTION_KEY = "per_connection_local_rate_limiter";

    final Counter enabled;
    final Counter enforced;
    final Counter rateLimited;
    final Counter ok;
    private final LocalRateLimitConfig config;
    private final LocalRateLimiter shared;
    private final RateLimits rateLimits;
    private final HeaderEditor requestEditor;
    private final HeaderEditor responseEditor;
    private final String serviceCluster;
    private final LongSupplier nanoTime;

    LocalRateLimit(LocalRateLimitConfig config, FactoryContext context) {
        String prefix = config.statPrefix() + ".http_local_rate_limit.";
        enabled = context.stats().counter(prefix + "enabled");
        enforced = context.stats().counter(prefix + "enforced");
        rateLimited = context.stats().counter(prefix + "rate_limited");
        ok = context.stats().counter(prefix + "ok");
        // Of a field newer than the API classes.
        var _ = context.stats().counter(prefix + "shadow_mode");
        this.config = config;
        this.nanoTime = context.nanoTime();
        this.shared = new LocalRateLimiter(config, nanoTime);
        this.rateLimits = RateLimits.of(config.rateLimits());
        this.requestEditor = HeaderEditor.of(List.of(config.requestHeadersWhenNotEnforced()));
        this.responseEditor = HeaderEditor.of(List.of(config.responseHeaders()));
        this.serviceCluster = context.serviceCluster();
    }

    LocalRateLimitConfig config() {
        return config;
    }

    RateLimits rateLimits() {
        return rateLimits;
    }

    HeaderEditor requestEditor() {
        return requestEditor;
    }

    HeaderEditor responseEditor() {
        return responseEditor;
    }

    String serviceCluster() {
        return serviceCluster;
    }

    boolean isEnabled(FilterCallbacks callbacks) {
        return hits(config.filterEnabled(), callbacks);
    }

    boolean isEnforced(FilterCallbacks callbacks) {
        return hits(config.filterEnforced(), callbacks);
    }

    private static boolean hits(
            Optional<RuntimeFractionalPercent> fraction, FilterCallbacks callbacks) {
        return fraction.isPresent()
                && callbacks
                        .worker()
                        .runtime()
                        .featureEnabled(fraction.get(), callbacks.worker().random().nextLong());
    }

    /** The buckets in force: everybody's, or the connection's own, which the first filter makes. */
    LocalRateLimiter limiter(FilterCallbacks callbacks) {
        if (!config.perDownstreamConnection()) {
            return shared;
        }
        if (callbacks.connectionState(CONNECTION_KEY) instanceof LocalRateLimiter known) {
            return known;
        }
        var made = new LocalRateLimiter(config, nanoTime);
        callbacks.setConnectionState(CONNECTION_KEY, made);
        return made;
    }
}
