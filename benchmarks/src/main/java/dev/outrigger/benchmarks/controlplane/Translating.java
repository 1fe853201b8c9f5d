// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.benchmarks.controlplane;

import dev.outrigger.benchmarks.statistics.Median;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * Single policies over many routes, as Outrigger's own meters tell it: their quantiles are of the
 * last two minutes, the warm-up included.
 */
final class Translating {
    static final String SCENARIO = "one policy written";
    static final String BUILD_P50 = "translation p50 ms";
    private static final String BUILD = "outrigger_xds_snapshot_build_seconds{quantile=";
    private static final String AGE = "outrigger_xds_queue_age_seconds{quantile=";

    private final Plan plan;
    private final Path java;
    private final PrintStream progress;

    Translating(Plan plan, Path java, PrintStream progress) {
        this.plan = plan;
        this.java = java;
        this.progress = progress;
    }

    List<Figure> measure(OutriggerContender contender, Content content, Path folder)
            throws IOException, InterruptedException {
        try (var server = contender.start(content, folder);
                var fleet =
                        FleetProcess.start(
                                java,
                                folder.resolve("fleet.log"),
                                server.port(),
                                content.clusters())) {
            fleet.probe(folder.resolve("served"), plan.limit());
            int next = 0;
            for (long end = System.nanoTime() + plan.warmUp().toNanos();
                    System.nanoTime() < end; ) {
                write(server, content, next++);
            }
            var writes = new ArrayList<Double>();
            for (int i = 0; i < plan.policies(); i++) {
                writes.add(write(server, content, next++));
            }
            double[] numbers = writes.stream().mapToDouble(Double::doubleValue).toArray();
            var values = new LinkedHashMap<String, Double>();
            values.put(BUILD_P50, server.metric(BUILD + "\"0.5\"") * 1e3);
            values.put("translation p99 ms", server.metric(BUILD + "\"0.99\"") * 1e3);
            values.put("queue age p50 ms", server.metric(AGE + "\"0.5\"") * 1e3);
            values.put("REST write p50 ms", Median.of(numbers));
            values.put("REST write p99 ms", Median.quantile(0.99, numbers));
            progress.println(
                    contender.name() + "  " + SCENARIO + "  " + content.services() + "  " + values);
            return List.of(new Figure(contender.name(), SCENARIO, content.services(), values));
        }
    }

    /** One policy for one service after another; the milliseconds its write took. */
    private static double write(OutriggerContender.Server server, Content content, int number)
            throws IOException, InterruptedException {
        var policy =
                Content.policy(Content.service(number * 37 % content.services()), 1_000 + number);
        long start = System.nanoTime();
        server.apply(policy);
        double millis = (System.nanoTime() - start) / 1e6;
        TimeUnit.MILLISECONDS.sleep(20);
        return millis;
    }
}
