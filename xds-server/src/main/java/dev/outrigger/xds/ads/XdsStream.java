// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.xds.ads;

import dev.outrigger.xds.snapshot.Snapshot;
import java.util.Optional;

/**
 * One stream's protocol state: events in, at most one response out at a time. Deterministic, knows
 * no transport, and of time only what it is told; confined to one thread at a time.
 *
 * <p>Nothing is queued. What is due is found by comparing what the client has with the newest
 * snapshot at the moment a response can be written, so a slow client skips what it was too slow
 * for.
 */
interface XdsStream<Q> {
    void onRequest(Q request) throws ProtocolViolation;

    void onSnapshot(Snapshot snapshot);

    /**
     * The next response to write, counted as sent; empty when nothing is due.
     *
     * @param nowNanos by a clock that only goes forward
     */
    Optional<Response> next(long nowNanos);

    /**
     * When something is due that {@link #next} holds back now, if nothing else happens; {@link
     * Stages#NEVER} if there is nothing.
     */
    long nextDeadline(long nowNanos);

    /** Answers that were waited for in vain since the last call. */
    int takeGivenUp();

    /** Who must be told of which changes. */
    Interest interest();

    /**
     * Tells the listener how the types stand; called after {@link #next} has run dry or blocked.
     */
    void report();
}
