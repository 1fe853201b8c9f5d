// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.benchmarks;

import dev.outrigger.benchmarks.load.Generator;
import dev.outrigger.benchmarks.load.LoadLimit;
import dev.outrigger.benchmarks.load.LoadResult;
import dev.outrigger.benchmarks.load.LoadShape;
import dev.outrigger.benchmarks.load.RequestProfile;
import dev.outrigger.benchmarks.machine.MachineWatch;
import dev.outrigger.benchmarks.report.Sample;
import java.io.IOException;

/** Puts one entrant under one load and takes the CPU time around it. */
final class Sampler {

    private final Generator generator;
    private final RequestProfile request;

    Sampler(Generator generator, RequestProfile request) {
        this.generator = generator;
        this.request = request;
    }

    Sample take(int round, Entrant entrant, LoadShape shape, LoadLimit limit)
            throws IOException, InterruptedException {
        var watch = MachineWatch.start();
        var before = entrant.cpuTime();
        var load = run(entrant, shape, limit);
        var used = entrant.cpuTime().since(before);
        return Sample.of(
                round,
                entrant.name(),
                shape.label(),
                load,
                used.nanos(),
                used.userShare(),
                watch.read().reasons());
    }

    private LoadResult run(Entrant entrant, LoadShape shape, LoadLimit limit)
            throws IOException, InterruptedException {
        var instance = entrant.instance();
        if (instance == null || !instance.site().surroundings().isSwapped()) {
            return generator.run(entrant.port(), request, shape, limit);
        }
        try (var _ = Swaps.begin(instance.site())) {
            return generator.run(entrant.port(), request, shape, limit);
        }
    }
}
