// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.downstream;

import dev.outrigger.dataplane.ads.MainLoop;
import dev.outrigger.dataplane.telemetry.StatsShard;
import dev.outrigger.dataplane.telemetry.StatsStore;
import dev.outrigger.dataplane.telemetry.StatsStore.Gauge;
import java.time.Duration;

/**
 * How many listeners and filter chains have been replaced or removed, and still have their drain
 * time: what {@code listener_manager.total_*_draining} say. Main loop only.
 */
final class DrainingGauges {
    private final MainLoop loop;
    private final Duration drainTime;
    private final StatsShard shard;
    private final Gauge listeners;
    private final Gauge filterChains;

    DrainingGauges(MainLoop loop, Duration drainTime, StatsStore stats) {
        this.loop = loop;
        this.drainTime = drainTime;
        this.shard = stats.shard(0);
        this.listeners = stats.gauge("listener_manager.total_listeners_draining");
        this.filterChains = stats.gauge("listener_manager.total_filter_chains_draining");
    }

    Duration drainTime() {
        return drainTime;
    }

    /** A listener, or a version of one, begins to drain. */
    void onListener() {
        count(listeners, 1);
    }

    /** Filter chains of a listener that lives on begin to drain. */
    void onFilterChains(int count) {
        if (count > 0) {
            count(filterChains, count);
        }
    }

    private void count(Gauge gauge, int amount) {
        shard.add(gauge, amount);
        var _ = loop.schedule(drainTime, () -> shard.add(gauge, -amount));
    }
}
