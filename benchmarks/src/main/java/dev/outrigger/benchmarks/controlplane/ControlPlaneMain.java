// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.benchmarks.controlplane;

import picocli.CommandLine;

/** Entry point of {@code benchmarks/control-plane}. */
public final class ControlPlaneMain {
    private ControlPlaneMain() {}

    public static void main(String[] arguments) {
        System.exit(
                new CommandLine(new ControlPlaneCommand())
                        .setExecutionExceptionHandler((failure, commandLine, _) -> {
                            commandLine.getErr().println("error: " + failure.getMessage());
                            return ControlPlaneCommand.CANNOT_MEASURE;
                        })
                        .execute(arguments));
    }
}
