// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.cli.command;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class GetCommandTest {
    private static final String B =
            """
            {"apiVersion":"outrigger.dev/v1alpha1","kind":"Service",
             "metadata":{"name":"b","namespace":"default","generation":3},
             "spec":{"hostnames":["b.local.service"],"ports":[{"name":"http","port":80}],
              "endpoints":{"static":[{"address":"127.0.0.1","port":9000}]}}}\
            """;

    private FakeControlPlane server;

    @BeforeEach
    void start() throws IOException {
        server = new FakeControlPlane();
    }

    @AfterEach
    void stop() {
        server.close();
    }

    @Test
    void printsATable() {
        server.on("GET /api/v1/services", 200, "{\"items\":[" + B + "]}");

        var run = CliRun.of("get", "services", server.option());

        assertThat(run.exitCode()).isZero();
        assertThat(run.out().lines())
                .containsExactly(
                        "NAMESPACE   NAME   GENERATION   HOSTNAMES         PORTS   ENDPOINTS",
                        "default     b      3            b.local.service   80      127.0.0.1:9000");
        assertThat(run.err()).isEmpty();
    }

    @Test
    void followsPages() {
        server.on("GET /api/v1/services", 200, "{\"items\":[" + B + "],\"next\":\"p 2\"}")
                .on(
                        "GET /api/v1/services?cursor=p%202",
                        200, "{\"items\":[" + B.replace("\"b\"", "\"c\"") + "]}");

        var run = CliRun.of("get", "svc", "-o", "name", server.option());

        assertThat(run.out().lines()).containsExactly("service/b", "service/c");
    }

    @Test
    void filtersByNamespaceAndLabels() {
        server.on(
                "GET /api/v1/sidecars?namespace=shop&labelSelector=team%3Dx",
                200, "{\"items\":[]}");

        var run = CliRun.of("get", "Sidecar", "-n", "shop", "-l", "team=x", server.option());

        assertThat(run.exitCode()).isZero();
        assertThat(run.out()).isEmpty();
        assertThat(run.err()).contains("no sidecars");
    }

    @Test
    void printsYamlThatApplyTakesBack() {
        server.on("GET /api/v1/services/b?namespace=default", 200, B);

        var run = CliRun.of("get", "service/b", "-o", "yaml", server.option());

        assertThat(run.out())
                .startsWith("apiVersion: outrigger.dev/v1alpha1\nkind: Service\n")
                .contains("hostnames:\n    - b.local.service\n");
    }

    @Test
    void printsOneDocumentAsJson() {
        server.on("GET /api/v1/services/b?namespace=default", 200, B);

        var run = CliRun.of("get", "service", "b", "-o", "json", server.option());

        assertThat(run.out()).contains("\"kind\" : \"Service\"").doesNotContain("items");
    }

    @Test
    void takesTheServerFromTheEnvironment() {
        server.on("GET /api/v1/services", 200, "{\"items\":[]}");
        var address = server.option().substring("--server=".length());

        var run = CliRun.withEnvironment(Map.of("OUTRIGGER_SERVER", address), "get", "services");

        assertThat(run.exitCode()).isZero();
    }

    @Test
    void showsProxiesWithTheirStates() {
        server.on(
                "GET /api/v1/proxies",
                200,
                """
                {"items":[{"id":"a-1","cluster":"a","userAgent":"envoy 1.40.0","peer":"127.0.0.1:5",
                 "connected":true,"types":{
                 "type.googleapis.com/envoy.config.listener.v3.Listener":{"state":"SYNCED"},
                 "type.googleapis.com/envoy.config.cluster.v3.Cluster":{"state":"REJECTED",
                  "rejection":{"error":"no"}}}}]}\
                """);

        var run = CliRun.of("get", "proxies", server.option());

        assertThat(run.out().lines().skip(1))
                .containsExactly(
                        "a-1   a         envoy 1.40.0   127.0.0.1:5   yes         SYNCED   -     REJECTED   -");
        assertThat(run.err()).contains("a-1 rejected Cluster: no");
    }

    @Test
    void refusesAKindWithAnEmptyName() {
        assertThat(CliRun.of("get", "service/", server.option()).exitCode()).isEqualTo(2);
    }

    @Test
    void printsItsVersion() {
        var run = CliRun.of("version");

        assertThat(run.exitCode()).isZero();
        assertThat(run.out()).startsWith("outrigger 0.").contains("java 25");
    }

    @Test
    void completesEveryCommand() {
        assertThat(CliRun.of("completion").out()).contains("apply", "bootstrap", "demo", "server");
    }

    @Test
    void helpListsEveryCommandWithoutColour() {
        var help = CliRun.of("--help");

        assertThat(help.exitCode()).isZero();
        assertThat(help.out())
                .contains("demo", "server", "bootstrap", "apply", "delete", "get", "completion")
                .doesNotContain("aot-train")
                .doesNotContain("\u001b");
        assertThat(CliRun.of("get", "--help").out()).contains("KIND").doesNotContain("\u001b");
    }
}
