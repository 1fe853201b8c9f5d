// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.policy.rest;

import static dev.outrigger.policy.rest.PolicyApiServerTest.service;
import static org.assertj.core.api.Assertions.assertThat;

import dev.outrigger.policy.rest.RunningApi.Answer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Selectors and cursors that are none, or are no longer good. */
class ListsTest {
    private static final List<String> NO_SELECTORS =
            List.of(
                    "((",
                    "team=x,",
                    ",",
                    "team=x,,env=y",
                    "team in x",
                    "team in (x",
                    "team of (x)",
                    "=x",
                    "!",
                    "!!team",
                    "team=x y",
                    "team===x",
                    "te am",
                    "team=<script>",
                    "team\u0000=x",
                    "Prefix/team=x",
                    "a/b/c=x");

    @TempDir Path directory;
    private RunningApi api;

    @BeforeEach
    void start() {
        api = new RunningApi(directory);
        api.apply(service("a") + "---\n" + service("b") + "---\n" + service("c"));
    }

    @AfterEach
    void stop() {
        api.close();
    }

    @Test
    void refusesASelectorThatIsNone() {
        for (String selector : NO_SELECTORS) {
            for (String list : new String[] {"services", "revisions", "proxies"}) {
                Answer answer =
                        api.get("/api/v1/" + list + "?labelSelector=" + Requests.encoded(selector));

                assertThat(answer.status()).as(list + " " + answer.body()).isEqualTo(400);
                assertThat(answer.json().path("detail").asText()).startsWith("labelSelector: ");
                assertThat(answer.json().path("detail").asText()).contains("expected: such as");
            }
        }
    }

    private String cursor() {
        return api.get("/api/v1/services?limit=1").json().path("next").asText();
    }

    @Test
    void refusesACursorThatIsNone() {
        for (String cursor : List.of("", "AAAA", "%21%21", "a", "====", "MQo", "..%2F..")) {
            for (String list : new String[] {"services", "revisions"}) {
                Answer answer = api.get("/api/v1/" + list + "?cursor=" + cursor);

                assertThat(answer.status()).as(answer.body()).isEqualTo(400);
                assertThat(answer.json().path("detail").asText())
                        .contains("Start again without it");
            }
        }
    }

    @Test
    void refusesACursorOfAnotherListOrThatWasChanged() {
        String cursor = cursor();
        byte[] sealed = Base64.getUrlDecoder().decode(cursor);
        sealed[0] ^= 1;
        String changed = Base64.getUrlEncoder().withoutPadding().encodeToString(sealed);
        String made =
                Base64.getUrlEncoder()
                        .withoutPadding()
                        .encodeToString("9\nx 0123456789abcdef".getBytes(StandardCharsets.UTF_8));

        assertThat(api.get("/api/v1/services?cursor=" + cursor).status()).isEqualTo(200);
        for (String query :
                new String[] {
                    "sidecars?cursor=" + cursor,
                    "revisions?cursor=" + cursor,
                    "services?namespace=x&cursor=" + cursor,
                    "services?labelSelector=team&cursor=" + cursor,
                    "services?cursor=" + changed,
                    "services?cursor=" + made,
                    "services?cursor=" + cursor + "A".repeat(2_048)
                }) {
            assertThat(api.get("/api/v1/" + query).status()).as(query).isEqualTo(400);
        }
    }

    @Test
    void r23ACursorWhoseRevisionIsNoLongerAtHandSaysToStartAgain() {
        String old = cursor();
        for (int i = 0; i < Snapshots.MAX; i++) {
            api.apply(service("n" + i));
            cursor();
        }

        Answer gone = api.get("/api/v1/services?cursor=" + old);

        assertThat(gone.status()).isEqualTo(410);
        assertThat(gone.json().path("title").asText()).isEqualTo("Cursor expired");
        assertThat(gone.json().path("detail").asText())
                .contains("Revision 1", "start again without the cursor");
    }

    @Test
    void anIdempotencyKeyNamesOneRequest() {
        String key = "Idempotency-Key";
        api.apply(service("x"), key, "k1");

        for (Answer other :
                new Answer[] {
                    api.apply(service("x") + " ", key, "k1"),
                    api.post(
                            "/api/v1/apply?message=m", "application/yaml", service("x"), key, "k1"),
                    api.post("/api/v1/services", "application/yaml", service("x"), key, "k1"),
                    api.put("/api/v1/services/x", service("x"), "If-Match", "*", key, "k1"),
                    api.send("DELETE", "/api/v1/services/x", "", "If-Match", "*", key, "k1")
                }) {
            assertThat(other.status()).as(other.body()).isEqualTo(422);
            assertThat(other.json().path("detail").asText()).contains("another request");
        }
        assertThat(api.store.documents().revision()).isEqualTo(2);
        assertThat(api.apply(service("x"), key, "").status()).isEqualTo(400);
        assertThat(api.apply(service("x"), key, "k".repeat(256)).status()).isEqualTo(400);
        assertThat(api.apply(service("x"), key, "two words").status()).isEqualTo(400);
    }
}
