// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.xds.plan;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Set;

/**
 * Envoy resources as JSON without what must stay secret: the fields that Envoy's own API marks as
 * sensitive and blanks out in its config dump, where they are given inline. File names stay.
 */
final class Blanked {
    private static final Set<String> SENSITIVE =
            Set.of("private_key", "password", "keys", "secret", "secrets", "hmac_secret");

    private static final Set<String> INLINE = Set.of("inline_bytes", "inline_string");

    private static final String BLANK = "[redacted]";

    private Blanked() {}

    /** Changes the tree and returns it. */
    static JsonNode of(JsonNode tree) {
        blank(tree, false);
        return tree;
    }

    private static void blank(JsonNode tree, boolean isSensitive) {
        if (tree instanceof ObjectNode object) {
            for (var field : object.properties()) {
                if (isSensitive && INLINE.contains(field.getKey())) {
                    field.setValue(object.textNode(BLANK));
                } else {
                    blank(field.getValue(), isSensitive || SENSITIVE.contains(field.getKey()));
                }
            }
        } else {
            tree.forEach(item -> blank(item, isSensitive));
        }
    }
}
