// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.policy.rest;

import static dev.outrigger.policy.rest.PolicyApiServerTest.service;
import static org.assertj.core.api.Assertions.assertThat;

import dev.outrigger.policy.rest.RunningApi.Answer;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A document that is kept in a repository is changed from there, or by who insists. */
class ManagedDocumentsTest {
    private static final String SOURCE = "X-Outrigger-Source";

    @TempDir Path directory;
    private RunningApi api;

    @BeforeEach
    void start() {
        api = new RunningApi(directory);
        assertThat(api.apply(managed("8080")).status()).isEqualTo(200);
    }

    @AfterEach
    void stop() {
        api.close();
    }

    private static String managed(String port) {
        return service("b")
                .replace("8080", port)
                .replace(
                        "{name: b,",
                        "{name: b, annotations: {outrigger.dev/managed-by: \"git:example.com/m\"},");
    }

    private static void assertReadOnly(Answer answer) {
        assertThat(answer.status()).as(answer.body()).isEqualTo(409);
        assertThat(answer.json().path("title").asText()).isEqualTo("Managed elsewhere");
        assertThat(answer.json().path("detail").asText())
                .isEqualTo(
                        "Service/b is managed by 'git:example.com/m': change it there, or insist"
                                + " with force=true.");
    }

    @ParameterizedTest
    @ValueSource(strings = {"api", "cli", "console"})
    void isReadOnlyElsewhere(String source) {
        String path = "/api/v1/services/b";

        assertReadOnly(api.apply(service("c") + "---\n" + managed("9"), SOURCE, source));
        assertReadOnly(api.apply(service("b"), SOURCE, source));
        assertReadOnly(api.put(path, managed("9"), "If-Match", "*", SOURCE, source));
        assertReadOnly(api.send("DELETE", path, "", "If-Match", "*", SOURCE, source));
        assertReadOnly(
                api.post(
                        "/api/v1/apply?dryRun=plan",
                        "application/yaml",
                        managed("9"),
                        SOURCE,
                        source));
        assertReadOnly(api.send("POST", "/api/v1/revisions/1/rollback", "", SOURCE, source));
        assertThat(api.store.documents().revision()).isEqualTo(1);
        // What changes nothing is nobody's harm.
        assertThat(api.apply(managed("8080") + "---\n" + service("c"), SOURCE, source).status())
                .isEqualTo(200);
    }

    @Test
    void isChangedFromTheRepository() {
        assertThat(api.apply(managed("9"), SOURCE, "git").status()).isEqualTo(200);
        assertThat(api.get("/api/v1/revisions/2").json().path("source").asText()).isEqualTo("git");
    }

    @Test
    void isChangedByWhoeverInsists() {
        String force = "/api/v1/apply?force=true";
        String plan =
                api.post(force + "&dryRun=plan", "application/yaml", managed("9"))
                        .json()
                        .path("planId")
                        .asText();

        assertReadOnly(api.send("POST", "/api/v1/apply?plan=" + plan, ""));
        assertThat(api.send("POST", force + "&plan=" + plan, "").status()).isEqualTo(200);
        assertThat(api.post(force, "application/yaml", service("b")).status()).isEqualTo(200);
        // It no longer says so, and is anybody's again.
        assertThat(api.apply(service("b", "team: x")).status()).isEqualTo(200);
    }

    @Test
    void anAnnotationOfAnotherKeeperIsOnlyANote() {
        api.apply(
                service("c")
                        .replace(
                                "{name: c,",
                                "{name: c, annotations: {outrigger.dev/managed-by: me},"));

        assertThat(api.apply(service("c")).status()).isEqualTo(200);
    }
}
