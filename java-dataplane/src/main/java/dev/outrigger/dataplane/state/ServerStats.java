// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.state;

import dev.outrigger.dataplane.ads.MainLoop;
import dev.outrigger.dataplane.telemetry.StatsShard;
import dev.outrigger.dataplane.telemetry.StatsStore;
import java.time.Duration;
import java.util.List;

/**
 * The {@code server.*} stats, and the flush that histograms and the uptime wait for ({@code
 * stats_flush_interval}). Main loop only.
 */
final class ServerStats {
    /** Envoy's way of saying that no certificate is loaded. */
    private static final long NO_CERTIFICATE = 4_294_967_295L;

    private final MainLoop loop;
    private final Duration flushInterval;
    private final StatsStore stats;
    private final StatsShard shard;
    private final long startedNanos;
    private final StatsStore.Gauge state;
    private final StatsStore.Gauge live;
    private final StatsStore.Gauge uptime;
    private final StatsStore.Gauge allocated;
    private final StatsStore.Gauge heap;
    private final StatsStore.Gauge physical;
    private boolean closed;

    ServerStats(MainLoop loop, StatsStore stats, Duration flushInterval, int concurrency) {
        this.loop = loop;
        this.stats = stats;
        this.flushInterval = flushInterval;
        this.shard = stats.shard(0);
        this.startedNanos = loop.nanoTime();
        this.state = stats.gauge("server.state");
        this.live = stats.gauge("server.live");
        this.uptime = stats.gauge("server.uptime");
        this.allocated = stats.gauge("server.memory_allocated");
        this.heap = stats.gauge("server.memory_heap_size");
        this.physical = stats.gauge("server.memory_physical_size");
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

    /** Flushes now and then for ever. */
    void start() {
        flush();
        loop.schedule(
                flushInterval,
                () -> {
                    if (!closed) {
                        start();
                    }
                });
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

    void close() {
        closed = true;
    }

    private void flush() {
        var runtime = Runtime.getRuntime();
        shard.set(uptime, (loop.nanoTime() - startedNanos) / 1_000_000_000);
        shard.set(allocated, runtime.totalMemory() - runtime.freeMemory());
        shard.set(heap, runtime.totalMemory());
        shard.set(physical, runtime.totalMemory());
        stats.mergeHistograms();
    }
}
