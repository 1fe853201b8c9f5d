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
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Creating, patching and pruning; what putting and deleting do is in PolicyApiServerTest. */
class DocumentWritesTest {
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

    private Answer create(String yaml, String... headers) {
        return api.post("/api/v1/services", "application/yaml", yaml, headers);
    }

    private Answer patch(String type, String body, String... headers) {
        String[] all = java.util.Arrays.copyOf(headers, headers.length + 2);
        all[headers.length] = "Content-Type";
        all[headers.length + 1] = type;
        return api.send("PATCH", "/api/v1/services/b", body, all);
    }

    @Test
    void createsADocumentOnce() {
        Answer created = create(service("b"));
        Answer again = create(service("b"));

        assertThat(created.status()).isEqualTo(201);
        assertThat(created.header("Location")).isEqualTo("/api/v1/services/b");
        assertThat(created.header("ETag")).isEqualTo("\"1\"");
        assertThat(again.status()).isEqualTo(409);
        assertThat(again.json().path("detail").asText()).contains("exists, at generation 1");
        assertThat(api.store.documents().revision()).isEqualTo(1);
    }

    @Test
    void createsInANamespaceAndSaysWhere() {
        Answer created =
                create(
                        service("b")
                                .replace("metadata: {name: b", "metadata: {namespace: x, name: b"));

        assertThat(created.header("Location")).isEqualTo("/api/v1/services/b?namespace=x");
        assertThat(api.get(created.header("Location")).status()).isEqualTo(200);
    }

    @Test
    void aRepeatedCreationWithItsKeyIsNoConflict() {
        Answer first = create(service("b"), "Idempotency-Key", "k1");
        Answer again = create(service("b"), "Idempotency-Key", "k1");

        assertThat(first.status()).isEqualTo(201);
        assertThat(again.status()).isEqualTo(200);
        assertThat(again.body()).isEqualTo(first.body());
    }

    @Test
    void createsOnlyDocumentsOfItsKind() {
        api.apply(service("b"));

        Answer answer = create(retry("p", "b"));

        assertThat(answer.status()).isEqualTo(422);
        assertThat(answer.json().at("/errors/0/pointer").asText()).isEqualTo("#/kind");
    }

    @Test
    void patchesByMerging() {
        api.apply(service("b", "team: x, env: prod"));

        Answer answer =
                patch(
                        "application/merge-patch+json",
                        "{\"metadata\":{\"labels\":{\"env\":null,\"tier\":\"1\"}}}",
                        "If-Match",
                        "\"1\"");

        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.header("ETag")).isEqualTo("\"2\"");
        assertThat(api.get("/api/v1/services/b").json().at("/metadata/labels").toString())
                .isEqualTo("{\"team\":\"x\",\"tier\":\"1\"}");
    }

    @Test
    void patchesByOperations() {
        api.apply(service("b"));

        Answer answer =
                patch(
                        "application/json-patch+json",
                        """
                        [{"op":"test","path":"/metadata/generation","value":1},
                         {"op":"add","path":"/spec/hostnames/-","value":"c.local.service"},
                         {"op":"replace","path":"/spec/ports/0/port","value":81}]
                        """,
                        "If-Match",
                        "*");

        assertThat(answer.status()).isEqualTo(200);
        var spec = api.get("/api/v1/services/b").json().path("spec");
        assertThat(spec.path("hostnames")).hasSize(2);
        assertThat(spec.at("/ports/0/port").asInt()).isEqualTo(81);
    }

    @Test
    void aPatchNeedsToSayWhatItChanges() {
        api.apply(service("b"));
        String nothing = "{}";

        assertThat(patch("application/merge-patch+json", nothing).status()).isEqualTo(428);
        assertThat(patch("application/merge-patch+json", nothing, "If-Match", "\"9\"").status())
                .isEqualTo(412);
        assertThat(patch("application/merge-patch+json", nothing, "If-Match", "\"1\"").status())
                .isEqualTo(200);
        assertThat(api.store.documents().revision()).isEqualTo(1);
    }

    @Test
    void aPatchIsCheckedLikeADocument() {
        api.apply(service("b"));

        Answer answer =
                patch(
                        "application/merge-patch+json",
                        "{\"spec\":{\"ports\":[{\"name\":\"http\",\"prt\":80}]}}",
                        "If-Match",
                        "*");

        assertThat(answer.status()).isEqualTo(422);
        assertThat(answer.body())
                .contains("#/spec/ports/0/prt", "Did you mean 'port'?", "\"line\":0");
        assertThat(api.store.documents().revision()).isEqualTo(1);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "[{\"op\":\"add\"}] | 400",
                "{} | 400",
                "[{\"op\":\"turn\",\"path\":\"/a\"}] | 400",
                "[{\"op\":\"remove\",\"path\":\"/spec/nothing\"}] | 422",
                "[{\"op\":\"test\",\"path\":\"/kind\",\"value\":\"X\"}] | 422",
                "[{\"op\":\"replace\",\"path\":\"/metadata/name\",\"value\":\"c\"}] | 422",
                "[{\"op\":\"add\",\"path\":\"/metadata/generation\",\"value\":7},"
                        + "{\"op\":\"add\",\"path\":\"/spec/hostnames/-\",\"value\":\"z.local\"}] | 412",
                "[{\"op\":\"add\",\"path\":\"\",\"value\":3}] | 422",
                "[1 | 400",
                "[] [] | 400",
                "[{\"op\":\"add\",\"op\":\"add\",\"path\":\"\",\"value\":3}] | 400"
            })
    void refusesPatchesThatDoNotFit(String body, int status) {
        api.apply(service("b"));

        Answer answer = patch("application/json-patch+json", body, "If-Match", "*");

        assertThat(answer.status()).as(answer.body()).isEqualTo(status);
        assertThat(answer.header("Content-Type")).isEqualTo("application/problem+json");
    }

    @Test
    void doesNotPatchWhatDoesNotExist() {
        assertThat(patch("application/merge-patch+json", "{}", "If-Match", "*").status())
                .isEqualTo(404);
        assertThat(patch("application/yaml", "{}", "If-Match", "*").status()).isEqualTo(415);
    }

    @Test
    void appliesOnlyOverTheGenerationThatADocumentNames() {
        api.apply(service("b"));
        api.apply(service("b", "team: x"));
        String stale =
                service("c")
                        + "---\n"
                        + service("b").replace("name: b,", "name: b, generation: 1,");

        Answer refused = api.apply(stale);
        Answer planned = api.post("/api/v1/apply?dryRun=plan", "application/yaml", stale);

        for (Answer answer : new Answer[] {refused, planned}) {
            assertThat(answer.status()).isEqualTo(412);
            var error = answer.json().at("/errors/0");
            assertThat(error.path("code").asText()).isEqualTo("OUT-2003");
            assertThat(error.path("document").asInt()).isEqualTo(2);
            assertThat(error.path("pointer").asText()).isEqualTo("#/metadata/generation");
            assertThat(error.path("line").asInt()).isEqualTo(11);
            assertThat(error.path("detail").asText()).startsWith("Service/b is at generation 2");
        }
        assertThat(api.store.documents().revision()).isEqualTo(2);
        assertThat(api.get("/api/v1/services/c").status()).isEqualTo(404);
        assertThat(api.apply(stale.replace("generation: 1", "generation: 2")).status())
                .isEqualTo(200);
    }

    @Test
    void warnsWhereItStandsInTheSubmission() {
        String yaml =
                service("b")
                        + "---\n"
                        + retry("p", "b").replace("codes:", "methods: [\"*\"], codes:");

        Answer stored = api.apply(yaml);
        Answer tried = api.post("/api/v1/apply?dryRun=true", "application/yaml", yaml);

        for (Answer answer : new Answer[] {stored, tried}) {
            assertThat(answer.status()).isEqualTo(200);
            var warning = answer.json().at("/warnings/0");
            assertThat(warning.path("code").asText()).isEqualTo("OUT-W103");
            assertThat(warning.path("kind").asText()).isEqualTo("TrafficPolicy");
            assertThat(warning.path("pointer").asText()).isEqualTo("#/spec/retry/methods");
            assertThat(warning.path("line").asInt()).isEqualTo(14);
            assertThat(warning.path("column").asInt()).isEqualTo(33);
        }
    }

    @Test
    void prunesWhatIsNoLongerSubmitted() {
        String labels = "app: shop";
        api.apply(service("b", labels) + "---\n" + service("c", labels) + "---\n" + service("d"));

        Answer answer =
                api.post(
                        "/api/v1/apply?prune=app%3Dshop", "application/yaml", service("b", labels));

        assertThat(answer.json().path("documents").toString())
                .contains("\"b\",\"action\":\"unchanged\"", "\"c\",\"action\":\"deleted\"")
                .doesNotContain("\"d\"");
        assertThat(api.get("/api/v1/services/c").status()).isEqualTo(404);
        assertThat(api.get("/api/v1/services/d").status()).isEqualTo(200);
    }

    @Test
    void prunesOnlyWithinWhatIsSubmitted() {
        Answer answer =
                api.post("/api/v1/apply?prune=app%3Dshop", "application/yaml", service("b"));

        assertThat(answer.status()).isEqualTo(422);
        assertThat(answer.body()).contains("would never be pruned");
        assertThat(api.post("/api/v1/apply?prune=", "application/yaml", service("b")).status())
                .isEqualTo(400);
    }

    @Test
    void doesNotPruneWhatOthersReferTo() {
        api.apply(service("b", "app: shop") + "---\n" + retry("p", "b"));

        Answer answer =
                api.post(
                        "/api/v1/apply?prune=app%3Dshop",
                        "application/yaml", service("c", "app: shop"));

        assertThat(answer.status()).isEqualTo(422);
        assertThat(answer.body()).contains("TrafficPolicy/p");
    }

    @Test
    void refusesToAnswerInAnotherMediaType() {
        assertThat(api.get("/api/v1/services", "Accept", "text/html").status()).isEqualTo(406);
        assertThat(api.get("/api/v1/services", "Accept", "text/html, */*;q=0.1").status())
                .isEqualTo(200);
    }
}
