// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.policy.rest;

import static dev.outrigger.policy.rest.PolicyApiServerTest.service;
import static org.assertj.core.api.Assertions.assertThat;

import dev.outrigger.policy.rest.RunningApi.Answer;
import dev.outrigger.policy.store.StoreFault;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Hostile requests, whatever document they bring, by the ids of the rows that ask for each. */
class HostileRequestsTest {
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

    /** No HTTP/2 at all, so none of its floods; what is offered in TLS is in TlsTest. */
    @Test
    void r19EndsAConnectionThatBeginsWithHttp2() throws IOException {
        String answer = api.raw("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\4\0\0\0\0\0");

        assertThat(answer)
                .startsWith("HTTP/1.1 400")
                .contains("Connection: close", "application/problem+json");
        assertThat(answer.lines().filter(line -> line.startsWith("HTTP/"))).hasSize(1);
    }

    @Test
    void r19StaysWithHttp1WhenAskedToUpgrade() throws IOException {
        String answer =
                api.raw(
                        String.join(
                                "\r\n",
                                "GET /api/v1/services HTTP/1.1",
                                "Host: localhost",
                                "Connection: Upgrade, HTTP2-Settings, close",
                                "Upgrade: h2c",
                                "HTTP2-Settings: AAMAAABkAAQAAP__",
                                "",
                                ""));

        assertThat(answer).startsWith("HTTP/1.1 200").doesNotContain("101", "h2c");
    }

    @Test
    void r20KeepsNoMessageOfSeveralLinesOrThatLooksLikeAnother() {
        for (String evil :
                List.of("%0D%0A", "%0A", "%C2%85", "%E2%80%A8", "%E2%80%A9", "%E2%80%AE", "%1B")) {
            String path = "/api/v1/apply?message=a" + evil + "b";

            assertThat(api.post(path, "application/yaml", service("b")).status()).isEqualTo(400);
        }
        assertThat(api.store.documents().revision()).isZero();
    }

    @Test
    void r20KeepsNoAuthorOfSeveralLines() throws IOException {
        Answer tab = api.apply(service("b"), "X-Outrigger-Author", "eve\tadmin did it");
        String folded =
                api.raw(
                        String.join(
                                "\r\n",
                                "DELETE /api/v1/services/b HTTP/1.1",
                                "Host: localhost",
                                "X-Outrigger-Author: eve",
                                " revision=9 author=root",
                                "If-Match: *",
                                "Connection: close",
                                "",
                                ""));

        assertThat(tab.status()).isEqualTo(400);
        assertThat(folded).startsWith("HTTP/1.1 400");
        assertThat(TokenVerifier.printable("eve\r\n\u0085\u2028\u202eroot"))
                .isEqualTo("eve?????root");
    }

    @Test
    void r20LogsOneLineWhateverIsSent() {
        var messages = new CopyOnWriteArrayList<String>();
        var handler = new LogMessages(messages);
        Logger root = Logger.getLogger("");
        root.addHandler(handler);
        try {
            api.breakProxies();
            assertThat(api.get("/api/v1/proxies/a%0D%0Aadmin%20did%20it").status()).isEqualTo(500);
            api.disk.set(StoreFault.WRITE_FAILS);
            String evil = "{annotations: {n: \"a\\r\\nb\"}, name: b,";
            assertThat(api.apply(service("b").replace("{name: b,", evil)).status()).isEqualTo(503);
        } finally {
            root.removeHandler(handler);
        }

        assertThat(messages)
                .anyMatch(line -> line.contains("path=/api/v1/proxies/a%0D%0Aadmin"))
                .anyMatch(line -> line.contains("store unavailable"))
                .noneMatch(line -> line.chars().anyMatch(Character::isISOControl));
    }

    /** Keeps what we log. */
    private static final class LogMessages extends Handler {
        private final List<String> messages;

        LogMessages(List<String> messages) {
            this.messages = messages;
        }

        @Override
        public void publish(LogRecord entry) {
            if (entry.getLoggerName().startsWith("dev.outrigger.")) {
                messages.add(entry.getMessage());
            }
        }

        @Override
        public void flush() {}

        @Override
        public void close() {}
    }

    @ParameterizedTest
    @CsvSource({
        "FULL, 507, Store full, Nothing was written, true",
        "READ_ONLY, 503, Store unavailable, Nothing was written, true",
        "WRITE_FAILS, 503, Store unavailable, after a restart, false",
        "SYNC_FAILS_AND_LOSES, 503, Store unavailable, after a restart, false"
    })
    void r21SaysWhatTheStoreCannotAndGoesOnReading(
            StoreFault fault, int status, String title, String detail, boolean recovers) {
        api.apply(service("b"));
        api.disk.set(fault);
        String many =
                IntStream.rangeClosed(1, 300)
                        .mapToObj(i -> service("s" + i))
                        .collect(Collectors.joining("---\n"));

        Answer refused = api.apply(many, "Idempotency-Key", "k1");

        assertThat(refused.status()).as(refused.body()).isEqualTo(status);
        assertThat(refused.header("Retry-After")).matches("[0-9]+");
        assertThat(refused.json().path("title").asText()).isEqualTo(title);
        assertThat(refused.json().path("detail").asText()).contains(detail);
        assertThat(refused.body()).doesNotContain("SQL").doesNotContain(".db");
        assertThat(api.get("/api/v1/services").json().path("items")).hasSize(1);
        assertThat(api.get("/api/v1/revisions/1").status()).isEqualTo(200);
        assertThat(api.admin("/metrics").body())
                .contains("outrigger_store_up " + (recovers ? "1.0" : "0.0"));
        assertThat(api.get("/health/ready").status()).isEqualTo(recovers ? 200 : 503);
        api.disk.set(StoreFault.NONE);
        assertThat(api.apply(many, "Idempotency-Key", "k1").status())
                .isEqualTo(recovers ? 200 : 503);
    }

    @Test
    void r21SaysThatTheStoreIsClosed() {
        api.store.close();

        Answer answer = api.apply(service("b"));

        assertThat(answer.status()).isEqualTo(503);
        assertThat(answer.header("Retry-After")).isNotEmpty();
        assertThat(api.get("/api/v1/services").status()).isEqualTo(200);
    }

    @Test
    void r26HasNoAdminOnTheApiSocket() {
        for (String path :
                List.of(
                        "/observe/config",
                        "/observe/log",
                        "/config_dump",
                        "/metrics",
                        "/admin",
                        "/quitquitquit")) {
            assertThat(api.get(path).status()).as(path).isEqualTo(404);
        }
    }

    @Test
    void r26TheAdminSocketHasHealthAndMetricsAlone() {
        for (String path :
                List.of("/observe/config", "/observe/log", "/config_dump", "/quitquitquit")) {
            assertThat(api.admin(path).status()).as(path).isEqualTo(404);
        }
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
        var refused = new ArrayList<Answer>();
        for (int i = 0; i < 40; i++) {
            Answer answer = api.get("/api/v1/services");
            statuses.add(answer.status());
            if (answer.status() == 429) {
                refused.add(answer);
            }
        }

        assertThat(statuses.stream().collect(Collectors.toSet())).containsOnly(200, 429);
        assertThat(refused.getLast().header("Retry-After")).isEqualTo("1");
        assertThat(api.admin("/metrics").body())
                .contains("outrigger_http_refused_total{reason=\"rate\"}");
        api.close();
        api = new RunningApi(directory);
    }
}
