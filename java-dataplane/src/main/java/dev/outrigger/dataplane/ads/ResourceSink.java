// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.ads;

import java.util.List;
import java.util.Optional;

/**
 * Who takes the responses of one type. Called on the main loop. What a method returns is the
 * refusal: empty answers with an ACK, a text with a NACK carrying it.
 */
public interface ResourceSink {
    /** The whole state of a wildcard type, or some of the named resources (state of the world). */
    Optional<String> onState(List<Resource> resources, String versionInfo);

    /** Changes since the last response (delta). */
    Optional<String> onDelta(
            List<Resource> changed, List<String> removed, String systemVersionInfo);

    /** The stream broke or could not be opened; a new one follows after a back-off. */
    void onStreamFailure();

    /** A question goes out (REST). */
    default void onAttempt() {}

    /** An answer that is no response at all (REST): counts as a refused update. */
    default void onUnreadable() {
        onStreamFailure();
    }
}
