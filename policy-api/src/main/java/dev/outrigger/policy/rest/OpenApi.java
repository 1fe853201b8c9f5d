// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.policy.rest;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.outrigger.policy.rest.Operation.In;
import dev.outrigger.policy.rest.Operation.MediaSchema;
import dev.outrigger.policy.rest.Operation.Parameter;
import dev.outrigger.policy.rest.Operation.Reply;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** The OpenAPI 3.1 document of some calls: what routing obeys, written down for others. */
final class OpenApi {
    private static final String DIALECT = "https://json-schema.org/draft/2020-12/schema";

    private OpenApi() {}

    static ObjectNode document(
            List<Operation> operations, Map<String, ObjectNode> schemas, boolean hasCredentials) {
        ObjectNode root = Json.object().put("openapi", "3.1.0");
        root.putObject("info")
                .put("title", "Outrigger policy API")
                .put("version", "v1")
                .put(
                        "description",
                        "Policies in, proxies' configuration out. Every refusal is an RFC 9457"
                                + " problem.")
                .putObject("license")
                .put("name", "Apache-2.0")
                .put("identifier", "Apache-2.0");
        root.put("jsonSchemaDialect", DIALECT);
        ObjectNode paths = root.putObject("paths");
        for (Operation operation : operations) {
            ObjectNode path =
                    paths.get(operation.path()) instanceof ObjectNode known
                            ? known
                            : paths.putObject(operation.path());
            path.set(
                    operation.method().toLowerCase(Locale.ROOT),
                    describe(operation, hasCredentials));
        }
        ObjectNode components = root.putObject("components");
        ObjectNode named = components.putObject("schemas");
        schemas.forEach(named::set);
        if (hasCredentials) {
            ObjectNode schemes = components.putObject("securitySchemes");
            schemes.putObject("bearer")
                    .put("type", "http")
                    .put("scheme", "bearer")
                    .put("bearerFormat", "JWT");
            schemes.putObject("certificate").put("type", "mutualTLS");
        }
        return root;
    }

    /** The schema of one kind of document by itself, for editors. */
    static ObjectNode standalone(String name, ObjectNode schema) {
        ObjectNode root = Json.object().put("$schema", DIALECT);
        root.put("$id", "urn:outrigger:schema:" + name);
        root.setAll(schema.deepCopy());
        return root;
    }

    private static ObjectNode describe(Operation operation, boolean hasCredentials) {
        ObjectNode root = Json.object();
        root.put("operationId", operation.id());
        root.put("summary", operation.summary());
        operation.needs().ifPresent(role -> root.put("x-outrigger-role", role.word()));
        if (hasCredentials && operation.needs().isPresent()) {
            var ways = root.putArray("security");
            ways.addObject().putArray("bearer");
            ways.addObject().putArray("certificate");
        }
        if (!operation.parameters().isEmpty()) {
            var parameters = root.putArray("parameters");
            operation.parameters().forEach(one -> parameters.add(parameter(one)));
        }
        operation
                .payload()
                .ifPresent(payload -> {
                    ObjectNode body =
                            root.putObject("requestBody").put("required", payload.required());
                    content(body, payload.media());
                });
        ObjectNode responses = root.putObject("responses");
        for (Reply reply : operation.replies()) {
            String status = Integer.toString(reply.status());
            if (responses.get(status) instanceof ObjectNode known) {
                // A status that is sometimes a problem and sometimes not.
                ((ObjectNode) known.path("content")).setAll(media(reply.media()));
                continue;
            }
            ObjectNode response = responses.putObject(status);
            response.put("description", reply.summary());
            ObjectNode headers = response.putObject("headers");
            headers.set("X-Request-Id", header());
            reply.headers().forEach(name -> headers.set(name, header()));
            content(response, reply.media());
        }
        return root;
    }

    private static ObjectNode parameter(Parameter parameter) {
        ObjectNode root = Json.object();
        root.put("name", parameter.name());
        root.put("in", parameter.in().name().toLowerCase(Locale.ROOT));
        if (parameter.required() || parameter.in() == In.PATH) {
            root.put("required", true);
        }
        root.put("description", parameter.summary());
        root.set("schema", parameter.schema().deepCopy());
        return root;
    }

    private static ObjectNode header() {
        ObjectNode header = Json.object();
        header.set("schema", Json.object().put("type", "string"));
        return header;
    }

    private static void content(ObjectNode parent, List<MediaSchema> media) {
        if (!media.isEmpty()) {
            parent.set("content", media(media));
        }
    }

    private static ObjectNode media(List<MediaSchema> media) {
        ObjectNode content = Json.object();
        for (MediaSchema one : media) {
            content.putObject(one.type()).set("schema", SchemaParts.ref(one.schema()));
        }
        return content;
    }
}
