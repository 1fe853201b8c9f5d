// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.policy.store.sqlite;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.outrigger.policy.model.PolicyId;
import dev.outrigger.policy.store.Action;
import dev.outrigger.policy.store.DocumentOutcome;
import dev.outrigger.policy.store.WriteOutcome.Written;
import java.io.UncheckedIOException;
import java.util.ArrayList;

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
            documents
                    .addObject()
                    .put("kind", outcome.id().kind())
                    .put("namespace", outcome.id().namespace())
                    .put("name", outcome.id().name())
                    .put("action", outcome.action().name())
                    .put("generation", outcome.generation());
        }
        return root.toString();
    }

    static Written read(String text) {
        try {
            JsonNode root = JSON.readTree(text);
            var outcomes = new ArrayList<DocumentOutcome>();
            for (JsonNode item : root.path("documents")) {
                outcomes.add(
                        new DocumentOutcome(
                                new PolicyId(
                                        item.path("kind").asText(),
                                        item.path("namespace").asText(),
                                        item.path("name").asText()),
                                Action.valueOf(item.path("action").asText()),
                                item.path("generation").asLong()));
            }
            return new Written(
                    root.path("revision").asLong(),
                    root.path("changed").asBoolean(),
                    outcomes,
                    true);
        } catch (JsonProcessingException e) {
            throw new UncheckedIOException(e);
        }
    }
}
