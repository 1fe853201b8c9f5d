// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.cli.command;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** proxy, watch, wait, check, top and get -o wide. */
class LookCommandsTest {
    private static final String CLUSTER = "type.googleapis.com/envoy.config.cluster.v3.Cluster";

    private static final String PROXY =
            """
            {"id":"a-1","cluster":"a","userAgent":"envoy 1.40.0","peer":"127.0.0.1:1",
             "connected":true,"since":"2026-11-21T10:00:00Z","sidecars":["Sidecar/a"],
             "types":{"type.googleapis.com/envoy.config.cluster.v3.Cluster":
               {"state":"SYNCED","ageSeconds":1}},"withheld":[]}
            """;

    private static final String RESOURCES =
            """
            {"items":[{"type":"%s","name":"default/b/80","version":"v1","documents":["Service/b"],
              "resource":{"name":"default/b/80"}}]}
            """
                    .formatted(CLUSTER);

    @TempDir Path folder;
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
    void selectsByLabels() {
        server.on("GET /api/v1/proxies?labelSelector=zone%3Dz1", 200, "{\"items\":[]}")
                .on(
                        "GET /api/v1/revisions?limit=20&labelSelector=team%3Dx",
                        200, "{\"items\":[{\"revision\":7,\"changes\":[]}]}")
                .on(
                        "GET /api/v1/watch?labelSelector=team%3Dx",
                        200, "event: put\ndata: {\"kind\":\"Service\",\"name\":\"b\"}\nid: 1\n\n");

        assertThat(CliRun.of("proxy", "ls", "-l", "zone=z1", server.option()).err())
                .contains("no proxy has such metadata");
        assertThat(CliRun.of("history", "-l", "team=x", "-o", "name", server.option()).out())
                .isEqualTo("7\n");
        assertThat(
                        CliRun.of(
                                        "watch",
                                        "-l",
                                        "team=x",
                                        "--count",
                                        "1",
                                        "-o",
                                        "name",
                                        server.option())
                                .out())
                .isEqualTo("service/b\n");
        assertThat(CliRun.of("history", "--revision", "1", "-l", "a=b", server.option()).exitCode())
                .isEqualTo(2);
    }

    @Test
    void listsProxies() {
        server.on("GET /api/v1/proxies", 200, "{\"items\":[" + PROXY + "]}");

        assertThat(CliRun.of("proxy", "ls", server.option()).out())
                .contains("a-1   a         envoy 1.40.0");
        assertThat(CliRun.of("proxy", "ps", "-o", "name", server.option()).out())
                .isEqualTo("a-1\n");
        assertThat(CliRun.of("proxy", "ls", "-o", "wide", server.option()).out())
                .contains("SIDECARS", "Sidecar/a");
        assertThat(CliRun.of("proxy", "ls", "-o", "json", server.option()).out())
                .contains("\"items\"");
    }

    @Test
    void printsWhatAProxyWasGiven() {
        server.on("GET /api/v1/proxies/a-1/xds?limit=500", 200, RESOURCES)
                .on(
                        "GET /api/v1/proxies/a-1/xds?limit=500&type=type.googleapis.com%2F"
                                + "envoy.config.cluster.v3.Cluster&name=default%2Fb%2F80",
                        200, RESOURCES);

        var all = CliRun.of("proxy", "config", "a-1", server.option());
        var one =
                CliRun.of(
                        "proxy",
                        "pc",
                        "a-1",
                        "cluster",
                        "--name=default/b/80",
                        "-o",
                        "yaml",
                        server.option());

        assertThat(all.out().lines())
                .containsExactly(
                        "TYPE       NAME           VERSION   DOCUMENTS",
                        "clusters   default/b/80   v1        Service/b");
        assertThat(one.out()).contains("resource:\n  name: default/b/80");
        assertThat(CliRun.of("proxy", "config", "a-2", server.option()).exitCode()).isEqualTo(5);
        var unknown = CliRun.of("proxy", "config", "a-1", "clutsers", server.option());
        assertThat(unknown.exitCode()).isEqualTo(2);
        assertThat(unknown.err()).contains("Did you mean 'clusters'?");
        assertThat(CliRun.of("proxy").exitCode()).isEqualTo(2);
    }

    @Test
    void showsWhatAProxyLacks() {
        server.on(
                        "GET /api/v1/proxies/a-1/diff",
                        200,
                        "{\"proxy\":\"a-1\",\"givenRevision\":3,\"revision\":3,\"changed\":false,"
                                + "\"changes\":[],\"complete\":true}")
                .on(
                        "GET /api/v1/proxies/a-1/diff?plan=plan-1",
                        200,
                        """
                        {"proxy":"a-1","givenRevision":3,"revision":4,"changed":true,"changes":[
                          {"type":"%s","name":"default/b/80","action":"updated",
                           "patch":[{"op":"replace","path":"/x","old":1,"value":2}]}],
                         "complete":true}
                        """
                                .formatted(CLUSTER));

        var same = CliRun.of("proxy", "diff", "a-1", server.option());
        var planned = CliRun.of("proxy", "diff", "a-1", "--plan=plan-1", server.option());

        assertThat(same.exitCode()).isZero();
        assertThat(same.err()).contains("a-1 has what revision 3 asks for");
        assertThat(planned.exitCode()).isEqualTo(1);
        assertThat(planned.out().lines())
                .containsExactly("Cluster default/b/80 updated", "  - /x: 1", "  + /x: 2");
    }

    @Test
    void printsTheAccessLogOfAProxyOnThisMachine() throws IOException {
        var log =
                Files.writeString(
                        folder.resolve("a.log"),
                        """
                        [2026-11-21T10:00:00.000Z] "GET / HTTP/1.1" 200 - 0 5 1 1 "-" "-"
                        [2026-11-21T10:00:01.000Z] "GET / HTTP/1.1" 503 UF,URX 0 5 1 1 "-" "-"
                        [2026-11-21T10:00:02.000Z] "GET / HTTP/1.1" 404 NR 0 5 1 1 "-" "-"
                        """);
        server.on("GET /api/v1/proxies/a-1", 200, PROXY)
                .on(
                        "GET /api/v1/sidecars/a?namespace=default",
                        200,
                        "{\"spec\":{\"accessLog\":[{\"file\":\"" + log + "\"}]}}");

        var failed = CliRun.of("proxy", "logs", "a-1", "--flags", "UF,UH", server.option());
        var last = CliRun.of("proxy", "logs", "a-1", "--lines", "1", server.option());

        assertThat(failed.out().lines()).singleElement().asString().contains(" 503 UF,URX ");
        assertThat(last.out().lines()).singleElement().asString().contains(" 404 NR ");
        Files.delete(log);
        assertThat(CliRun.of("proxy", "logs", "a-1", server.option()).exitCode()).isEqualTo(5);
        assertThat(CliRun.of("proxy", "logs", "a-1", "--lines=0", server.option()).exitCode())
                .isEqualTo(2);
    }

    @Test
    void watchesUntilThereWereEnough() {
        server.on(
                "GET /api/v1/watch?since=0",
                200,
                """
                :

                event: put
                data: {"kind":"Service","namespace":"default","name":"b","revision":1}

                id: 2
                event: delete
                data: {"kind":"Sidecar","namespace":"x","name":"a","revision":2}

                event: end
                data: {"reason":"too-slow","revision":2,"detail":"x"}

                """);

        var two = CliRun.of("watch", "--since=0", "--count=2", server.option());
        var all = CliRun.of("watch", "--since=0", "-o", "name", server.option());

        assertThat(two.exitCode()).isZero();
        assertThat(two.out().lines())
                .containsExactly("1 service/b stored", "2 sidecar/x/a deleted");
        assertThat(all.exitCode()).isEqualTo(6);
        assertThat(all.err()).contains("ended the watch: too-slow");
        assertThat(CliRun.of("watch", "--count=0", server.option()).exitCode()).isEqualTo(2);
        assertThat(CliRun.of("watch", "--since=9", server.option()).exitCode()).isEqualTo(5);
    }

    private static String status(String synced, String reason) {
        return "{\"kind\":\"Service\",\"namespace\":\"default\",\"name\":\"b\",\"status\":{"
                + "\"observedGeneration\":1,\"conditions\":[{\"type\":\"Synced\",\"status\":\""
                + synced
                + "\",\"reason\":\""
                + reason
                + "\",\"message\":\"m\"},{\"type\":\"Programmed\",\"status\":\"True\","
                + "\"reason\":\"Programmed\",\"message\":\"m\"}],\"proxies\":{},"
                + "\"rejections\":[],\"withheld\":[],\"details\":[]}}";
    }

    @Test
    void waitsUntilADocumentIsSynced() {
        var path = "GET /api/v1/services/b/status?namespace=default";
        server.on(path, 200, status("True", "AllAcked"));
        assertThat(CliRun.of("wait", "--for=synced", "service/b", server.option()).exitCode())
                .isZero();
        assertThat(CliRun.of("wait", "--for=programmed", "svc", "b", server.option()).exitCode())
                .isZero();

        server.on(path, 200, status("False", "Pending"));
        var late = CliRun.of("wait", "--for=synced", "service/b", "--within=60ms", server.option());
        assertThat(late.exitCode()).isEqualTo(8);
        assertThat(late.err()).contains("service/b is not synced", "Pending");

        server.on(path, 200, status("False", "RejectedByProxy"));
        var refused = CliRun.of("wait", "--for=synced", "service/b", server.option());
        assertThat(refused.exitCode()).isEqualTo(7);
    }

    @Test
    void waitsUntilADocumentIsGone() {
        assertThat(CliRun.of("wait", "--for=deleted", "service/b", server.option()).exitCode())
                .isZero();
        assertThat(CliRun.of("wait", "--for=synced", "service/b", server.option()).exitCode())
                .isEqualTo(5);
    }

    @Test
    void waitsForARevision() {
        server.on(
                "GET /api/v1/revisions/7/sync?timeout=2s", 200, "{\"synced\":true,\"proxies\":[]}");

        var run = CliRun.of("wait", "--for=synced", "revision/7", "--within=2s", server.option());

        assertThat(run.exitCode()).isZero();
        assertThat(CliRun.of("wait", "--for=deleted", "revision/7", server.option()).exitCode())
                .isEqualTo(2);
        assertThat(CliRun.of("wait", "service/b", server.option()).exitCode()).isEqualTo(2);
    }

    private void controlPlane(String proxies) {
        server.on(
                        "GET /health/ready",
                        200,
                        "{\"status\":\"UP\",\"checks\":{\"store\":\"UP\",\"xds\":\"UP\"}}")
                .on("GET /health/live", 200, "{\"status\":\"UP\"}")
                .on("GET /api/v1/revisions?limit=1", 200, "{\"items\":[]}")
                .on("GET /api/v1/proxies", 200, "{\"items\":[" + proxies + "]}");
    }

    @Test
    void findsNothingWrong() {
        controlPlane(PROXY);

        var run = CliRun.of("check", server.option());

        assertThat(run.exitCode()).as(run.out()).isZero();
        assertThat(run.out())
                .contains("store", "xds", "control plane")
                .contains("clock           ok       agrees")
                .contains("proxy a-1       ok       envoy 1.40.0 has everything");
    }

    @Test
    void saysWhatToDoAboutWhatIsWrong() {
        controlPlane(
                PROXY.replace(
                        "\"state\":\"SYNCED\"",
                        "\"state\":\"REJECTED\",\"rejection\":{\"error\":\"bad\"}"));

        var run = CliRun.of("check", server.option());
        var json = CliRun.of("check", "-o", "json", server.option());

        assertThat(run.exitCode()).isEqualTo(1);
        assertThat(run.out())
                .contains("proxy a-1       FAILED   a-1 rejected Cluster: bad")
                .contains("  -> outrigger describe proxy/a-1");
        assertThat(json.out()).contains("\"ok\" : false", "\"fix\" : \"outrigger describe");
        controlPlane(PROXY.replace("\"Sidecar/a\"", ""));
        assertThat(CliRun.of("check", server.option()).out()).contains("selected by no Sidecar");
        controlPlane(PROXY.replace("SYNCED", "PENDING").replace("ds\":1}", "ds\":31}"));
        assertThat(CliRun.of("check", server.option()).out()).contains("not answered for more");
        controlPlane("");
        var none = CliRun.of("check", server.option());
        assertThat(none.exitCode()).isZero();
        assertThat(none.out()).contains("none has connected");
    }

    @Test
    void looksAtTheCertificateOfTheXdsPort() {
        controlPlane(PROXY);
        var ready =
                "{\"status\":\"UP\",\"checks\":{\"xds\":\"UP\"},\"certificates\":{\"xds\":\"%s\"}}";
        server.on("GET /health/ready", 200, ready.formatted("2126-01-01T00:00:00Z"));
        assertThat(CliRun.of("check", server.option()).out())
                .containsPattern(
                        "certificate of xds +ok +of the port of xds is good for \\d+ days");

        server.on("GET /health/ready", 200, ready.formatted("2026-01-01T00:00:00Z"));
        var expired = CliRun.of("check", server.option());

        assertThat(expired.exitCode()).isEqualTo(1);
        assertThat(expired.out())
                .contains("of the port of xds expired 2026-01-01T00:00:00Z")
                .contains("-> put a new one in its file");
    }

    @Test
    void aControlPlaneThatIsNotThereIsWhatIsWrong() {
        var run = CliRun.of("check", "--server=127.0.0.1:1");

        assertThat(run.exitCode()).isEqualTo(1);
        assertThat(run.out())
                .contains("control plane   FAILED")
                .contains("-> start one with 'outrigger server'");
    }

    private static String stats(long total, long failed) {
        return """
        {"stats":[{"name":"cluster.default/b/80.upstream_rq_total","value":%d},
          {"name":"cluster.default/b/80.upstream_rq_2xx","value":%d},
          {"name":"cluster.default/b/80.upstream_rq_5xx","value":%d},
          {"name":"cluster.default/b/80.upstream_rq_retry","value":3},
          {"name":"cluster.unused.upstream_rq_total","value":0},
          {"histograms":{}}]}
        """
                .formatted(total, total - failed, failed);
    }

    @Test
    void countsWhatBecomesOfRequests() {
        server.on("GET /server_info", 200, "{\"node\":{\"id\":\"a-1\"}}");
        server.always("GET /stats", 200, stats(100, 10));
        var admin = server.option().replace("--server=http://", "--admin=");

        var run = CliRun.of("top", admin, "--interval=100ms", "-o", "json");
        var table = CliRun.of("top", "b", admin, "--interval=100ms");
        var other = CliRun.of("top", "c", admin, "--interval=100ms", "-o", "name");

        assertThat(run.exitCode()).as(run.err()).isZero();
        assertThat(run.out())
                .isEqualTo(
                        "{\"proxy\":\"a-1\",\"cluster\":\"default/b/80\",\"tries\":0,"
                                + "\"succeeded\":0,\"failed\":0,\"retried\":0,\"rescued\":0,"
                                + "\"timeouts\":0,\"refused\":0,\"active\":0}\n");
        assertThat(table.out()).startsWith("PROXY   CLUSTER        TRIES/S").contains("a-1");
        assertThat(other.out()).isEmpty();
        assertThat(CliRun.of("top", "--admin=127.0.0.1:1").exitCode()).isEqualTo(6);
        assertThat(CliRun.of("top", admin, "--interval=1ms").exitCode()).isEqualTo(2);
    }

    @Test
    void wideTablesHaveLabels() {
        server.on(
                "GET /api/v1/services",
                200,
                "{\"items\":[{\"metadata\":{\"name\":\"b\",\"labels\":{\"team\":\"x\"}},"
                        + "\"spec\":{}}]}");

        assertThat(CliRun.of("get", "services", "-o", "wide", server.option()).out())
                .contains("LABELS", "team=x");
        assertThat(CliRun.of("get", "services", server.option()).out()).doesNotContain("team");
    }
}
