// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.policy.rest;

import static dev.outrigger.policy.rest.PolicyApiServerTest.retry;
import static dev.outrigger.policy.rest.PolicyApiServerTest.service;
import static org.assertj.core.api.Assertions.assertThat;

import dev.outrigger.policy.rest.RunningApi.Answer;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The log of writes: one document's share of it, differences, and undoing parts. */
class RevisionsTest {
    @TempDir Path directory;
    private RunningApi api;

    @BeforeEach
    void start() {
        api = new RunningApi(directory);
        api.apply(service("b") + "---\n" + service("c"));
        api.apply(retry("p", "b"));
        api.apply(retry("p", "b").replace("attempts: 2", "attempts: 3"));
    }

    @AfterEach
    void stop() {
        api.close();
    }

    @Test
    void listsWhatChangedOneDocument() {
        Answer answer = api.get("/api/v1/revisions?document=TrafficPolicy/p");

        assertThat(answer.json().path("items").findValuesAsText("revision"))
                .containsExactly("3", "2");
    }

    @Test
    void pagesThroughOneDocumentsHistory() {
        Answer first = api.get("/api/v1/revisions?document=TrafficPolicy/p&limit=1");
        String next = first.header("Link").replaceAll("<(.*)>; rel=\"next\"", "$1");

        assertThat(api.get(next).json().at("/items/0/revision").asInt()).isEqualTo(2);
    }

    @Test
    void listsWhatChangedDocumentsWithLabels() {
        api.apply(PolicyApiServerTest.service("d", "team: x"));
        api.apply(PolicyApiServerTest.service("e"));
        api.apply(PolicyApiServerTest.service("d", "team: \"y\""));

        var selected = api.get("/api/v1/revisions?labelSelector=team%3Dx").json();
        var first = api.get("/api/v1/revisions?limit=1&labelSelector=team%3Dx");
        var second =
                api.get(
                        "/api/v1/revisions?limit=1&labelSelector=team%3Dx&cursor="
                                + first.json().path("next").asText());

        assertThat(selected.path("items").findValuesAsText("message")).hasSize(2);
        assertThat(first.header("Link")).contains("&labelSelector=team%3Dx&cursor=");
        assertThat(first.json().at("/items/0/changes/0/name").asText()).isEqualTo("d");
        assertThat(second.json().at("/items/0/revision").asLong())
                .isEqualTo(first.json().at("/items/0/revision").asLong() - 2);
        assertThat(second.json().has("next")).isFalse();
        assertThat(api.get("/api/v1/revisions?labelSelector=((").status()).isEqualTo(400);
    }

    @Test
    void saysWhatBecameOfARevision() {
        var sync = api.get("/api/v1/revisions/2").json().path("sync");

        assertThat(sync.path("synced").asBoolean(true)).isFalse();
        assertThat(sync.path("publishedRevision").asLong()).isEqualTo(2);
        assertThat(sync.at("/missing/0").toString())
                .isEqualTo("{\"proxy\":\"a-1\",\"reason\":\"CDS refused: bad\"}");
        assertThat(sync.at("/withheld/0/reason").asText()).isEqualTo("REFUSED");
        // A list would have to ask for each.
        assertThat(api.get("/api/v1/revisions").json().at("/items/0").has("sync")).isFalse();
    }

    @Test
    void refusesAHistoryOfNothing() {
        assertThat(api.get("/api/v1/revisions?document=b").status()).isEqualTo(400);
        assertThat(api.get("/api/v1/revisions?document=Pod/b").status()).isEqualTo(400);
    }

    @Test
    void showsTheDifferenceARevisionMade() {
        Answer answer = api.get("/api/v1/revisions/3/diff");

        assertThat(answer.json().toString())
                .isEqualTo(
                        "{\"from\":2,\"to\":3,\"changes\":[{\"kind\":\"TrafficPolicy\","
                                + "\"namespace\":\"default\",\"name\":\"p\",\"action\":\"updated\","
                                + "\"patch\":[{\"op\":\"replace\",\"path\":\"/spec/retry/attempts\","
                                + "\"value\":3,\"old\":2}]}]}");
    }

    @Test
    void sumsUpTheDifferencesOfSeveralRevisions() {
        Answer answer = api.get("/api/v1/revisions/3/diff?from=1");

        assertThat(answer.json().path("changes")).hasSize(1);
        assertThat(answer.json().at("/changes/0/action").asText()).isEqualTo("created");
        assertThat(answer.json().at("/changes/0/patch/0/value/spec/retry/attempts").asInt())
                .isEqualTo(3);
    }

    @Test
    void refusesADifferenceToTheFuture() {
        assertThat(api.get("/api/v1/revisions/9/diff").status()).isEqualTo(404);
        assertThat(api.get("/api/v1/revisions/2/diff?from=3").status()).isEqualTo(400);
    }

    @Test
    void undoesOnlyOneDocumentOfARevision() {
        Answer answer = api.send("POST", "/api/v1/revisions/1/rollback?only=Service/c", "");

        assertThat(answer.status()).isEqualTo(200);
        assertThat(api.get("/api/v1/services/c").status()).isEqualTo(404);
        assertThat(api.get("/api/v1/services/b").status()).isEqualTo(200);
        assertThat(api.send("POST", "/api/v1/revisions/2/rollback?only=Service/c", "").status())
                .isEqualTo(404);
    }
}
