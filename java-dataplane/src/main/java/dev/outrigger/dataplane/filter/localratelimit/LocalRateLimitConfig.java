// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.filter.localratelimit;

import dev.outrigger.dataplane.config.HeaderEdits;
import dev.outrigger.dataplane.config.RateLimitConfig;
import dev.outrigger.dataplane.config.RuntimeFractionalPercent;
import dev.outrigger.dataplane.filter.FactoryContext;
import dev.outrigger.dataplane.filter.FilterConfig;
import dev.outrigger.dataplane.filter.HttpFilterFactory;
import dev.outrigger.dataplane.filter.RouteConfigCompiler;
import dev.outrigger.dataplane.route.RateLimitDescriptor;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * {@code envoy.extensions.filters.http.local_ratelimit.v3.LocalRateLimit}, of a filter or of a
 * route.
 *
 * @param status of the reply, 400 or above
 * @param tokenBucket absent: nothing is limited but by descriptors
 * @param filterEnabled absent: the filter does nothing
 * @param filterEnforced absent: the filter only counts
 * @param requestHeadersWhenNotEnforced added to a request that is let pass against the limit
 * @param responseHeaders added to the reply
 * @param stage which of the routes' {@code rate_limits} count
 * @param rateLimits used instead of the routes'
 * @param maxDynamicDescriptors how many values of an open descriptor are remembered
 */
public record LocalRateLimitConfig(
        String statPrefix,
        int status,
        Optional<Bucket> tokenBucket,
        Optional<RuntimeFractionalPercent> filterEnabled,
        Optional<RuntimeFractionalPercent> filterEnforced,
        HeaderEdits requestHeadersWhenNotEnforced,
        HeaderEdits responseHeaders,
        List<Descriptor> descriptors,
        int stage,
        boolean perDownstreamConnection,
        boolean xRateLimitHeaders,
        VhRateLimits vhRateLimits,
        boolean alwaysConsumeDefaultTokenBucket,
        boolean asResourceExhausted,
        List<RateLimitConfig> rateLimits,
        int maxDynamicDescriptors)
        implements FilterConfig, RouteConfigCompiler {
    public LocalRateLimitConfig {
        descriptors = List.copyOf(descriptors);
        rateLimits = List.copyOf(rateLimits);
    }

    /** {@code envoy.type.v3.TokenBucket}. */
    public record Bucket(long maxTokens, long tokensPerFill, Duration fillInterval) {}

    /**
     * A descriptor with a bucket of its own.
     *
     * @param entries an empty value stands for any
     */
    public record Descriptor(List<RateLimitDescriptor.Entry> entries, Bucket tokenBucket) {
        public Descriptor {
            entries = List.copyOf(entries);
        }
    }

    /** When the virtual host's {@code rate_limits} count. */
    public enum VhRateLimits {
        /** When the route has none. */
        OVERRIDE,
        INCLUDE,
        IGNORE
    }

    @Override
    public HttpFilterFactory factory(FactoryContext context) {
        LocalRateLimit limit = compile(context);
        return callbacks -> new LocalRateLimitFilter(callbacks, limit);
    }

    @Override
    public LocalRateLimit compile(FactoryContext context) {
        return new LocalRateLimit(this, context);
    }
}
