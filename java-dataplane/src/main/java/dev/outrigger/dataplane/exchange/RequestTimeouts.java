// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.exchange;

import dev.outrigger.dataplane.message.GrpcTimeout;
import dev.outrigger.dataplane.message.HeaderBlock;
import dev.outrigger.dataplane.message.KnownHeader;
import dev.outrigger.dataplane.route.RetryPolicy;
import dev.outrigger.dataplane.route.Route;
import dev.outrigger.dataplane.route.RouteTimeouts;
import org.jspecify.annotations.Nullable;

/**
 * How long one exchange and each of its attempts may take (3.6): what the route says, overruled by
 * the request headers that only internal callers keep. Reused; confined to its event loop. Zero
 * means no limit everywhere.
 */
final class RequestTimeouts {
    private static final long OVERRULING =
            KnownHeader.bit(KnownHeader.ENVOY_UPSTREAM_RQ_PER_TRY_TIMEOUT_MS)
                    | KnownHeader.bit(KnownHeader.ENVOY_UPSTREAM_RQ_TIMEOUT_ALT_RESPONSE)
                    | KnownHeader.bit(KnownHeader.ENVOY_UPSTREAM_STREAM_DURATION_MS)
                    | KnownHeader.bit(KnownHeader.ENVOY_HEDGE_ON_PER_TRY_TIMEOUT);

    private static final long NANOS = 1_000_000;
    private static final long MAX_MILLIS = Long.MAX_VALUE / NANOS;

    private long globalNanos;
    private long perTryNanos;
    private long perTryIdleNanos;
    private long maxDurationNanos;
    private int timeoutStatus;
    private boolean hedges;
    private boolean grpcTimeout;
    private boolean tells;

    /**
     * Reads the limits and removes the headers that set them.
     *
     * @param grpc whether it is a gRPC request
     */
    void begin(
            Route route,
            @Nullable RetryPolicy policy,
            HeaderBlock headers,
            boolean grpc,
            RouterOptions options) {
        RouteTimeouts limits = route.timeouts();
        globalNanos = limits.global();
        perTryNanos = policy == null ? 0 : policy.perTryTimeoutNanos();
        perTryIdleNanos = policy == null ? 0 : policy.perTryIdleTimeoutNanos();
        maxDurationNanos = 0;
        timeoutStatus = 504;
        hedges = route.hedgeOnPerTryTimeout();
        grpcTimeout = grpc && limits.maxGrpcTimeout() >= 0;
        tells = !options.suppressEnvoyHeaders();
        if (grpcTimeout) {
            globalNanos = fromGrpc(limits, headers);
        }
        if (options.respectExpectedRqTimeout()
                && headers.has(KnownHeader.ENVOY_EXPECTED_RQ_TIMEOUT_MS)) {
            globalNanos = nanos(headers, KnownHeader.ENVOY_EXPECTED_RQ_TIMEOUT_MS, globalNanos);
        } else {
            globalNanos = nanos(headers, KnownHeader.ENVOY_UPSTREAM_RQ_TIMEOUT_MS, globalNanos);
            headers.remove(KnownHeader.ENVOY_UPSTREAM_RQ_TIMEOUT_MS);
        }
        if (headers.hasAny(OVERRULING)) {
            overrule(headers);
        }
        if (globalNanos > 0 && perTryNanos >= globalNanos) {
            perTryNanos = 0;
        }
    }

    /** The client's {@code grpc-timeout}, shortened and capped as the route says (U5). */
    private static long fromGrpc(RouteTimeouts limits, HeaderBlock headers) {
        long timeout = Math.max(0, GrpcTimeout.millis(headers)) * NANOS;
        if (limits.grpcTimeoutOffset() >= 0 && limits.grpcTimeoutOffset() < timeout) {
            timeout -= limits.grpcTimeoutOffset();
        }
        long max = limits.maxGrpcTimeout();
        return max > 0 && (timeout == 0 || timeout > max) ? max : timeout;
    }

    private void overrule(HeaderBlock headers) {
        perTryNanos = nanos(headers, KnownHeader.ENVOY_UPSTREAM_RQ_PER_TRY_TIMEOUT_MS, perTryNanos);
        maxDurationNanos = nanos(headers, KnownHeader.ENVOY_UPSTREAM_STREAM_DURATION_MS, 0);
        if (headers.has(KnownHeader.ENVOY_UPSTREAM_RQ_TIMEOUT_ALT_RESPONSE)) {
            timeoutStatus = 204;
        }
        String hedging = headers.text(KnownHeader.ENVOY_HEDGE_ON_PER_TRY_TIMEOUT);
        if (hedging != null) {
            hedges = hedging.equals("true") || (hedges && !hedging.equals("false"));
        }
        headers.removeAll(OVERRULING);
    }

    /** A header that is not a number changes nothing. */
    private static long nanos(HeaderBlock headers, int id, long otherwise) {
        int entry = headers.find(id);
        long millis = entry < 0 ? -1 : headers.decimal(entry);
        return millis < 0 ? otherwise : Math.min(millis, MAX_MILLIS) * NANOS;
    }

    /** The limit of the whole exchange from the end of the request (U1). */
    long globalNanos() {
        return globalNanos;
    }

    /** The limit of one attempt (U2). */
    long perTryNanos() {
        return perTryNanos;
    }

    /** How long an attempt may be without response activity. */
    long perTryIdleNanos() {
        return perTryIdleNanos;
    }

    /** The limit of one upstream stream, from its start to its end. */
    long maxDurationNanos() {
        return maxDurationNanos;
    }

    /** Whether a slow attempt is joined by another one instead of being given up (MI1). */
    boolean hedges() {
        return hedges;
    }

    /** The status of the local reply when time is up: 504, or 204 where the request asks for it. */
    int timeoutStatus() {
        return timeoutStatus;
    }

    /** Tells the upstream what an attempt may still take (U4). */
    void tell(HeaderBlock headers, long elapsedNanos) {
        long expected = perTryNanos > 0 && !hedges ? perTryNanos : globalNanos;
        if (expected == 0) {
            return;
        }
        if (globalNanos > 0) {
            expected = Math.min(expected, Math.max(1, globalNanos - elapsedNanos));
        }
        long millis = Math.max(1, expected / NANOS);
        if (tells) {
            headers.set(KnownHeader.ENVOY_EXPECTED_RQ_TIMEOUT_MS, millis);
        }
        if (grpcTimeout) {
            GrpcTimeout.set(headers, millis);
        }
    }
}
