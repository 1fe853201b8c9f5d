// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.cli.command;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** diff, why, history, explain, validate and store. */
class PlanCommandsTest {
    private static final String PLAN =
            """
            {"planId":"plan-1","baseRevision":3,"changed":true,"changes":[
              {"kind":"TrafficPolicy","namespace":"default","name":"p","action":"updated",
               "patch":[{"op":"replace","path":"/spec/retry/attempts","value":3,"old":2}]}],
             "effective":[{"consumer":"*","destination":"b","rule":"default/b","block":"retry",
               "before":{"level":"built-in"},
               "after":{"level":"service","document":"TrafficPolicy/p","pointer":"#/spec/retry",
                        "value":{"attempts":3}}}],
             "proxies":[{"proxies":["a-1"],"sidecars":["Sidecar/a"],
               "type":"type.googleapis.com/envoy.config.route.v3.RouteConfiguration","name":"http",
               "action":"updated","patch":[{"op":"add","path":"/x","value":1}]}],
             "complete":true,
             "warnings":[{"code":"OUT-W101","kind":"TrafficPolicy","namespace":"default","name":"p",
               "pointer":"#/spec/timeouts","line":1,"column":1,"detail":"Never fires."}]}
            """;

    private static final String SERVICE =
            """
            apiVersion: outrigger.dev/v1alpha1
            kind: Service
            metadata: {name: b}
            spec:
              hostnames: [b.local.service]
              ports: [{name: http, port: 80}]
              endpoints: {static: [{address: 10.0.0.1, port: 8080}]}
            """;

    @TempDir Path directory;
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
    void diffShowsThePlanAndAnswersThatSomethingWouldChange() {
        server.on("POST /api/v1/apply?dryRun=plan", 200, PLAN);

        var run = CliRun.withInput("x: 1", "diff", "-f", "-", server.option());

        assertThat(run.exitCode()).isEqualTo(1);
        assertThat(run.out().lines())
                .containsExactly(
                        "trafficpolicy/p updated",
                        "  - /spec/retry/attempts: 2",
                        "  + /spec/retry/attempts: 3",
                        "for every caller of b, rule default/b: retry",
                        "  - from built-in",
                        "  + {\"attempts\":3}   from TrafficPolicy/p #/spec/retry",
                        "a-1 (Sidecar/a): RouteConfiguration http updated",
                        "  + /x: 1");
        assertThat(run.err()).contains("warning OUT-W101 trafficpolicy/p #/spec/timeouts");
    }

    @Test
    void diffOfNothingEndsWithZero() {
        server.on(
                "POST /api/v1/apply?dryRun=plan",
                200,
                "{\"changed\":false,\"changes\":[],\"effective\":[],\"proxies\":[]}");

        assertThat(CliRun.withInput("x: 1", "diff", "-f", "-", server.option()).exitCode())
                .isZero();
    }

    @Test
    void whySaysRuleValuesAndWhatTheyBeat() {
        server.on(
                "GET /api/v1/effective?consumer=a&host=b.local&method=GET&path=%2Fquotes",
                200,
                """
                {"revision":4,"routed":true,"sidecar":"Sidecar/a","destination":"Service/b",
                 "rule":"default/r/quotes","route":"HTTPRoute/r","blocks":[{"block":"retry",
                 "from":{"level":"inline","document":"HTTPRoute/r","pointer":"#/spec/rules/0/retry",
                 "value":{"attempts":2}},"beats":[{"level":"built-in"}]}],
                 "backends":[{"service":"Service/b","port":80,"weight":1,"blocks":[]}]}
                """);

        server.on(
                "GET /api/v1/revisions/4/sync?timeout=0s",
                200,
                """
                {"revision":4,"publishedRevision":4,"synced":false,"proxies":[
                 {"id":"a-1","connected":true,"sidecars":["Sidecar/a"],
                  "types":{"C":{"state":"SYNCED"},"S":{"state":"NOT_SUBSCRIBED"}}},
                 {"id":"a-2","connected":true,"sidecars":["Sidecar/z","Sidecar/a"],
                  "types":{"C":{"state":"PENDING"}}},
                 {"id":"a-3","connected":false,"sidecars":["Sidecar/a"],"types":{}},
                 {"id":"z","connected":true,"sidecars":["Sidecar/z"],"types":{}}]}
                """);

        var run = CliRun.of("why", "a", "b.local", "/quotes", server.option());

        assertThat(run.exitCode()).isZero();
        assertThat(run.out().lines())
                .containsExactly(
                        "rule  default/r/quotes   of Service/b, by Sidecar/a, revision 4",
                        "1 of 2 proxies SYNCED at r4",
                        "retry   {\"attempts\":2}   from HTTPRoute/r #/spec/rules/0/retry",
                        "    beats from built-in",
                        "to    Service/b:80   weight 1");
    }

    @Test
    void whyEndsWithOneForARequestThatIsNotRouted() {
        server.on(
                "GET /api/v1/effective?consumer=a&host=x&method=GET&path=%2F",
                200,
                "{\"revision\":4,\"routed\":false,\"reason\":\"UNKNOWN_HOST\",\"detail\":\"No x.\"}");

        var run = CliRun.of("why", "a", "x", server.option());

        assertThat(run.exitCode()).isEqualTo(1);
        assertThat(run.out()).isEqualToIgnoringNewLines("No x.");
    }

    @Test
    void historyListsTheWritesOfADocument() {
        server.on(
                "GET /api/v1/revisions?limit=20&document=Service%2Fdefault%2Fb",
                200,
                """
                {"items":[{"revision":2,"time":"2026-11-21T10:00:00Z","author":"ada",
                 "message":"why","source":"cli","changes":[{"kind":"Service",
                 "namespace":"default","name":"b","action":"updated"}]}],"revision":2}
                """);

        var run = CliRun.of("history", "service/b", server.option());

        assertThat(run.exitCode()).isZero();
        assertThat(run.out()).contains("service/b updated", "ada", "why");
    }

    @Test
    void explainsAFieldFromTheServedSchema() {
        server.on(
                "GET /schemas/service.json",
                200,
                """
                {"type":"object","properties":{"spec":{"type":"object","required":["ports"],
                 "properties":{"ports":{"type":"array","minItems":1,"maxItems":64,
                 "items":{"type":"object","properties":{"port":{"type":"integer","minimum":1,
                 "maximum":65535}}}}}}}}
                """);

        assertThat(CliRun.of("explain", "service.spec.ports", server.option()).out().lines())
                .contains(
                        "service.spec.ports   list of object 1..64", "  port    integer 1..65535");
        var wrong = CliRun.of("explain", "service.spec.prts", server.option());
        assertThat(wrong.exitCode()).isEqualTo(5);
        assertThat(wrong.err()).contains("Did you mean 'ports'?");
    }

    @Test
    void validatesWithoutAControlPlane() {
        var good = CliRun.withInput(SERVICE, "validate", "-f", "-");
        var bad = CliRun.withInput(SERVICE.replace("ports:", "prts:"), "validate", "-f", "-");

        assertThat(good.exitCode()).isZero();
        assertThat(good.err()).contains("1 document is valid");
        assertThat(bad.exitCode()).isEqualTo(3);
        assertThat(bad.err()).contains("-:6:3 #/spec/prts", "Did you mean 'ports'?");
    }

    @Test
    void saysThatThereIsNoStore() {
        var run = CliRun.of("store", "check", "--store", directory.resolve("no.db").toString());

        assertThat(run.exitCode()).isEqualTo(6);
        assertThat(run.err()).contains("There is no store at");
    }

    @Test
    void saysWhereARequestComesFrom() {
        server.on("GET /api/v1/services", 200, "{\"items\":[]}");

        CliRun.of("get", "services", server.option());

        // As the stand-in writes names.
        assertThat(server.asked().getFirst().header("X-outrigger-source")).isEqualTo("cli");
        assertThat(server.asked().getFirst().header("X-outrigger-author")).isNotEmpty();
    }

    @Test
    void sendsTheTokenOfAFile() throws IOException {
        Path token = Files.writeString(directory.resolve("token"), "abc.def.ghi\n");
        server.on("GET /api/v1/services", 200, "{\"items\":[]}");

        CliRun.of("get", "services", "--token-file", token.toString(), server.option());

        assertThat(server.asked().getFirst().header("Authorization"))
                .isEqualTo("Bearer abc.def.ghi");
    }
}
