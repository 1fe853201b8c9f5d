// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.upstream;

import dev.outrigger.dataplane.config.LoadBalancingConfig.Locality;
import dev.outrigger.dataplane.runtime.RuntimeKeys;
import dev.outrigger.dataplane.upstream.HostSet.Priority;
import dev.outrigger.dataplane.worker.WorkerContext;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Chooses priority and locality (LB2..LB7), and leaves the choice among the hosts there to a {@link
 * HostPicker}.
 */
final class ZoneAwareLoadBalancer implements LoadBalancer {
    private static final int ALL = 0;
    private static final int HEALTHY = 1;
    private static final int DEGRADED = 2;

    private final WorkerContext worker;
    private final ClusterStats stats;
    private final HostPicker picker;
    private final boolean localityWeighted;
    private final boolean failTrafficOnPanic;
    private final Locality.@Nullable ZoneAware zoneAware;
    private final Supplier<@Nullable HostSet> localCluster;
    private final Map<Integer, HostPicker.Source> sources = new HashMap<>();
    private final Map<Integer, EdfScheduler<HostSet.Locality>> localities = new HashMap<>();
    private final ArrayDeque<Host> peeked = new ArrayDeque<>();
    private @Nullable HostSet seen;
    private HostPicker.@Nullable Source common;
    private @Nullable HostSet seenLocal;
    private @Nullable LocalityRouting routing;

    /**
     * @param zoneAware {@code null} where zones do not count
     * @param localCluster the hosts of the cluster this proxy is one of, where that is known
     */
    ZoneAwareLoadBalancer(
            WorkerContext worker,
            ClusterStats stats,
            HostPicker picker,
            Locality locality,
            Locality.@Nullable ZoneAware zoneAware,
            Supplier<@Nullable HostSet> localCluster) {
        this.worker = worker;
        this.stats = stats;
        this.picker = picker;
        this.localityWeighted = locality instanceof Locality.Weighted;
        this.failTrafficOnPanic =
                locality instanceof Locality.ZoneAware zones && zones.failTrafficOnPanic();
        this.zoneAware = zoneAware;
        this.localCluster = localCluster;
    }

    @Override
    public @Nullable Host choose(HostSet hosts, LoadBalancerContext context) {
        Host host = chooseOnce(hosts, context);
        int retries = context.hostSelectionRetryCount();
        for (int i = 0; i < retries && host != null && context.shouldSelectAnotherHost(host); i++) {
            host = chooseOnce(hosts, context);
        }
        return host;
    }

    @Override
    public @Nullable Host peek(HostSet hosts, LoadBalancerContext context) {
        if (hosts != seen) {
            begin(hosts);
        }
        // More than there are hosts would be a guess.
        if (peeked.size() >= hosts.totalHealthy()) {
            return null;
        }
        Host next = draw(hosts, context);
        if (next == null || (common != null && !picker.isForeseeable(common))) {
            return null;
        }
        peeked.addLast(next);
        return next;
    }

    private @Nullable Host chooseOnce(HostSet hosts, LoadBalancerContext context) {
        if (hosts != seen) {
            begin(hosts);
        }
        Host foreseen = peeked.pollFirst();
        return foreseen == null ? draw(hosts, context) : foreseen;
    }

    private @Nullable Host draw(HostSet hosts, LoadBalancerContext context) {
        PriorityLoad load = context.determinePriorityLoad(hosts, hosts.load());
        int chosen =
                load.healthy()[0] == 100
                        ? 0
                        : LoadBalancer.choosePriority(worker.random().nextLong(), load);
        int count = hosts.priorities();
        boolean degraded = chosen >= count;
        int index = degraded ? chosen - count : chosen;
        Priority priority = hosts.priority(index);
        if (hosts.isPanic(index)) {
            worker.stats().inc(stats.lbHealthyPanic);
            return failTrafficOnPanic ? null : pick(index, ALL, -1, priority.hosts);
        }
        if (localityWeighted && priority.localities.length > 0) {
            HostSet.Locality locality = weightedLocality(index, degraded, priority);
            if (locality != null) {
                return inLocality(index, degraded, priority, locality);
            }
        }
        if (zoneAware != null && index == 0 && routing != null && routing.isOn()) {
            return zone(hosts, degraded, priority, zoneAware, routing);
        }
        return flat(index, degraded, priority);
    }

    private void begin(HostSet hosts) {
        seen = hosts;
        common = null;
        peeked.clear();
        localities.clear();
        sources.values().forEach(HostPicker.Source::outdate);
        if (zoneAware != null) {
            routing = null;
            regenerate(hosts);
        }
    }

    private void regenerate(HostSet hosts) {
        HostSet local = localCluster.get();
        seenLocal = local;
        if (local != null && zoneAware != null) {
            routing = new LocalityRouting(worker.runtime(), zoneAware, hosts, local);
        }
    }

    private @Nullable Host flat(int index, boolean degraded, Priority priority) {
        if (index == 0 && !degraded) {
            // The usual case costs no look-up.
            HostPicker.Source source = common;
            if (source == null) {
                source = source(0, HEALTHY, -1, priority.healthy);
                common = source;
            }
            return source.isEmpty() ? null : picker.pick(source);
        }
        return degraded
                ? pick(index, DEGRADED, -1, priority.degraded)
                : pick(index, HEALTHY, -1, priority.healthy);
    }

    private @Nullable Host inLocality(
            int index, boolean degraded, Priority priority, HostSet.Locality locality) {
        int at = 0;
        while (priority.localities[at] != locality) {
            at++;
        }
        return pick(
                index,
                degraded ? DEGRADED : HEALTHY,
                at,
                degraded ? locality.degraded : locality.healthy);
    }

    private HostSet.@Nullable Locality weightedLocality(
            int index, boolean degraded, Priority priority) {
        int key = index * 2 + (degraded ? 1 : 0);
        EdfScheduler<HostSet.Locality> scheduler = localities.get(key);
        if (scheduler == null && !localities.containsKey(key)) {
            HostSet hosts = seen;
            int factor = hosts == null ? 100 : hosts.options().overprovisioningFactor();
            scheduler = localityScheduler(priority, degraded, factor);
            localities.put(key, scheduler);
        }
        return scheduler == null ? null : scheduler.next();
    }

    private @Nullable EdfScheduler<HostSet.Locality> localityScheduler(
            Priority priority, boolean degraded, int factor) {
        int count = 0;
        var eligible = new HostSet.Locality[priority.localities.length];
        for (HostSet.Locality locality : priority.localities) {
            if (locality.effectiveWeight(degraded, factor) > 0) {
                eligible[count++] = locality;
            }
        }
        if (count == 0) {
            return null;
        }
        var scheduler =
                new EdfScheduler<HostSet.Locality>(
                        java.util.Arrays.copyOf(eligible, count),
                        each -> each.effectiveWeight(degraded, factor));
        scheduler.skip(worker.random().nextInt(count));
        return scheduler;
    }

    /** The proxy's own zone first, as far as it has room (LB7). */
    private @Nullable Host zone(
            HostSet hosts,
            boolean degraded,
            Priority priority,
            Locality.ZoneAware config,
            LocalityRouting how) {
        HostSet local = localCluster.get();
        LocalityRouting current = how;
        if (local != seenLocal) {
            regenerate(hosts);
            if (routing == null || !routing.isOn()) {
                return flat(0, degraded, priority);
            }
            current = routing;
        }
        if (!worker.runtime()
                .featureEnabled(
                        RuntimeKeys.ZONE_ROUTING_ENABLED,
                        config.routingEnabledPercent(),
                        worker.random())) {
            return flat(0, degraded, priority);
        }
        if (local == null || local.priority(0).isInPanic(hosts.options().panicThreshold())) {
            worker.stats().inc(stats.lbLocalClusterNotOk);
            return failTrafficOnPanic ? null : flat(0, degraded, priority);
        }
        int at = current.choose(worker, stats);
        HostSet.Locality locality = priority.localities[at];
        return pick(
                0,
                degraded ? DEGRADED : HEALTHY,
                at,
                degraded ? locality.degraded : locality.healthy);
    }

    private @Nullable Host pick(int priority, int kind, int locality, Host[] hosts) {
        return hosts.length == 0 ? null : picker.pick(source(priority, kind, locality, hosts));
    }

    private HostPicker.Source source(int priority, int kind, int locality, Host[] hosts) {
        // Priorities and kinds are few; whatever is left is for localities.
        int key = (locality + 1) * 1024 + priority * 3 + kind;
        HostPicker.Source source = sources.computeIfAbsent(key, _ -> picker.source());
        if (source.isOutdated()) {
            picker.refresh(source, hosts);
        }
        return source;
    }
}
