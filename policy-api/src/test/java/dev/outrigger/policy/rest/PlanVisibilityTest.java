// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.policy.rest;

import static dev.outrigger.policy.rest.PolicyApiServerTest.retry;
import static dev.outrigger.policy.rest.PolicyApiServerTest.service;
import static org.assertj.core.api.Assertions.assertThat;

import dev.outrigger.policy.rest.RunningApi.Answer;
import java.nio.file.Path;
import java.time.InstantSource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a plan tells to whom, and who may commit it. The proxy a-1 is that of default/a. */
class PlanVisibilityTest {
    @TempDir Path directory;
    private final Tokens tokens = new Tokens(InstantSource.system());
    private RunningApi api;

    @BeforeEach
    void start() {
        api =
                new RunningApi(
                        directory,
                        PolicyApiOptions.DEFAULT
                                .withPorts(0, 0)
                                .withSecurity(tokens.security(directory)));
        api.apply(service("b") + "---\n" + inY(service("c")), bearer("root", "admin"));
    }

    @AfterEach
    void stop() {
        api.close();
    }

    private String[] bearer(String name, String... roles) {
        return new String[] {"Authorization", "Bearer " + tokens.token(name, roles)};
    }

    private static String inY(String yaml) {
        return yaml.replace("metadata: {", "metadata: {namespace: y, ");
    }

    private Answer plan(String yaml, String... caller) {
        return api.post("/api/v1/apply?dryRun=plan", "application/yaml", yaml, caller);
    }

    private static String policyInY() {
        return inY(retry("p", "c")).replace("name: c}]", "name: c, namespace: y}]");
    }

    @ParameterizedTest
    @CsvSource({"admin, 1", "editor, 1", "y:admin, 0", "y:editor, 0", "y:editor default:viewer, 1"})
    void namesProxiesAndSidecarsOnlyToWhoMaySeeThem(String roles, int shown) {
        Answer plan = plan(policyInY(), bearer("ann", roles.split(" ")));

        assertThat(plan.status()).as(plan.body()).isEqualTo(200);
        assertThat(plan.json().path("proxies")).hasSize(shown);
        assertThat(plan.body().contains("a-1")).isEqualTo(shown == 1);
        assertThat(plan.body().contains("Sidecar/a")).isEqualTo(shown == 1);
        assertThat(plan.json().path("complete").asBoolean()).isEqualTo(shown == 1);
        assertThat(plan.json().path("changes")).hasSize(1);
    }

    @Test
    void aViewerPlansNothing() {
        assertThat(plan(policyInY(), bearer("ann", "viewer")).status()).isEqualTo(403);
        assertThat(plan(policyInY(), bearer("ann", "z:editor")).status()).isEqualTo(403);
    }

    @Test
    void aPlanIsItsMakersOwn() {
        String id = plan(policyInY(), bearer("ann", "editor")).json().path("planId").asText();
        String commit = "/api/v1/apply?plan=" + id;

        Answer ofAnother = api.send("POST", commit, "", bearer("bo", "admin"));
        Answer looked = api.get("/api/v1/proxies/a-1/diff?plan=" + id, bearer("bo", "admin"));

        assertThat(ofAnother.status()).isEqualTo(412);
        assertThat(ofAnother.json().path("detail").asText()).contains("no such plan of yours");
        assertThat(looked.status()).isEqualTo(412);
        assertThat(api.store.documents().revision()).isEqualTo(1);
        assertThat(api.send("POST", commit, "", bearer("ann", "editor")).status()).isEqualTo(200);
    }

    @Test
    void aPlanIsOfNoUseOnceItsMakerMayNotWriteAnyMore() {
        String id = plan(policyInY(), bearer("ann", "y:editor")).json().path("planId").asText();

        Answer refused =
                api.send("POST", "/api/v1/apply?plan=" + id, "", bearer("ann", "z:editor"));

        assertThat(refused.status()).isEqualTo(403);
        assertThat(api.store.documents().revision()).isEqualTo(1);
    }
}
