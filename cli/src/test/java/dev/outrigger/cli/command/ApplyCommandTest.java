// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.cli.command;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class ApplyCommandTest {
    private static final String ANSWER =
            """
            {"revision":7,"changed":true,"documents":[
             {"kind":"Service","namespace":"default","name":"b","action":"created"},
             {"kind":"TrafficPolicy","namespace":"shop","name":"p","action":"updated"}]}\
            """;

    private FakeControlPlane server;

    @BeforeEach
    void start() throws IOException {
        server = new FakeControlPlane();
    }

    @AfterEach
    void stop() {
        server.close();
    }

    @Test
    void printsWhatBecameOfEachDocument() {
        server.on("POST /api/v1/apply", 200, ANSWER);

        var run = CliRun.withInput("x: 1", "apply", "-f", "-", server.option());

        assertThat(run.exitCode()).isZero();
        assertThat(run.out().lines())
                .containsExactly("service/b created", "trafficpolicy/shop/p updated");
        assertThat(run.err()).isEqualToIgnoringNewLines("revision 7");
    }

    @Test
    void sendsMessageAndDryRun() {
        server.on("POST /api/v1/apply?dryRun=true&message=a%20%26%20b", 200, ANSWER);

        var run =
                CliRun.withInput(
                        "x: 1", "apply", "-f", "-", "--dry-run", "-m", "a & b", server.option());

        assertThat(run.exitCode()).isZero();
        assertThat(run.err()).contains("nothing was stored");
    }

    @Test
    void sendsJsonAsJsonAndYamlAsYaml() {
        server.on("POST /api/v1/apply", 200, ANSWER);

        CliRun.withInput(" [{}]", "apply", "-f", "-", server.option());
        CliRun.withInput("x: 1", "apply", "-f", "-", server.option());

        assertThat(server.asked())
                .extracting(asked -> asked.header("Content-type"))
                .containsExactly("application/json", "application/yaml");
    }

    @Test
    void refusesToWaitForADryRun() {
        var run =
                CliRun.withInput(
                        "x: 1", "apply", "-f", "-", "--dry-run", "--wait", server.option());

        assertThat(run.exitCode()).isEqualTo(2);
        assertThat(server.asked()).isEmpty();
    }

    @Test
    void saysThatAllProxiesAccepted() {
        server.on("POST /api/v1/apply", 200, ANSWER)
                .on(
                        "GET /api/v1/revisions/7/sync?timeout=30s",
                        200,
                        "{\"synced\":true,\"proxies\":[{\"id\":\"a\"},{\"id\":\"b\"}]}");

        var run = CliRun.withInput("x: 1", "apply", "-f", "-", "--wait", server.option());

        assertThat(run.exitCode()).isZero();
        assertThat(run.err()).contains("accepted by 2 of 2 proxies");
    }

    @Test
    void printsJsonAlone() {
        server.on("POST /api/v1/apply", 200, ANSWER);

        var run = CliRun.withInput("x: 1", "apply", "-f", "-", "-o", "json", server.option());

        assertThat(run.out()).startsWith("{").contains("\"revision\" : 7");
        assertThat(run.err()).isEmpty();
    }
}
