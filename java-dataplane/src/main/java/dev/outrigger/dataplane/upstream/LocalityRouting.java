// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.upstream;

import dev.outrigger.dataplane.config.LoadBalancingConfig.Locality;
import dev.outrigger.dataplane.runtime.RuntimeKeys;
import dev.outrigger.dataplane.upstream.HostSet.Priority;
import dev.outrigger.dataplane.worker.WorkerContext;
import java.util.HashMap;
import java.util.Map;

/**
 * How much of the traffic stays in the proxy's own locality, and where the rest goes (LB7), for one
 * state of the upstream cluster and of the cluster this proxy is one of. Only the first priority is
 * routed so. Confined to its worker.
 */
final class LocalityRouting {
    /** Shares are in ten-thousandths. */
    private static final long WHOLE = 10_000;

    private enum State {
        OFF,
        DIRECT,
        RESIDUAL
    }

    private final WorkerContext worker;
    private final ClusterStats stats;
    private State state = State.OFF;
    private long localShare;
    private long[] residual = {};

    LocalityRouting(
            WorkerContext worker,
            ClusterStats stats,
            Locality.ZoneAware config,
            HostSet upstream,
            HostSet local) {
        this.worker = worker;
        this.stats = stats;
        worker.stats().inc(stats.lbRecalculateZoneStructures);
        Priority hosts = upstream.priority(0);
        Priority own = local.priority(0);
        if (isPossible(config, hosts, own)) {
            decide(config, hosts, own);
        }
    }

    private boolean isPossible(Locality.ZoneAware config, Priority hosts, Priority own) {
        if (hosts.localities.length < 2
                || (own.localities.length < 2 && !config.forceLocalityDirectRouting())) {
            return false;
        }
        if (!own.hasLocalLocality || own.localities[0].hosts.length == 0) {
            worker.stats().inc(stats.lbLocalClusterNotOk);
            return false;
        }
        if (hosts.healthy.length
                < worker.runtime()
                        .integer(RuntimeKeys.ZONE_ROUTING_MIN_SIZE, config.minClusterSize())) {
            worker.stats().inc(stats.lbZoneClusterTooSmall);
            return false;
        }
        return true;
    }

    private void decide(Locality.ZoneAware config, Priority hosts, Priority own) {
        Map<LocalityKey, Integer> ownCounts = new HashMap<>();
        int ownTotal = 0;
        for (HostSet.Locality each : own.localities) {
            ownCounts.put(each.key, each.healthy.length);
            ownTotal += each.healthy.length;
        }
        int total = hosts.healthy.length;
        int count = hosts.localities.length;
        long[] ownShares = new long[count];
        long[] shares = new long[count];
        for (int i = 0; i < count; i++) {
            HostSet.Locality each = hosts.localities[i];
            if (each.healthy.length > 0) {
                long mine = ownCounts.getOrDefault(each.key, 0);
                ownShares[i] = ownTotal > 0 ? WHOLE * mine / ownTotal : 0;
                shares[i] = total > 0 ? WHOLE * each.healthy.length / total : 0;
            }
        }
        boolean here = hosts.hasLocalLocality;
        if (here
                && ((shares[0] > 0 && shares[0] >= ownShares[0])
                        || (config.forceLocalityDirectRouting()
                                && hosts.localities[0].healthy.length > 0))) {
            state = State.DIRECT;
            return;
        }
        state = State.RESIDUAL;
        localShare = here && ownShares[0] > 0 ? shares[0] * WHOLE / ownShares[0] : 0;
        residual = new long[count];
        for (int i = 0; i < count; i++) {
            long before = i > 0 ? residual[i - 1] : 0;
            boolean room = !(i == 0 && here) && shares[i] > ownShares[i];
            residual[i] = room ? before + shares[i] - ownShares[i] : before;
        }
    }

    boolean isOn() {
        return state != State.OFF;
    }

    /** The index of a locality; only when {@link #isOn}. */
    int choose() {
        if (state == State.DIRECT) {
            worker.stats().inc(stats.lbZoneRoutingAllDirectly);
            return 0;
        }
        if (worker.random().nextLong(WHOLE) < localShare) {
            worker.stats().inc(stats.lbZoneRoutingSampled);
            return 0;
        }
        worker.stats().inc(stats.lbZoneRoutingCrossZone);
        long room = residual[residual.length - 1];
        if (room == 0) {
            worker.stats().inc(stats.lbZoneNoCapacityLeft);
            return worker.random().nextInt(residual.length);
        }
        long drawn = worker.random().nextLong(room);
        int at = 0;
        while (drawn >= residual[at]) {
            at++;
        }
        return at;
    }
}
