// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.cli.command;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class DescribeCommandTest {
    private static final String STATUS =
            """
            {"kind":"HTTPRoute","namespace":"default","name":"b-routes","status":{
              "observedGeneration":3,
              "conditions":[
                {"type":"Accepted","status":"True","reason":"Accepted","message":"stored"},
                {"type":"Synced","status":"False","reason":"RejectedByProxy","message":"refused by 1 of 2"}],
              "proxies":{"matched":2,"acked":1,"pending":0,"rejected":1,"disconnected":0},
              "rejections":[{"proxy":"a-2",
                "type":"type.googleapis.com/envoy.config.route.v3.RouteConfiguration",
                "version":"77","error":"no such thing","at":"2026-11-21T10:00:00Z",
                "resources":["outbound/http"],"policies":["HTTPRoute/b-routes"],
                "fields":[{"document":"HTTPRoute/b-routes","pointer":"#/spec/rules/0"}]}],
              "withheld":[{"reason":"ON_TRIAL","revision":7,"since":"2026-11-21T10:00:00Z",
                "type":"","version":"","resources":[],"detail":"tried first by 1","fields":[],
                "proxies":["a-2"]}],
              "details":[
                {"proxy":"a-1","connected":true,
                 "types":{"type.googleapis.com/envoy.config.route.v3.RouteConfiguration":"SYNCED"}},
                {"proxy":"a-2","connected":false,"types":{}}]}}\
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
    void saysWhatBecameOfADocument() {
        server.on("GET /api/v1/httproutes/b-routes/status?namespace=default", 200, STATUS);

        var run = CliRun.of("describe", "httproute/b-routes", server.option());

        assertThat(run.exitCode()).isZero();
        assertThat(run.out().lines())
                .containsExactly(
                        "httproute/b-routes, generation 3",
                        "",
                        "CONDITION   STATUS   REASON            MESSAGE",
                        "Accepted    True     Accepted          stored",
                        "Synced      False    RejectedByProxy   refused by 1 of 2",
                        "",
                        "proxies: 2 matched, 1 accepted, 0 pending, 1 rejected, 0 disconnected",
                        "",
                        "a-2 rejected RouteConfiguration outbound/http at 2026-11-21T10:00:00Z",
                        "  no such thing",
                        "  because of HTTPRoute/b-routes #/spec/rules/0",
                        "",
                        "withheld since 2026-11-21T10:00:00Z, revision 7: on trial",
                        "  tried first by 1",
                        "",
                        "PROXY   CONNECTED   TYPES",
                        "a-1     yes         RouteConfiguration=SYNCED",
                        "a-2     no");
    }

    @Test
    void statusIsAnotherNameForIt() {
        server.on("GET /api/v1/httproutes/b-routes/status?namespace=shop", 200, STATUS);

        var run =
                CliRun.of(
                        "status",
                        "httproute",
                        "b-routes",
                        "-n",
                        "shop",
                        "-o",
                        "json",
                        server.option());

        assertThat(run.exitCode()).isZero();
        assertThat(run.out()).contains("\"observedGeneration\" : 3");
    }

    @Test
    void saysHowAProxyStands() {
        server.on(
                "GET /api/v1/proxies/a-1",
                200,
                """
                {"id":"a-1","cluster":"a","userAgent":"envoy","peer":"127.0.0.1:1","connected":true,
                 "since":"2026-11-21T10:00:00Z","types":{
                  "type.googleapis.com/envoy.config.cluster.v3.Cluster":
                   {"state":"SYNCED","version":"0123456789abcdef","acceptedVersion":"0123456789abcdef",
                    "since":"2026-11-21T10:00:00Z","ageSeconds":130.2},
                  "type.googleapis.com/envoy.config.route.v3.RouteConfiguration":
                   {"state":"REJECTED","version":"fedcba9876543210","acceptedVersion":"",
                    "since":"2026-11-21T10:00:00Z","ageSeconds":1.4,
                    "rejection":{"version":"fe","error":"no","at":"2026-11-21T10:00:01Z",
                     "resources":["r"],"policies":[],"fields":[]}}},
                 "withheld":[]}\
                """);

        var run = CliRun.of("describe", "proxy/a-1", server.option());

        assertThat(run.exitCode()).isZero();
        assertThat(run.out().lines())
                .containsExactly(
                        "proxy/a-1 of a, envoy, connected since 2026-11-21T10:00:00Z",
                        "",
                        "TYPE                 STATE      AGE   VERSION    ACCEPTED",
                        "Cluster              SYNCED     2m    01234567   01234567",
                        "RouteConfiguration   REJECTED   1s    fedcba98   -",
                        "",
                        "RouteConfiguration rejected r at 2026-11-21T10:00:01Z",
                        "  no");
    }

    @Test
    void aDocumentThatIsNotThereIsCodeFive() {
        assertThat(CliRun.of("describe", "service/b", server.option()).exitCode()).isEqualTo(5);
        assertThat(CliRun.of("describe", "proxy/b", server.option()).exitCode()).isEqualTo(5);
    }

    @Test
    void aKindAloneAndAnUnknownOneAreCodeTwo() {
        assertThat(CliRun.of("describe", "service", server.option()).exitCode()).isEqualTo(2);
        assertThat(CliRun.of("describe", "sevice/b", server.option()).exitCode()).isEqualTo(2);
        assertThat(server.asked()).isEmpty();
    }
}
