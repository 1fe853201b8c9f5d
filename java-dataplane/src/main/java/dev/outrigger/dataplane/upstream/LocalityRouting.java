// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.upstream;

import dev.outrigger.dataplane.config.LoadBalancingConfig.Locality;
import dev.outrigger.dataplane.runtime.RuntimeKeys;
import dev.outrigger.dataplane.runtime.RuntimeSnapshot;
import dev.outrigger.dataplane.upstream.HostSet.Priority;
import dev.outrigger.dataplane.worker.WorkerContext;
import java.util.HashMap;
import java.util.Map;

/**
 * How much of the traffic stays in the proxy's own locality, and where the rest goes (LB7), for one
 * state of the upstream cluster and of the cluster this proxy is one of. Only the first priority is
 * routed so. Immutable.
 */
final class LocalityRouting {
    /** Shares are in ten-thousandths. */
    private static final long WHOLE = 10_000;

    private enum State {
        OFF,
        DIRECT,
        RESIDUAL
    }

    /** Why there is no routing although it was asked for. */
    enum Obstacle {
        NONE,
        LOCAL_CLUSTER_NOT_OK,
        CLUSTER_TOO_SMALL
    }

    private Obstacle obstacle = Obstacle.NONE;
    private State state = State.OFF;
    private long localShare;
    private long[] residual = {};

    LocalityRouting(
            RuntimeSnapshot runtime, Locality.ZoneAware config, HostSet upstream, HostSet local) {
        Priority hosts = upstream.priority(0);
        Priority own = local.priority(0);
        long enough =
                runtime.integer(
                        RuntimeKeys.ZONE_ROUTING_LOCAL_MIN_SIZE,
                        config.forceLocalityDirectRouting() ? 1 : 0);
        if (hosts.localities.length < 2 || (own.localities.length < 2 && enough == 0)) {
            return;
        }
        if (!own.hasLocalLocality || own.localities[0].hosts.length == 0) {
            obstacle = Obstacle.LOCAL_CLUSTER_NOT_OK;
            return;
        }
        if (hosts.healthy.length
                < runtime.integer(RuntimeKeys.ZONE_ROUTING_MIN_SIZE, config.minClusterSize())) {
            obstacle = Obstacle.CLUSTER_TOO_SMALL;
            return;
        }
        decide(enough, hosts, own);
    }

    /**
     * @param enough healthy hosts in the proxy's own zone take everything; 0 for no such number
     */
    private void decide(long enough, Priority hosts, Priority own) {
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
                        || (enough > 0 && hosts.localities[0].healthy.length >= enough))) {
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

    /** Main loop: what Envoy counts when it looks at the zones anew. */
    Obstacle obstacle() {
        return obstacle;
    }

    /** The index of a locality; only when {@link #isOn}. */
    int choose(WorkerContext worker, ClusterStats stats) {
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
