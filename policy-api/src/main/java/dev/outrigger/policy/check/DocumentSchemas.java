// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.policy.check;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.outrigger.policy.document.FieldPath;
import dev.outrigger.policy.model.PolicyId;
import dev.outrigger.policy.model.PolicyKind;
import dev.outrigger.policy.schema.Exploration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The JSON Schema (2020-12) of each kind of document. Every document that a reader accepts is valid
 * by it; what only holds between fields or documents the schema does not know. Immutable.
 */
public final class DocumentSchemas {
    private final Map<String, ObjectNode> byKind = new LinkedHashMap<>();

    private DocumentSchemas() {}

    /** Finds them out, which takes some milliseconds for each kind. */
    public static DocumentSchemas of(List<PolicyKind<?>> kinds) {
        var schemas = new DocumentSchemas();
        kinds.forEach(kind -> schemas.byKind.put(kind.kind(), schema(kind)));
        return schemas;
    }

    /** The kinds, as written in documents, with their schemas; not to be changed. */
    public Map<String, ObjectNode> byKind() {
        return byKind;
    }

    private static ObjectNode schema(PolicyKind<?> kind) {
        var id = new PolicyId(kind.kind(), PolicyId.DEFAULT_NAMESPACE, "x");
        ObjectNode root = JsonNodeFactory.instance.objectNode();
        root.put("title", kind.kind()).put("type", "object");
        ObjectNode properties = root.putObject("properties");
        properties
                .putObject("apiVersion")
                .put("type", "string")
                .put("const", EnvelopeReader.API_VERSION);
        properties.putObject("kind").put("type", "string").put("const", kind.kind());
        properties.set(
                "metadata",
                Exploration.schema(EnvelopeReader::readMetadata, FieldPath.of("metadata")));
        properties.set(
                "spec", Exploration.schema(spec -> kind.read(spec, id), FieldPath.of("spec")));
        root.put("additionalProperties", false);
        root.putArray("required").add("apiVersion").add("kind").add("metadata").add("spec");
        return root;
    }
}
