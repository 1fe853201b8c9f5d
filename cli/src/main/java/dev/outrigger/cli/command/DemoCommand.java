// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.cli.command;

import dev.outrigger.cli.console.CliFailure;
import dev.outrigger.cli.console.Console;
import dev.outrigger.cli.console.ExitCode;
import dev.outrigger.cli.demo.Demo;
import dev.outrigger.cli.demo.DemoOptions;
import dev.outrigger.cli.demo.DemoPorts;
import dev.outrigger.cli.demo.DemoPorts.SidecarPorts;
import dev.outrigger.cli.demo.HoldText;
import dev.outrigger.cli.demo.Running;
import dev.outrigger.cli.process.Programs;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Shows what all this is for, on this machine, in a minute. */
@Command(
        name = "demo",
        description = {
            "Starts a control plane, two services and two sidecars (stock Envoy and the Java data",
            "plane), sends requests without and with a retry policy, and prints what came of it."
        },
        mixinStandardHelpOptions = true)
final class DemoCommand implements Callable<Integer> {
    private static final String SHOWN = " Default: ${DEFAULT-VALUE}.";

    private final Console console;

    @Option(
            names = "--requests",
            paramLabel = "N",
            defaultValue = "1000",
            description = "Through each sidecar, in each round." + SHOWN)
    private int requests = 1000;

    @Option(
            names = "--error-rate",
            paramLabel = "SHARE",
            defaultValue = "0.2",
            description = "Share of the requests that service B fails, 0..1." + SHOWN)
    private double errorRate = 0.2;

    @Option(
            names = "--seed",
            paramLabel = "N",
            defaultValue = "1",
            description = "Decides which requests fail." + SHOWN)
    private long seed = 1;

    @Option(
            names = "--connections",
            paramLabel = "N",
            defaultValue = "8",
            description = "Requests in flight at once." + SHOWN)
    private int connections = 8;

    @Option(names = "--no-envoy", description = "Leave out the half with stock Envoy.")
    private boolean noEnvoy;

    @Option(names = "--hold", description = "Keep everything running until Ctrl-C.")
    private boolean hold;

    @Option(
            names = "--patience",
            paramLabel = "DURATION",
            defaultValue = "60s",
            description = "How long any part may take to get ready." + SHOWN)
    private Duration patience = Duration.ofSeconds(60);

    @ArgGroup(heading = "%nPorts on 127.0.0.1; any free one unless given:%n", exclusive = false)
    private PortOptions ports = new PortOptions();

    DemoCommand(Console console) {
        this.console = console;
    }

    @Override
    public Integer call() throws Exception {
        var launcher = System.getProperty("outrigger.launcher", "");
        if (launcher.isEmpty()) {
            throw CliFailure.of(ExitCode.USAGE, "the demo starts other programs of Outrigger")
                    .withNext("run it through the launcher: ./outrigger demo");
        }
        var programs = new Programs(Path.of(launcher), Optional.empty());
        return Demo.run(console, options(), programs, this::hold).number();
    }

    private void hold(Running demo) throws InterruptedException {
        if (hold) {
            HoldText.lines(demo).forEach(console::note);
            new CountDownLatch(1).await();
        }
    }

    private DemoOptions options() {
        try {
            return new DemoOptions(
                    requests, errorRate, seed, connections, !noEnvoy, patience, ports.get());
        } catch (IllegalArgumentException e) {
            throw CliFailure.of(ExitCode.USAGE, String.valueOf(e.getMessage())).withCause(e);
        }
    }

    /** One option for each port. */
    static final class PortOptions {
        @Option(names = "--rest-port", paramLabel = "PORT", description = "Control plane: REST.")
        private int rest;

        @Option(names = "--metrics-port", paramLabel = "PORT", description = "... metrics, health.")
        private int metrics;

        @Option(names = "--xds-port", paramLabel = "PORT", description = "... xDS.")
        private int xds;

        @Option(names = "--service-a-port", paramLabel = "PORT", description = "Service A.")
        private int serviceA;

        @Option(names = "--service-b-port", paramLabel = "PORT", description = "Service B.")
        private int serviceB;

        @Option(names = "--envoy-egress-port", paramLabel = "PORT", description = "Envoy: A out.")
        private int envoyEgress;

        @Option(names = "--envoy-ingress-port", paramLabel = "PORT", description = "... A in.")
        private int envoyIngress;

        @Option(names = "--envoy-admin-port", paramLabel = "PORT", description = "... admin.")
        private int envoyAdmin;

        @Option(names = "--java-egress-port", paramLabel = "PORT", description = "Java: A out.")
        private int javaEgress;

        @Option(names = "--java-ingress-port", paramLabel = "PORT", description = "... A in.")
        private int javaIngress;

        @Option(names = "--java-admin-port", paramLabel = "PORT", description = "... admin.")
        private int javaAdmin;

        DemoPorts get() {
            return new DemoPorts(
                    rest,
                    metrics,
                    xds,
                    serviceA,
                    serviceB,
                    new SidecarPorts(envoyEgress, envoyIngress, envoyAdmin),
                    new SidecarPorts(javaEgress, javaIngress, javaAdmin));
        }
    }
}
