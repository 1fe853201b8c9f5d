// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.upstream;

import static org.assertj.core.api.Assertions.assertThat;

import dev.outrigger.dataplane.state.FakeMainLoop;
import dev.outrigger.dataplane.telemetry.StatsStore;
import java.time.Duration;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What is held back, and what is counted of it (ED5). */
class HostUpdatesTest {
    private final FakeMainLoop loop = new FakeMainLoop();
    private final StatsStore stats = new StatsStore(1);
    private final List<BitSet> delivered = new ArrayList<>();

    private HostUpdates updates(Duration window) {
        var updates = new HostUpdates(loop, window, stats, delivered::add);
        updates.serve();
        return updates;
    }

    private static BitSet priorities(int... numbers) {
        var set = new BitSet();
        for (int number : numbers) {
            set.set(number);
        }
        return set;
    }

    private long counter(String name) {
        return stats.value(stats.counter("cluster_manager." + name));
    }

    @Test
    void deliversTheFirstChangeOfHealthAtOnce() {
        updates(Duration.ofSeconds(1)).onChange(priorities(0), priorities());

        assertThat(delivered).containsExactly(priorities(0));
        assertThat(counter("cluster_updated")).isEqualTo(1);
        assertThat(counter("update_out_of_merge_window")).isEqualTo(1);
    }

    @Test
    void deliversTheNextOnesTogetherWhenTheWindowIsOver() {
        HostUpdates updates = updates(Duration.ofSeconds(1));
        updates.onChange(priorities(0), priorities());

        updates.onChange(priorities(0), priorities());
        updates.onChange(priorities(0), priorities());
        assertThat(delivered).hasSize(1);
        loop.advance(Duration.ofSeconds(1));

        assertThat(delivered).containsExactly(priorities(0), priorities(0));
        assertThat(counter("cluster_updated")).isEqualTo(1);
        assertThat(counter("cluster_updated_via_merge")).isEqualTo(1);
    }

    @Test
    void deliversWhatWaitsWithHostsThatCome() {
        HostUpdates updates = updates(Duration.ofSeconds(1));
        updates.onChange(priorities(0), priorities());
        updates.onChange(priorities(0), priorities());

        updates.onChange(priorities(0), priorities(0));
        loop.advance(Duration.ofSeconds(2));

        assertThat(delivered).hasSize(2);
        assertThat(counter("update_merge_cancelled")).isEqualTo(1);
        assertThat(counter("cluster_updated")).isEqualTo(2);
        assertThat(counter("cluster_updated_via_merge")).isZero();
    }

    @Test
    void holdsPrioritiesBackByThemselves() {
        HostUpdates updates = updates(Duration.ofSeconds(1));
        updates.onChange(priorities(0), priorities());

        updates.onChange(priorities(0, 1), priorities());

        assertThat(delivered).containsExactly(priorities(0), priorities(1));
    }

    @Test
    void holdsNothingBackWithoutAWindow() {
        HostUpdates updates = updates(Duration.ZERO);

        updates.onChange(priorities(0), priorities());
        updates.onChange(priorities(0), priorities());

        assertThat(delivered).hasSize(2);
        assertThat(counter("cluster_updated")).isEqualTo(2);
        assertThat(counter("update_out_of_merge_window")).isZero();
    }

    @Test
    void deliversNothingMoreOnceItIsClosed() {
        HostUpdates updates = updates(Duration.ofSeconds(1));
        updates.onChange(priorities(0), priorities());
        updates.onChange(priorities(0), priorities());

        updates.close();
        loop.advance(Duration.ofSeconds(2));

        assertThat(delivered).hasSize(1);
    }
}
