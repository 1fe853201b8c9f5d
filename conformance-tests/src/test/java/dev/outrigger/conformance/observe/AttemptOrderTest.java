// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.conformance.observe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class AttemptOrderTest {
    private static final SeenAttempt ORIGINAL = attempt("v1", 1, Map.of("host", "a.test"));
    private static final SeenAttempt COPY = attempt("v2", 1, Map.of("host", "a.test-shadow"));

    @Test
    void putsACopyBehindItsOriginalWhicheverIsSeenFirst() {
        assertThat(AttemptOrder.of(List.of(ORIGINAL, COPY))).containsExactly(ORIGINAL, COPY);
        assertThat(AttemptOrder.of(List.of(COPY, ORIGINAL))).containsExactly(ORIGINAL, COPY);
    }

    @Test
    void isPartOfEveryObservation() {
        assertThat(fields(List.of(COPY, ORIGINAL)))
                .isEqualTo(fields(List.of(ORIGINAL, COPY)))
                .containsEntry("attempt[1].upstream", "v1")
                .containsEntry("attempt[2].upstream", "v2");
    }

    @Test
    void looksForTheSuffixBeforeThePort() {
        var copy = attempt("v0", 1, Map.of("host", "a.test-shadow:8080"));

        assertThat(AttemptOrder.of(List.of(copy, ORIGINAL))).containsExactly(ORIGINAL, copy);
    }

    @Test
    void knowsACopyWithoutSuffixByTheAddressBehindTheOthers() {
        var original = attempt("v2", 1, Map.of("host", "a.test", "x-forwarded-for", "10.0.0.1"));
        var copy =
                attempt(
                        "v1",
                        1,
                        Map.of(
                                "host",
                                "a.test",
                                "x-envoy-internal",
                                "true",
                                "x-forwarded-for",
                                "10.0.0.1,10.0.0.2"));

        assertThat(AttemptOrder.of(List.of(original, copy))).containsExactly(original, copy);
        assertThat(AttemptOrder.of(List.of(copy, original))).containsExactly(original, copy);
    }

    @Test
    void keepsTheOrderOfAttemptsThatFollowEachOther() {
        var first = attempt("v2", 1, Map.of("host", "a.test"));
        var second = attempt("v1", 1, Map.of("host", "a.test"));
        var third = attempt("v2", 2, Map.of("host", "a.test"));

        assertThat(AttemptOrder.of(List.of(first, second, third)))
                .containsExactly(first, second, third);
    }

    @Test
    void ordersCopiesByWhatIsInThem() {
        var copies = new ArrayList<SeenAttempt>();
        copies.add(attempt("v3", 1, Map.of("host", "a.test-shadow")));
        copies.add(attempt("v2", 1, Map.of("host", "b.test-shadow", "x-request-id", "1")));
        copies.add(attempt("v2", 2, Map.of("host", "c.test-shadow", "x-request-id", "0")));
        var ordered = AttemptOrder.of(copies);

        Collections.reverse(copies);

        assertThat(AttemptOrder.of(copies).stream().map(AttemptOrderTest::host))
                .containsExactly("b.test-shadow", "c.test-shadow", "a.test-shadow");
        assertThat(AttemptOrder.of(copies)).isEqualTo(ordered);
    }

    @Test
    void countsTheConnectionsThatOriginalsAndCopiesShareInItsOwnOrder() {
        var copy = attempt("v1/1", 1, Map.of("host", "a.test-shadow"));
        var original = attempt("v1/2", 2, Map.of("host", "a.test"));

        assertThat(AttemptOrder.of(List.of(copy, original)))
                .extracting(SeenAttempt::upstream, SeenAttempt::connection)
                .containsExactly(tuple("v1/2", 1), tuple("v1/1", 2));
    }

    private static Map<String, String> fields(List<SeenAttempt> attempts) {
        return new Observation(List.of(), attempts, List.of(), List.of(), new TreeMap<>()).fields();
    }

    private static String host(SeenAttempt attempt) {
        return attempt.headers().stream()
                .filter(header -> header.name().equals("host"))
                .findFirst()
                .orElseThrow()
                .value();
    }

    private static SeenAttempt attempt(
            String upstream, int connection, Map<String, String> headers) {
        var lines =
                new TreeMap<>(headers)
                        .entrySet().stream()
                                .map(each -> new Header(each.getKey(), each.getValue()))
                                .toList();
        return new SeenAttempt(upstream, connection, "GET / HTTP/1.1", lines, "", List.of(), true);
    }
}
