// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.state;

import dev.outrigger.dataplane.config.EndpointAssignment;
import dev.outrigger.dataplane.config.EndpointAssignment.Endpoint;
import dev.outrigger.dataplane.config.EndpointAssignment.LocalityEndpoints;
import dev.outrigger.dataplane.telemetry.StatsShard;
import dev.outrigger.dataplane.telemetry.StatsStore;

/** The stats of one cluster that configuration moves (ST6). Main loop only. */
final class ClusterStats {
    private final StatsShard shard;
    private final StatsStore.Counter membershipChange;
    private final StatsStore.Gauge membershipTotal;
    private final StatsStore.Gauge membershipHealthy;
    private final StatsStore.Gauge membershipDegraded;
    private final StatsStore.Gauge membershipExcluded;
    private final StatsStore.Gauge maxHostWeight;
    private final StatsStore.Gauge warmingState;
    private final StatsStore.Counter attempt;
    private final StatsStore.Counter success;
    private final StatsStore.Counter failure;
    private final StatsStore.Counter empty;
    private final StatsStore.Counter noRebuild;
    private final StatsStore.Counter useCached;

    private final boolean dynamic;

    /**
     * @param dynamic whether hosts come from discovery; Envoy weighs only those
     */
    ClusterStats(StatsStore stats, String prefix, boolean dynamic) {
        this.dynamic = dynamic;
        this.shard = stats.shard(0);
        this.membershipChange = stats.counter(prefix + "membership_change");
        this.membershipTotal = stats.gauge(prefix + "membership_total");
        this.membershipHealthy = stats.gauge(prefix + "membership_healthy");
        this.membershipDegraded = stats.gauge(prefix + "membership_degraded");
        this.membershipExcluded = stats.gauge(prefix + "membership_excluded");
        this.maxHostWeight = stats.gauge(prefix + "max_host_weight");
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

    void onMembers(EndpointAssignment assignment) {
        long total = 0;
        long healthy = 0;
        long degraded = 0;
        int heaviest = 0;
        for (LocalityEndpoints locality : assignment.localities()) {
            for (Endpoint endpoint : locality.endpoints()) {
                total++;
                heaviest = Math.max(heaviest, endpoint.weight());
                switch (endpoint.healthStatus()) {
                    case UNKNOWN, HEALTHY -> healthy++;
                    case DEGRADED -> degraded++;
                    case UNHEALTHY, DRAINING, TIMEOUT -> {}
                }
            }
        }
        shard.inc(membershipChange);
        shard.set(membershipTotal, total);
        shard.set(membershipHealthy, healthy);
        shard.set(membershipDegraded, degraded);
        shard.set(membershipExcluded, 0);
        if (dynamic && heaviest > 0) {
            shard.set(maxHostWeight, heaviest);
        }
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
