// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.upstream;

import dev.outrigger.dataplane.worker.WorkerContext;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Takes the priorities of several clusters as its own, one cluster after the other, chooses among
 * them, and leaves the host to the cluster whose priority it is. Confined to its worker.
 */
final class AggregateLoadBalancer implements LoadBalancer {
    private final Cluster aggregate;
    private final WorkerContext worker;
    private final List<String> names;
    private final Function<String, @Nullable Cluster> clusters;
    private List<Part> parts = List.of();
    private @Nullable HostSet joined;

    /** One cluster as it was when its priorities were taken. */
    private record Part(Cluster cluster, HostSet hosts, int first) {}

    AggregateLoadBalancer(
            Cluster aggregate,
            WorkerContext worker,
            List<String> names,
            Function<String, @Nullable Cluster> clusters) {
        this.aggregate = aggregate;
        this.worker = worker;
        this.names = names;
        this.clusters = clusters;
    }

    @Override
    public @Nullable Host choose(HostSet hosts, LoadBalancerContext context) {
        HostSet all = refresh();
        if (all == null) {
            return null;
        }
        PriorityLoad load = context.determinePriorityLoad(all, all.load());
        int chosen = LoadBalancer.choosePriority(worker.random().nextLong(), load);
        boolean degraded = chosen >= all.priorities();
        int priority = degraded ? chosen - all.priorities() : chosen;
        Part part = parts.getFirst();
        for (Part each : parts) {
            if (each.first() <= priority) {
                part = each;
            }
        }
        var inner = new PartContext(context, priority - part.first(), degraded);
        return part.cluster().chooseHost(worker, inner);
    }

    /** All priorities of all clusters there are; {@code null} without a cluster. */
    private @Nullable HostSet refresh() {
        boolean same = joined != null;
        int at = 0;
        for (String name : names) {
            Cluster cluster = clusters.apply(name);
            if (cluster != null) {
                same =
                        same
                                && at < parts.size()
                                && parts.get(at).cluster() == cluster
                                && parts.get(at).hosts() == cluster.hostSet();
                at++;
            }
        }
        if (same && at == parts.size()) {
            return joined;
        }
        var next = new ArrayList<Part>();
        var sets = new ArrayList<HostSet>();
        int first = 0;
        for (String name : names) {
            Cluster cluster = clusters.apply(name);
            if (cluster != null) {
                HostSet hosts = cluster.hostSet();
                next.add(new Part(cluster, hosts, first));
                sets.add(hosts);
                first += hosts.priorities();
            }
        }
        parts = next;
        joined = sets.isEmpty() ? null : HostSet.joined(sets, aggregate.hostSet().options());
        return joined;
    }

    /** What a cluster is told: the request, but the priority is chosen already. */
    private record PartContext(LoadBalancerContext outer, int priority, boolean degraded)
            implements LoadBalancerContext {
        @Override
        public PriorityLoad determinePriorityLoad(HostSet hosts, PriorityLoad original) {
            int[] healthy = new int[hosts.priorities()];
            int[] worse = new int[hosts.priorities()];
            (degraded ? worse : healthy)[Math.min(priority, healthy.length - 1)] = 100;
            return new PriorityLoad(healthy, worse);
        }

        @Override
        public boolean hasHash() {
            return outer.hasHash();
        }

        @Override
        public long hash() {
            return outer.hash();
        }

        @Override
        public dev.outrigger.dataplane.config.@Nullable MetadataCriteria metadataCriteria() {
            return outer.metadataCriteria();
        }

        @Override
        public boolean shouldSelectAnotherHost(Host host) {
            return outer.shouldSelectAnotherHost(host);
        }

        @Override
        public int hostSelectionRetryCount() {
            return outer.hostSelectionRetryCount();
        }

        @Override
        public @Nullable String requestHeader(String name) {
            return outer.requestHeader(name);
        }

        @Override
        public @Nullable InetSocketAddress originalDestination() {
            return outer.originalDestination();
        }
    }
}
