// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.cli.command;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Colours, and how much is said. */
class PresentationTest {
    private static final String ESCAPE = "\u001b[";

    private FakeControlPlane server;

    @BeforeEach
    void start() throws IOException {
        server =
                new FakeControlPlane()
                        .on(
                                "GET /api/v1/proxies",
                                200,
                                """
                                {"items":[{"id":"a-SYNCED","connected":true,"types":{
                                 "type.googleapis.com/envoy.config.cluster.v3.Cluster":
                                  {"state":"SYNCED"}}}]}
                                """);
    }

    @AfterEach
    void stop() {
        server.close();
    }

    private String onTerminal(Map<String, String> environment, String... more) {
        var args = new java.util.ArrayList<>(java.util.List.of("proxy", "ls", server.option()));
        args.addAll(java.util.List.of(more));
        return CliRun.onTerminal("", environment, args.toArray(String[]::new)).out();
    }

    @Test
    void statesAreColouredOnATerminal() {
        assertThat(onTerminal(Map.of()))
                .contains(ESCAPE + "32mSYNCED" + ESCAPE + "0m")
                .contains("a-SYNCED ");
    }

    @Test
    void thereAreNoColoursElsewhere() {
        assertThat(CliRun.of("proxy", "ls", server.option()).out()).doesNotContain(ESCAPE);
        assertThat(onTerminal(Map.of("NO_COLOR", "1"))).doesNotContain(ESCAPE);
        assertThat(onTerminal(Map.of("TERM", "dumb"))).doesNotContain(ESCAPE);
        assertThat(onTerminal(Map.of(), "--color=never")).doesNotContain(ESCAPE);
        assertThat(onTerminal(Map.of(), "-o", "json")).doesNotContain(ESCAPE);
    }

    @Test
    void coloursCanBeAskedFor() {
        assertThat(CliRun.of("proxy", "ls", "--color=always", server.option()).out())
                .contains(ESCAPE);
        assertThat(CliRun.of("get", "x", "--color=always", server.option()).err())
                .startsWith(ESCAPE + "31moutrigger: unknown kind");
        assertThat(CliRun.of("proxy", "ls", "--color=green").exitCode()).isEqualTo(2);
    }

    @Test
    void quietLeavesDataAndFailures() {
        var empty = new String[] {"get", "services", server.option(), "-q"};
        server.on("GET /api/v1/services", 200, "{\"items\":[]}");

        assertThat(CliRun.of(empty).err()).isEmpty();
        assertThat(CliRun.of("get", "service", "none", server.option(), "-q").err())
                .contains("Not found");
    }

    @Test
    void verboseShowsEveryRequest() {
        var run = CliRun.of("-v", "proxy", "ls", server.option());

        assertThat(run.err()).containsPattern("GET http://.*/api/v1/proxies -> 200 in \\d+ ms");
        assertThat(CliRun.of("proxy", "ls", "-v", server.option()).err()).contains("-> 200 in");
    }
}
