// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.ads;

import java.util.Optional;
import java.util.Set;

/**
 * One variant of the xDS protocol as a state machine without I/O: events in, the next request out.
 * Whoever owns the stream calls {@link #next} after every event until it is empty, or later. Main
 * loop only.
 *
 * @param <Q> the request message
 * @param <R> the response message
 */
interface XdsProtocol<Q, R> {
    void start(XdsType type, ResourceSink sink);

    void request(XdsType type, Set<String> names);

    /** See {@link XdsSources.Subscription#requestOnDemand}. */
    default void requestOnDemand(XdsType type, String name) {
        throw new UnsupportedOperationException("on demand: " + type + " (expected: delta)");
    }

    void pause(XdsType type);

    void resume(XdsType type);

    /** A new stream: everything is asked for again, in the order of the first time. */
    void onStreamOpen();

    /** Hands a response to its sink and remembers the answer to send. */
    void onResponse(R response);

    /** Tells every sink. */
    void onStreamFailure();

    /** Whether there is a request to send now; what it says is decided when it is. */
    boolean hasNext();

    /** The next request to send now, if any. */
    Optional<Q> next();
}
