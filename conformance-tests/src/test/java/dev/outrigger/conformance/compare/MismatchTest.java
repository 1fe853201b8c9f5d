// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.conformance.compare;

import static org.assertj.core.api.Assertions.assertThat;

import dev.outrigger.conformance.exchange.Expectation;
import dev.outrigger.conformance.exchange.ValueMatcher;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

class MismatchTest {
    @Test
    void acceptsWhatIsAsWritten() {
        var expectation =
                expecting(
                        Map.of(
                                "a", new ValueMatcher.Exactly("1"),
                                "b", new ValueMatcher.Contains("x"),
                                "c", new ValueMatcher.Matches(Pattern.compile("\\d+")),
                                "d", new ValueMatcher.Absent()));

        assertThat(Mismatch.find(expectation, Map.of("a", "1", "b", "axb", "c", "12", "e", "?")))
                .isEmpty();
    }

    @Test
    void namesWhatIsNot() {
        var expectation =
                expecting(
                        Map.of(
                                "a", new ValueMatcher.Exactly("1"),
                                "d", new ValueMatcher.Absent()));

        assertThat(Mismatch.find(expectation, Map.of("d", "2")))
                .extracting(Mismatch::toString)
                .containsExactly("a: expected '1', seen nothing", "d: expected nothing, seen '2'");
    }

    @Test
    void takesAStatisticThatDidNotChangeAsZero() {
        assertThat(
                        Mismatch.find(
                                expecting(Map.of("stat.x", new ValueMatcher.Exactly("0"))),
                                Map.of()))
                .isEmpty();
    }

    private static Expectation expecting(Map<String, ValueMatcher> fields) {
        return new Expectation(new TreeMap<>(fields));
    }
}
