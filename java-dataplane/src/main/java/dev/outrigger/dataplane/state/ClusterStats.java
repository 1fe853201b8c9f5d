// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.state;

import dev.outrigger.dataplane.telemetry.StatsShard;
import dev.outrigger.dataplane.telemetry.StatsStore;

/**
 * The stats of one cluster that configuration moves (ST6); membership is the request path's, which
 * knows the hosts' health. Main loop only.
 */
final class ClusterStats {
    private final StatsShard shard;
    private final StatsStore.Gauge warmingState;
    private final StatsStore.Counter attempt;
    private final StatsStore.Counter success;
    private final StatsStore.Counter failure;
    private final StatsStore.Counter empty;
    private final StatsStore.Counter noRebuild;
    private final StatsStore.Counter useCached;

    ClusterStats(StatsStore stats, String prefix) {
        this.shard = stats.shard(0);
        this.warmingState = stats.gauge(prefix + "warming_state");
        this.attempt = stats.counter(prefix + "update_attempt");
        this.success = stats.counter(prefix + "update_success");
        this.failure = stats.counter(prefix + "update_failure");
        this.empty = stats.counter(prefix + "update_empty");
        this.noRebuild = stats.counter(prefix + "update_no_rebuild");
        this.useCached = stats.counter(prefix + "assignment_use_cached");
        // Never moved here, shown because dashboards ask for them.
        stats.counter(prefix + "assignment_stale");
        stats.counter(prefix + "assignment_timeout_received");
    }

    void onWarming(boolean warming) {
        shard.set(warmingState, warming ? 1 : 0);
    }

    void onAttempt() {
        shard.inc(attempt);
    }

    void onSuccess() {
        shard.inc(success);
    }

    void onFailure() {
        shard.inc(failure);
    }

    void onEmpty() {
        shard.inc(empty);
    }

    void onNoRebuild() {
        shard.inc(noRebuild);
    }

    void onUseCached() {
        shard.inc(useCached);
    }
}
