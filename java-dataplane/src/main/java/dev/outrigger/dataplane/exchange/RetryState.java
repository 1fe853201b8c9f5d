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
import dev.outrigger.dataplane.runtime.RuntimeKeys;
import dev.outrigger.dataplane.runtime.RuntimeSnapshot;
import dev.outrigger.dataplane.telemetry.StatsShard;
import dev.outrigger.dataplane.upstream.CircuitBreakers;
import java.util.function.Supplier;
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

    private static final long DEFAULT_BASE_INTERVAL_MILLIS = 25;
    private static final int MAX_INTERVAL_FACTOR = 10;

    /** A day, so that nothing overflows. */
    private static final long LONGEST_BASE_INTERVAL_MILLIS = 86_400_000;

    private final StatsShard shard;
    private final RandomGenerator random;
    private final Supplier<RuntimeSnapshot> runtime;
    private RetryPolicy policy = RetryPolicy.NONE;
    private int retryOn;
    private RetryHeaders asked = RetryHeaders.NONE;
    private @Nullable ResponseCharges charges;
    private @Nullable CircuitBreakers breakers;
    private int remaining;
    private long nextIntervalMillis;
    private long maxIntervalMillis;
    private long resetMillis;
    private boolean held;
    private boolean granted;
    private boolean rateLimited;

    RetryState(StatsShard shard, RandomGenerator random, Supplier<RuntimeSnapshot> runtime) {
        this.shard = shard;
        this.random = random;
        this.runtime = runtime;
    }

    /**
     * Begins an exchange; unless the policy or the request's own headers ask for it, nothing is
     * ever retried (RT1, RT4). Takes those headers away.
     */
    void begin(
            @Nullable RetryPolicy route,
            RequestHead request,
            ResponseCharges counting,
            CircuitBreakers limits) {
        policy = route == null ? RetryPolicy.NONE : route;
        retryOn = policy.retryOn();
        charges = counting;
        breakers = limits;
        held = false;
        granted = false;
        resetMillis = -1;
        asked = RetryHeaders.take(request.headers());
        retryOn |= asked.retryOn();
        if (retryOn == 0) {
            return;
        }
        if (policy.requestHeaders().length > 0 && !anyMatches(policy.requestHeaders(), request)) {
            retryOn = 0;
        }
        remaining = asked.maxRetries() >= 0 ? asked.maxRetries() : policy.numRetries();
        setIntervals();
    }

    /** RT13: what the policy leaves open comes from runtime, and the longest from the base. */
    private void setIntervals() {
        long base = policy.baseIntervalMillis();
        if (base == 0) {
            long asked =
                    runtime.get()
                            .integer(RuntimeKeys.BASE_RETRY_BACKOFF, DEFAULT_BASE_INTERVAL_MILLIS);
            boolean tooLong = Long.compareUnsigned(asked, LONGEST_BASE_INTERVAL_MILLIS) > 0;
            base = tooLong ? LONGEST_BASE_INTERVAL_MILLIS : Math.max(1, asked);
        }
        nextIntervalMillis = base;
        long longest = policy.maxIntervalMillis();
        maxIntervalMillis = longest == 0 ? base * MAX_INTERVAL_FACTOR : Math.max(base, longest);
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
        return retryOn != 0;
    }

    /** No more retries, for example because the body cannot be kept (RT20). */
    void disable() {
        release();
        retryOn = 0;
    }

    /**
     * @param wallMillis the time of the day, for a response that says when to come back
     */
    Verdict onResponse(ResponseHead response, long wallMillis) {
        if (retryOn == 0) {
            return Verdict.NO;
        }
        boolean retriable = isRetriable(response);
        resetMillis = retriable ? policy.resetMillis(response.headers(), wallMillis) : -1;
        return judge(retriable);
    }

    /** Whether the response would be retried if its attempt had not been joined by another. */
    boolean wouldRetry(ResponseHead response) {
        return retryOn != 0 && isRetriable(response);
    }

    /**
     * @param requestSent whether the request's head had been written upstream
     */
    Verdict onReset(StreamReset reset, boolean requestSent) {
        return retryOn == 0 ? Verdict.NO : judge(isRetriable(reset, requestSent));
    }

    /** A per-try timeout: a reset of our own making. */
    Verdict onPerTryTimeout() {
        return retryOn == 0 ? Verdict.NO : judge((retryOn & ANY_RESET) != 0);
    }

    /** A slow attempt that goes on: whether another one joins it, whatever was asked for. */
    Verdict onHedge() {
        return retryOn == 0 ? Verdict.NO : judge(true);
    }

    private Verdict judge(boolean retriable) {
        ResponseCharges target = charges;
        CircuitBreakers limits = breakers;
        if (target == null || limits == null) {
            return Verdict.NO;
        }
        if (granted && !retriable) {
            granted = false;
            target.retrySuccess();
        }
        release();
        if (!retriable) {
            return Verdict.NO;
        }
        if (remaining == 0) {
            target.retryLimitExceeded();
            return Verdict.LIMIT_EXCEEDED;
        }
        remaining--;
        if (!limits.canRetry(shard)) {
            target.retryOverflow();
            return Verdict.OVERFLOW;
        }
        if (!runtime.get().featureEnabled(RuntimeKeys.USE_RETRY, 100, random)) {
            return Verdict.NO;
        }
        limits.retries.inc(shard);
        held = true;
        granted = true;
        rateLimited = resetMillis > 1;
        return Verdict.YES;
    }

    /**
     * The pause before the retry just granted: what the response asked for and up to half of it
     * more (RT15), else full jitter, uniform below a doubling bound (RT14).
     */
    long backoffMillis() {
        if (resetMillis > 1) {
            long asked = resetMillis;
            resetMillis = -1;
            return asked + random.nextLong(asked / 2);
        }
        long bound = nextIntervalMillis;
        nextIntervalMillis = Math.min(bound * 2, maxIntervalMillis);
        return random.nextLong(bound);
    }

    /** The pause is over and the next attempt begins: only now Envoy counts it (observed). */
    void onRetry() {
        ResponseCharges target = charges;
        if (target != null) {
            target.retry(rateLimited);
        }
    }

    /** The exchange is over. */
    void end() {
        disable();
        asked = RetryHeaders.NONE;
    }

    private void release() {
        CircuitBreakers limits = breakers;
        if (held && limits != null) {
            held = false;
            limits.retries.dec(shard);
        }
    }

    private boolean isRetriable(ResponseHead response) {
        int status = response.status();
        HeaderBlock headers = response.headers();
        if (headers.has(KnownHeader.ENVOY_RATELIMITED)) {
            return wants(RetryOn.ENVOY_RATELIMITED);
        }
        int met = 0;
        if (status >= 500 && status < 600) {
            met |= RetryPolicy.bit(RetryOn.FIVE_XX);
        }
        if (status >= 502 && status <= 504) {
            met |= RetryPolicy.bit(RetryOn.GATEWAY_ERROR);
        }
        if (status == 409) {
            met |= RetryPolicy.bit(RetryOn.RETRIABLE_4XX);
        }
        if (policy.isRetriableStatus(status) || asked.hasStatus(status)) {
            met |= RetryPolicy.bit(RetryOn.RETRIABLE_STATUS_CODES);
        }
        return (retryOn & met) != 0
                || (wants(RetryOn.RETRIABLE_HEADERS) && hasRetriableHeader(headers))
                || ((retryOn & GRPC) != 0 && isRetriableGrpc(headers));
    }

    private boolean hasRetriableHeader(HeaderBlock headers) {
        for (HeaderMatcher matcher : policy.responseHeaders()) {
            if (matcher.matches(headers)) {
                return true;
            }
        }
        return asked.hasHeader(headers);
    }

    private boolean isRetriableGrpc(HeaderBlock headers) {
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
        return token != null && wants(token);
    }

    private boolean isRetriable(StreamReset reset, boolean requestSent) {
        // A refusal by our own circuit breaker is never retried (RT6).
        if (reset == StreamReset.OVERFLOW) {
            return false;
        }
        return (retryOn & ANY_RESET) != 0
                || (wants(RetryOn.RESET_BEFORE_REQUEST) && !requestSent)
                || (wants(RetryOn.REFUSED_STREAM) && reset == StreamReset.REMOTE_REFUSED)
                || (wants(RetryOn.CONNECT_FAILURE) && reset.isConnectFailure());
    }

    private boolean wants(RetryOn token) {
        return (retryOn & RetryPolicy.bit(token)) != 0;
    }
}
