// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.policy.rest;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.outrigger.policy.check.DocumentSchemas;
import dev.outrigger.policy.document.Quoted;
import dev.outrigger.policy.model.PolicyKind;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** {@code /openapi} and {@code /schemas}: the API and the documents, described by themselves. */
final class OpenApiService {
    private final List<PolicyKind<?>> kinds;
    private final boolean hasCredentials;
    private final List<Operation> all = new ArrayList<>();
    private @Nullable Described described;

    /** Made when somebody first asks: a start need not wait for it. */
    @SuppressWarnings("ArrayRecordComponent") // Nobody compares them.
    private record Described(byte[] document, Map<String, ObjectNode> schemas) {}

    /**
     * @param others every other call of the API
     */
    OpenApiService(List<PolicyKind<?>> kinds, List<Operation> others, boolean hasCredentials) {
        this.kinds = List.copyOf(kinds);
        this.hasCredentials = hasCredentials;
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
    }

    /** The others and its own. */
    List<Operation> operations() {
        return List.copyOf(all);
    }

    private synchronized Described described() {
        var known = described;
        if (known == null) {
            var named = AnswerSchemas.of(DocumentSchemas.of(kinds));
            var schemas = new HashMap<String, ObjectNode>();
            for (PolicyKind<?> kind : kinds) {
                schemas.put(
                        kind.kind().toLowerCase(Locale.ROOT) + ".json",
                        OpenApi.standalone(
                                kind.kind(), named.getOrDefault(kind.kind(), Json.object())));
            }
            known =
                    new Described(
                            Json.bytes(OpenApi.document(all, named, hasCredentials)), schemas);
            described = known;
        }
        return known;
    }

    private void openApi(ServerRequest request, ServerResponse response, Caller caller) {
        Responses.json(response, 200, described().document());
    }

    private void list(ServerRequest request, ServerResponse response, Caller caller) {
        ObjectNode root = Json.object();
        var items = root.putArray("items");
        described().schemas().keySet().stream()
                .sorted()
                .forEach(file -> items.add("/schemas/" + file));
        Responses.json(response, 200, root);
    }

    private void schema(ServerRequest request, ServerResponse response, Caller caller) {
        String file = request.path().pathParameters().get("file");
        var schemas = described().schemas();
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
