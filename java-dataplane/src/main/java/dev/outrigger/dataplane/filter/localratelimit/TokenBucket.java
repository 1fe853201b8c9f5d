// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.filter.localratelimit;

import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;

/**
 * Tokens that come evenly with time, up to a maximum, which is where it begins. One number is the
 * whole state: the moment at which the bucket would have been empty. Any thread, without locks.
 */
final class TokenBucket {
    private static final double NANOS_PER_SECOND = 1e9;

    /** Envoy's: one token a year. */
    private static final double MIN_TOKENS_PER_SECOND = 1.0 / (365 * 24 * 60 * 60);

    private final double maxTokens;
    private final double tokensPerSecond;
    private final LongSupplier nanoTime;
    private final long start;
    private final AtomicLong emptyAt;

    TokenBucket(long maxTokens, long tokensPerFill, long fillNanos, LongSupplier nanoTime) {
        this.maxTokens = maxTokens;
        this.tokensPerSecond =
                Math.max(tokensPerFill / (fillNanos / NANOS_PER_SECOND), MIN_TOKENS_PER_SECOND);
        this.nanoTime = nanoTime;
        this.start = nanoTime.getAsLong();
        this.emptyAt = new AtomicLong(Double.doubleToLongBits(-maxTokens / tokensPerSecond));
    }

    private double now() {
        return (nanoTime.getAsLong() - start) / NANOS_PER_SECOND;
    }

    /** Takes tokens, or none when there are not so many. */
    boolean consume(long wanted) {
        double now = now();
        while (true) {
            long before = emptyAt.get();
            double there =
                    Math.min(maxTokens, (now - Double.longBitsToDouble(before)) * tokensPerSecond);
            if (there < wanted || wanted == 0) {
                return false;
            }
            long after = Double.doubleToLongBits(now - (there - wanted) / tokensPerSecond);
            if (emptyAt.compareAndSet(before, after)) {
                return true;
            }
        }
    }

    double tokensPerSecond() {
        return tokensPerSecond;
    }

    long maxTokens() {
        return (long) maxTokens;
    }

    private double tokens() {
        return Math.clamp(
                (now() - Double.longBitsToDouble(emptyAt.get())) * tokensPerSecond, 0, maxTokens);
    }

    long remainingTokens() {
        return (long) tokens();
    }

    /** Seconds until there is a token; 0 when there is one. */
    long secondsToNextToken() {
        double tokens = tokens();
        return tokens >= 1 ? 0 : (long) Math.ceil((1 - tokens) / tokensPerSecond);
    }
}
