// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.cli.command;

import dev.outrigger.cli.console.Console;
import dev.outrigger.cli.console.ExitCode;
import dev.outrigger.cli.demo.Demo;
import dev.outrigger.cli.demo.DemoOptions;
import dev.outrigger.cli.demo.DemoPorts;
import dev.outrigger.cli.demo.DemoPorts.SidecarPorts;
import dev.outrigger.cli.demo.Running;
import dev.outrigger.cli.net.HostPort;
import dev.outrigger.cli.process.Programs;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/**
 * The training run behind the AOT caches: a short demo without Envoy, whose control plane and data
 * plane record what they load, then the everyday commands, which this process records itself (the
 * launcher tells it to), and then many proxies for the control plane to serve. Not for people.
 */
@Command(name = "aot-train", hidden = true)
final class AotTrainCommand implements Callable<Integer> {
    private static final int REQUESTS = 400;
    private static final SidecarPorts ANY_PORTS = new SidecarPorts(0, 0, 0);

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

    private final Console console;

    @Option(names = "--out", required = true, description = "Folder of the caches.")
    private Path out = Path.of("");

    @Option(names = "--launcher", required = true, description = "The launcher script.")
    private Path launcher = Path.of("");

    AotTrainCommand(Console console) {
        this.console = console;
    }

    @Override
    public Integer call() throws Exception {
        var options =
                new DemoOptions(
                        REQUESTS,
                        0.2,
                        1,
                        8,
                        false,
                        Duration.ofMinutes(2),
                        new DemoPorts(0, 0, 0, 0, 0, ANY_PORTS, ANY_PORTS));
        return Demo.run(console, options, new Programs(launcher, Optional.of(out)), this::train)
                .number();
    }

    private void train(Running demo) throws IOException, InterruptedException {
        var folder = Files.createTempDirectory("outrigger-training");
        try {
            var documents = Files.writeString(folder.resolve("documents.yaml"), DOCUMENTS);
            runEverydayCommands(demo, documents.toString());
            runFleet(demo, folder);
        } finally {
            try (var files = Files.list(folder)) {
                for (Path file : files.toList()) {
                    Files.delete(file);
                }
            }
            Files.delete(folder);
        }
    }

    /** In a process of its own, which records nothing. */
    private void runFleet(Running demo, Path folder) throws IOException, InterruptedException {
        try (var fleet =
                new Programs(launcher, Optional.empty())
                        .start(
                                "aot-fleet",
                                List.of(
                                        "--xds=" + HostPort.loopback(demo.ports().xds()),
                                        "--server=" + HostPort.loopback(demo.ports().rest())),
                                folder)) {
            fleet.awaitExit();
            fleet.obituary().filter(end -> !end.contains("exit code 0")).ifPresent(console::note);
        }
    }

    private void runEverydayCommands(Running demo, String documents) {
        var server = "--server=" + HostPort.loopback(demo.ports().rest());
        run("version");
        run("--help");
        run("get", "services", server);
        run("get", "service/b", "-o", "yaml", server);
        run("get", "proxies", server);
        run("proxy", "ls", server);
        run("proxy", "diff", "a-java", server);
        run("check", server);
        run("why", "a", "b.local.service", server);
        run("history", server);
        run("describe", "service/b", server);
        run("wait", "--for=synced", "service/b", "--within=1s", server);
        run("get", "trafficpolicies", "-o", "json", server);
        run("delete", "trafficpolicy/a-to-b", server);
        run("get", "service/none", server);
        run("bootstrap", "envoy", "--service", "a");
        run("validate", "-f", documents);
        run("translate", "-f", documents, "--service", "trained");
        run("diff", "-f", documents, server);
        run("apply", "-f", documents, server);
    }

    private void run(String... command) {
        int exitCode = OutriggerCommand.run(console, command);
        if (exitCode == ExitCode.BUG.number()) {
            throw new IllegalStateException(String.join(" ", command) + ": exit code " + exitCode);
        }
    }
}
