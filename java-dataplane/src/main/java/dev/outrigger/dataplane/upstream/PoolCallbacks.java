// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.upstream;

import dev.outrigger.dataplane.message.ResponseReceiver;
import dev.outrigger.dataplane.message.StreamReset;
import dev.outrigger.dataplane.message.UpstreamStream;

/** Who asked a pool for a stream. Called on the event loop, possibly from within the asking. */
public interface PoolCallbacks {
    /** Hears the response of the stream it gets. */
    ResponseReceiver receiver();

    void onPoolReady(UpstreamStream stream);

    /**
     * @param transportFailure the system's words, or empty
     */
    void onPoolFailure(StreamReset reason, String transportFailure);

    /**
     * As {@link #onPoolFailure(StreamReset, String)}, for those who want to know more.
     *
     * @param hostKnown whether the host took part, as far as logs are concerned
     */
    default void onPoolFailure(StreamReset reason, String transportFailure, boolean hostKnown) {
        onPoolFailure(reason, transportFailure);
    }
}
