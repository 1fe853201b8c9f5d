// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.benchmarks;

import dev.outrigger.benchmarks.contender.Contender;
import dev.outrigger.benchmarks.contender.EnvoyContender;
import dev.outrigger.benchmarks.contender.Instance;
import dev.outrigger.benchmarks.contender.JavaDataplaneContender;
import dev.outrigger.benchmarks.contender.TwinContender;
import dev.outrigger.benchmarks.load.Line;
import dev.outrigger.benchmarks.load.LoadLimit;
import dev.outrigger.benchmarks.load.LoadShape;
import dev.outrigger.benchmarks.report.Figures;
import dev.outrigger.benchmarks.report.RunReport.ProcessFigures;
import dev.outrigger.benchmarks.report.Sample;
import dev.outrigger.benchmarks.report.Verdict;
import dev.outrigger.benchmarks.statistics.Distribution;
import java.io.IOException;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The run itself: every contender is started, warmed up and then measured in turn, round after
 * round, all of them alive all the time.
 */
final class Campaign {

    /** Half of Envoy's on the plain path; its target everywhere else. */
    private static final double PLAIN_CPU_BAR = 0.5;

    private static final double CPU_BAR = 0.65;
    private static final List<String> BARRED_SHAPES = List.of("c16", "c64");

    private final Plan plan;
    private final List<Contender> contenders;
    private final Preparation preparation;
    private final Sampler sampler;
    private final int upstreamPort;
    private final PrintStream progress;

    private final Map<String, Sample> cold = new LinkedHashMap<>();
    private final Map<String, Preparation.WarmUpResult> warmUps = new LinkedHashMap<>();
    private final List<Sample> samples = new ArrayList<>();
    private final List<ProcessFigures> processes = new ArrayList<>();

    Campaign(
            Plan plan,
            List<Contender> contenders,
            Preparation preparation,
            Sampler sampler,
            int upstreamPort,
            PrintStream progress) {
        this.plan = plan;
        this.contenders = List.copyOf(contenders);
        this.preparation = preparation;
        this.sampler = sampler;
        this.upstreamPort = upstreamPort;
        this.progress = progress;
    }

    void run() throws IOException, InterruptedException {
        for (var contender : contenders) {
            progress.println("prepare   " + contender.name());
            contender.prepare(preparation);
        }
        progress.println("starts    " + plan.effort().starts() + " of each contender, in turn");
        var starts = preparation.coldStarts(contenders);
        Map<String, Instance> instances = new LinkedHashMap<>();
        try {
            for (var contender : contenders) {
                instances.put(contender.name(), preparation.start(contender));
            }
            var running = List.copyOf(instances.values());
            progress.println("idle      " + plan.effort().idle().toSeconds() + " s");
            var idle = preparation.idleMemory(running);
            warmUp(instances);
            rounds(running);
            var loaded = Preparation.memory(running);
            var crowded = preparation.crowdedMemory(running);
            for (var contender : contenders) {
                var name = contender.name();
                var first = require(cold, name);
                var warmUp = require(warmUps, name);
                processes.add(
                        new ProcessFigures(
                                name,
                                Distribution.of(require(starts, name)),
                                require(idle, name),
                                require(loaded, name),
                                crowded.get(name),
                                first.cpuMicrosPerRequest(),
                                first.load().p99Micros(),
                                first.load().requests(),
                                warmUp.spent().toMillis() / 1e3,
                                warmUp.steady()));
            }
        } finally {
            for (var instance : instances.values()) {
                instance.close();
            }
        }
    }

    private void warmUp(Map<String, Instance> instances) throws IOException, InterruptedException {
        for (var contender : contenders) {
            var instance = require(instances, contender.name());
            cold.put(contender.name(), preparation.firstRequests(instance));
            var result = preparation.warmUp(contender, instance, sampler);
            warmUps.put(contender.name(), result);
            progress.println(
                    "warm-up   "
                            + contender.name()
                            + " "
                            + result.spent().toSeconds()
                            + " s"
                            + (result.steady() ? "" : ", not steady"));
        }
    }

    private void rounds(List<Instance> running) throws IOException, InterruptedException {
        List<Entrant> entrants = new ArrayList<>();
        if (preparation.line().downstream() == preparation.line().upstream()) {
            // Elsewhere the generator speaks what the upstream does not.
            entrants.add(Entrant.direct(upstreamPort));
        }
        running.forEach(instance -> entrants.add(Entrant.of(instance)));
        for (int round = 1; round <= plan.rounds(); round++) {
            int dirty = 0;
            for (LoadShape shape : plan.shapes()) {
                for (var entrant : Rotation.of(entrants, round)) {
                    var sample = sampler.take(round, entrant, shape, LoadLimit.of(plan.sample()));
                    samples.add(sample);
                    dirty += sample.isClean() ? 0 : 1;
                }
            }
            progress.println(
                    "round     "
                            + round
                            + " of "
                            + plan.rounds()
                            + (dirty == 0 ? "" : ", dirty: " + dirty));
        }
    }

    List<Sample> samples() {
        return samples;
    }

    List<ProcessFigures> processes() {
        return processes;
    }

    /** The first bar of the plain path, and the A/A check under the same loads. */
    List<Verdict> verdicts(List<Figures> figures, boolean countDirty) {
        List<Verdict> verdicts = new ArrayList<>();
        var shapes =
                plan.shapes().stream()
                        .map(LoadShape::label)
                        .filter(BARRED_SHAPES::contains)
                        .toList();
        for (var shape : shapes) {
            verdicts.add(
                    Verdict.onCpu(
                            figures,
                            JavaDataplaneContender.NAME,
                            EnvoyContender.NAME,
                            shape,
                            preparation.line() == Line.HTTP1 ? PLAIN_CPU_BAR : CPU_BAR));
        }
        if (plan.surroundings().isSwapped()) {
            verdicts.add(Verdict.onFailures(samples, JavaDataplaneContender.NAME));
        }
        for (var contender : contenders) {
            if (contender instanceof TwinContender twin) {
                var against = Figures.of(samples, twin.originalName(), countDirty);
                shapes.forEach(shape ->
                        verdicts.add(
                                Verdict.onTwin(against, twin.name(), twin.originalName(), shape)));
            }
        }
        return countDirty ? verdicts.stream().map(Verdict::forced).toList() : verdicts;
    }

    private static <T> T require(Map<String, T> byName, String name) {
        var value = byName.get(name);
        if (value == null) {
            throw new IllegalStateException(
                    "contender: " + name + " (expected: one of " + byName.keySet() + ")");
        }
        return value;
    }
}
