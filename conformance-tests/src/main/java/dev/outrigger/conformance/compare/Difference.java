// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.conformance.compare;

import java.util.Optional;

/** A field in which the subject is not like the oracle; an empty side has no such field. */
public record Difference(String field, Optional<String> oracle, Optional<String> subject) {

    @Override
    public String toString() {
        return field + ": oracle " + shown(oracle) + ", subject " + shown(subject);
    }

    private static String shown(Optional<String> value) {
        return value.map(text -> "'" + text + "'").orElse("nothing");
    }
}
