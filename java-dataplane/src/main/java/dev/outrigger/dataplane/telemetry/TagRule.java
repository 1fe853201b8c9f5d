// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.telemetry;

import java.util.Optional;

/** How one tag is found in names. Immutable, any thread. */
interface TagRule {
    /** The tag's name, for example {@code envoy.cluster_name}. */
    String name();

    /** What every name with the tag has before its first dot; empty when that differs. */
    String firstToken();

    /** The first token a regular expression asks for: letters between {@code ^} and a dot. */
    static String first(String regex) {
        if (!regex.startsWith("^")) {
            return "";
        }
        int end = 1;
        while (end < regex.length()
                && (Character.isLetterOrDigit(regex.charAt(end)) || regex.charAt(end) == '_')) {
            end++;
        }
        return regex.startsWith("\\.", end) ? regex.substring(1, end) : "";
    }

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
