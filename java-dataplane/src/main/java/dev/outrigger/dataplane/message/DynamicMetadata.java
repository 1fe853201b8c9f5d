// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.message;

import dev.outrigger.dataplane.config.MetadataValue;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * What filters say about one exchange, by the namespace of the filter. Confined to the event loop
 * of its exchange.
 */
public final class DynamicMetadata {
    private final Map<String, MetadataValue.Struct> namespaces = new HashMap<>();
    private final Set<String> typed = new TreeSet<>();

    public MetadataValue.@Nullable Struct find(String namespace) {
        return namespaces.get(namespace);
    }

    /** Whether no namespace holds anything. */
    public boolean isEmpty() {
        return namespaces.isEmpty();
    }

    /** Goes through all namespaces. */
    public void forEach(BiConsumer<String, MetadataValue.Struct> action) {
        namespaces.forEach(action);
    }

    /** Replaces what a namespace holds. */
    public void set(String namespace, MetadataValue.Struct value) {
        namespaces.put(namespace, value);
    }

    /** Adds to what a namespace holds; equal keys are replaced, lists and structs merged. */
    public void merge(String namespace, MetadataValue.Struct value) {
        namespaces.merge(namespace, value, DynamicMetadata::merged);
    }

    /** Whether a message was put into a namespace. */
    public boolean hasTyped(String namespace) {
        return typed.contains(namespace);
    }

    /** Notes that a message was put into a namespace; nothing here reads messages. */
    public void setTyped(String namespace) {
        typed.add(namespace);
    }

    /** The value under a path of keys, {@code null} when there is none. */
    public @Nullable MetadataValue find(String namespace, List<String> path) {
        MetadataValue value = namespaces.get(namespace);
        for (String key : path) {
            value = value instanceof MetadataValue.Struct(var fields) ? fields.get(key) : null;
        }
        return value;
    }

    private static MetadataValue.Struct merged(
            MetadataValue.Struct into, MetadataValue.Struct from) {
        var fields = new LinkedHashMap<>(into.fields());
        from.fields().forEach((key, value) -> fields.merge(key, value, DynamicMetadata::merged));
        return new MetadataValue.Struct(fields);
    }

    private static MetadataValue merged(MetadataValue into, MetadataValue from) {
        if (into instanceof MetadataValue.Struct a && from instanceof MetadataValue.Struct b) {
            return merged(a, b);
        }
        if (into instanceof MetadataValue.ListOf(var a)
                && from instanceof MetadataValue.ListOf(var b)) {
            var values = new ArrayList<>(a);
            values.addAll(b);
            return new MetadataValue.ListOf(values);
        }
        return from;
    }
}
