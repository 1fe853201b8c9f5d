// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.telemetry;

import java.util.Optional;

/** How one tag is found in names. Immutable, any thread. */
interface TagRule {
    /** The tag's name, for example {@code envoy.cluster_name}. */
    String name();

    /** Where a name has the tag. */
    Optional<Part> find(String stat);

    /**
     * A part of a name.
     *
     * @param from the first character that goes from the name
     * @param to after the last one
     */
    record Part(String value, int from, int to) {}
}
