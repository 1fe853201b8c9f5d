// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.conformance.generate;

import dev.outrigger.conformance.compare.Difference;
import dev.outrigger.conformance.compare.KnownDivergences;
import dev.outrigger.conformance.proxy.ProxyUnderTest;
import dev.outrigger.conformance.stage.Delivery;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.SequencedMap;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import java.util.stream.LongStream;

/**
 * A run of generated cases, in batches that share two proxies. A case that differs is played again,
 * beside the oracle against itself: only what differs each time, and never between oracles, is a
 * finding. One case of each kind of failure is made small and written down. Used by one thread.
 */
public final class GeneratedRun {
    private static final int BATCH = 40;

    /** Taken in turn. */
    private static final List<Delivery> DELIVERIES =
            List.of(Delivery.STATIC, Delivery.FILES, Delivery.ADS);

    private final Pair pair;
    private final KnownDivergences known;
    private final Settings settings;
    private final Path folder;
    private final Consumer<String> progress;
    private final List<String> refused = new ArrayList<>();

    /**
     * @param folder for what the proxies read and write, and for the cases that are written down
     * @param progress hears a line now and then
     */
    public GeneratedRun(
            ProxyUnderTest oracle,
            ProxyUnderTest subject,
            KnownDivergences known,
            Settings settings,
            Path folder,
            Consumer<String> progress) {
        // Proxies run in folders of their own.
        this.pair = new Pair(oracle, subject, folder.toAbsolutePath().resolve("plays"));
        this.known = known;
        this.settings = settings;
        this.folder = folder;
        this.progress = progress;
    }

    /**
     * How much is played.
     *
     * @param seeds one configuration each
     * @param exchanges per configuration
     * @param shrinks how many failures are made small; the others are only listed
     * @param budget after which no further batch begins
     */
    public record Settings(List<Long> seeds, int exchanges, int shrinks, Duration budget) {
        public Settings {
            seeds = List.copyOf(seeds);
        }

        /** The seeds from the first one on. */
        public static List<Long> seeds(long first, int count) {
            return LongStream.range(first, first + count).boxed().toList();
        }
    }

    /**
     * A failure that is there each time.
     *
     * @param seeds all that fail so
     * @param small the case that was made small, with what differs in it
     */
    public record Finding(
            String failure, List<Long> seeds, GeneratedCase small, List<Difference> differences) {
        public Finding {
            seeds = List.copyOf(seeds);
            differences = List.copyOf(differences);
        }

        @Override
        public String toString() {
            return failure
                    + " with seeds "
                    + seeds
                    + "\n  in the small case:\n    "
                    + differences.stream()
                            .map(Difference::toString)
                            .collect(Collectors.joining("\n    "))
                    + "\n  exchanges:\n"
                    + CaseWriter.exchanges(small, differences).indent(4)
                    + "  configuration:\n"
                    + CaseWriter.bootstrap(small).indent(4);
        }
    }

    /**
     * What came of a run.
     *
     * @param unsteady differences that were not there again, or are between oracles too
     * @param refused configurations that the oracle does not take: faults of the generator
     */
    public record Result(
            int configurations,
            int exchanges,
            List<Finding> findings,
            List<String> unsteady,
            List<String> refused) {
        public Result {
            refused = List.copyOf(refused);
            findings = List.copyOf(findings);
            unsteady = List.copyOf(unsteady);
        }
    }

    private record Failing(GeneratedCase failing, Delivery delivery, List<Difference> differences) {
        Failure failure() {
            return Failure.of(differences);
        }
    }

    /** Plays all. */
    public Result run() throws IOException {
        long begin = System.nanoTime();
        var failing = new ArrayList<Failing>();
        var unsteady = new ArrayList<String>();
        int played = 0;
        // Small runs see each delivery too.
        int batch = Math.clamp((settings.seeds().size() + 2) / DELIVERIES.size(), 1, BATCH);
        while (played < settings.seeds().size()
                && System.nanoTime() - begin < settings.budget().toNanos()) {
            var cases = new ArrayList<GeneratedCase>();
            for (int i = 0; i < Math.min(batch, settings.seeds().size() - played); i++) {
                long seed = settings.seeds().get(played + i);
                cases.add(CaseGenerator.generate(seed, settings.exchanges()));
            }
            var delivery = DELIVERIES.get(played / batch % DELIVERIES.size());
            check(cases, delivery, failing, unsteady);
            played += cases.size();
            progress.accept(
                    "generated: %d configurations, %d exchanges, %d fail, %d unsteady, %d s"
                            .formatted(
                                    played,
                                    played * settings.exchanges(),
                                    failing.size(),
                                    unsteady.size(),
                                    (System.nanoTime() - begin) / 1_000_000_000));
        }
        return new Result(
                played, played * settings.exchanges(), findings(failing), unsteady, refused);
    }

    private void check(
            List<GeneratedCase> cases,
            Delivery delivery,
            List<Failing> failing,
            List<String> unsteady)
            throws IOException {
        var outcomes = pair.play(cases, delivery);
        for (int i = 0; i < cases.size(); i++) {
            if (!outcomes.get(i).isPlayed()) {
                refused.add("seed " + cases.get(i).seed() + ": " + outcomes.get(i).refusal());
            }
        }
        var first = differing(cases, outcomes);
        if (first.isEmpty()) {
            return;
        }
        var again = List.copyOf(first.keySet());
        var second = differing(again, pair.play(again, delivery));
        var ofOracles = pair.ofOracles().play(again, delivery);
        for (int i = 0; i < again.size(); i++) {
            var each = again.get(i);
            var between = fields(ofOracles.get(i).differences());
            var before = fields(first.getOrDefault(each, List.of()));
            var steady =
                    second.getOrDefault(each, List.of()).stream()
                            .filter(one -> before.contains(one.field()))
                            .filter(one -> !between.contains(one.field()))
                            .toList();
            if (steady.isEmpty()) {
                unsteady.add("seed " + each.seed() + ": " + before);
            } else {
                failing.add(new Failing(each, delivery, steady));
                progress.accept("seed " + each.seed() + ": " + steady.getFirst());
            }
        }
    }

    /** The cases with unexplained differences. */
    private SequencedMap<GeneratedCase, List<Difference>> differing(
            List<GeneratedCase> cases, List<Pair.Outcome> outcomes) {
        var differing = new LinkedHashMap<GeneratedCase, List<Difference>>();
        for (int i = 0; i < cases.size(); i++) {
            var unexplained = unexplained(cases.get(i), outcomes.get(i).differences());
            if (!unexplained.isEmpty()) {
                differing.put(cases.get(i), unexplained);
            }
        }
        return differing;
    }

    private List<Difference> unexplained(GeneratedCase of, List<Difference> differences) {
        return differences.stream()
                .filter(each ->
                        known.explaining(
                                        "generated/" + of.seed(),
                                        Failure.withoutExchange(each.field()))
                                .isEmpty())
                .toList();
    }

    private List<Finding> findings(List<Failing> failing) throws IOException {
        var byFailure = new LinkedHashMap<Failure, List<Failing>>();
        failing.forEach(each ->
                byFailure.computeIfAbsent(each.failure(), _ -> new ArrayList<>()).add(each));
        var findings = new ArrayList<Finding>();
        for (var entry : byFailure.entrySet()) {
            var first = entry.getValue().getFirst();
            var seeds = entry.getValue().stream().map(each -> each.failing().seed()).toList();
            var finding =
                    findings.size() < settings.shrinks()
                            ? small(entry.getKey(), seeds, first)
                            : new Finding(
                                    entry.getKey().field(),
                                    seeds,
                                    first.failing().withScenarios(List.of()),
                                    first.differences());
            progress.accept(finding.toString());
            findings.add(finding);
        }
        return findings;
    }

    private Finding small(Failure failure, List<Long> seeds, Failing first) throws IOException {
        var small = new Shrinker(pair, first.delivery(), failure).shrink(first.failing());
        var outcome = pair.play(List.of(small), first.delivery()).getFirst();
        var differences =
                outcome.isEqual() ? first.differences() : unexplained(small, outcome.differences());
        CaseWriter.write(
                small,
                outcome.oracle(),
                differences,
                folder.resolve("cases").resolve("seed-" + small.seed()));
        return new Finding(failure.field(), seeds, small, differences);
    }

    private static List<String> fields(List<Difference> differences) {
        return differences.stream().map(Difference::field).toList();
    }
}
