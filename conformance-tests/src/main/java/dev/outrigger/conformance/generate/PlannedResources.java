// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.conformance.generate;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.NullNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * What a proxy is going to have, as a plan says: what it has, with the plan's JSON Patches applied.
 * The operations are those that plans are made of, and are applied here by themselves, so that a
 * mistake of the control plane's own patches is not one on both sides.
 */
final class PlannedResources {
    private PlannedResources() {}

    /**
     * @param given what the proxy has, by type URL and name
     * @param plan an answer to a dry run
     */
    static SortedMap<String, JsonNode> of(
            Map<String, JsonNode> given, JsonNode plan, String proxy) {
        var after = new TreeMap<>(given);
        for (JsonNode change : plan.path("proxies")) {
            if (names(change.path("proxies"), proxy)) {
                var key = change.path("type").asText() + " " + change.path("name").asText();
                JsonNode is = given.getOrDefault(key, NullNode.getInstance());
                JsonNode becomes = patched(is.deepCopy(), change.path("patch"));
                if (becomes.isNull()) {
                    after.remove(key);
                } else {
                    after.put(key, becomes);
                }
            }
        }
        return after;
    }

    /** Which resources are not as planned; empty when all are. */
    static List<String> differences(
            SortedMap<String, JsonNode> planned, SortedMap<String, JsonNode> given) {
        var differences = new ArrayList<String>();
        var keys = new TreeSet<>(planned.keySet());
        keys.addAll(given.keySet());
        for (String key : keys) {
            if (!Objects.equals(planned.get(key), given.get(key))) {
                differences.add(
                        key + ": planned " + planned.get(key) + ", given " + given.get(key));
            }
        }
        return differences;
    }

    private static boolean names(JsonNode proxies, String wanted) {
        return proxies.valueStream().anyMatch(name -> name.asText().equals(wanted));
    }

    private static JsonNode patched(JsonNode value, JsonNode patch) {
        JsonNode result = value;
        for (JsonNode operation : patch) {
            String path = operation.path("path").asText();
            if (path.isEmpty()) {
                result = operation.path("value");
            } else {
                int last = path.lastIndexOf('/');
                apply(
                        operation.path("op").asText(),
                        result.at(path.substring(0, last)),
                        path.substring(last + 1).replace("~1", "/").replace("~0", "~"),
                        operation.path("value"));
            }
        }
        return result;
    }

    private static void apply(String operation, JsonNode parent, String key, JsonNode value) {
        switch (parent) {
            case ObjectNode object -> {
                if (operation.equals("remove")) {
                    object.remove(key);
                } else {
                    object.set(key, value);
                }
            }
            case ArrayNode array -> {
                int index = Integer.parseInt(key);
                switch (operation) {
                    case "add" -> array.insert(index, value);
                    case "remove" -> array.remove(index);
                    case "replace" -> array.set(index, value);
                    default -> throw new IllegalArgumentException("operation: " + operation);
                }
            }
            default -> throw new IllegalArgumentException("no such place: " + key);
        }
    }
}
