// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.policy.patch;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** A JSON Patch (RFC 6902). Immutable; applies to copies, all of its operations or none. */
public final class JsonPatch {
    private static final int MAX_OPERATIONS = 1_000;
    private static final int MAX_POINTER_CHARS = 4_096;

    /** Copies of copies double a document with each operation. */
    private static final int MAX_COPIED_VALUES = 200_000;

    private static final Set<String> WITH_VALUE = Set.of("add", "replace", "test");
    private static final Set<String> WITH_FROM = Set.of("move", "copy");

    private final List<Operation> operations;

    private JsonPatch(List<Operation> operations) {
        this.operations = List.copyOf(operations);
    }

    private record Operation(String op, PointerPath path, PointerPath from, JsonNode value) {}

    /** Reads a patch. */
    public static JsonPatch parse(JsonNode patch) throws PatchFailure {
        if (!patch.isArray()) {
            throw PatchFailure.malformed("A JSON Patch is an array of operations.");
        }
        if (patch.size() > MAX_OPERATIONS) {
            throw PatchFailure.malformed(
                    "Has "
                            + patch.size()
                            + " operations (expected: at most "
                            + MAX_OPERATIONS
                            + ").");
        }
        var operations = new ArrayList<Operation>();
        for (int i = 0; i < patch.size(); i++) {
            try {
                operations.add(operation(patch.get(i)));
            } catch (PatchFailure e) {
                throw PatchFailure.malformed("Operation " + i + ": " + e.detail());
            }
        }
        return new JsonPatch(operations);
    }

    /** A changed copy. */
    public JsonNode apply(JsonNode value) throws PatchFailure {
        JsonNode result = value.deepCopy();
        int copied = 0;
        for (int i = 0; i < operations.size(); i++) {
            Operation operation = operations.get(i);
            try {
                if (operation.op().equals("copy")) {
                    copied += count(require(result, operation.from()));
                    if (copied > MAX_COPIED_VALUES) {
                        throw PatchFailure.unfit("copies too much.");
                    }
                }
                result = apply(operation, result);
            } catch (PatchFailure e) {
                throw PatchFailure.unfit(
                        "Operation "
                                + i
                                + " ("
                                + operation.op()
                                + " "
                                + operation.path()
                                + "): "
                                + e.detail());
            }
        }
        return result;
    }

    private static Operation operation(JsonNode node) throws PatchFailure {
        if (!node.isObject()) {
            throw PatchFailure.malformed("is not an object.");
        }
        String op = node.path("op").asText();
        boolean isKnown = WITH_VALUE.contains(op) || WITH_FROM.contains(op) || op.equals("remove");
        if (!isKnown) {
            throw PatchFailure.malformed(
                    "op is '" + op + "' (expected: add, remove, replace, move, copy or test).");
        }
        if (WITH_VALUE.contains(op) && !node.has("value")) {
            throw PatchFailure.malformed("value is missing.");
        }
        return new Operation(
                op,
                pointer(node, "path"),
                WITH_FROM.contains(op) ? pointer(node, "from") : PointerPath.ROOT,
                node.path("value"));
    }

    private static PointerPath pointer(JsonNode node, String field) throws PatchFailure {
        JsonNode text = node.path(field);
        if (!text.isTextual() || text.textValue().length() > MAX_POINTER_CHARS) {
            throw PatchFailure.malformed(
                    field
                            + " is missing or no JSON Pointer of at most "
                            + MAX_POINTER_CHARS
                            + " characters.");
        }
        return PointerPath.parse(text.textValue());
    }

    private static JsonNode apply(Operation operation, JsonNode root) throws PatchFailure {
        PointerPath path = operation.path();
        return switch (operation.op()) {
            case "add" -> add(root, path, operation.value());
            case "remove" -> remove(root, path);
            case "replace" -> {
                require(root, path);
                yield path.isRoot() ? operation.value().deepCopy() : set(root, path, operation);
            }
            case "move" -> {
                JsonNode moved = require(root, operation.from());
                if (operation.from().contains(path)) {
                    throw PatchFailure.unfit("a value cannot be moved into itself.");
                }
                yield add(remove(root, operation.from()), path, moved);
            }
            case "copy" -> add(root, path, require(root, operation.from()));
            case "test" -> {
                if (!isEqual(require(root, path), operation.value())) {
                    throw PatchFailure.unfit("the value there is another one.");
                }
                yield root;
            }
            default -> throw new IllegalStateException(operation.op());
        };
    }

    private static JsonNode add(JsonNode root, PointerPath path, JsonNode value)
            throws PatchFailure {
        if (path.isRoot()) {
            return value.deepCopy();
        }
        switch (require(root, path.parent())) {
            case ObjectNode object -> object.set(path.last(), value.deepCopy());
            case ArrayNode array -> {
                int index =
                        path.last().equals("-") ? array.size() : index(path.last(), array.size());
                array.insert(index, value.deepCopy());
            }
            case JsonNode _ -> throw PatchFailure.unfit("there is nothing to add to.");
        }
        return root;
    }

    private static JsonNode set(JsonNode root, PointerPath path, Operation operation)
            throws PatchFailure {
        JsonNode value = operation.value().deepCopy();
        switch (require(root, path.parent())) {
            case ObjectNode object -> object.set(path.last(), value);
            case ArrayNode array -> array.set(index(path.last(), array.size() - 1), value);
            case JsonNode _ -> throw PatchFailure.unfit("there is nothing to replace.");
        }
        return root;
    }

    private static JsonNode remove(JsonNode root, PointerPath path) throws PatchFailure {
        require(root, path);
        if (path.isRoot()) {
            throw PatchFailure.unfit("the whole document cannot be removed.");
        }
        switch (require(root, path.parent())) {
            case ObjectNode object -> object.remove(path.last());
            case ArrayNode array -> array.remove(index(path.last(), array.size() - 1));
            case JsonNode _ -> throw PatchFailure.unfit("there is nothing to remove.");
        }
        return root;
    }

    /** What is at a path; it must be there. */
    private static JsonNode require(JsonNode root, PointerPath path) throws PatchFailure {
        JsonNode node = root;
        for (String token : path.tokens()) {
            node =
                    switch (node) {
                        case ObjectNode object -> object.path(token);
                        case ArrayNode array -> array.path(index(token, array.size() - 1));
                        case JsonNode scalar -> scalar.path(token);
                    };
            if (node.isMissingNode()) {
                throw PatchFailure.unfit("there is nothing at " + path + ".");
            }
        }
        return node;
    }

    private static int index(String token, int max) throws PatchFailure {
        if (!token.matches("0|[1-9][0-9]{0,8}") || Integer.parseInt(token) > max) {
            throw PatchFailure.unfit(
                    "'" + token + "' is not an index of the list (expected: 0.." + max + ").");
        }
        return Integer.parseInt(token);
    }

    private static int count(JsonNode node) {
        int count = 1;
        for (JsonNode child : node) {
            count += count(child);
        }
        return count;
    }

    /** Numbers are equal if their values are (RFC 6902 section 4.6). */
    static boolean isEqual(JsonNode one, JsonNode other) {
        return one.equals(
                (a, b) ->
                        a.isNumber() && b.isNumber()
                                ? a.decimalValue().compareTo(b.decimalValue())
                                : a.equals(b) ? 0 : 1,
                other);
    }
}
