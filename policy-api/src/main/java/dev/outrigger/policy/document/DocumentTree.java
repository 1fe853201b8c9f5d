// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.policy.document;

import java.util.List;
import java.util.Optional;

/** One value of a document with the place where it begins. Immutable. */
public sealed interface DocumentTree {
    Position position();

    /** What the value is, in the words of an error message: {@code an object}, {@code 7}. */
    String describe();

    /** An object; keys are unique and keep the author's order. */
    record MapTree(Position position, List<Entry> entries) implements DocumentTree {
        public MapTree {
            entries = List.copyOf(entries);
        }

        public Optional<Entry> find(String key) {
            return entries.stream().filter(entry -> entry.key().equals(key)).findFirst();
        }

        @Override
        public String describe() {
            return "an object";
        }
    }

    /** A key with the place where it begins, and its value. */
    record Entry(String key, Position keyPosition, DocumentTree value) {}

    /** A list. */
    record ListTree(Position position, List<DocumentTree> items) implements DocumentTree {
        public ListTree {
            items = List.copyOf(items);
        }

        @Override
        public String describe() {
            return "a list";
        }
    }

    /**
     * A scalar.
     *
     * @param text the content; the digits of a number in JSON's notation where it has one
     */
    record ScalarTree(Position position, ScalarType type, String text) implements DocumentTree {
        @Override
        public String describe() {
            return switch (type) {
                case STRING -> "the string " + Quoted.of(text);
                case INTEGER, DECIMAL -> "the number " + Quoted.shorten(text);
                case BOOLEAN, NULL -> text;
            };
        }
    }

    /** Types of scalars, as in the JSON schema of YAML 1.2. */
    enum ScalarType {
        STRING,
        INTEGER,
        DECIMAL,
        BOOLEAN,
        NULL
    }
}
