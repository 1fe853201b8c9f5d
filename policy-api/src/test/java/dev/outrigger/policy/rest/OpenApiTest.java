// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.policy.rest;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Path;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The document itself; that the server does what it says is checked by {@link AnswerCheck}. */
class OpenApiTest {
    @TempDir Path directory;
    private RunningApi api;

    @BeforeEach
    void start() {
        api = new RunningApi(directory);
    }

    @AfterEach
    void stop() {
        api.close();
    }

    @Test
    void describesEveryCallOnce() {
        JsonNode document = api.get("/openapi").json();

        var ids = new TreeSet<String>();
        document.path("paths")
                .forEach(path ->
                        path.forEach(call ->
                                assertThat(ids.add(call.path("operationId").asText())).isTrue()));
        assertThat(document.path("openapi").asText()).isEqualTo("3.1.0");
        assertThat(ids).contains("apply", "patchService", "listHttpRoute", "watch", "diffRevision");
    }

    @Test
    void everyReferenceLeadsSomewhere() {
        JsonNode document = api.get("/openapi").json();

        assertThat(document.findValuesAsText("$ref"))
                .isNotEmpty()
                .allSatisfy(reference ->
                        assertThat(document.at(reference.substring(1)).isMissingNode())
                                .as(reference)
                                .isFalse());
    }

    @Test
    void everyDescribedCallIsRouted() {
        JsonNode paths = api.get("/openapi").json().path("paths");

        paths.properties()
                .forEach(path ->
                        path.getValue()
                                .fieldNames()
                                .forEachRemaining(method -> {
                                    if (path.getKey().endsWith("/watch")) {
                                        return; // It would not end.
                                    }
                                    String where =
                                            path.getKey()
                                                    .replace("{number}", "1")
                                                    .replaceAll("\\{.*}", "x");
                                    assertThat(
                                                    api.send(
                                                                    method.toUpperCase(
                                                                            java.util.Locale.ROOT),
                                                                    where,
                                                                    "")
                                                            .status())
                                            .as("%s %s", method, where)
                                            .isNotEqualTo(405)
                                            .isNotEqualTo(500);
                                }));
    }

    @Test
    void servesTheSchemaOfEachKind() {
        JsonNode schema = api.get("/schemas/trafficpolicy.json").json();

        assertThat(schema.at("/properties/kind/const").asText()).isEqualTo("TrafficPolicy");
        assertThat(schema.at("/properties/spec/properties/retry/properties/attempts").toString())
                .isEqualTo("{\"type\":\"integer\",\"minimum\":0,\"maximum\":10}");
        assertThat(api.get("/schemas").json().path("items")).hasSize(6);
        assertThat(api.get("/schemas/pod.json").status()).isEqualTo(404);
    }
}
