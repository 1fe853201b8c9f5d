// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.state;

import dev.outrigger.dataplane.telemetry.StatsShard;
import dev.outrigger.dataplane.telemetry.StatsStore;

/** The stats of one cluster that configuration moves (ST6). Main loop only. */
final class ClusterStats {
    private final StatsShard shard;
    private final StatsStore.Gauge warmingState;
    private final StatsStore.Counter attempt;
    private final StatsStore.Counter success;
    private final StatsStore.Counter failure;
    private final StatsStore.Counter empty;
    private final StatsStore.Counter noRebuild;
    private final StatsStore.Counter useCached;
    private final StatsStore.Counter membershipChange;

    private final StatsStore.Counter stale;
    private final StatsStore.Counter timeoutReceived;

    ClusterStats(StatsStore stats, String prefix) {
        this.shard = stats.shard(0);
        this.warmingState = stats.gauge(prefix + "warming_state");
        this.attempt = stats.counter(prefix + "update_attempt");
        this.success = stats.counter(prefix + "update_success");
        this.failure = stats.counter(prefix + "update_failure");
        this.empty = stats.counter(prefix + "update_empty");
        this.noRebuild = stats.counter(prefix + "update_no_rebuild");
        this.useCached = stats.counter(prefix + "assignment_use_cached");
        this.membershipChange = stats.counter(prefix + "membership_change");
        this.stale = stats.counter(prefix + "assignment_stale");
        this.timeoutReceived = stats.counter(prefix + "assignment_timeout_received");
    }

    void onWarming(boolean warming) {
        shard.set(warmingState, warming ? 1 : 0);
    }

    /** An assignment came that may not be used for ever (ED4). */
    void onTimeoutReceived() {
        shard.inc(timeoutReceived);
    }

    /** An assignment was used for as long as it may be. */
    void onStale() {
        shard.inc(stale);
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

    /** Other hosts came before the ones before them were used. */
    void onOvertaken() {
        shard.inc(membershipChange);
    }

    void onUseCached() {
        shard.inc(useCached);
    }
}
