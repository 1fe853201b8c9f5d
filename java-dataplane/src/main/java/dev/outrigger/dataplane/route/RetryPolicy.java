// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.route;

import dev.outrigger.dataplane.config.RetryPolicyConfig;
import dev.outrigger.dataplane.config.RetryPolicyConfig.RetryOn;
import java.util.BitSet;

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
    private final boolean avoidPreviousHosts;
    private final int hostSelectionAttempts;

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
        baseIntervalMillis = Math.max(1, config.baseInterval().toMillis());
        maxIntervalMillis = Math.max(baseIntervalMillis, config.maxInterval().toMillis());
        avoidPreviousHosts = config.avoidPreviousHosts();
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

    public long baseIntervalMillis() {
        return baseIntervalMillis;
    }

    public long maxIntervalMillis() {
        return maxIntervalMillis;
    }

    public boolean avoidPreviousHosts() {
        return avoidPreviousHosts;
    }

    public int hostSelectionAttempts() {
        return hostSelectionAttempts;
    }
}
