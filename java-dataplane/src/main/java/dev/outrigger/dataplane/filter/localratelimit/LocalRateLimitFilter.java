// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.filter.localratelimit;

import dev.outrigger.dataplane.filter.FilterCallbacks;
import dev.outrigger.dataplane.filter.HttpFilter;
import dev.outrigger.dataplane.filter.LocalReply;
import dev.outrigger.dataplane.filter.localratelimit.LocalRateLimitConfig.VhRateLimits;
import dev.outrigger.dataplane.message.Ascii;
import dev.outrigger.dataplane.message.HeaderBlock;
import dev.outrigger.dataplane.message.RequestHead;
import dev.outrigger.dataplane.message.ResponseFlag;
import dev.outrigger.dataplane.message.ResponseHead;
import dev.outrigger.dataplane.route.RateLimitDescriptor;
import dev.outrigger.dataplane.route.RateLimits;
import dev.outrigger.dataplane.route.Route;
import dev.outrigger.dataplane.telemetry.StatsShard;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Lets as many requests pass as there are tokens. */
final class LocalRateLimitFilter implements HttpFilter {
    private static final byte[] LIMIT = Ascii.bytes("x-ratelimit-limit");
    private static final byte[] REMAINING = Ascii.bytes("x-ratelimit-remaining");
    private static final byte[] RESET = Ascii.bytes("x-ratelimit-reset");
    private static final int RESOURCE_EXHAUSTED = 8;

    private final FilterCallbacks callbacks;
    private final LocalRateLimit configured;
    private final List<RateLimitDescriptor> descriptors = new ArrayList<>();
    private LocalRateLimit used;
    private @Nullable TokenBucket bucket;

    LocalRateLimitFilter(FilterCallbacks callbacks, LocalRateLimit configured) {
        this.callbacks = callbacks;
        this.configured = configured;
        this.used = configured;
    }

    @Override
    public void onDestroy() {
        used = configured;
        bucket = null;
        descriptors.clear();
    }

    @Override
    public HeadersStatus decodeHeaders(RequestHead head, boolean endStream) {
        if (callbacks.routeConfig() instanceof LocalRateLimit route) {
            used = route;
        }
        if (!used.isEnabled(callbacks)) {
            return HeadersStatus.CONTINUE;
        }
        StatsShard shard = callbacks.worker().stats();
        shard.inc(used.enabled);
        if (!used.config().descriptors().isEmpty()) {
            describe();
        }
        LocalRateLimiter.Verdict verdict = used.limiter(callbacks).requestAllowed(descriptors);
        bucket = verdict.bucket();
        if (verdict.allowed()) {
            shard.inc(used.ok);
            return HeadersStatus.CONTINUE;
        }
        shard.inc(used.rateLimited);
        if (!used.isEnforced(callbacks)) {
            used.requestEditor().apply(head.headers(), callbacks.formatContext());
            return HeadersStatus.CONTINUE;
        }
        shard.inc(used.enforced);
        callbacks.sendLocalReply(
                LocalReply.of(used.config().status(), "local_rate_limited", "local_rate_limited")
                        .withFlagAfterwards(ResponseFlag.RATE_LIMITED)
                        .withHeaders(this::addResponseHeaders)
                        .withGrpcStatus(
                                used.config().asResourceExhausted() ? RESOURCE_EXHAUSTED : -1));
        return HeadersStatus.STOP_ITERATION;
    }

    private void addResponseHeaders(HeaderBlock headers) {
        used.responseEditor().apply(headers, callbacks.formatContext());
    }

    private void describe() {
        Route route = callbacks.route();
        var request =
                new RateLimits.Request(
                        callbacks.formatContext(),
                        used.serviceCluster(),
                        callbacks.routeCluster(),
                        route);
        if (!used.rateLimits().isEmpty()) {
            used.rateLimits().describe(-1, request, descriptors);
            return;
        }
        if (route == null || !route.isForwarding()) {
            return;
        }
        int stage = used.config().stage();
        route.rateLimits().describe(stage, request, descriptors);
        VhRateLimits option =
                route.includeVhRateLimits() ? VhRateLimits.INCLUDE : used.config().vhRateLimits();
        boolean host =
                switch (option) {
                    case INCLUDE -> true;
                    case IGNORE -> false;
                    case OVERRIDE -> route.rateLimits().isEmpty();
                };
        if (host) {
            route.virtualHost().rateLimits().describe(stage, request, descriptors);
        }
    }

    @Override
    public HeadersStatus encodeHeaders(ResponseHead head, boolean endStream) {
        TokenBucket told = bucket;
        if (told != null && used.config().xRateLimitHeaders()) {
            HeaderBlock headers = head.headers();
            headers.add(LIMIT, decimal(told.maxTokens()));
            headers.add(REMAINING, decimal(told.remainingTokens()));
            headers.add(RESET, decimal(told.secondsToNextToken()));
        }
        return HeadersStatus.CONTINUE;
    }

    private static byte[] decimal(long value) {
        return Ascii.bytes(Long.toString(value));
    }
}
