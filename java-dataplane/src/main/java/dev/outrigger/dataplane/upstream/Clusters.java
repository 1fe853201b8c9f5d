// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.upstream;

import dev.outrigger.dataplane.config.ActiveCluster;
import dev.outrigger.dataplane.config.ClusterConfig;
import dev.outrigger.dataplane.config.DnsCacheConfig;
import dev.outrigger.dataplane.state.RequestPath.ClusterView;
import dev.outrigger.dataplane.state.RequestPath.Drops;
import dev.outrigger.dataplane.state.RequestPath.HostView;
import dev.outrigger.dataplane.state.RequestPath.OutlierView;
import dev.outrigger.dataplane.telemetry.EndpointStats;
import dev.outrigger.dataplane.telemetry.StatsConnection;
import dev.outrigger.dataplane.tls.LoadedCertificates;
import dev.outrigger.dataplane.worker.WorkerContext;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** All clusters by name. Main loop, except where a method says otherwise. */
public final class Clusters {
    private static final HostSet NOBODY =
            HostSet.of(List.of(), new HostSet.Options(140, false, 50, LocalityKey.NONE));

    private final ClusterEnvironment environment;
    private final LoadBalancerFactory balancers = new LoadBalancerFactory(this::find);
    private final Map<String, ActiveCluster> applied = new HashMap<>();

    /** Versions whose hosts are checked before they serve. */
    private final IdentityHashMap<ClusterConfig, Cluster> warming = new IdentityHashMap<>();

    /** Those of them that are there while others are still being made; main loop. */
    private final Map<String, Cluster> present = new HashMap<>();

    /** Versions that no longer serve and whose routes workers may still have. */
    private final List<Cluster> replaced = new ArrayList<>();

    private final List<Cluster> removed = new ArrayList<>();

    private volatile Map<String, Cluster> clusters = Map.of();
    private final Map<String, StatsLines> statsLines = new ConcurrentHashMap<>();

    public Clusters(ClusterEnvironment environment) {
        this.environment = environment;
    }

    /** A cluster that serves. Any thread. */
    public @Nullable Cluster find(String name) {
        return clusters.get(name);
    }

    /** A connection for stats to a host of a cluster, which may not serve yet. */
    public StatsConnection statsConnection(String name) {
        return statsLines.computeIfAbsent(name, _ -> new StatsLines(environment, this, name));
    }

    /**
     * Makes a version of a cluster that does not serve yet, with these hosts, and checks them.
     *
     * @param whenChecked called once, when every host was checked
     */
    public void warm(ActiveCluster active, Runnable whenChecked) {
        Cluster cluster = warming.computeIfAbsent(active.config(), this::make);
        cluster.update(active.endpoints());
        cluster.membership().whenChecked(whenChecked);
    }

    /** The version will not serve after all. */
    public void cancelWarm(ClusterConfig config) {
        Cluster cluster = warming.remove(config);
        if (cluster != null) {
            cluster.remove();
        }
    }

    /**
     * Makes these the clusters that serve. What does not any longer has to be {@link #letGo} once
     * workers were handed routes without it.
     */
    @SuppressWarnings("ReferenceEquality") // equal content in another record is only extra work
    public Map<String, Cluster> update(Map<String, ActiveCluster> wanted) {
        Map<String, Cluster> before = clusters;
        var next = new HashMap<String, Cluster>();
        // Those of the bootstrap begin by their names in Envoy, the others as they come.
        var inOrder = before.isEmpty() ? new TreeMap<>(wanted) : wanted;
        inOrder.forEach((name, active) -> {
            Cluster current = before.get(name);
            ActiveCluster last = applied.put(name, active);
            // Same record, same content: nothing to do for the many that did not change.
            if (current != null && last == active) {
                next.put(name, current);
            } else if (current != null && current.config() == active.config()) {
                current.update(active.endpoints());
                next.put(name, current);
            } else {
                next.put(name, begin(active));
            }
        });
        Map<String, Cluster> fixed = Map.copyOf(next);
        clusters = fixed;
        before.forEach((name, old) -> {
            Cluster now = fixed.get(name);
            if (now == null) {
                applied.remove(name);
                present.remove(name);
                removed.add(old);
            } else if (now != old) {
                replaced.add(old);
            }
        });
        return fixed;
    }

    /**
     * Ends the clusters that do not serve any longer. What a worker has to do for that comes after
     * all it was handed before: as in Envoy, none sees a cluster without hosts of which its routes
     * still speak.
     */
    public void letGo() {
        removed.forEach(Cluster::remove);
        removed.clear();
        replaced.forEach(Cluster::replaced);
        replaced.clear();
    }

    private Cluster begin(ActiveCluster active) {
        Cluster warmed = warming.remove(active.config());
        Cluster cluster = warmed == null ? make(active.config()) : warmed;
        cluster.update(active.endpoints());
        present.put(cluster.name(), cluster);
        cluster.serve();
        if (cluster.hostSet().priority(0).hosts.length > 0) {
            onHosts(cluster);
        }
        return cluster;
    }

    /** Workers see other hosts of a cluster: zones are looked at anew, as Envoy does. */
    private void onHosts(Cluster cluster) {
        String name = environment.localCluster();
        if (name.isEmpty() || present.get(cluster.name()) != cluster) {
            return;
        }
        Cluster local = present.get(name);
        HostSet own = local == null ? NOBODY : local.hostSet();
        if (cluster == local) {
            present.values().forEach(each -> each.countZones(own));
        } else {
            cluster.countZones(own);
        }
    }

    private Cluster make(ClusterConfig config) {
        Cluster before = clusters.get(config.name());
        boolean same = before != null && before.config().statName().equals(config.statName());
        ClusterStats stats =
                same && before != null
                        ? before.stats()
                        : new ClusterStats(environment.stats(), config.statName());
        return new Cluster(
                config,
                environment,
                stats,
                new Cluster.Breakers(
                        breakers(stats, config, before, same, false),
                        breakers(stats, config, before, same, true)),
                balancers,
                this::onHosts);
    }

    private CircuitBreakers breakers(
            ClusterStats stats,
            ClusterConfig config,
            @Nullable Cluster before,
            boolean same,
            boolean high) {
        var limits =
                high
                        ? config.circuitBreakers().highPriority()
                        : config.circuitBreakers().defaultPriority();
        if (same
                && before != null
                && before.breakers(high).tracksRemaining() == limits.trackRemaining()) {
            return before.breakers(high);
        }
        return new CircuitBreakers(
                stats,
                config.name(),
                high ? "high" : "default",
                limits.trackRemaining(),
                environment.runtime());
    }

    /** The caches of names that versions of clusters take their hosts from; main loop. */
    public Stream<DnsCacheConfig> dnsCaches() {
        return Stream.concat(clusters.values().stream(), warming.values().stream())
                .flatMap(cluster -> cluster.config().dnsCache().stream());
    }

    /** Closes every connection of a worker; on its loop. */
    public void closeAll(WorkerContext worker) {
        for (Cluster cluster : clusters.values()) {
            for (Host host : cluster.hosts()) {
                host.pools().of(worker.index()).forEach(ConnectionPool::drain);
            }
        }
    }

    /** Ends all checking. */
    public void close() {
        letGo();
        clusters.values().forEach(Cluster::replaced);
        warming.values().forEach(Cluster::replaced);
        warming.clear();
    }

    public List<ClusterView> views() {
        return clusters.values().stream().map(Clusters::view).toList();
    }

    /** What the hosts count of clusters that want that shown, by the names of the clusters. */
    public List<EndpointStats> endpointStats() {
        var shown = new ArrayList<EndpointStats>();
        clusters.values().stream()
                .filter(each -> each.config().trackedStats().perEndpoint())
                .sorted(Comparator.comparing(Cluster::name))
                .forEach(cluster ->
                        cluster.hosts().forEach(host -> shown.add(endpointStats(cluster, host))));
        return shown;
    }

    private static EndpointStats endpointStats(Cluster cluster, Host host) {
        return new EndpointStats(
                cluster.config().statName(),
                host.addressText(),
                host.hostname(),
                List.of(
                        host.total(HostCounters.CX_CONNECT_FAIL),
                        host.total(HostCounters.CX_TOTAL),
                        host.total(HostCounters.RQ_ERROR),
                        host.total(HostCounters.RQ_SUCCESS),
                        host.total(HostCounters.RQ_TIMEOUT),
                        host.total(HostCounters.RQ_TOTAL)),
                List.of(
                        host.total(HostCounters.CX_ACTIVE),
                        host.total(HostCounters.RQ_ACTIVE),
                        host.total(HostCounters.RQ_PENDING_ACTIVE),
                        host.isHealthy() ? 1L : 0L));
    }

    /** What the TLS toward their hosts works with. */
    public List<LoadedCertificates> certificates() {
        return clusters.values().stream()
                .flatMap(each -> each.sockets().certificates().stream())
                .toList();
    }

    private static ClusterView view(Cluster cluster) {
        OutlierDetector detector = cluster.membership().detector();
        return new ClusterView(
                cluster.name(),
                detector == null
                        ? Optional.empty()
                        : Optional.of(
                                new OutlierView(
                                        detector.average(true),
                                        detector.threshold(true),
                                        detector.average(false),
                                        detector.threshold(false))),
                cluster.hosts().stream().map(Clusters::view).toList(),
                new Drops(
                        cluster.loadDrops().overflowed(),
                        cluster.loadDrops().overloaded(),
                        cluster.dropCategory()));
    }

    private static HostView view(Host host) {
        OutlierMonitor monitor = host.outlier();
        LocalityKey locality = host.locality();
        return new HostView(
                host.addressText(),
                host.hostname(),
                host.priority(),
                host.weight(),
                locality.region(),
                locality.zone(),
                locality.subZone(),
                host.healthFlags(),
                host.isCanary(),
                monitor == null ? -1 : monitor.successRate(),
                monitor == null ? -1 : monitor.localOriginSuccessRate(),
                host.total(HostCounters.CX_ACTIVE),
                host.total(HostCounters.CX_CONNECT_FAIL),
                host.total(HostCounters.CX_TOTAL),
                host.total(HostCounters.RQ_ACTIVE),
                host.total(HostCounters.RQ_PENDING_ACTIVE),
                host.total(HostCounters.RQ_ERROR),
                host.total(HostCounters.RQ_SUCCESS),
                host.total(HostCounters.RQ_TIMEOUT),
                host.total(HostCounters.RQ_TOTAL));
    }
}
