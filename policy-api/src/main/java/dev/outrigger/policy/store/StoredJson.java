// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.policy.store;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.outrigger.policy.model.StoredDocument;
import java.io.UncheckedIOException;

/** Stored documents as JSON trees. Any thread. */
public final class StoredJson {
    private static final ObjectMapper MAPPER =
            JsonMapper.builder().enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS).build();

    private StoredJson() {}

    /** The document as its author wrote it; a tree of the caller's own. */
    public static ObjectNode read(String json) {
        try {
            return (ObjectNode) MAPPER.readTree(json);
        } catch (JsonProcessingException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** As {@link #read}, with its generation. */
    public static ObjectNode withGeneration(StoredDocument document) {
        ObjectNode root = read(document.json());
        if (root.get("metadata") instanceof ObjectNode metadata) {
            metadata.put("generation", document.generation());
        }
        return root;
    }
}
