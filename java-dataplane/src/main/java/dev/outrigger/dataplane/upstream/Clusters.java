// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.upstream;

import dev.outrigger.dataplane.config.ActiveCluster;
import dev.outrigger.dataplane.state.RequestPath.ClusterView;
import dev.outrigger.dataplane.state.RequestPath.HostView;
import dev.outrigger.dataplane.telemetry.StatsStore;
import dev.outrigger.dataplane.worker.WorkerContext;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** All clusters by name. Main loop, except where a method says otherwise. */
public final class Clusters {
    private final StatsStore stats;
    private final int workers;
    private final Map<String, ActiveCluster> applied = new HashMap<>();
    private volatile Map<String, Cluster> clusters = Map.of();

    /**
     * What an update leads to.
     *
     * @param clusters the clusters of the new configuration
     * @param gone hosts nobody chooses any more
     */
    public record Change(Map<String, Cluster> clusters, List<Host> gone) {
        /** Drains this worker's part of what is gone; on that worker's loop. */
        public void drain(WorkerContext worker) {
            for (Host host : gone) {
                Cluster.drain(host, worker);
            }
        }
    }

    public Clusters(StatsStore stats, int workers) {
        this.stats = stats;
        this.workers = workers;
    }

    @SuppressWarnings("ReferenceEquality") // equal content in another record is only extra work
    public Change update(Map<String, ActiveCluster> wanted) {
        var next = new HashMap<String, Cluster>();
        var gone = new ArrayList<Host>();
        wanted.forEach((name, active) -> {
            Cluster cluster = clusters.get(name);
            if (cluster == null) {
                cluster = new Cluster(active.config(), stats, workers);
            }
            // Same record, same content: nothing to do for the many that did not change.
            if (applied.put(name, active) != active) {
                gone.addAll(cluster.update(active, stats.shard(0)));
            }
            next.put(name, cluster);
        });
        clusters.forEach((name, cluster) -> {
            if (!next.containsKey(name)) {
                applied.remove(name);
                gone.addAll(cluster.remove());
            }
        });
        Map<String, Cluster> fixed = Map.copyOf(next);
        clusters = fixed;
        return new Change(fixed, gone);
    }

    /** Closes every connection of a worker; on its loop. */
    public void closeAll(WorkerContext worker) {
        for (Cluster cluster : clusters.values()) {
            for (Host host : cluster.hosts()) {
                Cluster.drain(host, worker);
            }
        }
    }

    public List<ClusterView> views() {
        return clusters.values().stream()
                .map(c ->
                        new ClusterView(c.name(), c.hosts().stream().map(Clusters::view).toList()))
                .toList();
    }

    private static HostView view(Host host) {
        Host.Placement placement = host.placement();
        return new HostView(
                host.addressText(),
                host.hostname(),
                placement.priority(),
                host.weight(),
                placement.region(),
                placement.zone(),
                placement.subZone(),
                host.healthFlags(),
                host.total(HostCounters.CX_ACTIVE),
                host.total(HostCounters.CX_CONNECT_FAIL),
                host.total(HostCounters.CX_TOTAL),
                host.total(HostCounters.RQ_ACTIVE),
                host.total(HostCounters.RQ_ERROR),
                host.total(HostCounters.RQ_SUCCESS),
                host.total(HostCounters.RQ_TIMEOUT),
                host.total(HostCounters.RQ_TOTAL));
    }
}
