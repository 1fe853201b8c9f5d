// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.policy.rest;

import io.helidon.common.concurrency.limits.AimdLimit;
import io.helidon.common.concurrency.limits.LimitAlgorithm;
import io.helidon.webserver.http.ServerRequest;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.LongSupplier;

/**
 * Lets requests in: so many a second of one client, and so many at a time that answers stay quick.
 * The second bound adapts itself (additive increase, multiplicative decrease): it grows while
 * requests are quick and halves when they are not. Any thread.
 */
final class Admission {
    static final int MIN_CONCURRENT = 8;
    static final int INITIAL_CONCURRENT = 64;
    static final int MAX_CONCURRENT = 512;
    private static final double BACKOFF = 0.5;

    /** How many may wait for a place, and for how long. */
    private static final int MAX_WAITING = 256;

    static final Duration MAX_WAIT = Duration.ofSeconds(1);

    /** A request this slow says that there are too many. */
    static final Duration SLOW = Duration.ofSeconds(2);

    private final RequestRates rates;
    private final ApiMetrics metrics;
    private final AimdLimit limit;
    private final AtomicInteger answering = new AtomicInteger();

    /**
     * @param nanos a clock that only goes forward
     * @param maxWait how long a request waits for a place
     */
    Admission(RequestRates rates, ApiMetrics metrics, LongSupplier nanos, Duration maxWait) {
        this.rates = rates;
        this.metrics = metrics;
        limit =
                AimdLimit.create(config ->
                        config.minLimit(MIN_CONCURRENT)
                                .initialLimit(INITIAL_CONCURRENT)
                                .maxLimit(MAX_CONCURRENT)
                                .backoffRatio(BACKOFF)
                                .timeout(SLOW)
                                .clock(nanos::getAsLong)
                                .queueLength(MAX_WAITING)
                                .queueTimeout(maxWait));
    }

    /** Shows on the metrics endpoint how it goes; for one of them. */
    void observe() {
        metrics.gauge(
                "outrigger.http.concurrency.limit",
                "How many requests are answered at a time at most, at the moment",
                this,
                Admission::limit);
        metrics.gauge(
                "outrigger.http.concurrency",
                "Requests that are being answered",
                answering,
                AtomicInteger::get);
    }

    /** How many may be answered at a time now; while requests come and go, give or take those. */
    int limit() {
        return answering.get() + limit.semaphore().availablePermits();
    }

    /** Throws a problem for a client that asks too often. */
    void requireRate(ServerRequest request) {
        String client = request.remotePeer().host();
        if (!rates.tryTake(client)) {
            metrics.refused("rate");
            throw Problem.of(429, "Too many requests", client + " makes too many requests.")
                    .withHeader("Retry-After", "1")
                    .raise();
        }
    }

    /** A place among those who are answered now; throws a problem if none gets free soon. */
    Place enter() {
        LimitAlgorithm.Token token =
                limit.tryAcquire(true)
                        .orElseThrow(() -> {
                            metrics.refused("concurrency");
                            return Problem.of(
                                            503,
                                            "Too busy",
                                            "Too many requests are being answered.")
                                    .withHeader("Retry-After", "1")
                                    .raise();
                        });
        answering.incrementAndGet();
        return () -> {
            // First, or for a moment there would seem to be one place more than there is.
            answering.decrementAndGet();
            token.success();
        };
    }

    /** To be given back. */
    @FunctionalInterface
    interface Place extends AutoCloseable {
        @Override
        void close();
    }
}
