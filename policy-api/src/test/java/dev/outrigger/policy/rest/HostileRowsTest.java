// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.policy.rest;

import static dev.outrigger.policy.rest.PolicyApiServerTest.retry;
import static dev.outrigger.policy.rest.PolicyApiServerTest.service;
import static org.assertj.core.api.Assertions.assertThat;

import dev.outrigger.policy.rest.RunningApi.Answer;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Hostile requests, by the ids of the rows that ask for each. R01..R03 and R24 are in
 * CredentialsTest, R14 in XdsResourceSchemaTest, R15's own sockets in ControlPlaneIT, R18 in
 * SlowClientsTest, R22 in KilledStoreIT, R23 in WatchTest, R25 in the store's contract.
 */
class HostileRowsTest {
    @TempDir Path directory;
    private RunningApi api;

    @BeforeEach
    void start() {
        api = new RunningApi(directory);
    }

    @AfterEach
    void stop() {
        assertThat(api.get("/health/live").status()).as("the next good request").isEqualTo(200);
        api.close();
    }

    @ParameterizedTest
    @ValueSource(strings = {"revision: 7", "tenant: x", "createdBy: eve"})
    void r04NamesFieldsThatAreNotTheAuthors(String field) {
        Answer answer = api.apply(service("b").replace("kind:", field + "\nkind:"));

        assertThat(answer.status()).isEqualTo(422);
        assertThat(answer.json().at("/errors/0/pointer").asText())
                .isEqualTo("#/" + field.replaceAll(":.*", ""));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '$',
            value = {
                "{\"kind\":\"X\",\"kind\":\"Y\"} | 400",
                "{\"kind\":\"Service\"} trailing | 400",
                "{\"kind\":\"Service\",} | 400"
            })
    void r05RefusesSloppyJson(String body, int status) {
        Answer answer = api.post("/api/v1/apply", "application/json", body);

        assertThat(answer.status()).as(answer.body()).isEqualTo(status);
        assertThat(answer.json().at("/errors/0/pointer").isMissingNode()).isFalse();
    }

    static List<String> r06() {
        return List.of(
                "[".repeat(2_000) + "]".repeat(2_000),
                "{\"a\":1e400}",
                "{\"a\":" + "9".repeat(100_000) + "}",
                "{\"a\":\"" + "\ud800" + "\"}");
    }

    @ParameterizedTest
    @MethodSource("r06")
    void r06RefusesDepthNumbersAndHalfCharacters(String body) {
        Answer answer = api.post("/api/v1/apply", "application/json", body);

        assertThat(answer.status()).as(answer.body()).isIn(400, 422);
        assertThat(answer.body().length()).isLessThan(4_000);
    }

    @Test
    void r06RefusesWhatIsNotUtf8() throws IOException {
        String head = head("application/json", 9, "Connection: close");

        String answer = api.raw(head + "{\"a\":\"" + (char) 0xff + "\"}");

        assertThat(answer).startsWith("HTTP/1.1 400").contains("OUT-1004");
    }

    private static String head(String type, int length, String more) {
        return String.join(
                "\r\n",
                "POST /api/v1/apply HTTP/1.1",
                "Host: localhost",
                "Content-Type: " + type,
                "Content-Length: " + length,
                more,
                "",
                "");
    }

    @Test
    void r07RefusesLargeAndCompressedBodies() throws IOException {
        assertThat(api.raw(head("application/yaml", 2 << 20, "A: b") + "x"))
                .startsWith("HTTP/1.1 413");
        assertThat(api.apply(service("b"), "Content-Encoding", "gzip").status()).isEqualTo(415);
    }

    @Test
    void r08RefusesOtherTypesAndAliasBombs() {
        assertThat(api.post("/api/v1/apply", "application/xml", "<a/>").status()).isEqualTo(415);
        var bomb = new StringBuilder("a: &a [x, x]\n");
        for (char c = 'b'; c < 'z'; c++) {
            char before = (char) (c - 1);
            bomb.append(
                    "%c: &%c [*%c, *%c, *%c, *%c]\n"
                            .formatted(c, c, before, before, before, before));
        }
        assertThat(api.apply(bomb.toString()).status()).isEqualTo(400);
    }

    @ParameterizedTest
    @ValueSource(strings = {"..%2Fx", "a%00b", "%E2%80%AEb", "\u0430", "A", "a_b", "-a"})
    void r09RefusesNamesThatAreNone(String name) {
        Answer answer = api.send("GET", "/api/v1/services/" + encoded(name), "");

        assertThat(answer.status()).isIn(400, 404);
        assertThat(answer.header("Content-Type")).isEqualTo("application/problem+json");
    }

    private static String encoded(String name) {
        return name.chars().allMatch(c -> c < 128)
                ? name
                : java.net.URLEncoder.encode(name, java.nio.charset.StandardCharsets.UTF_8);
    }

    @Test
    void r09RefusesALongName() {
        assertThat(api.get("/api/v1/services/" + "a".repeat(10_000)).status()).isIn(400, 414, 431);
        assertThat(api.apply(service("a".repeat(10_000))).status()).isEqualTo(422);
    }

    @Test
    void r10NeedsToHaveSeenWhatItChanges() {
        api.apply(service("b"));

        assertThat(api.put("/api/v1/services/b", service("b", "x: y")).status()).isEqualTo(428);
        assertThat(
                        api.put("/api/v1/services/b", service("b", "x: y"), "If-Match", "\"9\"")
                                .status())
                .isEqualTo(412);
        assertThat(api.send("DELETE", "/api/v1/services/b", "", "If-Match", "\"9\"").status())
                .isEqualTo(412);
        assertThat(api.store.documents().revision()).isEqualTo(1);
    }

    @Test
    void r11ExactlyOneOfAHundredWins() throws Exception {
        api.apply(service("b"));
        var puts = new ArrayList<Callable<Integer>>();
        for (int i = 0; i < 100; i++) {
            String yaml = service("b", "n: x" + i);
            puts.add(() -> api.put("/api/v1/services/b", yaml, "If-Match", "\"1\"").status());
        }
        try (var pool = Executors.newVirtualThreadPerTaskExecutor()) {
            var statuses = new ArrayList<Integer>();
            for (var future : pool.invokeAll(puts)) {
                statuses.add(future.get());
            }
            assertThat(statuses).containsOnlyOnce(200).containsOnly(200, 412);
        }
        assertThat(api.store.documents().revision()).isEqualTo(2);
    }

    @ParameterizedTest
    @CsvSource({"(?=a)b, 422", "(?<!a)b, 422", "(a+)+$, 200", "'(x{0,100}){0,100}', 422"})
    void r12TakesRe2ExpressionsOfASize(String regex, int status) {
        String route =
                """
                apiVersion: outrigger.dev/v1alpha1
                kind: HTTPRoute
                metadata: {name: r}
                spec:
                  parentRefs: [{kind: Service, name: b}]
                  rules:
                  - matches: [{path: {type: RegularExpression, value: '%s'}}]
                    backendRefs: [{name: b, port: 80}]
                """
                        .formatted(regex);

        assertThat(api.apply(service("b") + "---\n" + route).status()).isEqualTo(status);
    }

    @Test
    void r13RefusesWhatDoesNotHoldTogether() {
        assertThat(api.apply(retry("p", "nobody")).status()).isEqualTo(422);
        assertThat(
                        api.apply(
                                        service("b")
                                                + "---\n"
                                                + service("c").replace("c.local", "b.local"))
                                .status())
                .isEqualTo(422);
        assertThat(api.store.documents().revision()).isZero();
    }

    @Test
    void r13RefusesTwoListenersOnOnePortAndWeightsOfNothing() {
        String sidecar =
                """
                apiVersion: outrigger.dev/v1alpha1
                kind: Sidecar
                metadata: {name: a}
                spec:
                  selector: {cluster: a}
                  outbound: {listeners: [{name: x, port: 15001}, {name: y, port: 15001}]}
                """;
        String route =
                """
                apiVersion: outrigger.dev/v1alpha1
                kind: HTTPRoute
                metadata: {name: r}
                spec:
                  parentRefs: [{name: b}]
                  rules: [{backendRefs: [{name: b, weight: 0}]}]
                """;

        assertThat(api.apply(sidecar).json().at("/errors/0/pointer").asText())
                .startsWith("#/spec/outbound/listeners/1");
        assertThat(
                        api.apply(service("b") + "---\n" + route)
                                .json()
                                .at("/errors/0/pointer")
                                .asText())
                .startsWith("#/spec/rules/0/backendRefs");
        assertThat(api.store.documents().revision()).isZero();
    }

    @ParameterizedTest
    @ValueSource(strings = {"169.254.169.254", "fe80::1", "0.0.0.0"})
    void r15SendsNobodyToForbiddenAddresses(String address) {
        Answer answer = api.apply(service("b").replace("10.0.0.1", "'" + address + "'"));

        assertThat(answer.status()).isEqualTo(422);
        assertThat(answer.body()).contains("OUT-1052");
    }

    @Test
    void r16DoesNotDeleteWhatIsReferredTo() {
        api.apply(service("b") + "---\n" + retry("p", "b"));

        Answer answer = api.send("DELETE", "/api/v1/services/b", "", "If-Match", "*");

        assertThat(answer.status()).isEqualTo(409);
        assertThat(answer.body()).contains("TrafficPolicy/p");
    }

    @ParameterizedTest
    @CsvSource({
        "limit=1000000000, 200",
        "limit=0, 400",
        "cursor=AAAA, 400",
        "unknown=1, 400",
        "limit=1&limit=2, 400"
    })
    void r17BoundsLists(String query, int status) {
        assertThat(api.get("/api/v1/services?" + query).status()).isEqualTo(status);
    }

    @Test
    void r17CapsWhatALimitBrings() {
        api.apply(
                IntStream.rangeClosed(1, 501)
                        .mapToObj(i -> service("s" + i))
                        .collect(Collectors.joining("---\n")));

        Answer all = api.get("/api/v1/services?limit=1000000000");

        assertThat(all.status()).isEqualTo(200);
        assertThat(all.json().path("items")).hasSize(500);
        assertThat(all.header("Link")).contains("rel=\"next\"");
    }

    @Test
    void r17BoundsSelectors() {
        assertThat(api.get("/api/v1/services?labelSelector=" + "a".repeat(3_000)).status())
                .isEqualTo(400);
    }

    @Test
    void r19SpeaksNoHttp2() throws IOException {
        assertThat(api.raw("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n")).doesNotContain("HTTP/1.1 200");
    }

    @Test
    void r20LogsOneLineWhateverIsSent() {
        Answer answer = api.apply(service("b"), "X-Outrigger-Author", "eve\tadmin did it");

        assertThat(answer.status()).isEqualTo(400);
        assertThat(
                        api.post("/api/v1/apply?message=a%0D%0Ab", "application/yaml", service("b"))
                                .status())
                .isEqualTo(400);
    }

    @Test
    void r21SaysThatTheStoreIsGone() {
        api.store.close();

        Answer answer = api.apply(service("b"));

        assertThat(answer.status()).isEqualTo(503);
        assertThat(answer.header("Retry-After")).isNotEmpty();
        assertThat(api.get("/api/v1/services").status()).isEqualTo(200);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/observe/config",
                "/observe/log",
                "/config_dump",
                "/metrics",
                "/admin",
                "/quitquitquit"
            })
    void r26HasNoAdminOnTheApiSocket(String path) {
        assertThat(api.get(path).status()).isEqualTo(404);
    }

    @ParameterizedTest
    @ValueSource(strings = {"/observe/config", "/observe/log", "/config_dump", "/quitquitquit"})
    void r26TheAdminSocketHasHealthAndMetricsAlone(String path) {
        assertThat(api.admin(path).status()).isEqualTo(404);
        assertThat(api.admin("/metrics").status()).isEqualTo(200);
    }

    @Test
    void boundsTheRateOfOneClient() {
        api.close();
        api =
                new RunningApi(
                        directory,
                        PolicyApiOptions.DEFAULT.withPorts(0, 0).withRequestsPerSecond(5));
        var statuses = new ArrayList<Integer>();
        for (int i = 0; i < 40; i++) {
            statuses.add(api.get("/api/v1/services").status());
        }

        assertThat(statuses.stream().collect(Collectors.toSet())).containsOnly(200, 429);
        api.close();
        api = new RunningApi(directory);
    }
}
