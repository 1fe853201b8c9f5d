// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.exchange;

import dev.outrigger.dataplane.message.HeaderBlock;
import dev.outrigger.dataplane.message.KnownHeader;
import dev.outrigger.dataplane.route.RetryPolicy;
import dev.outrigger.dataplane.route.Route;
import org.jspecify.annotations.Nullable;

/**
 * How long one exchange and each of its attempts may take (3.6): what the route says, overruled by
 * the request headers that only internal callers keep. Reused; confined to its event loop. Zero
 * means no limit everywhere.
 */
final class RequestTimeouts {
    private static final long OVERRULING =
            KnownHeader.bit(KnownHeader.ENVOY_UPSTREAM_RQ_TIMEOUT_MS)
                    | KnownHeader.bit(KnownHeader.ENVOY_UPSTREAM_RQ_PER_TRY_TIMEOUT_MS)
                    | KnownHeader.bit(KnownHeader.ENVOY_UPSTREAM_RQ_TIMEOUT_ALT_RESPONSE)
                    | KnownHeader.bit(KnownHeader.ENVOY_HEDGE_ON_PER_TRY_TIMEOUT);

    private static final long MAX_MILLIS = Long.MAX_VALUE / 1_000_000;

    private long globalNanos;
    private long perTryNanos;
    private long perTryIdleNanos;
    private int timeoutStatus;

    /** Reads the limits and removes the headers that set them. */
    void begin(Route route, @Nullable RetryPolicy policy, HeaderBlock headers) {
        globalNanos = route.timeoutNanos();
        perTryNanos = policy == null ? 0 : policy.perTryTimeoutNanos();
        perTryIdleNanos = policy == null ? 0 : policy.perTryIdleTimeoutNanos();
        timeoutStatus = 504;
        if (headers.hasAny(OVERRULING)) {
            overrule(headers);
        }
        if (globalNanos > 0 && perTryNanos >= globalNanos) {
            perTryNanos = 0;
        }
    }

    private void overrule(HeaderBlock headers) {
        globalNanos = nanos(headers, KnownHeader.ENVOY_UPSTREAM_RQ_TIMEOUT_MS, globalNanos);
        perTryNanos = nanos(headers, KnownHeader.ENVOY_UPSTREAM_RQ_PER_TRY_TIMEOUT_MS, perTryNanos);
        if (headers.has(KnownHeader.ENVOY_UPSTREAM_RQ_TIMEOUT_ALT_RESPONSE)) {
            timeoutStatus = 204;
        }
        headers.removeAll(OVERRULING);
    }

    /** A header that is not a number changes nothing. */
    private static long nanos(HeaderBlock headers, int id, long otherwise) {
        int entry = headers.find(id);
        long millis = entry < 0 ? -1 : headers.decimal(entry);
        return millis < 0 ? otherwise : Math.min(millis, MAX_MILLIS) * 1_000_000;
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

    /** The status of the local reply when time is up: 504, or 204 where the request asks for it. */
    int timeoutStatus() {
        return timeoutStatus;
    }

    /** Tells the upstream what an attempt may still take (U4). */
    void tell(HeaderBlock headers, long elapsedNanos) {
        long expected = perTryNanos > 0 ? perTryNanos : globalNanos;
        if (globalNanos > 0) {
            expected = Math.min(expected, Math.max(1, globalNanos - elapsedNanos));
        }
        if (expected > 0) {
            headers.set(
                    KnownHeader.ENVOY_EXPECTED_RQ_TIMEOUT_MS, Math.max(1, expected / 1_000_000));
        }
    }
}
