// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.policy.rest;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.outrigger.policy.document.Quoted;
import dev.outrigger.policy.model.PolicyKind;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** {@code /openapi} and {@code /schemas}: the API and the documents, described by themselves. */
final class OpenApiService {
    private final byte[] document;
    private final Map<String, ObjectNode> schemas = new HashMap<>();
    private final List<Operation> all = new ArrayList<>();

    /**
     * @param named see {@link AnswerSchemas}
     * @param others every other call of the API
     */
    OpenApiService(
            List<PolicyKind<?>> kinds,
            Map<String, ObjectNode> named,
            List<Operation> others,
            boolean hasCredentials) {
        for (PolicyKind<?> kind : kinds) {
            ObjectNode schema = named.getOrDefault(kind.kind(), Json.object());
            schemas.put(
                    kind.kind().toLowerCase(java.util.Locale.ROOT) + ".json",
                    OpenApi.standalone(kind.kind(), schema));
        }
        all.addAll(others);
        all.add(
                Operation.of("GET", "/openapi", "getOpenApi")
                        .saying("This document.")
                        .replying(200, "OpenAPI 3.1.", "application/json", "JsonSchema")
                        .by(this::openApi));
        all.add(
                Operation.of("GET", "/schemas", "listSchemas")
                        .saying("The schemas of documents.")
                        .replying(200, "Their files.", "application/json", "SchemaList")
                        .by(this::list));
        all.add(
                Operation.of("GET", "/schemas/{file}", "getSchema")
                        .saying("The JSON Schema of a kind of document, for editors.")
                        .taking(
                                Parameters.path(
                                        "file",
                                        Parameters.limited(100),
                                        "The kind in lower case and .json: service.json."))
                        .replying(200, "The schema.", "application/json", "JsonSchema")
                        .refusing(404)
                        .by(this::schema));
        document = Json.bytes(OpenApi.document(all, named, hasCredentials));
    }

    /** The others and its own. */
    List<Operation> operations() {
        return List.copyOf(all);
    }

    private void openApi(ServerRequest request, ServerResponse response, Caller caller) {
        Responses.json(response, 200, document);
    }

    private void list(ServerRequest request, ServerResponse response, Caller caller) {
        ObjectNode root = Json.object();
        var items = root.putArray("items");
        schemas.keySet().stream().sorted().forEach(file -> items.add("/schemas/" + file));
        Responses.json(response, 200, root);
    }

    private void schema(ServerRequest request, ServerResponse response, Caller caller) {
        String file = request.path().pathParameters().get("file");
        ObjectNode schema = schemas.get(file);
        if (schema == null) {
            throw Problem.of(
                            404,
                            "Not found",
                            "There is no schema "
                                    + Quoted.of(file)
                                    + " (expected: "
                                    + String.join(", ", schemas.keySet().stream().sorted().toList())
                                    + ").")
                    .raise();
        }
        Responses.json(response, 200, schema);
    }
}
