// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.ads;

import dev.outrigger.dataplane.config.GrpcXdsConfig.RateLimit;
import java.time.Duration;

/** {@code rate_limit_settings}: full at first, filled continuously. Main loop only. */
final class TokenBucket {
    private static final double NANOS = 1e9;

    private final int maxTokens;
    private final double perSecond;
    private double tokens;
    private long seenNanos;

    TokenBucket(RateLimit limit, long nowNanos) {
        this.maxTokens = limit.maxTokens();
        this.perSecond = limit.fillPerSecond();
        this.tokens = limit.maxTokens();
        this.seenNanos = nowNanos;
    }

    boolean take(long nowNanos) {
        tokens = Math.min(maxTokens, tokens + (nowNanos - seenNanos) / NANOS * perSecond);
        seenNanos = nowNanos;
        if (tokens < 1) {
            return false;
        }
        tokens--;
        return true;
    }

    /** After a refusal: how long until there is a token again. */
    Duration untilNext() {
        return Duration.ofNanos((long) Math.ceil((1 - tokens) / perSecond * NANOS) + 1);
    }
}
