// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.policy.patch;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;

/**
 * The JSON Patch that turns one value into another. Every operation that takes something away also
 * says what it was, in {@code old}, a member that RFC 6902 has readers ignore.
 */
public final class JsonDiff {
    private final ArrayNode operations = JsonNodeFactory.instance.arrayNode();

    private JsonDiff() {}

    /** The patch; empty for equal values. */
    public static ArrayNode between(JsonNode before, JsonNode after) {
        var diff = new JsonDiff();
        diff.compare(PointerPath.ROOT, before, after);
        return diff.operations;
    }

    private void compare(PointerPath path, JsonNode before, JsonNode after) {
        if (JsonPatch.isEqual(before, after)) {
            return;
        }
        if (before instanceof ObjectNode one && after instanceof ObjectNode other) {
            compareObjects(path, one, other);
        } else if (before instanceof ArrayNode one && after instanceof ArrayNode other) {
            compareArrays(path, one, other);
        } else {
            add("replace", path).<ObjectNode>set("value", after).set("old", before);
        }
    }

    private void compareObjects(PointerPath path, ObjectNode before, ObjectNode after) {
        before.properties()
                .forEach(field -> {
                    if (!after.has(field.getKey())) {
                        add("remove", path.child(field.getKey())).set("old", field.getValue());
                    }
                });
        after.properties()
                .forEach(field -> {
                    PointerPath child = path.child(field.getKey());
                    if (before.has(field.getKey())) {
                        compare(child, before.path(field.getKey()), field.getValue());
                    } else {
                        add("add", child).set("value", field.getValue());
                    }
                });
    }

    /** What both begin and end with stays; between, item by item, then the surplus. */
    private void compareArrays(PointerPath path, ArrayNode before, ArrayNode after) {
        int head = 0;
        int shorter = Math.min(before.size(), after.size());
        while (head < shorter && JsonPatch.isEqual(before.get(head), after.get(head))) {
            head++;
        }
        int tail = 0;
        while (tail < shorter - head
                && JsonPatch.isEqual(
                        before.get(before.size() - 1 - tail), after.get(after.size() - 1 - tail))) {
            tail++;
        }
        int beforeEnd = before.size() - tail;
        int afterEnd = after.size() - tail;
        int common = Math.min(beforeEnd, afterEnd);
        for (int i = head; i < common; i++) {
            compare(path.child(Integer.toString(i)), before.get(i), after.get(i));
        }
        // From the back, so that each index is still the one before the patch.
        for (int i = beforeEnd - 1; i >= Math.max(common, head); i--) {
            add("remove", path.child(Integer.toString(i))).set("old", before.get(i));
        }
        for (int i = Math.max(common, head); i < afterEnd; i++) {
            add("add", path.child(Integer.toString(i))).set("value", after.get(i));
        }
    }

    private ObjectNode add(String op, PointerPath path) {
        return operations.addObject().put("op", op).put("path", path.toString());
    }
}
