// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.conformance.compare;

import dev.outrigger.conformance.exchange.Expectation;
import dev.outrigger.conformance.exchange.ValueMatcher;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** A field that is not as written in the case. */
public record Mismatch(String field, ValueMatcher expected, Optional<String> seen) {

    /** What of the expectation does not hold. */
    public static List<Mismatch> find(Expectation expectation, Map<String, String> fields) {
        var mismatches = new ArrayList<Mismatch>();
        expectation
                .fields()
                .forEach((field, matcher) -> {
                    var seen = Optional.ofNullable(fields.get(field));
                    // Statistics that did not change are not listed; the change is zero.
                    if (seen.isEmpty() && field.startsWith("stat.")) {
                        seen = Optional.of("0");
                    }
                    if (!matcher.accepts(seen)) {
                        mismatches.add(new Mismatch(field, matcher, seen));
                    }
                });
        return mismatches;
    }

    @Override
    public String toString() {
        return field
                + ": expected "
                + expected
                + ", seen "
                + seen.map(text -> "'" + text + "'").orElse("nothing");
    }
}
