// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.cli.command;

import dev.outrigger.cli.console.Console;
import dev.outrigger.cli.console.ExitCode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/**
 * The commands that one AOT cache is for, run one after the other by the process that records it. A
 * JVM takes over every class of its cache when it starts, whether the command needs it or not: what
 * loads much has a cache of its own. Not for people.
 */
@Command(name = "aot-commands", hidden = true)
final class AotCommandsCommand implements Callable<Integer> {
    private static final String DOCUMENTS =
            """
            apiVersion: outrigger.dev/v1alpha1
            kind: Service
            metadata: {name: trained}
            spec:
              hostnames: [trained.local.service]
              ports: [{name: http, port: 80, protocol: HTTP}]
              endpoints: {static: [{address: 127.0.0.1, port: 9}]}
            ---
            apiVersion: outrigger.dev/v1alpha1
            kind: Sidecar
            metadata: {name: trained}
            spec:
              selector: {cluster: trained}
              outbound: {listeners: [{name: http, port: 15001}]}
            ---
            apiVersion: outrigger.dev/v1alpha1
            kind: HTTPRoute
            metadata: {name: trained}
            spec:
              parentRefs: [{name: trained}]
              rules:
              - matches: [{path: {type: PathPrefix, value: /a}, method: GET}]
                backendRefs: [{name: trained, port: 80}]
            ---
            apiVersion: outrigger.dev/v1alpha1
            kind: TrafficPolicy
            metadata: {name: trained}
            spec:
              targetRefs: [{kind: Service, name: trained}]
              retry: {attempts: 2, codes: [503]}
              timeouts: {request: 3s, backendRequest: 900ms}
            """;

    /** Each a cache; the launcher knows which command takes which. */
    enum Training {
        /** What asks a control plane. */
        cli,
        /** What reads documents itself. */
        validate,
        /** What makes Envoy's messages of them. */
        translate
    }

    private final Console console;

    @Parameters(index = "0", description = "Which cache.")
    private Training training = Training.cli;

    @Option(names = "--server", required = true, description = "The control plane's address.")
    private String address = "";

    @Option(names = "--folder", required = true, description = "For files.")
    private Path folder = Path.of("");

    AotCommandsCommand(Console console) {
        this.console = console;
    }

    @Override
    public Integer call() throws IOException {
        var documents = Files.writeString(folder.resolve(training + ".yaml"), DOCUMENTS).toString();
        switch (training) {
            case cli -> ask("--server=" + address, documents);
            case validate -> run("validate", "-f", documents);
            case translate -> {
                run("translate", "-f", documents, "--service", "trained");
                run("translate", "-f", documents, "--service", "trained", "-o", "table");
            }
        }
        return ExitCode.OK.number();
    }

    private void ask(String server, String documents) {
        run("version");
        run("--help");
        run("get", "services", server);
        run("get", "service/b", "-o", "yaml", server);
        run("get", "proxies", server);
        run("proxy", "ls", server);
        run("proxy", "config", "a-java", server);
        run("proxy", "diff", "a-java", server);
        run("check", server);
        run("why", "a", "b.local.service", server);
        run("history", server);
        run("history", "--revision", "1", server);
        run("describe", "service/b", server);
        run("explain", "trafficpolicy.spec.retry", server);
        run("wait", "--for=synced", "service/b", "--within=1s", server);
        run("watch", "--since=0", "--count=1", server);
        run("get", "trafficpolicies", "-o", "json", server);
        run("delete", "trafficpolicy/a-to-b", server);
        run("get", "service/none", server);
        run("bootstrap", "envoy", "--service", "a");
        run("diff", "-f", documents, server);
        run("apply", "-f", documents, "--wait", server);
        run("rollback", "--dry-run", server);
    }

    private void run(String... command) {
        int exitCode = OutriggerCommand.run(console, command);
        if (exitCode == ExitCode.BUG.number()) {
            throw new IllegalStateException(String.join(" ", command) + ": exit code " + exitCode);
        }
    }
}
