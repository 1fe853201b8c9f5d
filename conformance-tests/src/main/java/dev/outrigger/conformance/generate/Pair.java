// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.conformance.generate;

import dev.outrigger.conformance.compare.Comparison;
import dev.outrigger.conformance.compare.Difference;
import dev.outrigger.conformance.proxy.ProxyUnderTest;
import dev.outrigger.conformance.stage.BatchStage;
import dev.outrigger.conformance.stage.Delivery;
import dev.outrigger.conformance.stage.Turns;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.LongStream;

/** Plays cases on two proxies at the same time and compares. Any thread. */
final class Pair {
    private static final String VERDICT = "verdict";

    /**
     * Cases without times that meet most of what a proxy can do, TLS and HTTP/2 with it. A JVM does
     * it more slowly for the first time, and so does the one that plays.
     */
    private static final List<BatchStage.Part> WARM_UPS =
            LongStream.of(1, 2, 3, 6, 14, 16)
                    .mapToObj(seed -> CaseGenerator.generate(seed, 8).part("w" + seed))
                    .toList();

    private final ProxyUnderTest oracle;
    private final ProxyUnderTest subject;
    private final Path folder;
    private final Turns turns;
    private final AtomicInteger plays = new AtomicInteger();

    Pair(ProxyUnderTest oracle, ProxyUnderTest subject, Path folder, Turns turns) {
        this.oracle = oracle;
        this.subject = subject;
        this.folder = folder;
        this.turns = turns;
    }

    /** The oracle beside itself. */
    Pair ofOracles() {
        return new Pair(oracle, oracle, folder.resolve("oracles"), turns);
    }

    /** What both showed of one case, and in what they differ. */
    record Outcome(
            SortedMap<String, String> oracle,
            SortedMap<String, String> subject,
            List<Difference> differences) {

        boolean isEqual() {
            return differences.isEmpty();
        }

        /** What the oracle printed instead of starting. */
        String refusal() {
            return oracle.getOrDefault("refusal", "");
        }

        /** Whether the oracle took the configuration at all. */
        boolean isPlayed() {
            return !oracle.containsKey(VERDICT);
        }
    }

    /** The outcome of each case, in their order. */
    List<Outcome> play(List<GeneratedCase> cases, Delivery delivery) throws IOException {
        var workdir = Files.createDirectories(folder.resolve("play-" + plays.incrementAndGet()));
        try (var threads = Executors.newFixedThreadPool(2)) {
            Callable<List<SortedMap<String, String>>> ofOracle =
                    () -> play(oracle, cases, delivery, workdir.resolve("oracle"));
            Callable<List<SortedMap<String, String>>> ofSubject =
                    () -> play(subject, cases, delivery, workdir.resolve("subject"));
            var first = threads.submit(ofOracle);
            var second = threads.submit(ofSubject);
            var outcomes = new ArrayList<Outcome>();
            for (int i = 0; i < cases.size(); i++) {
                outcomes.add(compare(first.get().get(i), second.get().get(i)));
            }
            return outcomes;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        } catch (ExecutionException e) {
            throw new IOException(e.getCause() == null ? e : e.getCause());
        }
    }

    private static Outcome compare(
            SortedMap<String, String> oracle, SortedMap<String, String> subject) {
        // Both may refuse, each in its own words.
        boolean bothRefuse = oracle.containsKey(VERDICT) && subject.containsKey(VERDICT);
        var differences = Comparison.of(oracle, subject, bothRefuse ? Set.of("refusal") : Set.of());
        return new Outcome(oracle, subject, differences);
    }

    /** All together, or, when the proxy refuses that, halves, down to the case it refuses. */
    private List<SortedMap<String, String>> play(
            ProxyUnderTest proxy, List<GeneratedCase> cases, Delivery delivery, Path workdir)
            throws IOException {
        var parts = new ArrayList<BatchStage.Part>();
        for (int i = 0; i < cases.size(); i++) {
            parts.add(cases.get(i).part("g" + i));
        }
        return playParts(proxy, parts, delivery, workdir);
    }

    private List<BatchStage.Part> warmUps(ProxyUnderTest proxy) {
        boolean warm = plays.get() > 1 && !proxy.flavor().equals("java");
        return warm ? List.of() : WARM_UPS;
    }

    private List<SortedMap<String, String>> playParts(
            ProxyUnderTest proxy, List<BatchStage.Part> parts, Delivery delivery, Path workdir)
            throws IOException {
        Optional<String> refusal;
        try (var stage = BatchStage.open(proxy, warmUps(proxy), parts, delivery, workdir)) {
            return stage.play(turns);
        } catch (BatchStage.NotStarted e) {
            refusal = Optional.ofNullable(e.getMessage());
        }
        if (parts.size() == 1) {
            var fields = new TreeMap<String, String>();
            fields.put(VERDICT, "refused");
            fields.put("refusal", refusal.orElse(""));
            return List.of(fields);
        }
        int half = parts.size() / 2;
        var all = new ArrayList<SortedMap<String, String>>();
        all.addAll(playParts(proxy, parts.subList(0, half), delivery, workdir.resolve("1")));
        all.addAll(
                playParts(
                        proxy, parts.subList(half, parts.size()), delivery, workdir.resolve("2")));
        return all;
    }
}
