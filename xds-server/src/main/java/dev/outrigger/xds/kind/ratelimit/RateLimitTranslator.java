// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.xds.kind.ratelimit;

import com.google.protobuf.Any;
import dev.outrigger.policy.kind.ratelimit.RateLimitKind;
import dev.outrigger.policy.kind.ratelimit.RateLimitPolicy;
import dev.outrigger.policy.model.Percentage;
import dev.outrigger.xds.ir.EffectivePolicies.Effective;
import dev.outrigger.xds.ir.EffectivePolicies.Level;
import dev.outrigger.xds.ir.IrRoute;
import dev.outrigger.xds.ir.IrVirtualHost;
import dev.outrigger.xds.kind.FilterKind;
import dev.outrigger.xds.kind.ProtoValues;
import io.envoyproxy.envoy.config.core.v3.RuntimeFractionalPercent;
import io.envoyproxy.envoy.config.route.v3.RateLimit;
import io.envoyproxy.envoy.config.route.v3.Route;
import io.envoyproxy.envoy.config.route.v3.VirtualHost;
import io.envoyproxy.envoy.extensions.common.ratelimit.v3.LocalRateLimitDescriptor;
import io.envoyproxy.envoy.extensions.common.ratelimit.v3.RateLimitDescriptor;
import io.envoyproxy.envoy.extensions.filters.http.local_ratelimit.v3.LocalRateLimit;
import io.envoyproxy.envoy.extensions.filters.network.http_connection_manager.v3.HttpFilter;
import io.envoyproxy.envoy.type.v3.TokenBucket;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * {@code rateLimit}: one local rate limit per virtual host, in which each policy's target has a
 * bucket of its own. Were it each route's, the several routes that one rule becomes would each let
 * the whole rate through.
 *
 * <p>A route says by {@code rate_limits} which bucket is its own. Requests without one meet the
 * limiter's own bucket, which is as good as bottomless.
 */
public final class RateLimitTranslator implements FilterKind {
    private static final String NAME = "envoy.filters.http.local_ratelimit";
    private static final String STAT_PREFIX = "rate_limit";
    private static final String KEY = "limit";
    private static final long BOTTOMLESS = 0xffff_ffffL;

    @Override
    public HttpFilter filter() {
        return HttpFilter.newBuilder()
                .setName(NAME)
                .setDisabled(true)
                .setTypedConfig(
                        Any.pack(LocalRateLimit.newBuilder().setStatPrefix(STAT_PREFIX).build()))
                .build();
    }

    @Override
    public void translate(IrVirtualHost host, VirtualHost.Builder builder) {
        Map<String, RateLimitPolicy> buckets = new TreeMap<>();
        for (IrRoute route : host.routes()) {
            find(route)
                    .ifPresent(effective ->
                            buckets.put(
                                    bucket(route, effective), (RateLimitPolicy) effective.block()));
        }
        if (!buckets.isEmpty()) {
            builder.putTypedPerFilterConfig(NAME, Any.pack(limiter(buckets)));
        }
    }

    @Override
    public void translate(IrRoute route, IrVirtualHost host, Route.Builder builder) {
        // Only what is sent to a service is limited, and only such a route can name its bucket.
        find(route)
                .filter(_ -> builder.hasRoute())
                .ifPresent(effective ->
                        builder.getRouteBuilder()
                                .addRateLimits(
                                        RateLimit.newBuilder()
                                                .addActions(action(bucket(route, effective)))));
    }

    private static Optional<Effective> find(IrRoute route) {
        return Optional.ofNullable(route.policies().byType().get(RateLimitPolicy.class));
    }

    /**
     * What the policy's target covers of this virtual host; the last part of a rule's name is its
     * own.
     */
    private static String bucket(IrRoute route, Effective effective) {
        Level level = effective.origin().level();
        return switch (level) {
            case BUILT_IN, MESH, SERVICE -> "service";
            case ROUTE -> route.name().substring(0, route.name().lastIndexOf('/'));
            case ROUTE_RULE, INLINE -> route.name();
        };
    }

    private static LocalRateLimit limiter(Map<String, RateLimitPolicy> buckets) {
        var limiter =
                LocalRateLimit.newBuilder()
                        .setStatPrefix(STAT_PREFIX)
                        .setTokenBucket(
                                TokenBucket.newBuilder()
                                        .setMaxTokens((int) BOTTOMLESS)
                                        .setTokensPerFill(ProtoValues.uint32(BOTTOMLESS))
                                        .setFillInterval(ProtoValues.duration(RateLimitKind.GRAIN)))
                        .setFilterEnabled(always())
                        .setFilterEnforced(always());
        buckets.forEach((name, policy) -> limiter.addDescriptors(descriptor(name, policy)));
        return limiter.build();
    }

    private static LocalRateLimitDescriptor descriptor(String name, RateLimitPolicy policy) {
        return LocalRateLimitDescriptor.newBuilder()
                .addEntries(RateLimitDescriptor.Entry.newBuilder().setKey(KEY).setValue(name))
                .setTokenBucket(
                        TokenBucket.newBuilder()
                                .setMaxTokens(ProtoValues.uint32(policy.burst()).getValue())
                                .setTokensPerFill(ProtoValues.uint32(policy.requests()))
                                .setFillInterval(ProtoValues.duration(policy.interval())))
                .build();
    }

    private static RateLimit.Action action(String bucket) {
        return RateLimit.Action.newBuilder()
                .setGenericKey(
                        RateLimit.Action.GenericKey.newBuilder()
                                .setDescriptorKey(KEY)
                                .setDescriptorValue(bucket))
                .build();
    }

    /** Envoy's default is to count and to limit nothing. */
    private static RuntimeFractionalPercent always() {
        return RuntimeFractionalPercent.newBuilder()
                .setDefaultValue(ProtoValues.fraction(Percentage.ALL))
                .build();
    }
}
