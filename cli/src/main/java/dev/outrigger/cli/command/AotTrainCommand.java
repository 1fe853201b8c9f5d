// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.cli.command;

import dev.outrigger.cli.console.Console;
import dev.outrigger.cli.demo.Demo;
import dev.outrigger.cli.demo.DemoOptions;
import dev.outrigger.cli.demo.DemoPorts;
import dev.outrigger.cli.demo.DemoPorts.SidecarPorts;
import dev.outrigger.cli.demo.Running;
import dev.outrigger.cli.net.HostPort;
import dev.outrigger.cli.process.ChildProcess;
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
 * plane record what they load, then the everyday commands, which processes of their own record, and
 * then many proxies for the control plane to serve. Not for people.
 */
@Command(name = "aot-train", hidden = true)
final class AotTrainCommand implements Callable<Integer> {
    private static final int REQUESTS = 400;
    private static final SidecarPorts ANY_PORTS = new SidecarPorts(0, 0, 0);

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
            for (var set : AotCommandsCommand.Training.values()) {
                runCommands(set, demo, folder);
            }
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

    /** In a process of its own, so that its cache holds what these commands load and no more. */
    private void runCommands(AotCommandsCommand.Training set, Running demo, Path folder)
            throws IOException, InterruptedException {
        await(
                new Programs(launcher, Optional.of(out))
                        .start(
                                List.of(
                                        "aot-commands",
                                        set.name(),
                                        "--server=" + HostPort.loopback(demo.ports().rest()),
                                        "--folder=" + folder),
                                set.name(),
                                folder));
    }

    /** In a process of its own, which records nothing. */
    private void runFleet(Running demo, Path folder) throws IOException, InterruptedException {
        await(
                new Programs(launcher, Optional.empty())
                        .start(
                                "aot-fleet",
                                List.of(
                                        "--xds=" + HostPort.loopback(demo.ports().xds()),
                                        "--server=" + HostPort.loopback(demo.ports().rest())),
                                folder));
    }

    private void await(ChildProcess child) throws InterruptedException {
        try (child) {
            child.awaitExit();
            child.obituary().filter(end -> !end.contains("exit code 0")).ifPresent(console::note);
        }
    }
}
