// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.conformance;

import dev.outrigger.conformance.compare.Comparison;
import dev.outrigger.conformance.compare.Difference;
import dev.outrigger.conformance.proxy.ProxyUnderTest;
import dev.outrigger.conformance.stage.BatchStage;
import dev.outrigger.conformance.stage.BatchStage.Part;
import dev.outrigger.conformance.stage.Delivery;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
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
     * What became of a case.
     *
     * @param oracle what Envoy showed, the first time
     * @param differences what is not the same on the subject, each time
     */
    record Outcome(SortedMap<String, String> oracle, List<Difference> differences) {
        Outcome {
            differences = List.copyOf(differences);
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
                outcomes.put(
                        id,
                        before == null ? now : new Outcome(before.oracle(), inBoth(before, now)));
                if (!outcomes.get(id).differences().isEmpty()) {
                    again.add(left.get(j));
                }
            }
            left = again;
        }
        return outcomes;
    }

    private static List<Difference> inBoth(Outcome one, Outcome other) {
        var fields = other.differences().stream().map(Difference::field).toList();
        return one.differences().stream().filter(each -> fields.contains(each.field())).toList();
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
                var expected = first.join().get(i);
                outcomes.add(
                        new Outcome(
                                expected, Comparison.of(expected, second.join().get(i), Set.of())));
            }
            return outcomes;
        } catch (CompletionException e) {
            throw new IOException(e.getCause() == null ? e : e.getCause());
        }
    }

    private static CompletableFuture<List<SortedMap<String, String>>> run(
            ProxyUnderTest proxy, List<Part> parts, Path workdir, ExecutorService threads) {
        return CompletableFuture.supplyAsync(
                () -> {
                    try {
                        Files.createDirectories(workdir);
                        try (var stage = BatchStage.open(proxy, parts, Delivery.STATIC, workdir)) {
                            return stage.play();
                        }
                    } catch (IOException e) {
                        throw new CompletionException(e);
                    }
                },
                threads);
    }
}
