// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.policy.document;

import java.util.List;
import java.util.function.Function;

/** A value read from a submission, or everything that is wrong with it. */
public sealed interface Checked<T> {
    record Valid<T>(T value) implements Checked<T> {}

    /** Never empty. */
    record Invalid<T>(List<Violation> violations) implements Checked<T> {
        public Invalid {
            violations = List.copyOf(violations);
            if (violations.isEmpty()) {
                throw new IllegalArgumentException("violations: none (expected: at least one)");
            }
        }
    }

    /** The value; for callers that know the text to be good, such as tests and fixtures. */
    default T require() {
        return switch (this) {
            case Valid<T>(var value) -> value;
            case Invalid<T>(var violations) ->
                    throw new IllegalArgumentException(
                            String.join(
                                    "\n", violations.stream().map(Violation::toString).toList()));
        };
    }

    default <U> Checked<U> map(Function<T, U> mapper) {
        return switch (this) {
            case Valid<T>(var value) -> new Valid<>(mapper.apply(value));
            case Invalid<T>(var violations) -> new Invalid<>(violations);
        };
    }
}
