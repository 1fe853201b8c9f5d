// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.state;

import dev.outrigger.dataplane.ads.MainLoop;
import dev.outrigger.dataplane.telemetry.StatsShard;
import dev.outrigger.dataplane.telemetry.StatsStore;
import dev.outrigger.dataplane.tls.LoadedCertificates;
import dev.outrigger.dataplane.tls.LoadedCertificates.Loaded;
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
    private final StatsStore.Gauge firstExpiring;
    private ServerState current = ServerState.PRE_INITIALIZING;

    ServerStats(MainLoop loop, StatsStore stats, int concurrency) {
        this.loop = loop;
        this.stats = stats;
        this.shard = stats.shard(0);
        this.startedNanos = loop.nanoTime();
        this.state = stats.gauge("server.state");
        this.live = stats.gauge("server.live");
        this.firstExpiring = stats.gauge("server.days_until_first_cert_expiring");
        shard.set(stats.gauge("server.concurrency"), concurrency);
        shard.set(firstExpiring, NO_CERTIFICATE);
        shard.set(stats.gauge("listener_manager.workers_started"), 0);
        shard.set(stats.gauge("server.hot_restart_generation"), 1);
        for (String gauge :
                List.of(
                        "compilation_settings.fips_mode",
                        "hot_restart_epoch",
                        "parent_connections",
                        "total_connections",
                        "version")) {
            shard.set(stats.gauge("server." + gauge), 0);
        }
        // Set when stats are flushed for the first time.
        for (String gauge :
                List.of(
                        "memory_allocated",
                        "memory_heap_size",
                        "memory_physical_size",
                        "seconds_until_first_ocsp_response_expiring",
                        "stats_recent_lookups",
                        "uptime")) {
            stats.declareGauge("server." + gauge);
        }
        // There from the start, as Envoy sets them to what it counted in the bootstrap: nothing.
        for (String counter :
                List.of("dynamic_unknown_fields", "static_unknown_fields", "wip_protos")) {
            shard.touch(stats.counter("server." + counter));
        }
        for (String counter :
                List.of(
                        "debug_assertion_failures",
                        "dropped_stat_flushes",
                        "envoy_bug_failures",
                        "envoy_notifications")) {
            stats.declareCounter("server." + counter);
        }
        for (String counter :
                List.of(
                        "dropped_headers_with_underscores",
                        "metadata_not_supported_error",
                        "requests_rejected_with_underscores_in_headers",
                        "response_flood")) {
            stats.declareCounter("http1." + counter);
        }
        stats.declareCounter("envoy.overload_actions.reset_high_memory_stream.count");
        stats.declareHistogram("overload.refresh_interval_delay");
        for (String counter :
                List.of(
                        "no_cluster",
                        "no_route",
                        "passthrough_internal_redirect_bad_location",
                        "passthrough_internal_redirect_no_route",
                        "passthrough_internal_redirect_predicate",
                        "passthrough_internal_redirect_too_many_redirects",
                        "passthrough_internal_redirect_unsafe_scheme",
                        "rq_direct_response",
                        "rq_overload_local_reply",
                        "rq_redirect",
                        "rq_reset_after_downstream_response_started",
                        "rq_total")) {
            stats.declareCounter("http.async-client." + counter);
        }
    }

    void enter(ServerState now) {
        current = now;
        if (now != ServerState.DRAINING) {
            shard.set(state, now.gauge());
        }
        shard.set(live, now == ServerState.LIVE ? 1 : 0);
    }

    /** As in Envoy, a failed health check shows in the state with the next flush only. */
    void onFlush() {
        shard.set(state, current.gauge());
    }

    /** Days are whole ones; of what has ended there are none left. */
    void setCertificates(List<LoadedCertificates> certificates) {
        long now = loop.currentTimeMillis();
        long days = NO_CERTIFICATE;
        for (LoadedCertificates each : certificates) {
            for (Loaded loaded : each.trusted()) {
                days = Math.min(days, loaded.daysLeft(now));
            }
            for (Loaded loaded : each.own()) {
                days = Math.min(days, loaded.daysLeft(now));
            }
        }
        shard.set(firstExpiring, days);
    }

    void onInitialized() {
        shard.set(stats.gauge("listener_manager.workers_started"), 1);
        long tookMillis = (loop.nanoTime() - startedNanos) / 1_000_000;
        shard.record(stats.histogram("server.initialization_time_ms"), tookMillis);
    }
}
