// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.policy.rest;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Arrays;

/** What JSON Schemas of answers are put together from. */
final class SchemaParts {
    private SchemaParts() {}

    /** A field of an answer. */
    record Field(String name, ObjectNode schema, boolean isRequired) {}

    static Field field(String name, ObjectNode schema) {
        return new Field(name, schema, true);
    }

    static Field optional(String name, ObjectNode schema) {
        return new Field(name, schema, false);
    }

    static ObjectNode object(Field... fields) {
        ObjectNode root = Json.object().put("type", "object");
        ObjectNode properties = root.putObject("properties");
        var required = root.putArray("required");
        for (Field field : fields) {
            properties.set(field.name(), field.schema().deepCopy());
            if (field.isRequired()) {
                required.add(field.name());
            }
        }
        return root;
    }

    static ObjectNode list(ObjectNode item) {
        ObjectNode root = Json.object().put("type", "array");
        root.set("items", item);
        return root;
    }

    static ObjectNode map(ObjectNode value) {
        ObjectNode root = Json.object().put("type", "object");
        root.set("additionalProperties", value);
        return root;
    }

    static ObjectNode ref(String name) {
        return Json.object().put("$ref", "#/components/schemas/" + name);
    }

    static ObjectNode page(ObjectNode item) {
        return object(
                field("items", list(item)), field("revision", count()), optional("next", text()));
    }

    static ObjectNode text() {
        return Json.object().put("type", "string");
    }

    static ObjectNode words(String... words) {
        ObjectNode schema = text();
        Arrays.stream(words).forEach(schema.putArray("enum")::add);
        return schema;
    }

    static ObjectNode bool() {
        return Json.object().put("type", "boolean");
    }

    static ObjectNode count() {
        return Json.object().put("type", "integer").put("minimum", 0);
    }
}
