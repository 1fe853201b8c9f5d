// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.filter.fault;

import dev.outrigger.dataplane.telemetry.StatsShard;
import dev.outrigger.dataplane.telemetry.StatsStore;
import dev.outrigger.dataplane.telemetry.StatsStore.Counter;
import dev.outrigger.dataplane.telemetry.StatsStore.Gauge;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** {@code http.<p>.fault.*}, in total and for each calling cluster. Any thread. */
final class FaultStats {
    /** Callers name their cluster themselves; further ones are counted in the total only. */
    private static final int MAX_PER_CLUSTER = 1_000;

    final Counter abortsInjected;
    final Counter delaysInjected;
    final Counter faultsOverflow;
    final Counter responseRlInjected;
    final Gauge activeFaults;
    private final StatsStore store;
    private final String prefix;
    private final Map<String, Counter> perCluster = new ConcurrentHashMap<>();

    FaultStats(StatsStore store, String statPrefix) {
        this.store = store;
        this.prefix = statPrefix + "fault.";
        abortsInjected = store.counter(prefix + "aborts_injected");
        delaysInjected = store.counter(prefix + "delays_injected");
        faultsOverflow = store.counter(prefix + "faults_overflow");
        responseRlInjected = store.counter(prefix + "response_rl_injected");
        activeFaults = store.gauge(prefix + "active_faults");
    }

    /** How many exchanges have a fault now, on all event loops. */
    long active() {
        return store.value(activeFaults);
    }

    void countAbort(StatsShard shard, String cluster) {
        countFor(shard, cluster, "aborts_injected");
        shard.inc(abortsInjected);
    }

    void countDelay(StatsShard shard, String cluster) {
        countFor(shard, cluster, "delays_injected");
        shard.inc(delaysInjected);
    }

    private void countFor(StatsShard shard, String cluster, String what) {
        String name = cluster + "." + what;
        if (cluster.isEmpty()
                || (perCluster.size() >= MAX_PER_CLUSTER && !perCluster.containsKey(name))) {
            return;
        }
        shard.inc(perCluster.computeIfAbsent(name, n -> store.counter(prefix + n)));
    }
}
