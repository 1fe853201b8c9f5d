// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.conformance.exchange;

import java.util.Optional;
import java.util.regex.Pattern;

/** What a written expectation says about one field. */
public sealed interface ValueMatcher {

    /** Whether the field's value, or its absence, is as expected. */
    boolean accepts(Optional<String> value);

    record Exactly(String text) implements ValueMatcher {
        @Override
        public boolean accepts(Optional<String> value) {
            return value.filter(text::equals).isPresent();
        }

        @Override
        public String toString() {
            return "'" + text + "'";
        }
    }

    record Contains(String part) implements ValueMatcher {
        @Override
        public boolean accepts(Optional<String> value) {
            return value.filter(text -> text.contains(part)).isPresent();
        }

        @Override
        public String toString() {
            return "something with '" + part + "'";
        }
    }

    record Matches(Pattern pattern) implements ValueMatcher {
        @Override
        public boolean accepts(Optional<String> value) {
            return value.filter(text -> pattern.matcher(text).matches()).isPresent();
        }

        @Override
        public String toString() {
            return "a match of " + pattern;
        }
    }

    record Absent() implements ValueMatcher {
        @Override
        public boolean accepts(Optional<String> value) {
            return value.isEmpty();
        }

        @Override
        public String toString() {
            return "nothing";
        }
    }
}
