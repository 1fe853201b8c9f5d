// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.ads;

import dev.outrigger.dataplane.config.ConfigSourceConfig;
import java.util.Set;

/**
 * Where dynamic resources come from. Main loop only.
 *
 * <p>A paused type receives but does not send, on any stream: its ACKs and its changes of names
 * wait, and leave as one request when every {@link #pause} was matched by a {@link #resume}.
 */
public interface XdsSources {
    /**
     * Begins to ask a source for a type; wildcard types for everything, named types for nothing
     * yet. The caller opens at most one subscription per source and type.
     */
    Subscription open(ConfigSourceConfig source, XdsType type, ResourceSink sink);

    void pause(XdsType type);

    void resume(XdsType type);

    /** One type at one source. */
    interface Subscription {
        /**
         * Replaces the names asked for. State of the world asks again even when the names are the
         * same: that is how a cluster that warms again gets its endpoints; delta sends only
         * differences.
         */
        void request(Set<String> names);
    }
}
