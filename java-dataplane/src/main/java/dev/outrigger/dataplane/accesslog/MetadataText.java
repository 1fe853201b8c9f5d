// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.accesslog;

import dev.outrigger.dataplane.accesslog.Operator.MetadataSource;
import dev.outrigger.dataplane.config.Metadata;
import dev.outrigger.dataplane.config.MetadataValue;
import dev.outrigger.dataplane.message.DynamicMetadata;
import dev.outrigger.dataplane.telemetry.JsonText;
import dev.outrigger.dataplane.telemetry.NumberText;
import java.util.List;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Metadata as formats print it: a text as it is, anything else as JSON. */
final class MetadataText {
    private MetadataText() {}

    /** {@code NAMESPACE:KEY:…} of the dynamic metadata. */
    static MetadataSource dynamic(String argument) {
        String[] parts = argument.split(":", -1);
        List<String> path = List.of(parts).subList(1, parts.length);
        return context -> {
            DynamicMetadata metadata = context.info().findDynamicMetadata();
            return metadata == null ? null : metadata.find(parts[0], path);
        };
    }

    /** {@code NAMESPACE:KEY:…} of the configuration's. */
    static MetadataSource of(MetadataKind kind, String argument) {
        if (kind == MetadataKind.DYNAMIC) {
            return dynamic(argument);
        }
        String[] parts = argument.split(":", -1);
        List<String> path = List.of(parts).subList(1, parts.length);
        return context -> {
            Metadata metadata = context.metadata(kind);
            MetadataValue value = metadata == null ? null : metadata.filters().get(parts[0]);
            for (String key : path) {
                value = value instanceof MetadataValue.Struct(var fields) ? fields.get(key) : null;
            }
            return value;
        };
    }

    /** {@code KIND:NAMESPACE:KEY:…}. */
    static MetadataSource ofKind(String argument) {
        int colon = argument.indexOf(':');
        String name = colon < 0 ? argument : argument.substring(0, colon);
        for (MetadataKind kind : MetadataKind.values()) {
            if (kind.name().equals(name)) {
                return of(kind, colon < 0 ? "" : argument.substring(colon + 1));
            }
        }
        throw new IllegalArgumentException(name + " is not supported type of metadata");
    }

    static @Nullable String text(@Nullable MetadataValue value) {
        if (value == null) {
            return null;
        }
        return value instanceof MetadataValue.Text(String text) ? text : json(value);
    }

    static String json(MetadataValue value) {
        return switch (value) {
            case MetadataValue.Null() -> "null";
            case MetadataValue.Bool(boolean flag) -> String.valueOf(flag);
            case MetadataValue.Numeric(double number) -> NumberText.shortest(number);
            case MetadataValue.Text(String text) -> JsonText.quote(text);
            case MetadataValue.ListOf(var values) ->
                    "[" + String.join(",", values.stream().map(MetadataText::json).toList()) + "]";
            case MetadataValue.Struct(var fields) -> {
                var out = new StringBuilder("{");
                new TreeMap<>(fields)
                        .forEach((key, each) -> {
                            if (out.length() > 1) {
                                out.append(',');
                            }
                            out.append(JsonText.quote(key)).append(':').append(json(each));
                        });
                yield out.append('}').toString();
            }
        };
    }
}
