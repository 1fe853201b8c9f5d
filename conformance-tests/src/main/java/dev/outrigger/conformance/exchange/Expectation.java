// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.conformance.exchange;

import java.util.Collections;
import java.util.SortedMap;
import java.util.TreeMap;

/** What a person wrote down about an exchange: a matcher for each field that matters to it. */
public record Expectation(SortedMap<String, ValueMatcher> fields) {
    public Expectation {
        if (fields.isEmpty()) {
            throw new IllegalArgumentException("expectation: nothing (expected: at least a field)");
        }
        fields = Collections.unmodifiableSortedMap(new TreeMap<>(fields));
    }
}
