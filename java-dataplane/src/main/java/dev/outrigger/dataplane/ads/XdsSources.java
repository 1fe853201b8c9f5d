// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.ads;

import dev.outrigger.dataplane.config.ConfigSourceConfig;
import java.util.Set;

/**
 * Where dynamic resources come from. Main loop only.
 *
 * <p>A paused type receives but does not send on the aggregated stream: its ACKs and its changes of
 * names wait, and leave as one request when every {@link #pause} was matched by a {@link #resume}.
 */
public interface XdsSources {
    /**
     * Begins to ask a source for a type; wildcard types for everything, named types for nothing
     * yet. The caller opens at most one subscription of a type on the aggregated stream; any other
     * has a stream, a poll or a file watch of its own, as in Envoy.
     *
     * @param statPrefix with its dot at the end; where a stream of its own has its stats
     */
    Subscription open(
            ConfigSourceConfig source, XdsType type, String statPrefix, ResourceSink sink);

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

        /**
         * Asks for one more name at once, also if it was asked for before; virtual hosts only,
         * where the names of {@link #request} are no resources.
         */
        void requestOnDemand(String name);

        /** Asks for nothing any more, and ends what is this subscription's own. */
        void close();
    }
}
