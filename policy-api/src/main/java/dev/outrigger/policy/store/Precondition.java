// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.policy.store;

import java.util.OptionalLong;
import java.util.Set;

/** What a writer says about the document it replaces or deletes (RFC 9110 section 13.1). */
public sealed interface Precondition {
    /** Nothing said. */
    record None() implements Precondition {}

    /** {@code If-Match: *}: it exists, in whatever generation. */
    record Exists() implements Precondition {}

    /** {@code If-Match} with ETags: it exists in one of these generations. */
    record Generation(Set<Long> anyOf) implements Precondition {
        public Generation {
            anyOf = Set.copyOf(anyOf);
        }
    }

    /** {@code If-None-Match: *}: it does not exist. */
    record Absent() implements Precondition {}

    /** Whether the condition holds for a document with this generation, or for none. */
    default boolean holds(OptionalLong generation) {
        return switch (this) {
            case None() -> true;
            case Exists() -> generation.isPresent();
            case Generation(var anyOf) ->
                    generation.isPresent() && anyOf.contains(generation.getAsLong());
            case Absent() -> generation.isEmpty();
        };
    }
}
