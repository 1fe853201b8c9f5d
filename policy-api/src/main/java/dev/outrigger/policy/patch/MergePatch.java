// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.policy.patch;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;

/** JSON Merge Patch (RFC 7396): null removes, objects merge, all else replaces. */
public final class MergePatch {
    private MergePatch() {}

    /** A changed copy. */
    public static JsonNode apply(JsonNode patch, JsonNode value) {
        if (!(patch instanceof ObjectNode changes)) {
            return patch.deepCopy();
        }
        ObjectNode result =
                value instanceof ObjectNode object
                        ? object.deepCopy()
                        : JsonNodeFactory.instance.objectNode();
        changes.properties()
                .forEach(change -> {
                    if (change.getValue().isNull()) {
                        result.remove(change.getKey());
                    } else {
                        result.set(
                                change.getKey(),
                                apply(change.getValue(), result.path(change.getKey())));
                    }
                });
        return result;
    }
}
