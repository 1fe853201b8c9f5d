// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.policy.rest;

import static dev.outrigger.policy.rest.PolicyApiServerTest.retry;
import static dev.outrigger.policy.rest.PolicyApiServerTest.service;
import static org.assertj.core.api.Assertions.assertThat;

import dev.outrigger.policy.document.Quoted;
import dev.outrigger.policy.rest.RunningApi.Answer;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Hostile documents, by the ids of the rows that ask for each. R01..R03 and R24 are in
 * CredentialsTest, R14 in XdsResourceSchemaTest, R15's own sockets in ControlPlaneIT, R17 to R21
 * and R26 in HostileRequestsTest, R18 also in SlowClientsTest, R19 and R25 also in TlsTest and
 * TokenClockTest, R22 in KilledStoreIT and ServerIT, R23 in WatchTest and ListsTest, R25 also in
 * the store's contract.
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

    /** Readable, so 422 and not 400: docs/adr/0014. */
    @ParameterizedTest
    @ValueSource(strings = {"revision: 7", "tenant: x", "createdBy: eve"})
    void r04NamesFieldsThatAreNotTheAuthors(String field) {
        String name = field.replaceAll(":.*", "");

        Answer above = api.apply(service("b").replace("kind:", field + "\nkind:"));
        Answer inside = api.apply(service("b").replace("{name:", "{" + field + ", name:"));

        for (Answer answer : List.of(above, inside)) {
            assertThat(answer.status()).isEqualTo(422);
            assertThat(answer.json().at("/errors/0/code").asText()).isEqualTo("OUT-1042");
            assertThat(answer.json().at("/errors/0/detail").asText()).contains("'" + name + "'");
        }
        assertThat(above.json().at("/errors/0/pointer").asText()).isEqualTo("#/" + name);
        assertThat(inside.json().at("/errors/0/pointer").asText()).isEqualTo("#/metadata/" + name);
        assertThat(api.store.documents().size()).isZero();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '$',
            value = {
                "{'kind':'X','kind':'Y'} | 400 | OUT-1003 | #/kind",
                "{'metadata':{'name':'b','name':'c'}} | 400 | OUT-1003 | #/metadata/name",
                "{'kind':'Service'} trailing | 400 | OUT-1001 | #",
                "{'kind':'Service'}{} | 400 | OUT-1001 | #",
                "{'kind':'Service',} | 400 | OUT-1001 | #",
                "{'kind':'Service'//x | 400 | OUT-1001 | #",
                "{'kind':NaN} | 400 | OUT-1001 | #",
                "{'kind':'Service','spec':{},'specs':{}} | 422 | OUT-1042 | #/specs"
            })
    void r05RefusesSloppyJson(String body, int status, String code, String pointer) {
        Answer answer = api.post("/api/v1/apply", "application/json", body.replace('\'', '"'));

        assertThat(answer.status()).as(answer.body()).isEqualTo(status);
        assertThat(answer.json().path("errors"))
                .as(answer.body())
                .anyMatch(error ->
                        error.path("code").asText().equals(code)
                                && error.path("pointer").asText().startsWith(pointer)
                                && error.path("line").asInt() == 1);
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
    @CsvSource({
        "..%2Fx, 404",
        "a%00b, 400",
        "%E2%80%AEb, 400",
        "%D0%B0, 400",
        "A, 400",
        "a_b, 400",
        "-a, 400",
        "b%20, 400"
    })
    void r09RefusesNamesThatAreNone(String name, int status) {
        Answer answer = api.send("GET", "/api/v1/services/" + name, "");

        assertThat(answer.status()).isEqualTo(status);
        assertThat(answer.header("Content-Type")).isEqualTo("application/problem+json");
    }

    @Test
    void r09StoresNoDocumentWithANameThatIsNone() {
        for (String name :
                List.of(
                        "../x",
                        "a\\u0000b",
                        "\\u202eb",
                        "\\u0430",
                        "A",
                        "a_b",
                        "-a",
                        "a.b",
                        "",
                        "b\\n",
                        "b ")) {
            String named = "{name: \"" + name + "\", labels: {}}";

            for (String yaml :
                    List.of(
                            service("b").replace("{name: b, labels: {}}", named),
                            service("b")
                                    .replace(
                                            "{name: b,",
                                            "{name: b, namespace: \"" + name + "\","))) {
                Answer answer = api.apply(yaml);

                assertThat(answer.status()).as(answer.body()).isEqualTo(422);
                assertThat(answer.json().at("/errors/0/pointer").asText())
                        .startsWith("#/metadata/name");
                assertThat(answer.body().strip().codePoints()).noneMatch(Quoted::breaksLine);
            }
        }
        assertThat(api.store.documents().size()).isZero();
    }

    @Test
    void r09RefusesALongName() {
        assertThat(api.get("/api/v1/services/" + "a".repeat(64)).status()).isEqualTo(400);
        assertThat(api.get("/api/v1/services/" + "a".repeat(10_000)).status()).isEqualTo(414);
        assertThat(api.apply(service("a".repeat(64))).status()).isEqualTo(422);
        Answer answer = api.apply(service("a".repeat(10_000)));
        assertThat(answer.status()).isEqualTo(422);
        assertThat(answer.body().length()).isLessThan(4_000);
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
    @CsvSource({
        "(?=a)b, 422",
        "(?<!a)b, 422",
        "(?<=a)b, 422",
        "(a)\\1, 422",
        "(?>a)b, 422",
        "a++, 422",
        "(a+)+$, 200",
        "'(x{0,100}){0,100}', 422",
        "'x{1,1001}', 422"
    })
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

        Answer answer = api.apply(service("b") + "---\n" + route);

        assertThat(answer.status()).as(answer.body()).isEqualTo(status);
        if (status == 422) {
            assertThat(answer.json().at("/errors/0/pointer").asText())
                    .isEqualTo("#/spec/rules/0/matches/0/path/value");
        }
    }

    @Test
    void r12AnExpressionThatBacktracksElsewhereTakesLinearTime() {
        // Exponential where one backtracks; a match is what proxies and explanations do with it.
        var expression = com.google.re2j.Pattern.compile("(a+)+$");

        assertThat(expression.matcher("a".repeat(1 << 20) + "b").matches()).isFalse();
    }

    @Test
    void r13RefusesWhatDoesNotHoldTogether() {
        String route =
                """
                apiVersion: outrigger.dev/v1alpha1
                kind: HTTPRoute
                metadata: {name: r}
                spec:
                  parentRefs: [{name: b}]
                  rules: [{backendRefs: [{name: nobody, port: 80}]}]
                """;

        assertRefused(
                api.apply(service("b") + "---\n" + route),
                "OUT-1050",
                "#/spec/rules/0/backendRefs/0");
        assertRefused(api.apply(retry("p", "nobody")), "OUT-1050", "#/spec/targetRefs/0");
        assertRefused(
                api.apply(service("b") + "---\n" + service("c").replace("c.local", "b.local")),
                "OUT-1051",
                "#/spec/hostnames/0");
        assertThat(api.store.documents().revision()).isZero();
        assertThat(api.get("/api/v1/watch?since=1").status()).as("nothing to push").isEqualTo(400);
    }

    private static void assertRefused(Answer answer, String code, String pointer) {
        assertThat(answer.status()).as(answer.body()).isEqualTo(422);
        assertThat(answer.json().at("/errors/0/code").asText()).isEqualTo(code);
        assertThat(answer.json().at("/errors/0/pointer").asText()).startsWith(pointer);
        assertThat(answer.json().at("/errors/0/line").asInt()).isPositive();
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

    @Test
    void r15SendsNobodyToForbiddenAddresses() {
        for (String address :
                List.of(
                        "169.254.169.254",
                        "::ffff:169.254.169.254",
                        "fd00:ec2::254",
                        "fe80::1",
                        "0.0.0.0",
                        "255.255.255.255",
                        "224.0.0.1")) {
            Answer answer = api.apply(service("b").replace("10.0.0.1", "'" + address + "'"));

            assertRefused(answer, "OUT-1052", "#/spec/endpoints/static/0");
        }
    }

    @Test
    void r16DoesNotDeleteWhatIsReferredTo() {
        api.apply(service("b") + "---\n" + retry("p", "b"));

        Answer answer = api.send("DELETE", "/api/v1/services/b", "", "If-Match", "*");

        assertThat(answer.status()).isEqualTo(409);
        assertThat(answer.body()).contains("TrafficPolicy/p");
    }
}
