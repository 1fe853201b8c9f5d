// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.conformance.http2;

import static org.assertj.core.api.Assertions.assertThat;

import dev.outrigger.conformance.Subjects;
import dev.outrigger.conformance.proxy.ProxyUnderTest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;

/**
 * Cases that were played on both proxies, many at a time. What differs is played again, in a
 * smaller company: only what differs each time counts.
 */
final class PlayedOnBoth {
    private static final int TIMES = 3;

    private final Map<String, Played> oracle = new LinkedHashMap<>();
    private final Map<String, Played> subject = new LinkedHashMap<>();

    private PlayedOnBoth() {}

    /**
     * What one proxy did in one case.
     *
     * @param answer what the client was told
     * @param heard what the upstream was told, one connection after another
     * @param log the lines of this case
     * @param stats that are not zero
     */
    record Played(Object answer, List<?> heard, List<String> log, Map<String, Long> stats) {
        /** All of it, to be compared and read. */
        @Override
        public String toString() {
            return "answer " + answer + "\nheard " + heard + "\nlog " + log + "\nstats " + stats;
        }
    }

    /**
     * Plays some cases on one proxy.
     *
     * @param <C> a case
     */
    interface Play<C> {
        /**
         * @param folder is there, and empty
         * @return by the names of the cases
         */
        Map<String, Played> on(ProxyUnderTest proxy, Map<String, C> cases, Path folder)
                throws IOException;
    }

    static <C> PlayedOnBoth play(Map<String, C> cases, Path folder, Play<C> play)
            throws IOException {
        var played = new PlayedOnBoth();
        var left = cases;
        for (int i = 0; i < TIMES && !left.isEmpty(); i++) {
            Path place = folder.resolve("play-" + i);
            played.oracle.putAll(
                    play.on(
                            Subjects.oracle(),
                            left,
                            Files.createDirectories(place.resolve("oracle"))));
            played.subject.putAll(
                    play.on(
                            Subjects.subject(),
                            left,
                            Files.createDirectories(place.resolve("subject"))));
            var again = new LinkedHashMap<String, C>();
            left.forEach((name, each) -> {
                if (!played.isEqual(name)) {
                    again.put(name, each);
                }
            });
            left = again;
        }
        return played;
    }

    /** A test for each case. */
    Stream<DynamicTest> comparisons() {
        return oracle.keySet().stream()
                .map(name ->
                        DynamicTest.dynamicTest(
                                name,
                                () ->
                                        assertThat(String.valueOf(subject.get(name)))
                                                .isEqualTo(String.valueOf(oracle.get(name)))));
    }

    private boolean isEqual(String name) {
        return String.valueOf(subject.get(name)).equals(String.valueOf(oracle.get(name)));
    }

    /** The cases that {@code -Dwire.case=part of a name} asks for. */
    static <C> Map<String, C> wanted(Map<String, C> cases) {
        String part = System.getProperty("wire.case", "");
        var wanted = new LinkedHashMap<>(cases);
        wanted.keySet().removeIf(name -> !name.contains(part));
        return wanted;
    }

    /**
     * The stats of a scope that are not zero.
     *
     * @param text as {@code /stats} prints it
     * @param prefix of the scope, with its dot
     */
    static Map<String, Long> stats(String text, String prefix, Predicate<String> comparable) {
        var stats = new TreeMap<String, Long>();
        text.lines()
                .filter(line -> line.startsWith(prefix))
                .map(line -> line.substring(prefix.length()))
                .filter(comparable)
                .forEach(line -> {
                    int colon = line.indexOf(": ");
                    String value = line.substring(colon + 2);
                    if (value.matches("[1-9]\\d*")) {
                        stats.put(line.substring(0, colon), Long.valueOf(value));
                    }
                });
        return stats;
    }

    /** What became of what was asked, by name, in order. */
    static Map<String, Object> answers(Map<String, Future<Object>> waiting) throws IOException {
        var answers = new LinkedHashMap<String, Object>();
        for (var each : waiting.entrySet()) {
            try {
                answers.put(each.getKey(), Objects.requireNonNull(each.getValue().get()));
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new IOException(e);
            } catch (ExecutionException e) {
                answers.put(each.getKey(), String.valueOf(e.getCause()));
            }
        }
        return answers;
    }
}
