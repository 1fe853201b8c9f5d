// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.cli.command;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What apply, rollback, delete and edit do beyond storing. */
class WriteCommandsTest {
    private static final String APPLIED =
            """
            {"revision":7,"changed":true,"documents":[
             {"kind":"Service","namespace":"default","name":"b","action":"created"},
             {"kind":"Service","namespace":"default","name":"c","action":"deleted"}]}
            """;

    private static final String REJECTED =
            """
            {"revision":7,"publishedRevision":7,"synced":false,"proxies":[
             {"id":"a-1","types":{"type.googleapis.com/envoy.config.cluster.v3.Cluster":
              {"state":"REJECTED","rejection":{"error":"bad cluster","policies":["Service/b"]}}}}]}
            """;

    private static final String PLAN =
            """
            {"planId":"plan-1","baseRevision":3,"changed":true,"changes":[
              {"kind":"Service","namespace":"default","name":"p","action":"created","patch":[]}],
             "effective":[],"proxies":[],"complete":true,"warnings":[]}
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
    void pruneNamesWhatBelongsTogether() {
        server.on("POST /api/v1/apply?prune=team%3Dx", 200, APPLIED);

        var run =
                CliRun.withInput(
                        "x: 1", "apply", "-f", "-", "--prune", "-l", "team=x", server.option());

        assertThat(run.exitCode()).as(run.err()).isZero();
        assertThat(run.out().lines()).containsExactly("service/b created", "service/c deleted");
    }

    @Test
    void whoInsistsAlsoChangesWhatIsManagedElsewhere() {
        String managed =
                """
                {"title":"Managed elsewhere","status":409,
                 "detail":"Service/b is managed by 'git:x': change it there, or insist with force=true."}
                """;
        server.on("POST /api/v1/apply", 409, managed)
                .on("POST /api/v1/apply?force=true", 200, APPLIED)
                .on("POST /api/v1/revisions/7/rollback?force=true", 200, APPLIED);

        var refused = CliRun.withInput("x: 1", "apply", "-f", "-", server.option());
        var applied = CliRun.withInput("x: 1", "apply", "-f", "-", "--force", server.option());
        var undone = CliRun.of("rollback", "7", "--yes", "--force", server.option());

        assertThat(refused.exitCode()).isEqualTo(4);
        assertThat(refused.err()).contains("is managed by 'git:x'");
        assertThat(applied.exitCode()).as(applied.err()).isZero();
        assertThat(undone.exitCode()).as(undone.err()).isZero();
    }

    @Test
    void aPersonIsAskedBeforeSomethingIsPruned() {
        server.on("POST /api/v1/apply?dryRun=true&prune=team%3Dx", 200, APPLIED)
                .on("POST /api/v1/apply?prune=team%3Dx", 200, APPLIED);
        var file = file("x: 1");
        var command = new String[] {"apply", "-f", file, "--prune", "-l", "team=x"};

        var no = CliRun.onTerminal("n\n", Map.of(), with(command, server.option()));
        assertThat(server.asked()).hasSize(1);
        var yes = CliRun.onTerminal("y\n", Map.of(), with(command, server.option()));

        assertThat(no.exitCode()).isEqualTo(1);
        assertThat(no.err()).contains("Delete service/c as well? [y/N]", "nothing was stored");
        assertThat(yes.exitCode()).isZero();
    }

    @Test
    void nobodyIsAskedWhereNobodyIs() {
        var b = "/api/v1/services/b?namespace=default";
        server.on("GET " + b, 200, "\"1\"", "{}").on("DELETE " + b, 200, "{\"revision\":9}");
        var command = new String[] {"delete", "service/b", server.option()};

        var asked = CliRun.onTerminal("n\n", Map.of(), command);
        var unattended = CliRun.onTerminal("n\n", Map.of(), with(command, "--no-input"));
        var edited = CliRun.of("edit", "service/b", "--no-input", server.option());

        assertThat(asked.exitCode()).isEqualTo(1);
        assertThat(unattended.exitCode()).as(unattended.err()).isZero();
        assertThat(unattended.err()).doesNotContain("[y/N]");
        assertThat(edited.exitCode()).isEqualTo(2);
    }

    @Test
    void pruneNeedsLabels() {
        assertThat(CliRun.of("apply", "-f", "x", "--prune", server.option()).exitCode())
                .isEqualTo(2);
        assertThat(CliRun.of("apply", "-f", "x", "-l", "a=b", server.option()).exitCode())
                .isEqualTo(2);
        assertThat(CliRun.of("apply", server.option()).exitCode()).isEqualTo(2);
    }

    @Test
    void aPlanIsShownAndCommitted() {
        server.on("POST /api/v1/apply?dryRun=plan", 200, PLAN)
                .on("POST /api/v1/apply?plan=plan-1", 200, APPLIED)
                .on("POST /api/v1/apply?plan=plan-2", 412, "{\"title\":\"Plan outdated\"}");

        var planned =
                CliRun.withInput("x: 1", "apply", "-f", "-", "--dry-run=plan", server.option());
        var committed = CliRun.of("apply", "--plan", "plan-1", server.option());
        var outdated = CliRun.of("apply", "--plan", "plan-2", server.option());

        assertThat(planned.out()).isEqualTo("service/p created\n");
        assertThat(planned.err()).contains("outrigger apply --plan plan-1");
        assertThat(committed.exitCode()).isZero();
        assertThat(committed.err()).contains("revision 7");
        assertThat(outdated.exitCode()).isEqualTo(4);
        assertThat(CliRun.of("apply", "--plan=p", "-f", "x").exitCode()).isEqualTo(2);
        assertThat(CliRun.of("apply", "-f", "x", "--dry-run=maybe").exitCode()).isEqualTo(2);
    }

    @Test
    void whatAProxyRefusesIsUndone() {
        server.on("POST /api/v1/apply", 200, APPLIED)
                .on("GET /api/v1/revisions/7/sync?timeout=5s", 200, REJECTED)
                .on(
                        "POST /api/v1/revisions/7/rollback?message=Rolls%20back%20revision%207%3A"
                                + "%20it%20was%20refused",
                        200, "{\"revision\":8,\"changed\":true,\"documents\":[]}");

        var run =
                CliRun.withInput(
                        "x: 1", "apply", "-f", "-", "--rollback-on-reject=5s", server.option());

        assertThat(run.exitCode()).isEqualTo(7);
        assertThat(run.err())
                .contains("a-1 rejected Cluster from Service/b: bad cluster")
                .contains("-> revision 8 undoes revision 7");
    }

    @Test
    void whatChangedNothingIsNotUndone() {
        server.on("POST /api/v1/apply", 200, "{\"revision\":7,\"changed\":false,\"documents\":[]}")
                .on("GET /api/v1/revisions/7/sync?timeout=30s", 200, REJECTED);

        var run =
                CliRun.withInput(
                        "x: 1", "apply", "-f", "-", "--rollback-on-reject", server.option());

        assertThat(run.exitCode()).isEqualTo(7);
        assertThat(server.asked()).hasSize(2);
    }

    @Test
    void oneDocumentOfARevisionIsUndone() {
        server.on(
                "POST /api/v1/revisions/5/rollback?only=HTTPRoute%2Fdefault%2Fb",
                200, "{\"revision\":8,\"changed\":true,\"documents\":[]}");

        var run = CliRun.of("rollback", "5", "--only", "route/b", server.option());

        assertThat(run.exitCode()).as(run.err()).isZero();
        assertThat(CliRun.of("rollback", "5", "--only", "b", server.option()).exitCode())
                .isEqualTo(2);
        assertThat(CliRun.of("rollback", "5", "--dry-run=plan", server.option()).exitCode())
                .isEqualTo(2);
    }

    @Test
    void filesAreDeletedInAnOrderThatWorks() {
        var b = "/api/v1/services/b?namespace=default";
        var p = "/api/v1/trafficpolicies/p?namespace=x";
        server.on("GET " + b, 200, "\"1\"", "{}")
                .on("GET " + p, 200, "\"2\"", "{}")
                .on("DELETE " + b, 200, "{\"revision\":9}")
                .on("DELETE " + p, 200, "{\"revision\":8}");
        var file =
                file(
                        """
                        kind: Service
                        metadata: {name: b}
                        ---
                        kind: TrafficPolicy
                        metadata: {name: p, namespace: x}
                        ---
                        kind: Sidecar
                        metadata: {name: gone}
                        """);

        var run = CliRun.of("delete", "-f", file, server.option());

        assertThat(run.exitCode()).as(run.err()).isZero();
        assertThat(run.out().lines())
                .containsExactly("trafficpolicy/x/p deleted", "service/b deleted");
        assertThat(run.err()).contains("sidecar/gone is not stored");
    }

    @Test
    void aDeletionIsOnlyTried() {
        var b = "/api/v1/services/b?namespace=default";
        server.on("GET " + b, 200, "\"1\"", "{}")
                .on("DELETE " + b + "&dryRun=true", 200, "{\"revision\":9}");

        var run = CliRun.of("delete", "service/b", "--dry-run", server.option());

        assertThat(run.out()).isEqualTo("service/b would be deleted\n");
        assertThat(CliRun.of("delete", server.option()).exitCode()).isEqualTo(2);
        assertThat(CliRun.of("delete", "-f", file("x: 1"), server.option()).exitCode())
                .isEqualTo(3);
        assertThat(CliRun.of("delete", "-f", file("a: ]"), server.option()).exitCode())
                .isEqualTo(3);
    }

    @Test
    void whatTheEditorLeavesIsStored() throws IOException {
        server.on(
                        "GET /api/v1/services/b?namespace=default",
                        200,
                        "\"1\"",
                        "{\"kind\":\"Service\",\"metadata\":{\"name\":\"b\",\"generation\":1}}")
                .on("POST /api/v1/apply", 200, APPLIED);

        var run = edit("sed -i s/Service/Changed/ \"$1\"");

        assertThat(run.exitCode()).as(run.err()).isZero();
        assertThat(server.asked().getLast().body())
                .contains("kind: Changed")
                .contains("generation: 1");
    }

    @Test
    void anEditorThatChangesNothingStoresNothing() throws IOException {
        server.on("GET /api/v1/services/b?namespace=default", 200, "\"1\"", "{}");

        assertThat(edit("true").err()).contains("nothing changed");
        assertThat(edit("exit 3").exitCode()).isEqualTo(1);
        assertThat(server.asked()).hasSize(2);
    }

    @Test
    void whatCannotBeStoredIsKept() throws IOException {
        server.on("GET /api/v1/services/b?namespace=default", 200, "\"1\"", "{}")
                .on("POST /api/v1/apply", 412, "{\"title\":\"Precondition failed\"}");

        var run = edit("echo 'kind: Mine' > \"$1\"");

        assertThat(run.exitCode()).isEqualTo(4);
        var kept = Path.of(run.err().replaceAll("(?s).*what you wrote is in ", "").strip());
        assertThat(Files.readString(kept)).isEqualTo("kind: Mine\n");
        Files.delete(kept);
    }

    @Test
    void aMissingEditorIsNamed() {
        server.on("GET /api/v1/services/b?namespace=default", 200, "\"1\"", "{}");

        var run =
                CliRun.withEnvironment(
                        Map.of("EDITOR", "/no/such/editor"), "edit", "service/b", server.option());

        assertThat(run.exitCode()).isEqualTo(5);
        assertThat(run.err()).contains("/no/such/editor", "set VISUAL or EDITOR");
    }

    private CliRun edit(String script) throws IOException {
        var editor = folder.resolve("editor");
        Files.writeString(editor, "#!/bin/sh\n" + script + "\n");
        Files.setPosixFilePermissions(editor, PosixFilePermissions.fromString("rwx------"));
        return CliRun.withEnvironment(
                Map.of("VISUAL", editor.toString()), "edit", "service/b", server.option());
    }

    private String file(String text) {
        try {
            return Files.writeString(folder.resolve("documents.yaml"), text).toString();
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    private static String[] with(String[] command, String option) {
        var all = java.util.Arrays.copyOf(command, command.length + 1);
        all[command.length] = option;
        return all;
    }
}
