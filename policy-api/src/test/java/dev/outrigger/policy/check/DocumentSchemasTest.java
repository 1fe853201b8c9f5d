// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.policy.check;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.networknt.schema.InputFormat;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import dev.outrigger.policy.document.DocumentLimits;
import dev.outrigger.policy.document.DocumentReader;
import dev.outrigger.policy.document.DocumentReader.Format;
import dev.outrigger.policy.document.PolicyDocument;
import dev.outrigger.policy.document.TreeJson;
import dev.outrigger.policy.document.Violation;
import dev.outrigger.policy.document.ViolationCode;
import dev.outrigger.policy.document.Violations;
import dev.outrigger.policy.kind.capability.Capabilities;
import dev.outrigger.policy.kind.xdsresources.XdsResourceCheck;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Schemas and readers agree about every document of the readers' own tests. */
class DocumentSchemasTest {
    private static final ObjectMapper JSON = new ObjectMapper();

    private final PolicyReader reader =
            PolicyReader.of(XdsResourceCheck.NONE, Capabilities.ENVOY_ONLY);
    private final DocumentSchemas schemas = DocumentSchemas.of(reader.kinds());
    private final Map<String, Schema> compiled = new HashMap<>();

    /** Every document of {@code src/test/resources/kind}, good and bad. */
    private static List<String> texts() throws IOException {
        try (Stream<Path> files = Files.walk(Path.of("src/test/resources"))) {
            return files.filter(file -> file.toString().contains("/cases/"))
                    .flatMap(file -> {
                        try {
                            return Stream.of(Files.readString(file).split("(?m)^=== .*$"));
                        } catch (IOException e) {
                            throw new UncheckedIOException(e);
                        }
                    })
                    .map(text -> text.replaceAll("(?m)^!! .*$", ""))
                    .filter(text -> !text.isBlank())
                    .toList();
        }
    }

    private boolean isValid(JsonNode document) {
        String kind = document.path("kind").asText();
        JsonNode schema = schemas.byKind().get(kind);
        if (schema == null) {
            return false;
        }
        return compiled.computeIfAbsent(
                        kind,
                        _ ->
                                SchemaRegistry.withDefaultDialect(
                                                SpecificationVersion.DRAFT_2020_12)
                                        .getSchema(schema.toString()))
                .validate(document.toString(), InputFormat.JSON)
                .isEmpty();
    }

    @Test
    void whatAReaderAcceptsIsValid() throws IOException {
        int accepted = 0;
        for (String text : texts()) {
            for (SubmittedDocument document : reader.read(text, Format.YAML, new Violations())) {
                assertThat(isValid(JSON.readTree(document.json()))).as(document.json()).isTrue();
                accepted++;
            }
        }
        assertThat(accepted).isGreaterThan(30);
    }

    @Test
    void whatAReaderDoesNotKnowIsInvalid() throws IOException {
        int refused = 0;
        for (String text : texts()) {
            var violations = new Violations();
            reader.read(text, Format.YAML, violations);
            for (PolicyDocument document : documents(text)) {
                boolean hasUnknownField =
                        violations.list().stream()
                                .filter(violation -> violation.document() == document.index())
                                .map(Violation::code)
                                .anyMatch(ViolationCode.UNKNOWN_FIELD::equals);
                if (hasUnknownField) {
                    String json = TreeJson.write(document.root());
                    assertThat(isValid(JSON.readTree(json))).as(json).isFalse();
                    refused++;
                }
            }
        }
        assertThat(refused).isGreaterThan(3);
    }

    private static List<PolicyDocument> documents(String text) {
        return new DocumentReader(DocumentLimits.DEFAULT).read(text, Format.YAML, new Violations());
    }

    @Test
    void saysWhatEachFieldTakes() {
        JsonNode retry =
                schemas.byKind()
                        .getOrDefault("TrafficPolicy", JSON.createObjectNode())
                        .at("/properties/spec/properties/retry");

        assertThat(retry.at("/properties/codes/items").toString())
                .isEqualTo(
                        "{\"anyOf\":[{\"type\":\"string\",\"maxLength\":64},"
                                + "{\"type\":\"integer\",\"minimum\":400,\"maximum\":599}]}");
        assertThat(retry.at("/properties/backoff/pattern").asText()).contains("h|ms|m|s");
        assertThat(retry.path("additionalProperties").asBoolean(true)).isFalse();
    }

    @Test
    void findsWhatIsReadOfOneAlternativeOnly() {
        JsonNode endpoints =
                schemas.byKind()
                        .getOrDefault("Service", JSON.createObjectNode())
                        .at("/properties/spec/properties/endpoints/properties");

        assertThat(endpoints.at("/static/items/required").toString())
                .isEqualTo("[\"address\",\"port\"]");
        assertThat(endpoints.at("/dns/properties/port/maximum").asInt()).isEqualTo(65_535);
        assertThat(endpoints.at("/eds/required/0").asText()).isEqualTo("serviceName");
    }
}
