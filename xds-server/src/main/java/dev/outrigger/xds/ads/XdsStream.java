// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.xds.ads;

import dev.outrigger.xds.snapshot.Snapshot;
import java.util.Optional;

/**
 * One stream's protocol state: events in, at most one response out at a time. Deterministic, knows
 * neither time nor transport; confined to one thread at a time.
 *
 * <p>Nothing is queued. What is due is found by comparing what the client has with the newest
 * snapshot at the moment a response can be written, so a slow client skips what it was too slow
 * for.
 */
interface XdsStream<Q, R> {
    void onRequest(Q request) throws ProtocolViolation;

    void onSnapshot(Snapshot snapshot);

    /** The next response to write, counted as sent; empty when nothing is due. */
    Optional<R> next();

    /**
     * Tells the listener how the types stand; called after {@link #next} has run dry or blocked.
     */
    void report();
}
