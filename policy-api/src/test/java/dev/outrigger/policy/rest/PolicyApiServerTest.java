// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.policy.rest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import dev.outrigger.policy.rest.RunningApi.Answer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PolicyApiServerTest {
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

    static String service(String name) {
        return service(name, "");
    }

    static String service(String name, String labels) {
        return """
        apiVersion: outrigger.dev/v1alpha1
        kind: Service
        metadata: {name: %s, labels: {%s}}
        spec:
          hostnames: [%s.local.service]
          ports: [{name: http, port: 80}]
          endpoints: {static: [{address: 10.0.0.1, port: 8080}]}
        """
                .formatted(name, labels, name);
    }

    static String retry(String name, String target) {
        return """
        apiVersion: outrigger.dev/v1alpha1
        kind: TrafficPolicy
        metadata: {name: %s}
        spec:
          targetRefs: [{kind: Service, name: %s}]
          retry: {attempts: 2, codes: ["5xx"]}
        """
                .formatted(name, target);
    }

    @Test
    void appliesAllDocumentsAsOneRevision() {
        Answer answer = api.apply(service("b") + "---\n" + retry("p", "b"));

        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.body())
                .isEqualTo(
                        """
                        {"revision":1,"changed":true,"documents":[\
                        {"kind":"Service","namespace":"default","name":"b","action":"created","etag":"\\"1\\""},\
                        {"kind":"TrafficPolicy","namespace":"default","name":"p","action":"created","etag":"\\"1\\""}]}
                        """);
        assertThat(api.get("/api/v1/services/b").header("ETag")).isEqualTo("\"1\"");
    }

    @Test
    void savesTheSameAgainWithoutARevision() {
        api.apply(service("b"));

        Answer again =
                api.apply(service("b").replace("{name: http, port: 80}", "{port: 80, name: http}"));

        assertThat(again.json().path("changed").asBoolean()).isFalse();
        assertThat(again.json().at("/documents/0/action").asText()).isEqualTo("unchanged");
        assertThat(api.get("/api/v1/revisions").json().path("items")).hasSize(1);
    }

    @Test
    void dryRunStoresNothing() {
        Answer answer = api.post("/api/v1/apply?dryRun=true", "application/yaml", service("b"));

        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.json().at("/documents/0/action").asText()).isEqualTo("created");
        assertThat(api.get("/api/v1/services/b").status()).isEqualTo(404);
        assertThat(api.store.documents().revision()).isZero();
    }

    @Test
    void reportsAllViolationsAsAProblem() {
        Answer answer =
                api.apply(service("b").replace("port: 80}", "prt: 80}").replace("10.0.0.1", "x"));

        assertThat(answer.status()).isEqualTo(422);
        assertThat(answer.header("Content-Type")).isEqualTo("application/problem+json");
        JsonNode errors = answer.json().path("errors");
        assertThat(errors).hasSize(3);
        assertThat(errors.get(0).toString())
                .isEqualTo(
                        "{\"code\":\"OUT-1040\",\"document\":1,\"pointer\":\"#/spec/ports/0/port\","
                                + "\"line\":6,\"column\":11,\"detail\":\"Field 'port' is required and"
                                + " missing.\",\"docs\":\"/errors/OUT-1040\"}");
        assertThat(errors.get(1).path("detail").asText()).contains("Did you mean 'port'?");
        assertThat(api.store.documents().size()).isZero();
    }

    @Test
    void showsWhatBecameOfADocument() {
        api.apply(service("b") + "---\n" + service("c"));

        Answer answer = api.get("/api/v1/services/b/status");

        assertThat(answer.status()).isEqualTo(200);
        var status = answer.json().path("status");
        assertThat(status.path("observedGeneration").asLong()).isEqualTo(1);
        assertThat(status.path("conditions").toString())
                .contains(
                        "{\"type\":\"Accepted\",\"status\":\"True\",\"reason\":\"Accepted\"",
                        "{\"type\":\"Programmed\",\"status\":\"False\",\"reason\":\"RejectedByProxy\"",
                        "{\"type\":\"Synced\",\"status\":\"False\",\"reason\":\"RejectedByProxy\"");
        assertThat(status.path("proxies").toString())
                .isEqualTo(
                        "{\"matched\":1,\"acked\":0,\"pending\":0,\"rejected\":1,"
                                + "\"disconnected\":0}");
        assertThat(status.at("/rejections/0/proxy").asText()).isEqualTo("a-1");
        assertThat(status.at("/rejections/0/fields/0").toString())
                .isEqualTo("{\"document\":\"Service/b\",\"pointer\":\"#/spec/endpoints\"}");
        assertThat(status.at("/withheld/0/reason").asText()).isEqualTo("REFUSED");
        assertThat(status.at("/details/0/types").toString()).contains("REJECTED");
        // The document itself and its tag know nothing of it.
        assertThat(api.get("/api/v1/services/b").json().has("status")).isFalse();
        assertThat(api.get("/api/v1/services/c/status").json().at("/status/conditions/1/reason"))
                .hasToString("\"NoProxies\"");
        assertThat(api.get("/api/v1/services/x/status").status()).isEqualTo(404);
        assertThat(api.post("/api/v1/services/b/status", "application/yaml", "").status())
                .isEqualTo(405);
    }

    @Test
    void saysWhereAPolicyDoesNotHold() {
        api.apply(service("b") + "---\n" + retry("b", "b"));

        var conditions =
                api.get("/api/v1/trafficpolicies/b/status").json().at("/status/conditions");

        // Of the proxies nothing is withheld but what Service/b is blamed for.
        assertThat(conditions.get(1).path("reason").asText()).isEqualTo("PartiallyProgrammed");
        assertThat(conditions.get(1).path("status").asText()).isEqualTo("True");
        assertThat(conditions.get(1).path("message").asText())
                .isEqualTo("retry overridden on default/r/quotes by TrafficPolicy/p");
    }

    @Test
    void rollsBackARevisionAsANewOne() {
        api.apply(service("b"));
        api.apply(service("b").replace("10.0.0.1", "10.0.0.2") + "---\n" + service("c"));

        var preview = api.post("/api/v1/revisions/2/rollback?dryRun=true", "application/yaml", "");
        var done = api.post("/api/v1/revisions/2/rollback", "application/yaml", "");

        assertThat(preview.json().path("documents").toString()).contains("updated", "deleted");
        assertThat(done.json().path("revision").asLong()).isEqualTo(3);
        assertThat(api.get("/api/v1/services/b").body()).contains("10.0.0.1");
        assertThat(api.get("/api/v1/services/c").status()).isEqualTo(404);
        assertThat(api.get("/api/v1/revisions/3").json().path("message").asText())
                .isEqualTo("Rolls back revision 2");
        // What was changed since is nobody's to undo, nor what others rely on.
        assertThat(api.post("/api/v1/revisions/2/rollback", "application/yaml", "").status())
                .isEqualTo(412);
        api.apply(retry("p", "b"));
        api.apply(service("d"));
        assertThat(api.post("/api/v1/revisions/1/rollback", "application/yaml", "").status())
                .isEqualTo(412);
        assertThat(api.post("/api/v1/revisions/9/rollback", "application/yaml", "").status())
                .isEqualTo(404);
    }

    @Test
    void doesNotRollBackWhatOthersRelyOn() {
        api.apply(service("b"));
        api.apply(retry("p", "b"));

        var refused = api.post("/api/v1/revisions/1/rollback", "application/yaml", "");

        assertThat(refused.status()).isEqualTo(422);
        assertThat(refused.body()).contains("Would make TrafficPolicy/p invalid");
        assertThat(api.get("/api/v1/services/b").status()).isEqualTo(200);
    }

    @Test
    void appliesJsonArrays() {
        Answer answer =
                api.post(
                        "/api/v1/apply",
                        "application/json; charset=UTF-8",
                        """
                        [{"apiVersion":"outrigger.dev/v1alpha1","kind":"Service","metadata":{"name":"b"},
                          "spec":{"hostnames":["b.local"],"ports":[{"name":"http","port":80}],
                                  "endpoints":{"dns":{"host":"b.example","port":80}}}}]
                        """);

        assertThat(answer.status()).isEqualTo(200);
        assertThat(api.get("/api/v1/services/b").body())
                .startsWith("{\"apiVersion\":\"outrigger.dev/v1alpha1\",\"kind\":\"Service\"")
                .contains("\"metadata\":{\"name\":\"b\",\"generation\":1}");
    }

    @Test
    void tiesAreConflictsNamingBoth() {
        api.apply(service("b") + "---\n" + retry("p", "b"));

        Answer answer = api.apply(retry("q", "b"));

        assertThat(answer.status()).isEqualTo(409);
        assertThat(answer.json().path("type").asText()).isEqualTo("urn:outrigger:problem:OUT-2001");
        assertThat(answer.json().at("/errors/0/pointer").asText()).isEqualTo("#/spec/retry");
        assertThat(answer.json().at("/errors/0/line").asInt()).isEqualTo(6);
        assertThat(answer.json().at("/errors/0/detail").asText())
                .startsWith("TrafficPolicy/q and TrafficPolicy/p both set 'retry' for Service/b");
    }

    @Test
    void preconditionsGuardPutAndDelete() {
        String path = "/api/v1/services/b";
        assertThat(api.put(path, service("b"), "If-Match", "\"1\"").status()).isEqualTo(412);
        assertThat(api.put(path, service("b"), "If-None-Match", "*").status()).isEqualTo(201);
        assertThat(api.put(path, service("b"), "If-None-Match", "*").status()).isEqualTo(412);
        String changed = service("b", "team: x");

        assertThat(api.put(path, changed).status()).isEqualTo(428);
        assertThat(api.put(path, changed, "If-Match", "\"9\"").status()).isEqualTo(412);
        assertThat(api.put(path, changed, "If-Match", "W/\"1\"").status()).isEqualTo(412);
        Answer put = api.put(path, changed, "If-Match", "\"9\", \"1\"");
        assertThat(put.status()).isEqualTo(200);
        assertThat(put.header("ETag")).isEqualTo("\"2\"");
        assertThat(api.get(path, "If-None-Match", "\"2\"").status()).isEqualTo(304);

        assertThat(api.send("DELETE", path, "").status()).isEqualTo(428);
        assertThat(api.send("DELETE", path, "", "If-Match", "\"1\"").status()).isEqualTo(412);
        assertThat(api.send("DELETE", path, "", "If-Match", "\"2\"").status()).isEqualTo(200);
        assertThat(api.send("DELETE", path, "", "If-Match", "*").status()).isEqualTo(404);
        assertThat(api.get(path).status()).isEqualTo(404);
    }

    @Test
    void exactlyOneOfManyWritersWithTheSameETagWins() throws Exception {
        api.apply(service("b"));
        List<Callable<Integer>> writers = new ArrayList<>();
        IntStream.range(0, 100)
                .forEach(i ->
                        writers.add(() ->
                                api.put(
                                                "/api/v1/services/b",
                                                service("b", "n: \"" + i + "\""),
                                                "If-Match",
                                                "\"1\"")
                                        .status()));

        List<Integer> statuses = new ArrayList<>();
        try (var executor = Executors.newFixedThreadPool(16)) {
            for (var future : executor.invokeAll(writers)) {
                statuses.add(future.get());
            }
        }

        assertThat(statuses).filteredOn(status -> status == 200).hasSize(1);
        assertThat(statuses).filteredOn(status -> status == 412).hasSize(99);
        assertThat(api.store.documents().revision()).isEqualTo(2);
    }

    @Test
    void aRepeatedIdempotencyKeyHasTheFirstAnswer() {
        Answer first = api.apply(service("b"), "Idempotency-Key", "k1");
        api.apply(service("b", "team: x"));

        Answer second = api.apply(service("b"), "Idempotency-Key", "k1");
        Answer other = api.apply(service("c"), "Idempotency-Key", "k1");

        assertThat(second.body()).isEqualTo(first.body());
        assertThat(api.store.documents().revision()).isEqualTo(2);
        assertThat(other.status()).isEqualTo(422);
    }

    @Test
    void aReferencedDocumentIsNotDeleted() {
        api.apply(service("b") + "---\n" + retry("p", "b"));

        Answer answer = api.send("DELETE", "/api/v1/services/b", "", "If-Match", "*");

        assertThat(answer.status()).isEqualTo(409);
        assertThat(answer.json().at("/errors/0/code").asText()).isEqualTo("OUT-2002");
        assertThat(answer.json().at("/errors/0/detail").asText())
                .isEqualTo("TrafficPolicy/p refers to Service/b at #/spec/targetRefs/0/name.");
    }

    @Test
    void pagesStayAtOneRevision() {
        api.apply(service("a") + "---\n" + service("b") + "---\n" + service("c"));

        Answer first = api.get("/api/v1/services?limit=2");
        api.apply(service("aa"));
        String cursor = first.json().path("next").asText();
        Answer second = api.get("/api/v1/services?limit=2&cursor=" + cursor);

        assertThat(names(first)).containsExactly("a", "b");
        assertThat(first.header("Link")).contains("rel=\"next\"").contains(cursor);
        assertThat(names(second)).containsExactly("c");
        assertThat(second.json().path("revision").asLong()).isEqualTo(1);
        assertThat(second.json().has("next")).isFalse();
        String tampered = (cursor.startsWith("A") ? "B" : "A") + cursor.substring(1);
        assertThat(api.get("/api/v1/services?cursor=" + tampered).status()).isEqualTo(400);
        assertThat(api.get("/api/v1/sidecars?cursor=" + cursor).status()).isEqualTo(400);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "team=x | a",
                "team!=x | b,c",
                "team%20in%20(x,y) | a,b",
                "team%20notin%20(x) | b,c",
                "team | a,b",
                "!team | c",
                "team,team!=y | a",
            })
    void selectsByLabels(String selector, String expected) {
        api.apply(
                service("a", "team: x")
                        + "---\n"
                        + service("b", "team: \"y\"")
                        + "---\n"
                        + service("c"));

        assertThat(names(api.get("/api/v1/services?labelSelector=" + selector)))
                .containsExactly(expected.split(","));
    }

    @Test
    void selectsProxiesByTheirMetadata() {
        assertThat(api.get("/api/v1/proxies?labelSelector=zone%3Dz1").json().path("items"))
                .hasSize(1);
        assertThat(api.get("/api/v1/proxies?labelSelector=zone%3Dz2").json().path("items"))
                .isEmpty();
        assertThat(api.get("/api/v1/proxies?labelSelector=((").status()).isEqualTo(400);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "GET | /api/v1/services?limit=0 | 400",
                "GET | /api/v1/services?limit=1000000000 | 200",
                "GET | /api/v1/services?labelSelector=(( | 400",
                "GET | /api/v1/services?lmit=1 | 400",
                "GET | /api/v1/services/..%2Fx | 404",
                "GET | /api/v1/services/Bad | 400",
                "GET | /api/v1/services/x?namespace=%00 | 400",
                "GET | /api/v1/nothing | 404",
                "GET | /observe/config | 404",
                "GET | /metrics | 404",
                "GET | /api/v1/revisions/7 | 404",
                "GET | /api/v1/revisions/x | 400",
                "GET | /api/v1/revisions/7/sync | 404",
                "GET | /api/v1/proxies/nobody | 404",
                "GET | /api/v1/bootstrap | 400",
                "GET | /api/v1/bootstrap?service=nobody | 400",
                "GET | /api/v1/bootstrap?service=a%0Ab | 400",
                "DELETE | /api/v1/services | 405",
                "DELETE | /api/v1/apply | 405",
                "POST | /api/v1/services/b | 405",
                "GET | /api/v1/apply | 405",
            })
    void refusesWithAProblem(String method, String path, int status) {
        Answer answer = api.send(method, path, "");

        assertThat(answer.status()).isEqualTo(status);
        if (status != 200) {
            assertThat(answer.header("Content-Type")).isEqualTo("application/problem+json");
            assertThat(answer.json().path("status").asInt()).isEqualTo(status);
            assertThat(answer.json().path("instance").asText())
                    .isEqualTo(answer.header("X-Request-Id"));
            assertThat(answer.body()).doesNotContain("Exception").doesNotContain("at dev.");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"application/xml", "text/plain", "application/json; charset=latin1"})
    void refusesOtherMediaTypes(String type) {
        assertThat(api.post("/api/v1/apply", type, service("b")).status()).isEqualTo(415);
    }

    @Test
    void tellsCurlUsersWhatToDo() {
        Answer answer =
                api.post("/api/v1/apply", "application/x-www-form-urlencoded", service("b"));

        assertThat(answer.status()).isEqualTo(415);
        assertThat(answer.json().path("detail").asText())
                .contains("-H 'Content-Type: application/yaml'");
    }

    @Test
    void refusesCompressedBodies() {
        Answer answer = api.apply("x", "Content-Encoding", "gzip");

        assertThat(answer.status()).isEqualTo(415);
    }

    @ParameterizedTest
    @ValueSource(strings = {"kind: [", "a: &x 1\nb: *x", "", "--- !!map {}", "a: 1\na: 2"})
    void refusesBrokenYaml(String yaml) {
        assertThat(api.apply(yaml).status()).isEqualTo(400);
    }

    @Test
    void refusesALargeBodyWithoutReadingIt() throws IOException {
        String answer =
                api.raw(
                        "POST /api/v1/apply HTTP/1.1\r\nHost: localhost\r\nContent-Type:"
                                + " application/yaml\r\nContent-Length: 2097152\r\n\r\n");

        assertThat(answer).startsWith("HTTP/1.1 413 ").contains("application/problem+json");
    }

    @Test
    void r07RefusesAnEndlessChunkedBody() throws IOException {
        String chunk = "10000\r\n" + "x".repeat(0x10000) + "\r\n";
        String answer =
                api.raw(
                        "POST /api/v1/apply HTTP/1.1\r\nHost: localhost\r\nContent-Type:"
                                + " application/yaml\r\nTransfer-Encoding: chunked\r\n\r\n"
                                + chunk.repeat(17));

        assertThat(answer).startsWith("HTTP/1.1 413 ").contains("application/problem+json");
    }

    @Test
    void givesUpOnASilentClient() throws IOException {
        api.close();
        api =
                new RunningApi(
                        directory,
                        PolicyApiOptions.DEFAULT
                                .withPorts(0, 0)
                                .withBodyTimeout(java.time.Duration.ofMillis(300)));

        String answer =
                api.raw(
                        "POST /api/v1/apply HTTP/1.1\r\nHost: localhost\r\nContent-Type:"
                                + " application/yaml\r\nContent-Length: 100\r\n\r\nkind:");

        assertThat(answer).startsWith("HTTP/1.1 408 ").contains("application/problem+json");
    }

    @Test
    void refusesWhatIsNotHttpWithAProblem() throws IOException {
        assertThat(api.raw("GET /x y z\r\n\r\n")).contains("application/problem+json");
    }

    @Test
    void refusesRequestsForForeignHosts() throws IOException {
        String answer =
                api.raw(
                        "GET /api/v1/services HTTP/1.1\r\nHost: evil.example\r\nConnection:"
                                + " close\r\n\r\n");

        assertThat(answer).startsWith("HTTP/1.1 421 ");
    }

    @Test
    void showsRevisionsWithDocumentsBeforeAndAfter() {
        api.apply(service("b"), "X-Outrigger-Author", "ada", "X-Outrigger-Source", "cli");
        api.post("/api/v1/apply?message=more", "application/yaml", service("b", "team: x"));

        JsonNode latest = api.get("/api/v1/revisions/2").json();
        assertThat(latest.path("message").asText()).isEqualTo("more");
        assertThat(latest.path("time").asText()).isEqualTo("2026-11-21T10:00:00Z");
        assertThat(latest.at("/changes/0/before/metadata/labels")).isEmpty();
        assertThat(latest.at("/changes/0/after/metadata/labels/team").asText()).isEqualTo("x");
        JsonNode items = api.get("/api/v1/revisions?limit=1").json();
        assertThat(items.at("/items/0/revision").asLong()).isEqualTo(2);
        JsonNode older = api.get("/api/v1/revisions?cursor=" + items.path("next").asText()).json();
        assertThat(older.at("/items/0/author").asText()).isEqualTo("ada");
        assertThat(older.at("/items/0/source").asText()).isEqualTo("cli");
    }

    @Test
    void showsProxiesAndSync() {
        api.apply(service("b"));

        assertThat(api.get("/api/v1/proxies/a-1").body())
                .startsWith("{\"id\":\"a-1\",\"cluster\":\"a\",\"labels\":{\"zone\":\"z1\"}")
                .contains("\"userAgent\":\"envoy 1.40.0\"")
                .contains("\"rejection\":{\"version\":\"v2\",\"error\":\"bad\"");
        JsonNode sync = api.get("/api/v1/revisions/1/sync?timeout=1s").json();
        assertThat(sync.path("synced").asBoolean()).isFalse();
        assertThat(sync.path("publishedRevision").asLong()).isEqualTo(1);
        assertThat(sync.at("/proxies/0/id").asText()).isEqualTo("a-1");
        assertThat(api.get("/api/v1/revisions/1/sync?timeout=soon").status()).isEqualTo(400);
    }

    @Test
    void handsOutBootstraps() {
        Answer answer = api.get("/api/v1/bootstrap?flavor=java&service=a&adminPort=0");

        assertThat(answer.header("Content-Type")).isEqualTo("application/yaml");
        assertThat(answer.body()).isEqualTo("node: {cluster: a}\n");
    }

    @Test
    void servesHealthAndMetrics() {
        api.apply(service("b"));
        api.apply("kind: Nothing");

        assertThat(api.get("/health/live").status()).isEqualTo(200);
        assertThat(api.get("/health/ready").body())
                .isEqualTo(
                        "{\"status\":\"UP\",\"checks\":{\"store\":\"UP\"},\"certificates\":{}}\n");
        assertThat(api.admin("/health/ready").status()).isEqualTo(200);
        String metrics = api.admin("/metrics").body();
        assertThat(metrics)
                .contains("outrigger_revision 1.0")
                .contains("outrigger_documents{kind=\"Service\"} 1.0")
                .contains("outrigger_writes_total{operation=\"apply\",result=\"changed\"} 1.0")
                .contains("outrigger_violations_total{code=\"OUT-1040\"}")
                .contains("outrigger_store_commit_seconds_count 1")
                .contains("route=\"/api/v1/apply\",status=\"200\"");
    }

    @Test
    void saysThatTheStoreIsGone() {
        api.store.close();

        Answer answer = api.apply(service("b"));

        assertThat(answer.status()).isEqualTo(503);
        assertThat(answer.header("Retry-After")).isEqualTo("5");
        assertThat(api.get("/health/ready").status()).isEqualTo(503);
        assertThat(api.get("/api/v1/services").status()).isEqualTo(200);
    }

    @Test
    void namesTheAddressThatIsTaken() throws IOException {
        try (var taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            var options = PolicyApiOptions.DEFAULT.withPorts(0, taken.getLocalPort());

            assertThatThrownBy(() -> new RunningApi(directory.resolve("other"), options))
                    .isInstanceOf(UncheckedIOException.class)
                    .hasMessageContaining("127.0.0.1:" + taken.getLocalPort());
        }
    }

    private static List<String> names(Answer list) {
        var names = new ArrayList<String>();
        list.json().path("items").forEach(item -> names.add(item.at("/metadata/name").asText()));
        return names;
    }
}
