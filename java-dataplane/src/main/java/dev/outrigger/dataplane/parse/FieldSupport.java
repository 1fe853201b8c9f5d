// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.parse;

import java.util.List;
import java.util.function.Predicate;
import java.util.function.Supplier;

/**
 * How far one field is supported.
 *
 * @param note for readers of docs/supported.md; may be empty
 */
record FieldSupport(String name, Effect effect, Content content, String note) {
    /** Whether setting the field changes what the proxy does. */
    enum Effect {
        OBEYED,
        /** Accepted because it could not be observed here whatever its value. */
        NO_EFFECT
    }

    /** What is looked at inside the field. */
    sealed interface Content {
        /** Nothing: a scalar, a well-known type, or a message taken whole. */
        record Whole() implements Content {}

        /** Fields of a message, of each element, or of each map value. */
        record Nested(Supplier<SupportedFields> table) implements Content {}

        /**
         * An {@code Any} that holds one of these messages.
         *
         * @param passesUnknown whether another message is passed over instead of refused
         */
        record Extension(List<Supplier<SupportedFields>> types, boolean passesUnknown)
                implements Content {
            public Extension {
                types = List.copyOf(types);
            }
        }

        /** Only some values, which the note lists. */
        record Only(Predicate<Object> accepts) implements Content {}
    }
}
