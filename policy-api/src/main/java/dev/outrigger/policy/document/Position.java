// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.policy.document;

/**
 * A place in the text an author submitted, both from 1; columns count Unicode code points in YAML
 * and UTF-16 units in JSON. {@link #UNKNOWN} where there is no text.
 */
public record Position(int line, int column) {
    public static final Position UNKNOWN = new Position(0, 0);
}
