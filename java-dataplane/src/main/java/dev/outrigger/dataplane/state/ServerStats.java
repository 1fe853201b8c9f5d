// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.state;

import dev.outrigger.dataplane.ads.MainLoop;
import dev.outrigger.dataplane.telemetry.StatsShard;
import dev.outrigger.dataplane.telemetry.StatsStore;
import java.util.List;

/**
 * The {@code server.*} stats that configuration moves; the process flushes the others. Main loop
 * only.
 */
final class ServerStats {
    /** Envoy's way of saying that no certificate is loaded. */
    private static final long NO_CERTIFICATE = 4_294_967_295L;

    private final MainLoop loop;
    private final StatsStore stats;
    private final StatsShard shard;
    private final long startedNanos;
    private final StatsStore.Gauge state;
    private final StatsStore.Gauge live;

    ServerStats(MainLoop loop, StatsStore stats, int concurrency) {
        this.loop = loop;
        this.stats = stats;
        this.shard = stats.shard(0);
        this.startedNanos = loop.nanoTime();
        this.state = stats.gauge("server.state");
        this.live = stats.gauge("server.live");
        shard.set(stats.gauge("server.concurrency"), concurrency);
        shard.set(stats.gauge("server.days_until_first_cert_expiring"), NO_CERTIFICATE);
        shard.set(stats.gauge("listener_manager.workers_started"), 0);
        for (String gauge :
                List.of("hot_restart_epoch", "parent_connections", "total_connections")) {
            shard.set(stats.gauge("server." + gauge), 0);
        }
        for (String counter :
                List.of(
                        "dropped_stat_flushes",
                        "dynamic_unknown_fields",
                        "envoy_bug_failures",
                        "static_unknown_fields")) {
            stats.counter("server." + counter);
        }
    }

    void enter(ServerState now) {
        shard.set(state, now.gauge());
        shard.set(live, now == ServerState.LIVE ? 1 : 0);
    }

    void onInitialized() {
        shard.set(stats.gauge("listener_manager.workers_started"), 1);
        long tookMillis = (loop.nanoTime() - startedNanos) / 1_000_000;
        shard.record(stats.histogram("server.initialization_time_ms"), tookMillis);
    }
}
