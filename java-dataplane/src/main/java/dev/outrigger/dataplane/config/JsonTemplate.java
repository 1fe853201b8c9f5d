// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.config;

import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/** A {@code google.protobuf.Struct} whose strings have command operators. */
public sealed interface JsonTemplate {
    /** Fields in the order they are written: by name. */
    record Fields(SortedMap<String, JsonTemplate> fields) implements JsonTemplate {
        public Fields {
            fields = new TreeMap<>(fields);
        }
    }

    record Items(List<JsonTemplate> items) implements JsonTemplate {
        public Items {
            items = List.copyOf(items);
        }
    }

    /** A string with operators. */
    record Format(String format) implements JsonTemplate {}

    /** A number, a boolean or null, as it is written. */
    record Literal(String json) implements JsonTemplate {}
}
