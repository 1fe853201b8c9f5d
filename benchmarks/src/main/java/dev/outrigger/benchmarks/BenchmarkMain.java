// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.benchmarks;

import picocli.CommandLine;

/** Entry point of {@code benchmarks/run}. */
public final class BenchmarkMain {

    private BenchmarkMain() {}

    public static void main(String[] arguments) {
        System.exit(
                new CommandLine(new BenchmarkCommand())
                        .setExecutionExceptionHandler((failure, commandLine, _) -> {
                            commandLine.getErr().println("error: " + failure.getMessage());
                            return BenchmarkCommand.CANNOT_MEASURE;
                        })
                        .execute(arguments));
    }
}
