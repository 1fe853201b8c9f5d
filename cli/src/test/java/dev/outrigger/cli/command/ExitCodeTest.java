// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.cli.command;

import static org.assertj.core.api.Assertions.assertThat;

import dev.outrigger.cli.console.ExitCode;
import dev.outrigger.cli.net.Ports;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Every way to fail, its exit code, and what is said about it. */
class ExitCodeTest {
    private static final String APPLIED =
            """
            {"revision":7,"changed":true,"documents":[
             {"kind":"Service","namespace":"default","name":"b","action":"created"}]}\
            """;

    @TempDir Path folder;
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
    void numbersAreTheOnesThatWereDocumented() throws IOException {
        var numbers =
                Arrays.stream(ExitCode.values())
                        .collect(Collectors.toMap(ExitCode::name, ExitCode::number));

        assertThat(numbers)
                .isEqualTo(
                        Map.of(
                                "OK",
                                0,
                                "ANSWER_IS_NO",
                                1,
                                "USAGE",
                                2,
                                "VALIDATION",
                                3,
                                "CONFLICT",
                                4,
                                "NOT_FOUND",
                                5,
                                "UNREACHABLE",
                                6,
                                "REJECTED",
                                7,
                                "TIMEOUT",
                                8,
                                "BUG",
                                70));
        var page = Files.readString(Path.of("..", "docs", "cli.md"));
        for (var code : ExitCode.values()) {
            assertThat(page).contains("| " + code.number() + " | " + code.meaning() + " |");
        }
    }

    @Test
    void plaintextXdsThatOthersCanReachIsUsage() {
        var run = server("--xds=0.0.0.0:0");

        assertThat(run.exitCode()).isEqualTo(2);
        assertThat(run.err()).contains("would be plaintext", "--xds-cert", "--xds-plaintext");
        assertThat(folder.resolve("store.db")).doesNotExist();
    }

    @Test
    void metricsThatOthersCanReachAreUsage() {
        var anywhere = List.of("server", "--rest=:0", "--xds=0.0.0.0:0", "--admin=0.0.0.0:0");
        var run = CliRun.of(anywhere.toArray(String[]::new));
        var more = new ArrayList<>(anywhere);
        more.add("--admin-plaintext");

        assertThat(run.exitCode()).isEqualTo(2);
        assertThat(run.err()).contains("metrics on 0.0.0.0:0", "--admin-plaintext");
        // It is something else then that does not let it start.
        more.add("--store=" + folder.resolve("store.db"));
        assertThat(CliRun.of(more.toArray(String[]::new)).err())
                .contains("xDS on 0.0.0.0:0 would be plaintext");
    }

    @Test
    void onlyTheLauncherBecomesAProxy() {
        var run = CliRun.of("bootstrap", "java", "--service=a", "--exec");
        var flags = CliRun.of("bootstrap", "java", "--service=a", "--", "--concurrency", "1");

        assertThat(run.exitCode()).isEqualTo(2);
        assertThat(run.err()).contains("./outrigger");
        assertThat(run.out()).isEmpty();
        assertThat(flags.exitCode()).isEqualTo(2);
        assertThat(flags.err()).contains("--concurrency is for the proxy (expected: with --exec)");
    }

    @Test
    void halfOfTheCredentialsIsUsage() {
        assertThat(server("--xds-cert=a.pem").err()).contains("need each other");
        assertThat(server("--xds-identity={cluster}").err()).contains("are about certificates");
        var contradiction = server("--xds-cert=a", "--xds-key=b", "--xds-ca=c", "--xds-plaintext");
        assertThat(contradiction.exitCode()).isEqualTo(2);
        assertThat(contradiction.err()).contains("contradicts");
    }

    @Test
    void credentialsThatCannotBeReadAreUsageAndNamed() {
        var run = server("--xds-cert=nowhere.pem", "--xds-key=k.pem", "--xds-ca=c.pem");

        assertThat(run.exitCode()).isEqualTo(2);
        assertThat(run.err()).contains("nowhere.pem does not exist");
    }

    @Test
    void aBootstrapTakesCertificatesForEitherProxy() {
        var credentials = new String[] {"--xds-cert=/c", "--xds-key=/k", "--xds-ca=/a"};

        for (var flavor : List.of("envoy", "java")) {
            assertThat(CliRun.of(bootstrap(flavor, credentials)).out())
                    .contains("UpstreamTlsContext", "{san_type: IP_ADDRESS");
        }
        assertThat(CliRun.of(bootstrap("envoy", "--xds-server-name=x")).exitCode()).isEqualTo(2);
    }

    private static String[] bootstrap(String flavor, String... options) {
        var all = new ArrayList<>(List.of("bootstrap", flavor, "--service=a"));
        all.addAll(List.of(options));
        return all.toArray(String[]::new);
    }

    private CliRun server(String... options) {
        var all =
                new ArrayList<>(
                        List.of(
                                "server",
                                "--rest=127.0.0.1:0",
                                "--admin=127.0.0.1:0",
                                "--store=" + folder.resolve("store.db")));
        all.addAll(List.of(options));
        return CliRun.of(all.toArray(String[]::new));
    }

    @Test
    void unknownCommandIsUsage() {
        var run = CliRun.of("aply");

        assertThat(run.exitCode()).isEqualTo(2);
        assertThat(run.err()).contains("aply").contains("apply");
        assertThat(run.out()).isEmpty();
    }

    @Test
    void unknownOptionIsUsage() {
        var run = CliRun.of("get", "services", "--sever=x");

        assertThat(run.exitCode()).isEqualTo(2);
        assertThat(run.err()).contains("--sever").contains("--server").contains("get --help");
    }

    @Test
    void missingCommandIsUsage() {
        assertThat(CliRun.of().exitCode()).isEqualTo(2);
    }

    @Test
    void badDurationIsUsage() {
        var run = CliRun.of("get", "services", "--timeout=1.5s");

        assertThat(run.exitCode()).isEqualTo(2);
        assertThat(run.err()).contains("'1.5s' is not a duration (expected: as 30s, 1m30s)");
    }

    @Test
    void unknownKindIsUsageWithTheNearestKnown() {
        var run = CliRun.of("get", "servces", server.option());

        assertThat(run.exitCode()).isEqualTo(2);
        assertThat(run.err()).contains("unknown kind 'servces'. Did you mean 'services'?");
        assertThat(server.asked()).isEmpty();
    }

    @Test
    void nearestKindMayBeProxies() {
        assertThat(CliRun.of("get", "proxis").err()).contains("Did you mean 'proxies'?");
    }

    @Test
    void badServerAddressIsUsage() {
        var run = CliRun.of("get", "services", "--server=ftp://x");

        assertThat(run.exitCode()).isEqualTo(2);
        assertThat(run.err()).contains("'ftp://x' is not a server address");
    }

    @Test
    void refusedDocumentsAreValidationWithEveryPlace() throws IOException {
        var first = Files.writeString(folder.resolve("a.yaml"), "kind: Service\nspec: {}\n");
        var second = Files.writeString(folder.resolve("b.yaml"), "kind: Sidecar\nspec:\n  x: 1\n");
        // Lines of the body: a.yaml is 1 and 2, the separator 3, b.yaml 4 to 6.
        server.on(
                "POST /api/v1/apply",
                422,
                """
                {"title":"Policy is not valid","status":422,"errors":[
                 {"code":"OUT-1","document":1,"pointer":"#/spec/ports","line":2,"column":7,
                  "detail":"Missing."},
                 {"code":"OUT-2","document":2,"pointer":"#/spec/x","line":6,"column":3,
                  "detail":"Unknown field 'x'."}]}\
                """);

        var run = CliRun.of("apply", "-f", folder.toString(), server.option());

        assertThat(run.exitCode()).isEqualTo(3);
        assertThat(run.err())
                .contains("2 files: Policy is not valid")
                .contains(first + ":2:7 #/spec/ports: Missing.")
                .contains(second + ":3:3 #/spec/x: Unknown field 'x'.");
        assertThat(run.out()).isEmpty();
        assertThat(server.asked().getFirst().body())
                .isEqualTo("kind: Service\nspec: {}\n---\nkind: Sidecar\nspec:\n  x: 1\n");
    }

    @Test
    void brokenYamlIsValidation() {
        server.on(
                "POST /api/v1/apply",
                400,
                """
                {"title":"Not YAML","errors":[
                 {"document":1,"pointer":"","line":1,"column":3,"detail":"Unexpected ':'."}]}\
                """);

        var run = CliRun.withInput("a: :", "apply", "-f", "-", server.option());

        assertThat(run.exitCode()).isEqualTo(3);
        assertThat(run.err()).contains("-:1:3 Unexpected ':'.");
    }

    @Test
    void tieIsConflict() {
        server.on("POST /api/v1/apply", 409, "{\"title\":\"Tie\",\"detail\":\"a and b\"}");

        var run = CliRun.withInput("x: 1", "apply", "-f", "-", server.option());

        assertThat(run.exitCode()).isEqualTo(4);
        assertThat(run.err()).contains("Tie: a and b");
    }

    @Test
    void changedMeanwhileIsConflict() {
        server.on(
                        "GET /api/v1/services/b?namespace=default",
                        200,
                        "\"3\"",
                        "{\"kind\":\"Service\"}")
                .on("DELETE /api/v1/services/b?namespace=default", 412, "{\"title\":\"Stale\"}");

        var run = CliRun.of("delete", "service/b", server.option());

        assertThat(run.exitCode()).isEqualTo(4);
        assertThat(server.asked().getLast().header("If-match")).isEqualTo("\"3\"");
    }

    @Test
    void unknownDocumentIsNotFound() {
        var run = CliRun.of("get", "service", "none", server.option());

        assertThat(run.exitCode()).isEqualTo(5);
        assertThat(run.err()).contains("Service 'none': Not found");
    }

    @Test
    void unknownFileIsNotFound() {
        var missing = folder.resolve("none.yaml").toString();

        var run = CliRun.of("apply", "-f", missing, server.option());

        assertThat(run.exitCode()).isEqualTo(5);
        assertThat(run.err()).contains("no such file or folder: " + missing);
        assertThat(server.asked()).isEmpty();
    }

    @Test
    void emptyFolderIsNotFound() {
        var run = CliRun.of("apply", "-f", folder.toString(), server.option());

        assertThat(run.exitCode()).isEqualTo(5);
        assertThat(run.err()).contains("no .yaml, .yml or .json file in folder " + folder);
    }

    @Test
    void nobodyListeningIsUnreachable() throws IOException {
        int port = Ports.findFree(1).getFirst();

        var run = CliRun.of("get", "services", "--server=127.0.0.1:" + port);

        assertThat(run.exitCode()).isEqualTo(6);
        assertThat(run.err())
                .contains("cannot reach a control plane at http://127.0.0.1:" + port)
                .contains("start one with 'outrigger server'");
    }

    @Test
    void anotherServerIsUnreachable() {
        server.on("GET /api/v1/services", 200, "<html>hello</html>");

        var run = CliRun.of("get", "services", server.option());

        assertThat(run.exitCode()).isEqualTo(6);
        assertThat(run.err()).contains("it is not an Outrigger control plane");
    }

    @Test
    void deniedIsUnreachable() {
        server.on("GET /api/v1/services", 403, "{\"title\":\"Forbidden\"}");

        assertThat(CliRun.of("get", "services", server.option()).exitCode()).isEqualTo(6);
    }

    @Test
    void rejectionByAProxyHasItsOwnCode() {
        server.on("POST /api/v1/apply", 200, APPLIED)
                .on(
                        "GET /api/v1/revisions/7/sync?timeout=30s",
                        200,
                        """
                        {"revision":7,"publishedRevision":7,"synced":false,"proxies":[
                         {"id":"a-1","types":{"type.googleapis.com/envoy.config.cluster.v3.Cluster":
                          {"state":"REJECTED","rejection":{"error":"bad cluster",
                           "policies":[{"kind":"Service","name":"b"}]}}}}]}\
                        """);

        var run = CliRun.withInput("x: 1", "apply", "-f", "-", "--wait", server.option());

        assertThat(run.exitCode()).isEqualTo(7);
        assertThat(run.err()).contains("a-1 rejected Cluster from Service/b: bad cluster");
        assertThat(run.out()).contains("service/b created");
    }

    @Test
    void proxyThatDoesNotAnswerIsTimeout() {
        server.on("POST /api/v1/apply", 200, APPLIED)
                .on(
                        "GET /api/v1/revisions/7/sync?timeout=250ms",
                        200,
                        """
                        {"revision":7,"synced":false,"proxies":[{"id":"a-1","connected":true,
                         "types":{"type.googleapis.com/envoy.config.listener.v3.Listener":
                          {"state":"PENDING"}}}]}\
                        """);

        var run = CliRun.withInput("x: 1", "apply", "-f", "-", "--wait=250ms", server.option());

        assertThat(run.exitCode()).isEqualTo(8);
        assertThat(run.err()).contains("not every proxy has answered within 250 ms");
        assertThat(run.err()).containsPattern("a-1 .*PENDING");
    }

    @Test
    void faultOfTheServerIsABug() {
        server.on("GET /api/v1/services", 500, "{\"title\":\"Internal error\"}");

        assertThat(CliRun.of("get", "services", server.option()).exitCode()).isEqualTo(70);
    }
}
