// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.benchmarks;

import dev.outrigger.benchmarks.load.LoadShape;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * How much is measured.
 *
 * @param starts cold starts per contender
 * @param idle how long a fresh instance rests before its idle memory is read
 * @param warmUpLimit after this an unsteady contender is measured all the same, and marked
 */
public record Plan(
        int rounds,
        Duration sample,
        List<LoadShape> shapes,
        int starts,
        Duration idle,
        Duration warmUpWindow,
        Duration warmUpLeast,
        Duration warmUpLimit,
        long coldRequests,
        int bodyBytes,
        int headerFields) {

    private static final int COLD_REQUESTS = 10_000;
    private static final int FIXED_RATE_CONNECTIONS = 20;
    private static final int BODY_BYTES = 1024;
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
        if (starts < 1) {
            throw new IllegalArgumentException("starts: " + starts + " (expected: at least 1)");
        }
    }

    /** The run whose figures count: nine rounds of five seconds. */
    static Plan full(List<LoadShape> shapes, int headerFields) {
        return new Plan(
                9,
                Duration.ofSeconds(5),
                shapes,
                20,
                Duration.ofSeconds(30),
                Duration.ofSeconds(2),
                Duration.ofSeconds(10),
                Duration.ofSeconds(60),
                COLD_REQUESTS,
                BODY_BYTES,
                headerFields);
    }

    /** About two minutes: enough to see that all is well, too short for a claim. */
    static Plan quick(List<LoadShape> shapes, int headerFields) {
        return new Plan(
                3,
                Duration.ofSeconds(1),
                shapes,
                3,
                Duration.ofSeconds(2),
                Duration.ofSeconds(1),
                Duration.ofSeconds(5),
                Duration.ofSeconds(15),
                COLD_REQUESTS,
                BODY_BYTES,
                headerFields);
    }

    /** The shapes of the protocol for some connection counts and rates. */
    static List<LoadShape> shapes(List<Integer> connections, List<Integer> rates) {
        Stream<LoadShape> closed = connections.stream().map(LoadShape.ClosedLoop::new);
        Stream<LoadShape> fixed =
                rates.stream().map(rate -> new LoadShape.FixedRate(rate, FIXED_RATE_CONNECTIONS));
        return Stream.concat(closed, fixed).toList();
    }

    Plan withRounds(int newRounds) {
        return new Plan(
                newRounds,
                sample,
                shapes,
                starts,
                idle,
                warmUpWindow,
                warmUpLeast,
                warmUpLimit,
                coldRequests,
                bodyBytes,
                headerFields);
    }

    Plan withSample(Duration newSample) {
        return new Plan(
                rounds,
                newSample,
                shapes,
                starts,
                idle,
                warmUpWindow,
                warmUpLeast,
                warmUpLimit,
                coldRequests,
                bodyBytes,
                headerFields);
    }

    Plan withBody(int newBodyBytes) {
        return new Plan(
                rounds,
                sample,
                shapes,
                starts,
                idle,
                warmUpWindow,
                warmUpLeast,
                warmUpLimit,
                coldRequests,
                newBodyBytes,
                headerFields);
    }

    /** One line for people. */
    String describe() {
        return String.format(
                Locale.ROOT,
                "%d rounds of %.1f s per contender and load (%s), %d-byte body, %d header fields, %d starts",
                rounds,
                sample.toMillis() / 1e3,
                shapes.stream().map(LoadShape::label).collect(Collectors.joining(", ")),
                bodyBytes,
                headerFields,
                starts);
    }
}
