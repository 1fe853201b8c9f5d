// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.policy.rest;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.LongSupplier;

/**
 * How many requests a client may make: a bucket of tokens for each, the {@value #MAX_CLIENTS} seen
 * last. A client that was forgotten begins with a full one. Any thread.
 */
final class RequestRates {
    private static final int MAX_CLIENTS = 10_000;
    private static final double NANOS = 1e9;

    private final int perSecond;
    private final int burst;
    private final LongSupplier nanos;
    private final Map<String, Bucket> buckets = new LinkedHashMap<>(64, 0.75f, true);

    /**
     * @param nanos a clock that only goes forward
     */
    RequestRates(int perSecond, int burst, LongSupplier nanos) {
        this.perSecond = perSecond;
        this.burst = burst;
        this.nanos = nanos;
    }

    private record Bucket(double tokens, long since) {}

    /** Takes a token; false if there is none. */
    synchronized boolean tryTake(String client) {
        long now = nanos.getAsLong();
        Bucket before = buckets.getOrDefault(client, new Bucket(burst, now));
        double tokens =
                Math.min(burst, before.tokens() + (now - before.since()) / NANOS * perSecond);
        boolean granted = tokens >= 1;
        buckets.put(client, new Bucket(granted ? tokens - 1 : tokens, now));
        if (buckets.size() > MAX_CLIENTS) {
            buckets.remove(buckets.keySet().iterator().next());
        }
        return granted;
    }
}
