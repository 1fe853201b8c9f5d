// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.cli.output;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** JSON Schemas of documents as lines that people read. */
public final class SchemaText {
    private SchemaText() {}

    /** A field with its type, and the fields below it. */
    public static List<String> lines(String path, JsonNode schema) {
        var lines = new ArrayList<String>();
        lines.add(path + "   " + type(schema));
        JsonNode object = object(schema);
        if (object.has("properties")) {
            Set<String> required = new HashSet<>();
            object.path("required").forEach(name -> required.add(name.asText()));
            var table = new Table("FIELD", "TYPE", "");
            object.path("properties")
                    .properties()
                    .forEach(field ->
                            table.add(
                                    List.of(
                                            field.getKey(),
                                            type(field.getValue()),
                                            required.contains(field.getKey()) ? "required" : "")));
            table.lines().forEach(line -> lines.add("  " + line));
        }
        return lines;
    }

    /** The object a value is, or is a list of. */
    public static JsonNode object(JsonNode schema) {
        if (schema.has("properties") || schema.path("additionalProperties").isObject()) {
            return schema;
        }
        if (schema.has("items")) {
            return object(schema.path("items"));
        }
        for (JsonNode alternative : schema.path("anyOf")) {
            JsonNode found = object(alternative);
            if (found.has("properties")) {
                return found;
            }
        }
        return schema;
    }

    static String type(JsonNode schema) {
        if (schema.has("anyOf")) {
            var types = new ArrayList<String>();
            schema.path("anyOf").forEach(one -> types.add(type(one)));
            return String.join(" or ", types);
        }
        if (schema.has("const")) {
            return schema.path("const").asText();
        }
        if (schema.has("enum")) {
            var words = new ArrayList<String>();
            schema.path("enum").forEach(word -> words.add(word.asText()));
            return String.join(" | ", words);
        }
        return switch (schema.path("type").asText()) {
            case "integer" -> "integer" + range(schema, "minimum", "maximum");
            case "array" ->
                    "list of " + type(schema.path("items")) + range(schema, "minItems", "maxItems");
            case "string" ->
                    schema.path("pattern").asText().contains("h|ms|m|s")
                            ? "duration, as 250ms"
                            : "string";
            case "object" ->
                    schema.path("additionalProperties").isObject()
                            ? "map of " + type(schema.path("additionalProperties"))
                            : "object";
            case "" -> "any";
            case String other -> other;
        };
    }

    private static String range(JsonNode schema, String min, String max) {
        return schema.has(max)
                ? " " + schema.path(min).asText("0") + ".." + schema.path(max).asText()
                : "";
    }
}
