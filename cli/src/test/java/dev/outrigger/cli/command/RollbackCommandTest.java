// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.cli.command;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class RollbackCommandTest {
    private static final String ANSWER =
            """
            {"revision":8,"changed":true,"documents":[
             {"kind":"HTTPRoute","namespace":"default","name":"b","action":"updated"}]}\
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
    void undoesTheRevisionItIsTold() {
        server.on("POST /api/v1/revisions/5/rollback?message=too%20slow", 200, ANSWER);

        var run = CliRun.of("rollback", "5", "-m", "too slow", server.option());

        assertThat(run.exitCode()).isZero();
        assertThat(run.out().lines()).containsExactly("httproute/b updated");
        assertThat(run.err()).isEqualToIgnoringNewLines("revision 8 undoes revision 5");
    }

    @Test
    void undoesTheLastOneUnlessTold() {
        server.on("GET /api/v1/revisions?limit=1", 200, "{\"items\":[{\"revision\":7}]}")
                .on("POST /api/v1/revisions/7/rollback?dryRun=true", 200, ANSWER);

        var run = CliRun.of("rollback", "--dry-run", server.option());

        assertThat(run.exitCode()).isZero();
        assertThat(run.err()).contains("nothing was stored");
    }

    @Test
    void waitsUntilProxiesHaveAcceptedIt() {
        server.on("POST /api/v1/revisions/5/rollback", 200, ANSWER)
                .on(
                        "GET /api/v1/revisions/8/sync?timeout=2s",
                        200,
                        "{\"synced\":true,\"proxies\":[{\"id\":\"a\"}]}");

        var run = CliRun.of("rollback", "5", "--wait=2s", server.option());

        assertThat(run.exitCode()).isZero();
        assertThat(run.err()).contains("accepted by 1 of 1 proxies");
    }

    @Test
    void aRevisionWhoseDocumentsChangedSinceIsAConflict() {
        server.on(
                "POST /api/v1/revisions/5/rollback",
                409,
                "{\"title\":\"Conflict\",\"status\":409,\"detail\":\"Service/b was changed since\"}");

        var run = CliRun.of("rollback", "5", server.option());

        assertThat(run.exitCode()).isEqualTo(4);
        assertThat(run.err()).contains("Service/b was changed since");
    }

    @Test
    void saysThatThereIsNothingToUndo() {
        server.on("GET /api/v1/revisions?limit=1", 200, "{\"items\":[]}");

        assertThat(CliRun.of("rollback", server.option()).exitCode()).isEqualTo(5);
    }

    @Test
    void refusesWhatIsNoRevision() {
        assertThat(CliRun.of("rollback", "0", server.option()).exitCode()).isEqualTo(2);
        assertThat(CliRun.of("rollback", "x", server.option()).exitCode()).isEqualTo(2);
        assertThat(CliRun.of("rollback", "5", "--dry-run", "--wait", server.option()).exitCode())
                .isEqualTo(2);
        assertThat(server.asked()).isEmpty();
    }
}
