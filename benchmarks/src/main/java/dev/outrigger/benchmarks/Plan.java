// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.benchmarks;

import dev.outrigger.benchmarks.contender.Surroundings;
import dev.outrigger.benchmarks.load.LoadShape;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * How much is measured.
 *
 * @param sample how long a sample takes
 */
public record Plan(
        Effort effort,
        int rounds,
        Duration sample,
        List<LoadShape> shapes,
        int bodyBytes,
        int headerFields,
        Surroundings surroundings) {

    private static final int FIXED_RATE_CONNECTIONS = 20;
    private static final int LARGEST_BODY = 16 << 20;

    public Plan {
        shapes = List.copyOf(shapes);
        if (rounds < 1) {
            throw new IllegalArgumentException("rounds: " + rounds + " (expected: at least 1)");
        }
        if (bodyBytes < 1 || bodyBytes > LARGEST_BODY) {
            throw new IllegalArgumentException(
                    "bodyBytes: " + bodyBytes + " (expected: 1.." + LARGEST_BODY + ")");
        }
        if (shapes.isEmpty()) {
            throw new IllegalArgumentException("shapes: empty (expected: at least one)");
        }
    }

    /**
     * What a run takes beside its samples, and how many of these unless somebody says otherwise.
     *
     * @param starts cold starts per contender
     * @param idle how long a fresh instance rests before its idle memory is read
     * @param warmUpLimit after this an unsteady contender is measured all the same, and marked
     * @param coldRequests the first requests of an instance, measured by themselves
     */
    public record Effort(
            int rounds,
            Duration sample,
            int starts,
            Duration idle,
            Duration warmUpWindow,
            Duration warmUpLeast,
            Duration warmUpLimit,
            long coldRequests) {
        private static final int COLD_REQUESTS = 10_000;

        /** The run whose figures count: nine rounds of five seconds. */
        static final Effort FULL =
                new Effort(
                        9,
                        Duration.ofSeconds(5),
                        20,
                        Duration.ofSeconds(30),
                        Duration.ofSeconds(2),
                        Duration.ofSeconds(10),
                        Duration.ofSeconds(60),
                        COLD_REQUESTS);

        /** About two minutes: enough to see that all is well, too short for a claim. */
        static final Effort QUICK =
                new Effort(
                        3,
                        Duration.ofSeconds(1),
                        3,
                        Duration.ofSeconds(2),
                        Duration.ofSeconds(1),
                        Duration.ofSeconds(5),
                        Duration.ofSeconds(15),
                        COLD_REQUESTS);

        public Effort {
            if (starts < 1) {
                throw new IllegalArgumentException("starts: " + starts + " (expected: at least 1)");
            }
        }
    }

    /** The shapes of the protocol for some connection counts and rates. */
    static List<LoadShape> shapes(List<Integer> connections, List<Integer> rates) {
        Stream<LoadShape> closed = connections.stream().map(LoadShape.ClosedLoop::new);
        Stream<LoadShape> fixed =
                rates.stream().map(rate -> new LoadShape.FixedRate(rate, FIXED_RATE_CONNECTIONS));
        return Stream.concat(closed, fixed).toList();
    }

    /** One line for people. */
    String describe() {
        return String.format(
                Locale.ROOT,
                "%d rounds of %.1f s per contender and load (%s), %d-byte body, %d header fields, %s, %d starts",
                rounds,
                sample.toMillis() / 1e3,
                shapes.stream().map(LoadShape::label).collect(Collectors.joining(", ")),
                bodyBytes,
                headerFields,
                surroundings.describe(),
                effort.starts());
    }
}
