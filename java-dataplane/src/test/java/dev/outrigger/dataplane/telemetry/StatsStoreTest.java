// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.telemetry;

import static org.assertj.core.api.Assertions.assertThat;

import dev.outrigger.dataplane.telemetry.StatShape.Kind;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import org.junit.jupiter.api.Test;

class StatsStoreTest {
    private final StatsStore stats = new StatsStore(3);

    @Test
    void sumsWhatEachThreadCounted() {
        var counter = stats.counter("a");

        stats.shard(0).inc(counter);
        stats.shard(2).add(counter, 4);

        assertThat(stats.value(counter)).isEqualTo(5);
    }

    @Test
    void gaugeMayRiseOnOneThreadAndFallOnAnother() {
        var gauge = stats.gauge("g");

        stats.shard(1).inc(gauge);
        stats.shard(2).dec(gauge);

        assertThat(stats.value(gauge)).isZero();
        assertThat(read(Kind.GAUGE)).allMatch(StatsStore.Sample::used);
    }

    @Test
    void growsPastTheFirstRoom() {
        for (int i = 0; i < 2000; i++) {
            stats.shard(1).inc(stats.counter("c" + i));
            stats.shard(1).record(stats.histogram("h" + i), i);
        }

        stats.mergeHistograms();

        assertThat(stats.value(stats.counter("c1999"))).isEqualTo(1);
        assertThat(stats.value(stats.histogram("h1999")).cumulative().total()).isEqualTo(1);
    }

    @Test
    void replacesColonsInNames() {
        assertThat(stats.counter("listener.0.0.0.0:80.x").name())
                .isEqualTo("listener.0.0.0.0_80.x");
        assertThat(stats.counter("listener.0.0.0.0:80.x"))
                .isSameAs(stats.counter("listener.0.0.0.0_80.x"));
    }

    @Test
    void resetCountersStayUsed() {
        var counter = stats.counter("a");
        stats.shard(0).inc(counter);

        stats.resetCounters();

        assertThat(stats.value(counter)).isZero();
        assertThat(read(Kind.COUNTER)).singleElement().matches(StatsStore.Sample::used);
        stats.shard(0).inc(counter);
        assertThat(stats.value(counter)).isEqualTo(1);
    }

    @Test
    void retiredNamesAreHiddenAndStartAgainFromZero() {
        stats.shard(0).inc(stats.counter("cluster.a.x"));
        stats.text("cluster.a.version_text", "1");

        stats.retire("cluster.a.");

        assertThat(read(Kind.COUNTER)).isEmpty();
        assertThat(stats.textReadouts()).isEmpty();
        assertThat(stats.value(stats.counter("cluster.a.x"))).isZero();
        assertThat(read(Kind.COUNTER)).hasSize(1);
    }

    @Test
    void intervalHoldsOnlyWhatCameSinceTheLastMerge() {
        var histogram = stats.histogram("h");
        stats.shard(1).record(histogram, 7);
        stats.mergeHistograms();

        stats.mergeHistograms();

        assertThat(stats.value(histogram).interval().total()).isZero();
        assertThat(stats.value(histogram).cumulative().total()).isEqualTo(1);
    }

    private List<StatsStore.Sample> read(Kind kind) {
        var list = new ArrayList<StatsStore.Sample>();
        var sorted = stats.sorted(EnumSet.of(kind));
        for (var sample = sorted.next(); sample != null; sample = sorted.next()) {
            list.add(sample);
        }
        return list;
    }
}
