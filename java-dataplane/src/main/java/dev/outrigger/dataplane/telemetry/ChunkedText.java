// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.telemetry;

/**
 * A text made while it is written, because all of it at once would not fit: with thousands of
 * clusters the stats are many times larger than the configuration. One thread, once.
 */
@FunctionalInterface
public interface ChunkedText {
    /** About how much one call should append. */
    int CHUNK_CHARS = 32 << 10;

    /**
     * Appends the next part.
     *
     * @return whether there is more
     */
    boolean appendTo(StringBuilder out);

    /** All of it. */
    default String all() {
        var out = new StringBuilder();
        boolean more;
        do {
            more = appendTo(out);
        } while (more);
        return out.toString();
    }
}
