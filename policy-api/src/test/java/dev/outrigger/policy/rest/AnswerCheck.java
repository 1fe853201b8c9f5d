// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.policy.rest;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.networknt.schema.InputFormat;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import dev.outrigger.policy.rest.RunningApi.Answer;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * Holds every answer of every test against the OpenAPI document that the server itself serves: the
 * status must be there, with its media type, its headers, and no field too few or too many.
 */
final class AnswerCheck {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final SchemaRegistry SCHEMAS =
            SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12);

    /** What the HTTP server itself answers with, whatever is called. */
    private static final Set<Integer> OF_THE_SERVER =
            Set.of(400, 405, 414, 421, 431, 500, 503, 505);

    private static final Map<String, AnswerCheck> BY_DOCUMENT = new ConcurrentHashMap<>();

    private final JsonNode document;
    private final Map<String, Schema> schemas = new ConcurrentHashMap<>();

    private AnswerCheck(String text) {
        try {
            document = JSON.readTree(text);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException(text, e);
        }
    }

    /** Fails unless the answer is as described. */
    static void require(RunningApi api, String method, String path, Answer answer) {
        BY_DOCUMENT
                .computeIfAbsent(api.openApi(), AnswerCheck::new)
                .check(method, path.replaceAll("\\?.*", ""), answer);
    }

    Schema schema(String pointer) {
        return schemas.computeIfAbsent(pointer, _ -> compile(pointer));
    }

    /** The schema at a place of the document, with no room for fields it does not name. */
    private Schema compile(String pointer) {
        ObjectNode root = document.at(pointer).deepCopy();
        ObjectNode components = document.path("components").deepCopy();
        components.path("schemas").forEach(AnswerCheck::close);
        close(root);
        root.set("components", components);
        return SCHEMAS.getSchema(root.toString());
    }

    private static void close(JsonNode schema) {
        if (schema instanceof ObjectNode object
                && object.has("properties")
                && !object.has("additionalProperties")) {
            object.put("additionalProperties", false);
        }
        schema.forEach(AnswerCheck::close);
    }

    private void check(String method, String path, Answer answer) {
        var template = template(path);
        if (template.isEmpty()) {
            assertThat(answer.status()).as("%s %s is not described", method, path).isEqualTo(404);
            return;
        }
        JsonNode call = document.path("paths").path(template).path(method.toLowerCase(Locale.ROOT));
        String status = Integer.toString(answer.status());
        if (call.isMissingNode()) {
            assertThat(status).as("%s %s is not described", method, path).isEqualTo("405");
            return;
        }
        JsonNode response = call.path("responses").path(status);
        if (response.isMissingNode()) {
            assertThat(OF_THE_SERVER)
                    .as("%s %s: %s is not described: %s", method, template, status, answer.body())
                    .contains(answer.status());
            return;
        }
        response.path("headers")
                .fieldNames()
                .forEachRemaining(name -> checkHeader(name, answer, method + " " + template));
        String type = answer.header("Content-Type").replaceAll(";.*", "");
        if (!response.has("content")) {
            assertThat(answer.body()).as("%s %s %s", method, template, status).isEmpty();
            return;
        }
        assertThat(response.path("content").has(type))
                .as("%s %s %s: %s is not described", method, template, status, type)
                .isTrue();
        if (type.endsWith("json")) {
            var reference = response.path("content").path(type).path("schema").path("$ref");
            assertThat(
                            schema(reference.asText().substring(1))
                                    .validate(answer.body(), InputFormat.JSON))
                    .as("%s %s %s: %s", method, template, status, answer.body())
                    .isEmpty();
        }
    }

    /** A header that is described is one that may be there; these always are. */
    private static void checkHeader(String name, Answer answer, String call) {
        if (Set.of("X-Request-Id", "Retry-After", "WWW-Authenticate").contains(name)) {
            assertThat(answer.header(name)).as("%s: %s", call, name).isNotEmpty();
        }
    }

    private String template(String path) {
        List<String> found = new ArrayList<>();
        document.path("paths")
                .fieldNames()
                .forEachRemaining(template -> {
                    String pattern =
                            List.of(template.split("/")).stream()
                                    .map(part ->
                                            part.startsWith("{") ? "[^/]+" : Pattern.quote(part))
                                    .collect(Collectors.joining("/"));
                    if (path.matches(pattern)) {
                        found.add(template);
                    }
                });
        return found.isEmpty() ? "" : found.getFirst();
    }
}
