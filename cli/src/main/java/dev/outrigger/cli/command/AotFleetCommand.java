// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.cli.command;

import dev.outrigger.cli.aot.TrainingFleet;
import dev.outrigger.cli.net.HostPort;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/**
 * The many proxies of the training run, in a process of their own: what they load is not for the
 * commands' cache. Not for people.
 */
@Command(name = "aot-fleet", hidden = true)
final class AotFleetCommand implements Callable<Integer> {
    @Option(names = "--xds", required = true, description = "The control plane's xDS port.")
    private HostPort xds = HostPort.loopback(0);

    @Option(names = "--server", required = true, description = "Its REST API.")
    private HostPort rest = HostPort.loopback(0);

    @Override
    public Integer call() {
        TrainingFleet.run(xds, rest);
        return 0;
    }
}
