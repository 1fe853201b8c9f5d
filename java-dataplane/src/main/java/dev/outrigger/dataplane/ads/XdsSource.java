// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.ads;

import java.util.Set;

/**
 * Where dynamic resources come from. Main loop only.
 *
 * <p>A paused type receives but does not send: its ACK and its changes of names wait, and leave as
 * one request when the last {@link #pause} was matched by a {@link #resume}.
 */
public interface XdsSource {
    /** Whether the bootstrap names a source for the type at all. */
    boolean provides(XdsType type);

    /** Begins to ask for a type. Once per type. Named types begin with no names. */
    void start(XdsType type, ResourceSink sink);

    /**
     * Replaces the names asked for. State of the world asks again even when the names are the same:
     * that is how a cluster that warms again gets its endpoints; delta sends only differences.
     */
    void request(XdsType type, Set<String> names);

    void pause(XdsType type);

    void resume(XdsType type);
}
