// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.route;

import dev.outrigger.dataplane.config.RetryPolicyConfig;
import dev.outrigger.dataplane.config.RetryPolicyConfig.RateLimitedBackOff;
import dev.outrigger.dataplane.config.RetryPolicyConfig.ResetHeader;
import dev.outrigger.dataplane.config.RetryPolicyConfig.RetryHostPredicate;
import dev.outrigger.dataplane.config.RetryPolicyConfig.RetryOn;
import dev.outrigger.dataplane.message.HeaderBlock;
import dev.outrigger.dataplane.message.WireText;
import java.util.BitSet;
import java.util.List;

/** A retry policy compiled (section 4). Immutable. */
public final class RetryPolicy {
    /** What holds where no policy is configured: nothing is retried unless a request asks. */
    public static final RetryPolicy NONE = new RetryPolicy(RetryPolicyConfig.NONE);

    private final int retryOn;
    private final int numRetries;
    private final long perTryTimeoutNanos;
    private final long perTryIdleTimeoutNanos;
    private final BitSet statusCodes = new BitSet();
    private final HeaderMatcher[] responseHeaders;
    private final HeaderMatcher[] requestHeaders;
    private final long baseIntervalMillis;
    private final long maxIntervalMillis;
    private final List<RetryHostPredicate> hostPredicates;
    private final int previousPriorities;
    private final int hostSelectionAttempts;
    private final ResetHeader[] resetHeaders;
    private final byte[][] resetHeaderNames;
    private final long resetMaxMillis;

    RetryPolicy(RetryPolicyConfig config) {
        int bits = 0;
        for (RetryOn token : config.retryOn()) {
            bits |= bit(token);
        }
        retryOn = bits;
        numRetries = config.numRetries();
        perTryTimeoutNanos = config.perTryTimeout().map(d -> d.toNanos()).orElse(0L);
        perTryIdleTimeoutNanos = config.perTryIdleTimeout().map(d -> d.toNanos()).orElse(0L);
        config.retriableStatusCodes().forEach(statusCodes::set);
        responseHeaders = HeaderMatcher.all(config.retriableHeaders());
        requestHeaders = HeaderMatcher.all(config.retriableRequestHeaders());
        baseIntervalMillis = config.baseInterval().map(d -> Math.max(1, d.toMillis())).orElse(0L);
        maxIntervalMillis = config.maxInterval().map(d -> Math.max(1, d.toMillis())).orElse(0L);
        hostPredicates = config.hostPredicates();
        previousPriorities = config.previousPriorities().orElse(0);
        resetHeaders =
                config.rateLimitedBackOff()
                        .map(RateLimitedBackOff::resetHeaders)
                        .orElse(List.of())
                        .toArray(ResetHeader[]::new);
        resetHeaderNames = new byte[resetHeaders.length][];
        for (int i = 0; i < resetHeaders.length; i++) {
            resetHeaderNames[i] = WireText.bytes(resetHeaders[i].name());
        }
        resetMaxMillis =
                config.rateLimitedBackOff().map(b -> b.maxInterval().toMillis()).orElse(0L);
        hostSelectionAttempts = Math.max(1, config.hostSelectionRetryMaxAttempts());
    }

    /** The bit of one token. */
    @SuppressWarnings("EnumOrdinal") // the bits live no longer than the process
    public static int bit(RetryOn token) {
        return 1 << token.ordinal();
    }

    /** The tokens as bits. */
    public int retryOn() {
        return retryOn;
    }

    public int numRetries() {
        return numRetries;
    }

    /** 0 for none. */
    public long perTryTimeoutNanos() {
        return perTryTimeoutNanos;
    }

    /** 0 for none. */
    public long perTryIdleTimeoutNanos() {
        return perTryIdleTimeoutNanos;
    }

    public boolean isRetriableStatus(int status) {
        return statusCodes.get(status);
    }

    public HeaderMatcher[] responseHeaders() {
        return responseHeaders;
    }

    public HeaderMatcher[] requestHeaders() {
        return requestHeaders;
    }

    /** 0 when runtime says. */
    public long baseIntervalMillis() {
        return baseIntervalMillis;
    }

    /** 0 for what follows from the base. */
    public long maxIntervalMillis() {
        return maxIntervalMillis;
    }

    public List<RetryHostPredicate> hostPredicates() {
        return hostPredicates;
    }

    /** After how many attempts the priorities tried are left out; 0 for never. */
    public int previousPriorities() {
        return previousPriorities;
    }

    public int hostSelectionAttempts() {
        return hostSelectionAttempts;
    }

    /**
     * How long the response asks to wait, or -1 when it does not say, or wants too much (RT15).
     *
     * @param wallMillis the time of the day
     */
    public long resetMillis(HeaderBlock response, long wallMillis) {
        for (int i = 0; i < resetHeaders.length; i++) {
            int entry = response.find(resetHeaderNames[i], 0);
            // Only one line can be meant.
            if (entry < 0 || response.find(resetHeaderNames[i], entry + 1) >= 0) {
                continue;
            }
            long seconds = response.decimal(entry);
            if (seconds < 0 || seconds > Long.MAX_VALUE / 1000) {
                continue;
            }
            if (resetHeaders[i].unixTimestamp()) {
                seconds -= wallMillis / 1000;
                if (seconds < 0) {
                    continue;
                }
            }
            if (seconds * 1000 <= resetMaxMillis) {
                return seconds * 1000;
            }
        }
        return -1;
    }
}
