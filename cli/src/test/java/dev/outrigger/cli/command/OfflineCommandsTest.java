// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.cli.command;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** translate, context, schema and completion: none of them needs a control plane. */
class OfflineCommandsTest {
    private static final String DOCUMENTS =
            """
            apiVersion: outrigger.dev/v1alpha1
            kind: Service
            metadata: {name: b}
            spec:
              hostnames: [b.local.service]
              ports: [{name: http, port: 80}]
              endpoints: {static: [{address: 10.0.0.1, port: 8080}]}
            ---
            apiVersion: outrigger.dev/v1alpha1
            kind: Sidecar
            metadata: {name: a}
            spec:
              selector: {cluster: a}
              outbound:
                listeners: [{name: http, address: 127.0.0.1, port: 15001}]
            """;

    @TempDir Path folder;

    private CliRun run(String... args) {
        return CliRun.withEnvironment(Map.of("XDG_CONFIG_HOME", folder.toString()), args);
    }

    @Test
    void translatesForOneServicesProxy() {
        var yaml = CliRun.withInput(DOCUMENTS, "translate", "-f", "-", "--service", "a");
        var names =
                CliRun.withInput(
                        DOCUMENTS, "translate", "clusters", "-f", "-", "--service=a", "-o", "name");
        var table =
                CliRun.withInput(
                        DOCUMENTS, "translate", "cds", "-f", "-", "--service=a", "-o", "table");

        assertThat(yaml.exitCode()).as(yaml.err()).isZero();
        assertThat(yaml.out())
                .startsWith("listeners:\n")
                .contains("clusters:\n", "b.local.service", "port_value: 15001");
        assertThat(names.out()).isEqualTo("clusters/default/b/80\n");
        assertThat(table.out()).contains("Service/b");
    }

    @Test
    void translatesOnlyWhatIsValidAndSelected() {
        var invalid =
                CliRun.withInput(
                        DOCUMENTS.replace("ports:", "prots:"),
                        "translate",
                        "-f",
                        "-",
                        "--service=a");
        var nobody = CliRun.withInput(DOCUMENTS, "translate", "-f", "-", "--service=z");

        assertThat(invalid.exitCode()).isEqualTo(3);
        assertThat(invalid.err()).contains("Did you mean 'ports'?");
        assertThat(nobody.exitCode()).isEqualTo(5);
        assertThat(nobody.err()).contains("no Sidecar selects a proxy of service 'z'");
        assertThat(CliRun.of("translate", "-f", "-").exitCode()).isEqualTo(2);
    }

    @Test
    void contextsNameControlPlanes() throws IOException {
        assertThat(run("context", "ls").err()).contains("no context");
        assertThat(run("context", "set", "prod", "--server=https://p:1").exitCode()).isZero();
        assertThat(run("context", "set", "dev", "--server=d:2", "--token-file=t").exitCode())
                .isZero();
        assertThat(run("context", "ls").out())
                .contains("*   prod   https://p:1")
                .contains("    dev    d:2");
        assertThat(run("context", "use", "dev").exitCode()).isZero();
        assertThat(run("context", "ls").out()).contains("*   dev");
        var unknown = run("context", "use", "pord");
        assertThat(unknown.exitCode()).isEqualTo(5);
        assertThat(unknown.err()).contains("Did you mean 'prod'?");
        assertThat(run("context", "rm", "dev").exitCode()).isZero();
        assertThat(run("context", "ls").out()).doesNotContain("dev", "*");
        assertThat(run("context", "set", "a b", "--server=x").exitCode()).isEqualTo(2);
        assertThat(run("context").exitCode()).isEqualTo(2);
        Files.writeString(folder.resolve("outrigger/contexts.json"), "nonsense");
        assertThat(run("context", "ls").exitCode()).isEqualTo(2);
    }

    @Test
    void theContextInUseIsAsked() throws IOException {
        try (var server = new FakeControlPlane().on("GET /api/v1/services", 200, "{\"items\":[]}");
                var other = new FakeControlPlane()) {
            run("context", "set", "mine", server.option());

            assertThat(run("get", "services").exitCode()).isZero();
            assertThat(run("get", "services", "--context=mine").exitCode()).isZero();
            assertThat(run("get", "services", "--context=none").exitCode()).isEqualTo(5);
            assertThat(run("get", "services", other.option()).exitCode()).isEqualTo(5);
            assertThat(server.asked()).hasSize(2);
        }
    }

    @Test
    void writesTheSchemaForAnEditor() throws IOException {
        Files.createDirectories(folder.resolve(".vscode"));
        var settings = folder.resolve(".vscode/settings.json");
        Files.writeString(settings, "{\"editor.tabSize\": 2}");

        var run = run("schema", "install", "--vscode", folder.toString());

        assertThat(run.exitCode()).as(run.err()).isZero();
        assertThat(Files.readString(settings))
                .contains("\"editor.tabSize\" : 2")
                .contains("\".outrigger/schema.json\" : \"**/*.outrigger.yaml\"");
        assertThat(Files.readString(folder.resolve(".outrigger/schema.json")))
                .contains("TrafficPolicy", "perTryTimeout".substring(0, 3));
        Files.writeString(settings, "{} // mine");
        assertThat(run("schema", "install", "--vscode", folder.toString()).exitCode()).isEqualTo(4);
        assertThat(Files.readString(settings)).isEqualTo("{} // mine");
        assertThat(run("schema", "print", "service").out()).contains("\"hostnames\"");
        assertThat(run("schema").exitCode()).isEqualTo(2);
    }

    @Test
    void completesForEveryShell() {
        assertThat(run("completion").out()).contains("complete -F _complete_outrigger");
        assertThat(run("completion", "zsh").out()).startsWith("autoload -U +X compinit");
        assertThat(run("completion", "fish").out())
                .contains("complete -c outrigger -n '__fish_seen_subcommand_from proxy;")
                .contains(" -a diff ")
                .contains(" -l rollback-on-reject ")
                .doesNotContain("aot-train");
        assertThat(run("completion", "powershell").out())
                .contains("Register-ArgumentCompleter -Native -CommandName outrigger")
                .contains("'proxy' = @('config'")
                .doesNotContain("aot-train");
        assertThat(run("completion", "tcsh").exitCode()).isEqualTo(2);
    }
}
