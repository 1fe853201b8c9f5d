// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.benchmarks;

import dev.outrigger.benchmarks.session.Session;

/** Entry point of {@code benchmarks/run}. */
public final class BenchmarkMain {

    private BenchmarkMain() {}

    public static void main(String[] arguments) {
        Session.run(new BenchmarkCommand(), arguments);
    }
}
