// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.conformance;

import dev.outrigger.conformance.compare.Comparison;
import dev.outrigger.conformance.compare.Difference;
import dev.outrigger.conformance.compare.Mismatch;
import dev.outrigger.conformance.exchange.Expectation;
import dev.outrigger.conformance.proxy.ProxyUnderTest;
import dev.outrigger.conformance.stage.BatchStage;
import dev.outrigger.conformance.stage.BatchStage.Part;
import dev.outrigger.conformance.stage.Delivery;
import dev.outrigger.conformance.stage.Turns;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/**
 * Plays many cases on one running pair of proxies, all at the same time, each on a listener of its
 * own. What differs is played again, in a smaller company: only what differs each time counts.
 */
final class WirePlay {
    private static final int TIMES = 3;

    private final ProxyUnderTest oracle;
    private final ProxyUnderTest subject;
    private final Path folder;

    WirePlay(ProxyUnderTest oracle, ProxyUnderTest subject, Path folder) {
        this.oracle = oracle;
        this.subject = subject;
        this.folder = folder;
    }

    /**
     * What became of a case, each time it was played.
     *
     * @param ofOracle where Envoy did not do as expected
     * @param ofSubject where the subject did not
     * @param differences where the two are not the same
     */
    record Outcome(
            List<Mismatch> ofOracle, List<Mismatch> ofSubject, List<Difference> differences) {
        Outcome {
            ofOracle = List.copyOf(ofOracle);
            ofSubject = List.copyOf(ofSubject);
            differences = List.copyOf(differences);
        }

        boolean isGood() {
            return ofOracle.isEmpty() && ofSubject.isEmpty() && differences.isEmpty();
        }

        private Outcome and(Outcome other) {
            var fields = other.differences.stream().map(Difference::field).toList();
            return new Outcome(
                    inBoth(ofOracle, other.ofOracle),
                    inBoth(ofSubject, other.ofSubject),
                    differences.stream().filter(each -> fields.contains(each.field())).toList());
        }

        private static List<Mismatch> inBoth(List<Mismatch> one, List<Mismatch> other) {
            var fields = other.stream().map(Mismatch::field).toList();
            return one.stream().filter(each -> fields.contains(each.field())).toList();
        }
    }

    /** The outcome of each case, by its id. */
    Map<String, Outcome> play(List<WireCase> cases) throws IOException {
        var outcomes = new LinkedHashMap<String, Outcome>();
        var left = cases;
        for (int i = 0; i < TIMES && !left.isEmpty(); i++) {
            var again = new ArrayList<WireCase>();
            var played = playOnce(left, folder.resolve("play-" + i));
            for (int j = 0; j < left.size(); j++) {
                var id = left.get(j).id();
                var before = outcomes.get(id);
                var now = played.get(j);
                outcomes.put(id, before == null ? now : before.and(now));
                if (!outcomes.get(id).isGood()) {
                    again.add(left.get(j));
                }
            }
            left = again;
        }
        return outcomes;
    }

    private List<Outcome> playOnce(List<WireCase> cases, Path workdir) throws IOException {
        var parts = new ArrayList<Part>();
        for (var each : cases) {
            parts.add(each.part("w" + parts.size()));
        }
        try (var threads = Executors.newFixedThreadPool(2)) {
            var first = run(oracle, parts, workdir.resolve("oracle"), threads);
            var second = run(subject, parts, workdir.resolve("subject"), threads);
            var outcomes = new ArrayList<Outcome>();
            for (int i = 0; i < parts.size(); i++) {
                var expected = WireCase.fields(first.join().get(i));
                var seen = WireCase.fields(second.join().get(i));
                var wanted = cases.get(i).expectation();
                outcomes.add(
                        new Outcome(
                                mismatches(wanted, expected),
                                mismatches(wanted, seen),
                                Comparison.of(expected, seen, Set.of())));
            }
            return outcomes;
        } catch (CompletionException e) {
            throw new IOException(e.getCause() == null ? e : e.getCause());
        }
    }

    private static List<Mismatch> mismatches(
            Optional<Expectation> wanted, SortedMap<String, String> seen) {
        return wanted.map(each -> Mismatch.find(each, seen)).orElse(List.of());
    }

    private static CompletableFuture<List<SortedMap<String, String>>> run(
            ProxyUnderTest proxy, List<Part> parts, Path workdir, ExecutorService threads) {
        return CompletableFuture.supplyAsync(
                () -> {
                    try {
                        Files.createDirectories(workdir);
                        try (var stage =
                                BatchStage.open(
                                        proxy, List.of(), parts, Delivery.STATIC, workdir)) {
                            return stage.play(new Turns());
                        }
                    } catch (IOException e) {
                        throw new CompletionException(e);
                    }
                },
                threads);
    }
}
