// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.exchange;

import dev.outrigger.dataplane.config.RetryPolicyConfig.RetryOn;
import dev.outrigger.dataplane.message.HeaderBlock;
import dev.outrigger.dataplane.message.KnownHeader;
import dev.outrigger.dataplane.message.RequestHead;
import dev.outrigger.dataplane.message.ResponseHead;
import dev.outrigger.dataplane.message.StreamReset;
import dev.outrigger.dataplane.route.HeaderMatcher;
import dev.outrigger.dataplane.route.RetryPolicy;
import dev.outrigger.dataplane.telemetry.StatsShard;
import dev.outrigger.dataplane.upstream.CircuitBreakers;
import dev.outrigger.dataplane.upstream.Cluster;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Whether, and after which pause, an exchange tries again (section 4). One per exchange, reused.
 * Confined to its event loop.
 */
final class RetryState {
    /** The verdict on an outcome. */
    enum Verdict {
        /** The outcome is final: nobody asked for it to be retried. */
        NO,
        /** Try again. */
        YES,
        /** It would be retried, but all retries are used up (RT8). */
        LIMIT_EXCEEDED,
        /** It would be retried, but too many retries are going on (RT9). */
        OVERFLOW
    }

    private static final int ANY_RESET =
            RetryPolicy.bit(RetryOn.FIVE_XX)
                    | RetryPolicy.bit(RetryOn.GATEWAY_ERROR)
                    | RetryPolicy.bit(RetryOn.RESET);
    private static final int GRPC =
            RetryPolicy.bit(RetryOn.CANCELLED)
                    | RetryPolicy.bit(RetryOn.DEADLINE_EXCEEDED)
                    | RetryPolicy.bit(RetryOn.INTERNAL)
                    | RetryPolicy.bit(RetryOn.RESOURCE_EXHAUSTED)
                    | RetryPolicy.bit(RetryOn.UNAVAILABLE);

    private final StatsShard shard;
    private final RandomGenerator random;
    private @Nullable RetryPolicy policy;
    private @Nullable Cluster cluster;
    private @Nullable CircuitBreakers breakers;
    private int remaining;
    private long nextIntervalMillis;
    private boolean held;

    RetryState(StatsShard shard, RandomGenerator random) {
        this.shard = shard;
        this.random = random;
    }

    /** Begins an exchange; without a policy that applies, nothing is ever retried (RT1, RT4). */
    void begin(
            @Nullable RetryPolicy route,
            RequestHead request,
            Cluster target,
            boolean highPriority) {
        boolean applies =
                route != null
                        && route.retryOn() != 0
                        && (route.requestHeaders().length == 0
                                || anyMatches(route.requestHeaders(), request));
        policy = applies ? route : null;
        cluster = target;
        breakers = target.breakers(highPriority);
        held = false;
        if (route != null && applies) {
            remaining = route.numRetries();
            nextIntervalMillis = route.baseIntervalMillis();
        }
    }

    private static boolean anyMatches(HeaderMatcher[] matchers, RequestHead request) {
        for (HeaderMatcher matcher : matchers) {
            if (matcher.matches(request)) {
                return true;
            }
        }
        return false;
    }

    /** Whether any retry can still happen. */
    boolean isEnabled() {
        return policy != null;
    }

    /** No more retries, for example because the body cannot be kept (RT20). */
    void disable() {
        release();
        policy = null;
    }

    Verdict onResponse(ResponseHead response) {
        RetryPolicy current = policy;
        return current == null ? Verdict.NO : judge(current, isRetriable(current, response));
    }

    /**
     * @param requestSent whether the request's head had been written upstream
     */
    Verdict onReset(StreamReset reset, boolean requestSent) {
        RetryPolicy current = policy;
        return current == null
                ? Verdict.NO
                : judge(current, isRetriable(current, reset, requestSent));
    }

    /** A per-try timeout: a reset of our own making. */
    Verdict onPerTryTimeout() {
        RetryPolicy current = policy;
        return current == null ? Verdict.NO : judge(current, (current.retryOn() & ANY_RESET) != 0);
    }

    private Verdict judge(RetryPolicy current, boolean retriable) {
        Cluster target = cluster;
        CircuitBreakers limits = breakers;
        if (target == null || limits == null) {
            return Verdict.NO;
        }
        if (held && !retriable) {
            shard.inc(target.stats().rqRetrySuccess);
        }
        release();
        if (!retriable) {
            return Verdict.NO;
        }
        if (remaining == 0) {
            shard.inc(target.stats().rqRetryLimitExceeded);
            return Verdict.LIMIT_EXCEEDED;
        }
        remaining--;
        if (!limits.canRetry()) {
            shard.inc(target.stats().rqRetryOverflow);
            return Verdict.OVERFLOW;
        }
        limits.retries.inc(shard);
        held = true;
        shard.inc(target.stats().rqRetry);
        shard.inc(target.stats().rqRetryBackoffExponential);
        assert current == policy;
        return Verdict.YES;
    }

    /**
     * The pause before the retry just granted: full jitter, uniform below a doubling bound (RT14).
     */
    long backoffMillis() {
        RetryPolicy current = policy;
        if (current == null) {
            return 0;
        }
        long bound = nextIntervalMillis;
        nextIntervalMillis = Math.min(bound * 2, current.maxIntervalMillis());
        return random.nextLong(bound);
    }

    /** The exchange is over. */
    void end() {
        release();
        policy = null;
    }

    private void release() {
        CircuitBreakers limits = breakers;
        if (held && limits != null) {
            held = false;
            limits.retries.dec(shard);
        }
    }

    private static boolean isRetriable(RetryPolicy policy, ResponseHead response) {
        int on = policy.retryOn();
        int status = response.status();
        HeaderBlock headers = response.headers();
        if (headers.has(KnownHeader.ENVOY_RATELIMITED)) {
            return (on & RetryPolicy.bit(RetryOn.ENVOY_RATELIMITED)) != 0;
        }
        int asked = 0;
        if (status >= 500 && status < 600) {
            asked |= RetryPolicy.bit(RetryOn.FIVE_XX);
        }
        if (status >= 502 && status <= 504) {
            asked |= RetryPolicy.bit(RetryOn.GATEWAY_ERROR);
        }
        if (status == 409) {
            asked |= RetryPolicy.bit(RetryOn.RETRIABLE_4XX);
        }
        if (policy.isRetriableStatus(status)) {
            asked |= RetryPolicy.bit(RetryOn.RETRIABLE_STATUS_CODES);
        }
        if ((on & asked) != 0) {
            return true;
        }
        if ((on & RetryPolicy.bit(RetryOn.RETRIABLE_HEADERS)) != 0) {
            for (HeaderMatcher matcher : policy.responseHeaders()) {
                if (matcher.matches(headers)) {
                    return true;
                }
            }
        }
        return (on & GRPC) != 0 && isRetriableGrpc(on, headers);
    }

    private static boolean isRetriableGrpc(int on, HeaderBlock headers) {
        int entry = headers.find(KnownHeader.GRPC_STATUS);
        if (entry < 0) {
            return false;
        }
        RetryOn token =
                switch ((int) headers.decimal(entry)) {
                    case 1 -> RetryOn.CANCELLED;
                    case 4 -> RetryOn.DEADLINE_EXCEEDED;
                    case 8 -> RetryOn.RESOURCE_EXHAUSTED;
                    case 13 -> RetryOn.INTERNAL;
                    case 14 -> RetryOn.UNAVAILABLE;
                    default -> null;
                };
        return token != null && (on & RetryPolicy.bit(token)) != 0;
    }

    private static boolean isRetriable(RetryPolicy policy, StreamReset reset, boolean requestSent) {
        int on = policy.retryOn();
        // A refusal by our own circuit breaker is never retried (RT6).
        if (reset == StreamReset.OVERFLOW) {
            return false;
        }
        if ((on & ANY_RESET) != 0) {
            return true;
        }
        if ((on & RetryPolicy.bit(RetryOn.RESET_BEFORE_REQUEST)) != 0 && !requestSent) {
            return true;
        }
        if ((on & RetryPolicy.bit(RetryOn.REFUSED_STREAM)) != 0
                && reset == StreamReset.REMOTE_REFUSED) {
            return true;
        }
        return (on & RetryPolicy.bit(RetryOn.CONNECT_FAILURE)) != 0 && reset.isConnectFailure();
    }
}
