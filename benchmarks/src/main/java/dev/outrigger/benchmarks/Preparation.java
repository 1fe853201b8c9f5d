// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.benchmarks;

import dev.outrigger.benchmarks.contender.Contender;
import dev.outrigger.benchmarks.contender.Instance;
import dev.outrigger.benchmarks.contender.Sites;
import dev.outrigger.benchmarks.contender.Workbench;
import dev.outrigger.benchmarks.load.Generator;
import dev.outrigger.benchmarks.load.IdleConnections;
import dev.outrigger.benchmarks.load.Line;
import dev.outrigger.benchmarks.load.LoadLimit;
import dev.outrigger.benchmarks.load.LoadShape;
import dev.outrigger.benchmarks.load.Probe;
import dev.outrigger.benchmarks.load.RequestProfile;
import dev.outrigger.benchmarks.machine.Memory;
import dev.outrigger.benchmarks.report.Sample;
import dev.outrigger.benchmarks.statistics.WarmUp;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * Everything that happens to contenders before the rounds: training, cold starts, rest, first
 * requests, warm-up.
 */
final class Preparation implements Workbench {

    private static final int TRAINING_CONNECTIONS = 8;
    private static final long TRAINING_REQUESTS = 5_000;
    private static final Duration TRAINING_TIME = Duration.ofSeconds(20);
    private static final int COLD_CONNECTIONS = 16;
    private static final Duration COLD_TIME = Duration.ofSeconds(30);
    private static final Duration BRIEF_WARM_UP = Duration.ofSeconds(2);
    private static final int AGREEING_WINDOWS = 3;
    private static final double WINDOW_TOLERANCE = 0.03;

    private final Plan plan;
    private final Cores cores;
    private final Sites sites;
    private final Path cacheFolder;
    private final int upstreamPort;
    private final Generator counted;
    private final RequestProfile request;

    /**
     * @param counted sends given numbers of requests
     */
    Preparation(
            Plan plan,
            Cores cores,
            Sites sites,
            Path cacheFolder,
            int upstreamPort,
            Generator counted,
            RequestProfile request) {
        this.plan = plan;
        this.cores = cores;
        this.sites = sites;
        this.cacheFolder = cacheFolder;
        this.upstreamPort = upstreamPort;
        this.counted = counted;
        this.request = request;
    }

    @Override
    public Line line() {
        return sites.line();
    }

    @Override
    public Path cacheFolder() {
        return cacheFolder;
    }

    @Override
    public void train(SiteLaunch launch) throws IOException, InterruptedException {
        var site = sites.next("training", upstreamPort);
        try (var instance =
                Instance.start(
                        "training",
                        launch.at(site),
                        site,
                        cores.underTest(),
                        Probe.of(counted, request))) {
            var limit = new LoadLimit(TRAINING_TIME, TRAINING_REQUESTS);
            counted.run(
                    instance.port(),
                    request,
                    new LoadShape.ClosedLoop(TRAINING_CONNECTIONS),
                    limit);
        }
    }

    /** Starts a fresh instance of a contender. */
    Instance start(Contender contender) throws IOException, InterruptedException {
        var site = sites.next(contender.name(), upstreamPort);
        return Instance.start(
                contender.name(),
                contender.launch(site),
                site,
                cores.underTest(),
                Probe.of(counted, request));
    }

    /**
     * Starts and stops every contender in turn; milliseconds until the first 200 for each start.
     */
    Map<String, List<Double>> coldStarts(List<Contender> contenders)
            throws IOException, InterruptedException {
        Map<String, List<Double>> millis = new LinkedHashMap<>();
        for (int i = 0; i < plan.effort().starts(); i++) {
            for (var contender : Rotation.of(contenders, i)) {
                try (var instance = start(contender)) {
                    millis.computeIfAbsent(contender.name(), _ -> new ArrayList<>())
                            .add(instance.timeToFirstAnswer().toNanos() / 1e6);
                }
            }
        }
        return millis;
    }

    /** Memory of each instance after all of them have rested together. */
    Map<String, Memory> idleMemory(List<Instance> instances)
            throws IOException, InterruptedException {
        TimeUnit.NANOSECONDS.sleep(plan.effort().idle().toNanos());
        return memory(instances);
    }

    /** Memory of each instance now. */
    static Map<String, Memory> memory(List<Instance> instances) throws IOException {
        Map<String, Memory> byName = new LinkedHashMap<>();
        for (var instance : instances) {
            byName.put(instance.name(), Memory.ofTree(instance.process()));
        }
        return byName;
    }

    /**
     * Memory of each instance, one after the other, while idle clients are connected to it; empty
     * where there are none.
     */
    Map<String, Memory> crowdedMemory(List<Instance> instances)
            throws IOException, InterruptedException {
        Map<String, Memory> byName = new LinkedHashMap<>();
        int clients = plan.surroundings().idleConnections();
        if (clients > 0) {
            for (var instance : instances) {
                try (var _ = IdleConnections.open(instance.port(), clients, line(), request)) {
                    TimeUnit.NANOSECONDS.sleep(plan.effort().idle().toNanos());
                    byName.putAll(memory(List.of(instance)));
                }
            }
        }
        return byName;
    }

    /** What the first requests after the start cost. */
    Sample firstRequests(Instance instance) throws IOException, InterruptedException {
        return new Sampler(counted, request)
                .take(
                        0,
                        Entrant.of(instance),
                        new LoadShape.ClosedLoop(COLD_CONNECTIONS),
                        new LoadLimit(COLD_TIME, plan.effort().coldRequests()));
    }

    /** Load until the contender is warm or the plan's limit is reached. */
    WarmUpResult warmUp(Contender contender, Instance instance, Sampler sampler)
            throws IOException, InterruptedException {
        var shape =
                plan.shapes().stream()
                        .filter(LoadShape.ClosedLoop.class::isInstance)
                        .max(Comparator.comparingInt(LoadShape::connections))
                        .orElse(new LoadShape.ClosedLoop(COLD_CONNECTIONS));
        return switch (contender.warmUpNeed()) {
            case BRIEF -> {
                sampler.take(0, Entrant.of(instance), shape, LoadLimit.of(BRIEF_WARM_UP));
                yield new WarmUpResult(BRIEF_WARM_UP, true);
            }
            case UNTIL_STEADY -> warmUpUntilSteady(instance, sampler, shape);
        };
    }

    private WarmUpResult warmUpUntilSteady(Instance instance, Sampler sampler, LoadShape shape)
            throws IOException, InterruptedException {
        var windows = new WarmUp(AGREEING_WINDOWS, WINDOW_TOLERANCE);
        var spent = Duration.ZERO;
        while (spent.compareTo(plan.effort().warmUpLimit()) < 0) {
            var sample =
                    sampler.take(
                            0,
                            Entrant.of(instance),
                            shape,
                            LoadLimit.of(plan.effort().warmUpWindow()));
            windows.add(sample.cpuMicrosPerRequest());
            spent = spent.plus(plan.effort().warmUpWindow());
            if (spent.compareTo(plan.effort().warmUpLeast()) >= 0 && windows.isSteady()) {
                return new WarmUpResult(spent, true);
            }
        }
        return new WarmUpResult(spent, false);
    }

    /** How long a contender was warmed up, and whether that sufficed. */
    record WarmUpResult(Duration spent, boolean steady) {}
}
