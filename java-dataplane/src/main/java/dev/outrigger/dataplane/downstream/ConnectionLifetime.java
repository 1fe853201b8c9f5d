// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.downstream;

import dev.outrigger.dataplane.config.HttpConnectionManagerConfig;
import dev.outrigger.dataplane.exchange.HcmStats;
import dev.outrigger.dataplane.exchange.HttpConnectionManager;
import dev.outrigger.dataplane.worker.Timers;
import dev.outrigger.dataplane.worker.WorkerContext;
import java.time.Duration;

/**
 * When a downstream connection has lived long enough: idle between requests, beyond its duration,
 * draining, or at its number of requests (1.10, 1.11). Decides; the connection does the closing.
 * Confined to the connection's event loop.
 */
final class ConnectionLifetime {
    /** The connection as its lifetime sees it. */
    interface Owner {
        /** Whether nothing is going on: no request, not even its first byte. */
        boolean isBetweenRequests();

        /** Whether the client has sent anything yet. */
        boolean hasSpoken();

        /** Ends the connection at once. */
        void closeNow(CloseReason reason);

        /** The connection is to take no new requests soon. */
        void onDrain();

        /** The client has had its time to go. */
        void onDrainOver();
    }

    private final WorkerChain chain;
    private final WorkerContext worker;
    private final HttpConnectionManagerConfig config;
    private final HcmStats stats;
    private final Owner owner;
    private final boolean http1;
    private final boolean safe;
    private final Timers.Timer idleTimer;
    private final Timers.Timer durationTimer;
    private final Timers.Timer drainTimer;
    private boolean draining;
    private boolean drainOver;
    private boolean closing;
    private boolean lastByRedirect;
    private boolean lastRequest;
    private int requests;

    /**
     * @param http1 whether one request follows the other, and the last one's answer says so
     */
    ConnectionLifetime(
            WorkerChain chain, HttpConnectionManager pinned, Owner owner, boolean http1) {
        this.chain = chain;
        this.worker = chain.services().worker();
        this.config = pinned.settings().config();
        this.stats = pinned.settings().stats();
        this.owner = owner;
        this.http1 = http1;
        this.safe = http1 && config.http1SafeMaxConnectionDuration();
        this.idleTimer = worker.timers().timer(this::onIdle);
        this.durationTimer = worker.timers().timer(this::onMaxDuration);
        this.drainTimer = worker.timers().timer(this::onDrainTimeout);
    }

    /** The connection was accepted. */
    void begin() {
        armIdle();
        if (config.maxConnectionDuration().isPresent()) {
            Duration limit = config.maxConnectionDuration().get();
            if (!limit.isZero()) {
                durationTimer.arm(worker.now(), limit.toNanos());
            }
        }
    }

    /** A request has begun. */
    void onRequest() {
        idleTimer.disarm();
        requests++;
        int max = config.maxRequestsPerConnection();
        if (max > 0 && requests >= max) {
            worker.stats().inc(stats.cxMaxRequestsReached);
            if (http1) {
                lastRequest = true;
            } else if (!draining && !closing) {
                startDrain();
            }
        }
    }

    /**
     * A request is made again by itself, which is one more. Where only that is one too many, the
     * connection ends with a response whose request did not know it (observed).
     */
    void onRedirect() {
        boolean known = lastRequest;
        onRequest();
        lastByRedirect |= lastRequest && !known;
    }

    /** Whether the connection ends with a request that was the last one from its beginning. */
    boolean isLastFromTheBeginning() {
        return isLastRequest() && !lastByRedirect;
    }

    /** The connection waits for its next request. */
    void armIdle() {
        Duration timeout = config.idleTimeout();
        if (!timeout.isZero()) {
            idleTimer.arm(worker.now(), timeout.toNanos());
        }
    }

    /** Whether the connection ends with the response to this request. */
    boolean isLastRequest() {
        return lastRequest || closing;
    }

    /** Whether the drain timeout is over, so that the connection ends with its response. */
    boolean isDrainOver() {
        return drainOver;
    }

    /** Asked for each response: whether it must say that the connection will end. */
    boolean isDraining() {
        if (!draining && !closing && chain.drainClose()) {
            startDrain();
            worker.stats().inc(stats.cxDrainClose);
        }
        return draining;
    }

    /** The connection drains for a reason of its own. */
    void drain() {
        if (!draining && !closing) {
            startDrain();
        }
    }

    /** The client is told to go with each response, and is let go after {@code drain_timeout}. */
    private void startDrain() {
        draining = true;
        drainTimer.arm(worker.now(), config.drainTimeout().toNanos());
        owner.onDrain();
    }

    private void onDrainTimeout() {
        drainOver = true;
        worker.refreshNow();
        owner.onDrainOver();
    }

    private void onIdle() {
        if (owner.isBetweenRequests()) {
            worker.stats().inc(stats.cxIdleTimeout);
            endOrDrain();
        }
    }

    private void onMaxDuration() {
        worker.stats().inc(stats.cxMaxDurationReached);
        if (safe && owner.hasSpoken()) {
            // Ends with the next response and never between two requests.
            closing = !draining;
            return;
        }
        endOrDrain();
    }

    private void endOrDrain() {
        if (!owner.hasSpoken()) {
            owner.closeNow(CloseReason.NONE);
        } else if (!draining && !closing) {
            startDrain();
        }
    }

    /** The connection is gone. */
    void discard() {
        idleTimer.discard();
        durationTimer.discard();
        drainTimer.discard();
    }
}
