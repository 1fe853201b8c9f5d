// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.conformance.generate;

import dev.outrigger.conformance.compare.Difference;
import dev.outrigger.conformance.compare.KnownDivergences;
import dev.outrigger.conformance.proxy.ProxyUnderTest;
import dev.outrigger.conformance.stage.Delivery;
import dev.outrigger.conformance.stage.Turns;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SequencedMap;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;

/**
 * A run of generated cases, in batches that share two proxies, some of them at the same time. What
 * differs is played again at the end, beside the oracle against itself: only what differs each
 * time, and never between oracles, is a finding. One case of each kind of failure is made small and
 * written down. Used by one thread.
 */
public final class GeneratedRun {
    private static final int BATCH = 40;

    /** The last case of a batch must not keep the processors waiting. */
    private static final int BATCHES_AT_ONCE = 3;

    /** Six of these are held at the same time: each delivery's, and beside it the oracles'. */
    private static final int BATCH_AGAIN = 16;

    /** How many of the cases that differed twice are played together. */
    private static final int COMPANY = 12;

    private final Pair pair;
    private final Pair oracles;
    private final KnownDivergences known;
    private final Settings settings;
    private final Path folder;
    private final Consumer<String> progress;

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
        var plays = folder.toAbsolutePath().resolve("plays");
        this.pair = new Pair(oracle, subject, plays, new Turns());
        this.oracles = pair.ofOracles();
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
     * @param deliveries taken in turn
     * @param shrinks how many failures are made small; the others are only listed
     * @param budget after which no further batch begins
     */
    public record Settings(
            List<Long> seeds,
            int exchanges,
            List<Delivery> deliveries,
            int shrinks,
            Duration budget) {
        public Settings {
            seeds = List.copyOf(seeds);
            deliveries = List.copyOf(deliveries);
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
     * @param broken batches that could not be played to their end
     */
    public record Result(
            int configurations,
            int exchanges,
            List<Finding> findings,
            List<String> unsteady,
            List<String> refused,
            List<String> broken) {
        public Result {
            refused = List.copyOf(refused);
            broken = List.copyOf(broken);
            findings = List.copyOf(findings);
            unsteady = List.copyOf(unsteady);
        }
    }

    private record Failing(GeneratedCase failing, Delivery delivery, List<Difference> differences) {
        Failure failure() {
            return Failure.of(differences);
        }
    }

    /** What came of one batch: what differs is played again with that of others. */
    private record Checked(
            int cases,
            Carried carried,
            SequencedMap<GeneratedCase, List<Difference>> differing,
            List<String> refused) {}

    private record Batch(List<Long> seeds, Delivery delivery) {
        @Override
        public String toString() {
            return "seeds %d to %d (%s)"
                    .formatted(
                            seeds.getFirst(),
                            seeds.getLast(),
                            delivery.name().toLowerCase(Locale.ROOT));
        }
    }

    /** Plays all. */
    public Result run() throws IOException {
        long begin = System.nanoTime();
        var differing =
                new EnumMap<Delivery, SequencedMap<GeneratedCase, List<Difference>>>(
                        Delivery.class);
        var sums = new Sums();
        try (var threads = Executors.newFixedThreadPool(BATCHES_AT_ONCE)) {
            var checks = new LinkedHashMap<Batch, Future<Checked>>();
            for (var batch : batches()) {
                checks.put(batch, threads.submit(() -> check(batch, begin)));
            }
            for (var entry : checks.entrySet()) {
                var batch = entry.getKey();
                try {
                    var checked = entry.getValue().get();
                    sums.played += checked.cases();
                    sums.carried.add(checked.carried());
                    sums.refused.addAll(checked.refused());
                    differing
                            .computeIfAbsent(batch.delivery(), _ -> new LinkedHashMap<>())
                            .putAll(checked.differing());
                    if (checked.cases() > 0) {
                        tell(batch + " played", begin, sums);
                    }
                } catch (ExecutionException e) {
                    // A proxy that ends, or does not start, costs its batch and no more.
                    sums.broken.add(batch + ": " + e.getCause());
                    tell(batch + " broken: " + e.getCause(), begin, sums);
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        }
        var failing = playAgain(differing, sums.unsteady);
        tell(
                "the end: "
                        + failing.size()
                        + " fail, "
                        + sums.unsteady.size()
                        + " unsteady; "
                        + sums.carried,
                begin,
                sums);
        return new Result(
                sums.played,
                sums.played * settings.exchanges(),
                findings(failing),
                sums.unsteady,
                sums.refused,
                sums.broken);
    }

    private static final class Sums {
        private final List<String> unsteady = new ArrayList<>();
        private final List<String> refused = new ArrayList<>();
        private final List<String> broken = new ArrayList<>();
        private final Carried carried = new Carried();
        private int played;
    }

    private void tell(String what, long begin, Sums sums) {
        progress.accept(
                "generated: %s; %d configurations, %d exchanges in %d s"
                        .formatted(
                                what,
                                sums.played,
                                sums.played * settings.exchanges(),
                                (System.nanoTime() - begin) / 1_000_000_000));
    }

    /** Small runs see each delivery too. */
    private List<Batch> batches() {
        var seeds = settings.seeds();
        var deliveries = settings.deliveries();
        int share = (seeds.size() + deliveries.size() - 1) / deliveries.size();
        int size = Math.clamp(share, 1, BATCH);
        var batches = new ArrayList<Batch>();
        for (int from = 0; from < seeds.size(); from += size) {
            batches.add(
                    new Batch(
                            seeds.subList(from, Math.min(seeds.size(), from + size)),
                            deliveries.get(batches.size() % deliveries.size())));
        }
        return batches;
    }

    private Checked check(Batch batch, long begin) throws IOException {
        if (System.nanoTime() - begin > settings.budget().toNanos()) {
            return new Checked(0, new Carried(), new LinkedHashMap<>(), List.of());
        }
        var cases =
                batch.seeds().stream()
                        .map(seed -> CaseGenerator.generate(seed, settings.exchanges()))
                        .toList();
        var outcomes = pair.play(cases, batch.delivery());
        var refused = new ArrayList<String>();
        for (int i = 0; i < cases.size(); i++) {
            if (!outcomes.get(i).isPlayed()) {
                refused.add("seed " + cases.get(i).seed() + ": " + outcomes.get(i).refusal());
            }
        }
        var differing = differing(cases, outcomes);
        differing.forEach((each, differences) ->
                progress.accept(
                        "seed %d (%s) differs, once: %s"
                                .formatted(
                                        each.seed(),
                                        batch.delivery().name().toLowerCase(Locale.ROOT),
                                        differences)));
        return new Checked(cases.size(), Carried.of(cases, batch.delivery()), differing, refused);
    }

    /** A case with times takes as long alone as beside others, so all deliveries play at once. */
    private List<Failing> playAgain(
            Map<Delivery, SequencedMap<GeneratedCase, List<Difference>>> differing,
            List<String> unsteady)
            throws IOException {
        var failing = new ArrayList<Failing>();
        var replays = new ArrayList<Callable<Replayed>>();
        differing.forEach((delivery, cases) -> replays.add(() -> playAgain(cases, delivery)));
        for (var replayed : atOnce(replays)) {
            failing.addAll(replayed.failing());
            unsteady.addAll(replayed.unsteady());
        }
        return failing;
    }

    private record Replayed(List<Failing> failing, List<String> unsteady) {}

    private Replayed playAgain(
            SequencedMap<GeneratedCase, List<Difference>> first, Delivery delivery)
            throws IOException {
        var failing = new ArrayList<Failing>();
        var unsteady = new ArrayList<String>();
        var all = List.copyOf(first.keySet());
        for (int from = 0; from < all.size(); from += BATCH_AGAIN) {
            var again = all.subList(from, Math.min(all.size(), from + BATCH_AGAIN));
            var outcomes = playTwice(again, delivery);
            var second = differing(again, outcomes.ofBoth());
            var ofOracles = outcomes.ofOracles();
            var steady = new LinkedHashMap<GeneratedCase, List<Difference>>();
            for (int i = 0; i < again.size(); i++) {
                var each = again.get(i);
                var between = fields(ofOracles.get(i).differences());
                var left =
                        inBoth(first.get(each), second.get(each)).stream()
                                .filter(one -> !between.contains(one.field()))
                                .toList();
                if (left.isEmpty()) {
                    unsteady.add("seed " + each.seed() + ": " + first.get(each));
                    progress.accept(
                            "seed %d unsteady; between oracles: %s"
                                    .formatted(each.seed(), between));
                } else {
                    steady.put(each, left);
                }
            }
            playAlone(steady, delivery, failing, unsteady);
        }
        return new Replayed(failing, unsteady);
    }

    /** A third time, in small company: what is there each time is no matter of a busy machine. */
    private void playAlone(
            SequencedMap<GeneratedCase, List<Difference>> steady,
            Delivery delivery,
            List<Failing> failing,
            List<String> unsteady)
            throws IOException {
        var cases = List.copyOf(steady.keySet());
        for (int from = 0; from < cases.size(); from += COMPANY) {
            var some = cases.subList(from, Math.min(cases.size(), from + COMPANY));
            var third = differing(some, pair.play(some, delivery));
            for (var each : some) {
                var left = inBoth(steady.get(each), third.get(each));
                if (left.isEmpty()) {
                    unsteady.add("seed " + each.seed() + ": " + steady.get(each));
                    progress.accept("seed " + each.seed() + " unsteady: differed twice only");
                } else {
                    failing.add(new Failing(each, delivery, left));
                    progress.accept("seed " + each.seed() + " fails: " + left);
                }
            }
        }
    }

    /** Those of the second whose fields are in the first as well. */
    private static List<Difference> inBoth(
            @Nullable List<Difference> first, @Nullable List<Difference> second) {
        if (first == null || second == null) {
            return List.of();
        }
        var fields = fields(first);
        return second.stream().filter(each -> fields.contains(each.field())).toList();
    }

    private record Twice(List<Pair.Outcome> ofBoth, List<Pair.Outcome> ofOracles) {}

    /** Once more, and beside it the oracle against itself. */
    private Twice playTwice(List<GeneratedCase> cases, Delivery delivery) throws IOException {
        var both =
                atOnce(
                        List.<Callable<List<Pair.Outcome>>>of(
                                () -> pair.play(cases, delivery),
                                () -> oracles.play(cases, delivery)));
        return new Twice(both.getFirst(), both.getLast());
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
        var made = new ArrayList<Callable<Finding>>();
        byFailure.forEach((failure, cases) -> {
            boolean shrinks = made.size() < settings.shrinks();
            made.add(() -> finding(failure, cases, shrinks));
        });
        return atOnce(made);
    }

    /** What comes of all of them, in their order, as many at once as there may be batches. */
    private static <T> List<T> atOnce(List<Callable<T>> tasks) throws IOException {
        try (var threads = Executors.newFixedThreadPool(BATCHES_AT_ONCE)) {
            var results = new ArrayList<T>();
            for (var task : tasks.stream().map(threads::submit).toList()) {
                results.add(task.get());
            }
            return results;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        } catch (ExecutionException e) {
            throw new IOException(e.getCause() == null ? e : e.getCause());
        }
    }

    private Finding finding(Failure failure, List<Failing> cases, boolean shrinks)
            throws IOException {
        var first = cases.getFirst();
        var seeds = cases.stream().map(each -> each.failing().seed()).toList();
        var finding =
                shrinks
                        ? small(failure, seeds, first)
                        : new Finding(
                                failure.field(),
                                seeds,
                                first.failing().withScenarios(List.of()),
                                first.differences());
        progress.accept(finding.toString());
        return finding;
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
