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

/** How plans travel; what they say is the xDS server's, and tested there. */
class PlansTest {
    @TempDir Path directory;
    private RunningApi api;

    @BeforeEach
    void start() {
        api = new RunningApi(directory);
        api.apply(service("b"));
    }

    @AfterEach
    void stop() {
        api.close();
    }

    private Answer plan(String yaml) {
        return api.post("/api/v1/apply?dryRun=plan", "application/yaml", yaml);
    }

    private Answer commit(Answer plan) {
        return api.send("POST", "/api/v1/apply?plan=" + plan.json().path("planId").asText(), "");
    }

    @Test
    void saysWhatAWriteWouldChange() {
        Answer plan = plan(retry("p", "b"));

        assertThat(plan.status()).isEqualTo(200);
        assertThat(plan.json().path("baseRevision").asLong()).isEqualTo(1);
        assertThat(plan.json().at("/changes/0/action").asText()).isEqualTo("created");
        assertThat(plan.json().at("/effective/0/after/value/attempts").asInt()).isEqualTo(2);
        assertThat(plan.json().at("/proxies/0/patch/0/op").asText()).isEqualTo("replace");
        assertThat(api.store.documents().revision()).isEqualTo(1);
    }

    @Test
    void commitsExactlyThePlan() {
        Answer plan = plan(retry("p", "b"));
        Answer committed = commit(plan);

        assertThat(committed.status()).isEqualTo(200);
        assertThat(committed.json().path("revision").asLong()).isEqualTo(2);
        assertThat(api.get("/api/v1/trafficpolicies/p").status()).isEqualTo(200);
    }

    @Test
    void doesNotCommitAPlanWhoseBaseHasMoved() {
        Answer plan = plan(retry("p", "b"));
        api.apply(service("c"));

        Answer refused = commit(plan);

        assertThat(refused.status()).isEqualTo(412);
        assertThat(refused.json().path("detail").asText()).contains("revision 1", "revision 2");
        assertThat(api.get("/api/v1/trafficpolicies/p").status()).isEqualTo(404);
    }

    @Test
    void doesNotCommitWhatWasNotPlanned() {
        String unknown = "/api/v1/apply?plan=plan-" + "0".repeat(32);

        assertThat(api.send("POST", unknown, "").status()).isEqualTo(412);
        assertThat(api.send("POST", unknown + "&dryRun=true", "").status()).isEqualTo(400);
        assertThat(api.post(unknown, "application/yaml", service("x")).status()).isEqualTo(400);
    }

    @Test
    void aPlanOfNothingChangesNothing() {
        Answer plan = plan(service("b"));

        assertThat(plan.json().path("changed").asBoolean(true)).isFalse();
        assertThat(plan.json().path("proxies")).isEmpty();
        assertThat(commit(plan).json().path("changed").asBoolean(true)).isFalse();
    }

    @Test
    void aBadSubmissionHasNoPlan() {
        assertThat(plan(retry("p", "nobody")).status()).isEqualTo(422);
    }

    @Test
    void showsWhatAProxyWasGivenPageByPage() {
        Answer first = api.get("/api/v1/proxies/a-1/xds?limit=2");
        Answer second =
                api.get(
                        "/api/v1/proxies/a-1/xds?limit=2&cursor="
                                + first.json().path("next").asText());

        assertThat(first.json().path("items")).hasSize(2);
        assertThat(first.json().at("/items/0/resource/name").asText()).isEqualTo("default/b/80");
        assertThat(first.header("Link")).contains("/api/v1/proxies/a-1/xds?limit=2&cursor=");
        assertThat(second.json().at("/items/0/name").asText()).isEqualTo("default/d/80");
        assertThat(second.json().has("next")).isFalse();
        assertThat(api.get("/api/v1/proxies/a-1/xds?name=default%2Fc%2F80").json().path("items"))
                .hasSize(1);
        assertThat(api.get("/api/v1/proxies/a-1/xds?type=x").json().path("items")).isEmpty();
        assertThat(api.get("/api/v1/proxies/nobody/xds").status()).isEqualTo(404);
        assertThat(api.get("/api/v1/proxies/a-1/xds?cursor=AAAA").status()).isEqualTo(400);
    }

    @Test
    void showsWhatStandsBetweenAProxyAndTheDocuments() {
        Answer inSync = api.get("/api/v1/proxies/a-1/diff");
        api.apply(service("c"));
        Answer behind = api.get("/api/v1/proxies/a-1/diff");

        assertThat(inSync.json().path("changed").asBoolean(true)).isFalse();
        assertThat(behind.json().path("givenRevision").asLong()).isEqualTo(1);
        assertThat(behind.json().path("revision").asLong()).isEqualTo(2);
        assertThat(behind.json().at("/changes/0/patch/0/op").asText()).isEqualTo("replace");
        assertThat(api.get("/api/v1/proxies/nobody/diff").status()).isEqualTo(404);
    }

    @Test
    void showsWhatAPlanWouldChangeOnAProxy() {
        String diff =
                "/api/v1/proxies/a-1/diff?plan="
                        + plan(retry("p", "b")).json().path("planId").asText();

        assertThat(api.get(diff).json().path("revision").asLong()).isEqualTo(2);
        assertThat(api.store.documents().revision()).isEqualTo(1);
        api.apply(service("c"));
        assertThat(api.get(diff).status()).isEqualTo(412);
        assertThat(api.get("/api/v1/proxies/a-1/diff?plan=plan-" + "0".repeat(32)).status())
                .isEqualTo(412);
    }

    @Test
    void explainsARequest() {
        api.apply(retry("p", "b"));
        String question = "/api/v1/effective?consumer=a&host=B.local.service";

        Answer answer = api.get(question + "&method=POST&path=/x%3Fy=1&headers=a:b%0Ac:d");

        assertThat(answer.json().path("routed").asBoolean()).isTrue();
        assertThat(answer.json().at("/blocks/0/from/value/attempts").asInt()).isEqualTo(2);
        assertThat(answer.json().at("/blocks/0/beats/0/level").asText()).isEqualTo("built-in");
        assertThat(answer.json().at("/envoy/path").asText()).isEqualTo("/x?y=1");
        assertThat(api.get("/api/v1/effective?consumer=a&host=x").json().path("reason").asText())
                .isEqualTo("UNKNOWN_HOST");
        assertThat(api.get("/api/v1/effective?consumer=a").status()).isEqualTo(400);
        assertThat(api.get(question + "&headers=nothing").status()).isEqualTo(400);
        assertThat(api.get(question + "&path=x").status()).isEqualTo(400);
    }
}
