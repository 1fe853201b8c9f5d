// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.policy.store.sqlite;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.outrigger.policy.model.PolicyId;
import dev.outrigger.policy.store.Action;
import dev.outrigger.policy.store.DocumentOutcome;
import dev.outrigger.policy.store.DocumentWarning;
import dev.outrigger.policy.store.WriteOutcome.Written;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;

/** Answers to writes as text, to be repeated for a repeated idempotency key. */
final class WriteAnswers {
    private static final ObjectMapper JSON = new ObjectMapper();

    private WriteAnswers() {}

    static String write(Written written) {
        var root = JSON.createObjectNode();
        root.put("revision", written.revision());
        root.put("changed", written.changed());
        var documents = root.putArray("documents");
        for (DocumentOutcome outcome : written.documents()) {
            identify(documents.addObject(), outcome.id())
                    .put("action", outcome.action().name())
                    .put("generation", outcome.generation());
        }
        var warnings = root.putArray("warnings");
        for (DocumentWarning warning : written.warnings()) {
            identify(warnings.addObject(), warning.id())
                    .put("code", warning.code())
                    .put("pointer", warning.pointer())
                    .put("line", warning.line())
                    .put("column", warning.column())
                    .put("detail", warning.detail());
        }
        return root.toString();
    }

    private static ObjectNode identify(ObjectNode node, PolicyId id) {
        return node.put("kind", id.kind()).put("namespace", id.namespace()).put("name", id.name());
    }

    private static PolicyId id(JsonNode item) {
        return new PolicyId(
                item.path("kind").asText(),
                item.path("namespace").asText(),
                item.path("name").asText());
    }

    private static List<DocumentWarning> warnings(JsonNode items) {
        var warnings = new ArrayList<DocumentWarning>();
        for (JsonNode item : items) {
            warnings.add(
                    new DocumentWarning(
                            item.path("code").asText(),
                            id(item),
                            item.path("pointer").asText(),
                            item.path("line").asInt(),
                            item.path("column").asInt(),
                            item.path("detail").asText()));
        }
        return warnings;
    }

    static Written read(String text) {
        try {
            JsonNode root = JSON.readTree(text);
            var outcomes = new ArrayList<DocumentOutcome>();
            for (JsonNode item : root.path("documents")) {
                outcomes.add(
                        new DocumentOutcome(
                                id(item),
                                Action.valueOf(item.path("action").asText()),
                                item.path("generation").asLong()));
            }
            return new Written(
                    root.path("revision").asLong(),
                    root.path("changed").asBoolean(),
                    outcomes,
                    warnings(root.path("warnings")),
                    true);
        } catch (JsonProcessingException e) {
            throw new UncheckedIOException(e);
        }
    }
}
