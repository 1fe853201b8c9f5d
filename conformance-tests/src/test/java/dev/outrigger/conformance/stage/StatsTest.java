// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.conformance.stage;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Test;

class StatsTest {
    @Test
    void readsNumbersAndLeavesHistogramsAndTexts() {
        var stats =
                Stats.parse(
                        """
                        cluster.b.upstream_rq_total: 3
                        server.version: 1
                        cluster.b.upstream_rq_time: P0(1,1) P25(1,1)
                        runtime.entry: "text"
                        """);

        assertThat(stats.values())
                .isEqualTo(Map.of("cluster.b.upstream_rq_total", 3L, "server.version", 1L));
    }

    @Test
    void givesOnlyWhatChanged() {
        var before = Stats.parse("a: 1\nb: 2\n");
        var after = Stats.parse("a: 4\nb: 2\nc: 1\n");

        assertThat(after.since(before)).isEqualTo(Map.of("a", 3L, "c", 1L));
    }

    @Test
    void isQuietWithoutExchangesAndDownstreamConnections() {
        assertThat(Stats.parse("http.admin.downstream_rq_active: 1\n").quiet()).isTrue();
        assertThat(Stats.parse("http.main.downstream_rq_active: 1\n").quiet()).isFalse();
        assertThat(Stats.parse("http.main.downstream_cx_active: 1\n").quiet()).isFalse();
        assertThat(Stats.parse("cluster.b.upstream_rq_pending_active: 1\n").quiet()).isFalse();
    }
}
