// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.conformance.compare;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class ComparisonTest {
    @Test
    void findsNothingBetweenEquals() {
        assertThat(compare(Map.of("a", "1"), Map.of("a", "1"))).isEmpty();
    }

    @Test
    void findsChangedMissingAndAddedFields() {
        assertThat(compare(Map.of("a", "1", "b", "2"), Map.of("a", "9", "c", "3")))
                .extracting(Difference::toString)
                .containsExactly(
                        "a: oracle '1', subject '9'",
                        "b: oracle '2', subject nothing",
                        "c: oracle nothing, subject '3'");
    }

    @Test
    void leavesIgnoredFieldsOut() {
        var differences =
                Comparison.of(
                        new TreeMap<>(Map.of("attempt[1].upstream", "a", "attempt[1].line", "x")),
                        new TreeMap<>(Map.of("attempt[1].upstream", "b", "attempt[1].line", "y")),
                        Set.of("attempt[*].upstream"));

        assertThat(differences).extracting(Difference::field).containsExactly("attempt[1].line");
    }

    @Test
    void comparesTheStatisticsOfTrafficOnly() {
        assertThat(
                        compare(
                                Map.of(
                                        "stat.cluster.b.upstream_rq_total", "1",
                                        "stat.cluster.b.upstream_cx_rx_bytes_total", "10",
                                        "stat.http.admin.downstream_rq_total", "4",
                                        "stat.server.uptime", "1"),
                                Map.of()))
                .extracting(Difference::field)
                .containsExactly("stat.cluster.b.upstream_rq_total");
    }

    private static List<Difference> compare(
            Map<String, String> oracle, Map<String, String> subject) {
        return Comparison.of(new TreeMap<>(oracle), new TreeMap<>(subject), Set.of());
    }
}
