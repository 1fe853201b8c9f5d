// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.cli.command;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.networknt.schema.InputFormat;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import dev.outrigger.cli.aot.ConnectedProxy;
import dev.outrigger.xds.ControlPlane;
import dev.outrigger.xds.ControlPlaneOptions;
import dev.outrigger.xds.ControlPlaneOptions.Listen;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What commands print as JSON is what the control plane's own OpenAPI document promises. */
class OutputSchemaTest {
    private static final JsonMapper JSON = JsonMapper.builder().build();
    private static final SchemaRegistry SCHEMAS =
            SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12);

    private static final String DOCUMENTS =
            """
            apiVersion: outrigger.dev/v1alpha1
            kind: Service
            metadata: {name: b, labels: {team: x}}
            spec:
              hostnames: [b.local.service]
              ports: [{name: http, port: 80}]
              endpoints: {static: [{address: 10.0.0.1, port: 8080}]}
            ---
            apiVersion: outrigger.dev/v1alpha1
            kind: Sidecar
            metadata: {name: a}
            spec:
              selector: {cluster: a}
              outbound:
                listeners: [{name: http, address: 127.0.0.1, port: 15001}]
            """;

    private static final String CHECK =
            """
            {"type":"object","additionalProperties":false,"required":["ok","checks"],"properties":{
              "ok":{"type":"boolean"},
              "checks":{"type":"array","items":{"type":"object","additionalProperties":false,
                "required":["name","status","detail"],"properties":{
                  "name":{"type":"string"},"status":{"enum":["ok","unknown","failed"]},
                  "detail":{"type":"string"},"fix":{"type":"string"}}}}}}
            """;

    private static final String TOP =
            """
            {"type":"object","additionalProperties":false,"required":["proxy","cluster","tries",
              "succeeded","failed","retried","rescued","timeouts","refused","active"],"properties":{
              "proxy":{"type":"string"},"cluster":{"type":"string"},
              "tries":{"$ref":"#/$defs/n"},"succeeded":{"$ref":"#/$defs/n"},
              "failed":{"$ref":"#/$defs/n"},"retried":{"$ref":"#/$defs/n"},
              "rescued":{"$ref":"#/$defs/n"},"timeouts":{"$ref":"#/$defs/n"},
              "refused":{"$ref":"#/$defs/n"},"active":{"$ref":"#/$defs/n"}},
             "$defs":{"n":{"type":"integer","minimum":0}}}
            """;

    @TempDir Path folder;
    private ControlPlane controlPlane;
    private JsonNode openApi;

    @BeforeEach
    void start() throws Exception {
        var anyPort = new Listen("127.0.0.1", 0);
        controlPlane =
                ControlPlane.start(
                        ControlPlaneOptions.at(folder.resolve("store.db"))
                                .withRest(anyPort)
                                .withAdmin(anyPort)
                                .withXds(anyPort));
        try (var client = HttpClient.newHttpClient()) {
            openApi =
                    JSON.readTree(
                            client.send(
                                            HttpRequest.newBuilder(
                                                            URI.create(server() + "/openapi"))
                                                    .build(),
                                            HttpResponse.BodyHandlers.ofString())
                                    .body());
        }
        CliRun.withInput(DOCUMENTS, "apply", "-f", "-", "--server=" + server());
    }

    @AfterEach
    void stop() {
        controlPlane.close();
    }

    private String server() {
        return "http://127.0.0.1:" + controlPlane.restPort();
    }

    private JsonNode json(String... command) throws Exception {
        return jsonOf("", command);
    }

    private JsonNode jsonOf(String stdin, String... command) throws Exception {
        var args =
                Stream.concat(
                                Arrays.stream(command),
                                Stream.of("-o", "json", "--server=" + server()))
                        .toArray(String[]::new);
        var run = CliRun.withInput(stdin, args);
        assertThat(run.exitCode()).as(run.err()).isIn(0, 1);
        return JSON.readTree(run.out());
    }

    /** The named schema, with no room for fields it does not name. */
    private void assertIs(String schema, JsonNode value) {
        ObjectNode components = openApi.path("components").deepCopy();
        components.path("schemas").forEach(OutputSchemaTest::close);
        ObjectNode root = JSON.createObjectNode().put("$ref", "#/components/schemas/" + schema);
        root.set("components", components);
        assertThat(SCHEMAS.getSchema(root.toString()).validate(value.toString(), InputFormat.JSON))
                .as(schema + ": " + value)
                .isEmpty();
    }

    private static void close(JsonNode schema) {
        if (schema instanceof ObjectNode object
                && object.has("properties")
                && !object.has("additionalProperties")) {
            object.put("additionalProperties", false);
        }
        schema.forEach(OutputSchemaTest::close);
    }

    @Test
    void answersToWrites() throws Exception {
        var changed = DOCUMENTS.replace("8080", "8081");

        assertIs("Plan", jsonOf(changed, "diff", "-f", "-"));
        assertIs("Plan", jsonOf(changed, "apply", "-f", "-", "--dry-run=plan"));
        assertIs("Written", jsonOf(changed, "apply", "-f", "-", "--dry-run"));
        assertIs("Written", jsonOf(changed, "apply", "-f", "-"));
        assertIs("Written", json("rollback", "--dry-run"));
        assertIs("Written", json("rollback"));
    }

    @Test
    void documentsAndWhatBecameOfThem() throws Exception {
        assertIs("Service", json("get", "service", "b"));
        for (var item : json("get", "services").path("items")) {
            assertIs("Service", item);
        }
        assertIs("DocumentStatus", json("describe", "service/b"));
        assertIs("Explanation", json("why", "a", "b.local.service"));
        assertIs("Explanation", json("why", "a", "nowhere"));
        assertIs("RevisionList", json("history"));
        assertIs("RevisionDiff", json("history", "--revision", "1"));
        assertThat(json("history").path("items").path(0).path("source").asText()).isEqualTo("cli");
        assertThat(json("explain", "service.spec").has("properties")).isTrue();
    }

    @Test
    void proxiesAndWhatTheyWereGiven() throws Exception {
        try (var _ = ConnectedProxy.to(controlPlane.xdsPort(), "a-1", "a")) {
            var waited = CliRun.of("wait", "--for=synced", "sidecar/a", "--server=" + server());
            assertThat(waited.exitCode()).as(waited.err()).isZero();

            assertIs("ProxyList", json("proxy", "ls"));
            assertIs("ProxyList", json("get", "proxies"));
            assertIs("Proxy", json("describe", "proxy/a-1"));
            assertIs("GivenResourceList", json("proxy", "config", "a-1"));
            assertIs("ProxyDiff", json("proxy", "diff", "a-1"));
            assertThat(json("proxy", "config", "a-1").path("items").size()).isGreaterThan(2);
            assertThat(CliRun.of("why", "a", "b.local.service", "--server=" + server()).out())
                    .contains("1 of 1 proxies SYNCED at r1");
        }
    }

    @Test
    void whatBecomesOfRequests() throws Exception {
        try (var admin = new FakeControlPlane()) {
            admin.on("GET /server_info", 200, "{\"node\":{\"id\":\"a-1\"}}")
                    .always(
                            "GET /stats",
                            200,
                            "{\"stats\":[{\"name\":\"cluster.default/b/80.upstream_rq_total\","
                                    + "\"value\":3}]}");
            var address = admin.option().replace("--server=http://", "--admin=");

            var run = CliRun.of("top", address, "--interval=100ms", "-o", "json");

            assertThat(run.exitCode()).as(run.err()).isZero();
            assertThat(run.out().lines()).hasSize(1);
            assertThat(SCHEMAS.getSchema(TOP).validate(run.out(), InputFormat.JSON)).isEmpty();
        }
    }

    @Test
    void changesAsTheyHappen() throws Exception {
        var run =
                CliRun.of("watch", "--since=0", "--count=2", "-o", "json", "--server=" + server());

        assertThat(run.exitCode()).as(run.err()).isZero();
        for (String line : run.out().lines().toList()) {
            var event = JSON.readTree(line);
            assertThat(event.path("revision").asLong()).isEqualTo(1);
            assertIs(event.path("kind").asText(), event.path("document"));
        }
        assertThat(run.out().lines()).hasSize(2);
    }

    @Test
    void findingsOfACheck() throws Exception {
        var findings = json("check");

        assertThat(SCHEMAS.getSchema(CHECK).validate(findings.toString(), InputFormat.JSON))
                .isEmpty();
        assertThat(findings.path("ok").asBoolean()).isTrue();
        assertThat(findings.path("checks").findValuesAsText("name"))
                .containsAll(List.of("control plane", "clock", "store", "xds", "certificate"));
    }

    @Test
    void whatADocumentComesTo() throws Exception {
        var run = CliRun.withInput(DOCUMENTS, "translate", "-f", "-", "--service=a", "-o", "json");

        assertThat(JSON.readTree(run.out()).path("clusters").path(0).path("name").asText())
                .isEqualTo("default/b/80");
    }
}
