// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.config;

import java.util.List;
import java.util.Map;

/**
 * A value of metadata: {@code google.protobuf.Value} without the proto. Values that are equal in
 * Envoy are equal here; a struct is equal whatever the order of its fields.
 */
public sealed interface MetadataValue {
    record Null() implements MetadataValue {}

    record Bool(boolean value) implements MetadataValue {}

    record Numeric(double value) implements MetadataValue {}

    record Text(String value) implements MetadataValue {}

    record ListOf(List<MetadataValue> values) implements MetadataValue {
        public ListOf {
            values = List.copyOf(values);
        }
    }

    record Struct(Map<String, MetadataValue> fields) implements MetadataValue {
        public static final Struct EMPTY = new Struct(Map.of());

        public Struct {
            fields = Map.copyOf(fields);
        }
    }
}
