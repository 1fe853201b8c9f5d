// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.upstream;

import dev.outrigger.dataplane.config.ClusterConfig;
import dev.outrigger.dataplane.config.ClusterConfig.Discovery;
import dev.outrigger.dataplane.config.ClusterConfig.PeerNaming;
import dev.outrigger.dataplane.config.EndpointAssignment;
import dev.outrigger.dataplane.config.EndpointAssignment.DropOverload;
import dev.outrigger.dataplane.config.LoadBalancingConfig.Algorithm;
import dev.outrigger.dataplane.config.LoadBalancingConfig.Locality;
import dev.outrigger.dataplane.config.LoadBalancingConfig.Subsets;
import dev.outrigger.dataplane.config.MetadataCriteria.Criterion;
import dev.outrigger.dataplane.dnscache.DnsCache;
import dev.outrigger.dataplane.dnscache.DnsHost;
import dev.outrigger.dataplane.runtime.RuntimeKeys;
import dev.outrigger.dataplane.telemetry.ResponseCodeStats;
import dev.outrigger.dataplane.telemetry.StatsShard;
import dev.outrigger.dataplane.tls.ClientTls;
import dev.outrigger.dataplane.tls.PeerName;
import dev.outrigger.dataplane.worker.WorkerContext;
import java.util.BitSet;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * One version of a cluster with its live hosts, their health and its limits.
 *
 * <p>Threading: hosts and health are the main loop's to change; what it makes of them is published
 * as one {@link HostSet}. Everything a worker calls takes its {@link WorkerContext} and touches
 * only that worker's part.
 */
public final class Cluster {
    private static final int HTTP_PORT = 80;
    private static final int HTTPS_PORT = 443;

    private final ClusterConfig config;
    private final ClusterEnvironment environment;
    private final ClusterStats stats;
    private final LoadDrops loadDrops = new LoadDrops();
    private final @Nullable TrackedClusterStats tracked;
    private final CircuitBreakers defaultBreakers;
    private final CircuitBreakers highBreakers;
    private final @Nullable LoadBalancer[] balancers;
    private final @Nullable PredictivePreconnect[] preconnects;
    private final LoadBalancerFactory balancerFactory;
    private final Consumer<Cluster> published;
    private final TransportSockets sockets;
    private final String maintenanceKey;
    private final Membership membership;

    /** The workers that were told that the cluster is gone, each its own to set and to read. */
    private final boolean[] gone;

    private volatile HostSet hostSet;
    private volatile boolean hadTraffic;
    private Set<List<Criterion>> subsetKeys = Set.of();

    /**
     * A cluster without hosts; {@link #update} brings them.
     *
     * @param breakers of the version before, whose counts go on
     * @param published hears when workers see other hosts of the first priority
     */
    Cluster(
            ClusterConfig config,
            ClusterEnvironment environment,
            ClusterStats stats,
            Breakers breakers,
            LoadBalancerFactory balancerFactory,
            Consumer<Cluster> published) {
        this.config = config;
        this.environment = environment;
        this.stats = stats;
        this.tracked = TrackedClusterStats.of(config.trackedStats(), stats::histogram);
        this.defaultBreakers = breakers.byDefault();
        this.highBreakers = breakers.high();
        this.maintenanceKey = RuntimeKeys.MAINTENANCE_PREFIX + config.name();
        this.balancers = new LoadBalancer[environment.workers()];
        this.gone = new boolean[environment.workers()];
        this.preconnects = new PredictivePreconnect[environment.workers()];
        this.balancerFactory = balancerFactory;
        this.published = published;
        defaultBreakers.limit(config.circuitBreakers().defaultPriority(), environment.mainShard());
        highBreakers.limit(config.circuitBreakers().highPriority(), environment.mainShard());
        this.hostSet = HostSet.of(List.of(), options(EndpointAssignment.EMPTY));
        this.sockets = new TransportSockets(config, environment);
        this.membership = new Membership(this, environment);
        membership.useDynamicHosts();
        config.http()
                .filters()
                .forEach(filter -> filter.config().clusterCounters().forEach(stats::declare));
    }

    /** The limits of both priorities. */
    record Breakers(CircuitBreakers byDefault, CircuitBreakers high) {}

    Breakers breakers() {
        return new Breakers(defaultBreakers, highBreakers);
    }

    public String name() {
        return config.name();
    }

    public ClusterConfig config() {
        return config;
    }

    public ClusterStats stats() {
        return stats;
    }

    /** Of connections to hosts whose metadata says nothing; {@code null} for cleartext. */
    public @Nullable ClientTls tls() {
        return sockets.own().tls();
    }

    /** Requests that reached no host, for load reports. */
    public LoadDrops loadDrops() {
        return loadDrops;
    }

    /** Which kind of load the control plane wants dropped; empty for none. */
    String dropCategory() {
        return membership.dropOverloads().stream()
                .findFirst()
                .map(DropOverload::category)
                .orElse("");
    }

    /** What the cluster tracks besides; {@code null} for nothing. */
    public @Nullable TrackedClusterStats trackedStats() {
        return tracked;
    }

    public CircuitBreakers breakers(boolean highPriority) {
        return highPriority ? highBreakers : defaultBreakers;
    }

    ClusterEnvironment environment() {
        return environment;
    }

    TransportSockets sockets() {
        return sockets;
    }

    Membership membership() {
        return membership;
    }

    /** Discovery has said nothing new; main loop. */
    public void repeat() {
        membership.repeat();
    }

    /** Takes new hosts; main loop. */
    void update(EndpointAssignment assignment) {
        membership.update(assignment);
    }

    /** The cluster is gone: no worker that has heard of it chooses anybody; main loop. */
    void remove() {
        membership.close();
        countSubsets(Set.of());
        count(HostSet.of(List.of(), options(EndpointAssignment.EMPTY)));
        environment.workersDo().accept(worker -> gone[worker.index()] = true);
    }

    /** Another version took its place: exchanges that began here end here; main loop. */
    void replaced() {
        membership.close();
        countSubsets(Set.of());
    }

    HostSet.Options options(EndpointAssignment assignment) {
        int panic =
                (int)
                        Math.min(
                                100,
                                environment
                                        .runtime()
                                        .snapshot()
                                        .integer(
                                                RuntimeKeys.PANIC_THRESHOLD,
                                                config.loadBalancing()
                                                        .healthyPanicThresholdPercent()));
        return new HostSet.Options(
                assignment.overprovisioningFactor(),
                assignment.weightedPriorityHealth(),
                panic,
                environment.localLocality());
    }

    /** It serves from now on; main loop. */
    void serve() {
        membership.serve();
    }

    /**
     * Makes these hosts the ones workers choose from; main loop.
     *
     * @param priorities those workers are to see; {@code null} for all
     */
    void publish(HostSet hosts, @Nullable BitSet priorities) {
        HostSet next = priorities == null ? hosts : hostSet.replaced(hosts, priorities);
        Optional<Subsets> subsets = config.loadBalancing().subsets();
        if (subsets.isPresent()) {
            var index = new SubsetIndex(subsets.get(), next, this::withHashing);
            next.setSubsets(index);
            countSubsets(index.keys());
            stats.setSubsetDuplicates(environment.mainShard(), index.singleHostDuplicates());
        } else {
            withHashing(next);
        }
        HostPicker.begin(config.loadBalancing().algorithm(), next, environment.loop().nanoTime());
        hostSet = next;
        if (priorities == null || priorities.get(0)) {
            published.accept(this);
        }
    }

    /**
     * Counts that every thread looks at the zones anew (LB7); main loop.
     *
     * @param local the hosts of the cluster this proxy is one of
     */
    void countZones(HostSet local) {
        Locality.ZoneAware config = LoadBalancerFactory.zoneAware(this);
        if (config == null) {
            return;
        }
        int copies = environment.workers() + 1;
        StatsShard shard = environment.mainShard();
        shard.add(stats.lbRecalculateZoneStructures, copies);
        var routing = new LocalityRouting(environment.runtime().snapshot(), config, hostSet, local);
        switch (routing.obstacle()) {
            case NONE -> {}
            case LOCAL_CLUSTER_NOT_OK -> shard.add(stats.lbLocalClusterNotOk, copies);
            case CLUSTER_TOO_SMALL -> shard.add(stats.lbZoneClusterTooSmall, copies);
        }
    }

    /** Envoy has the subsets once for each worker and once for the main thread (SB3). */
    private void countSubsets(Set<List<Criterion>> now) {
        int copies = environment.workers() + 1;
        long created = now.stream().filter(key -> !subsetKeys.contains(key)).count();
        long removed = subsetKeys.stream().filter(key -> !now.contains(key)).count();
        StatsShard shard = environment.mainShard();
        shard.add(stats.lbSubsetsCreated, created * copies);
        shard.add(stats.lbSubsetsRemoved, removed * copies);
        shard.add(stats.lbSubsetsActive, (created - removed) * copies);
        subsetKeys = now;
    }

    /** Counts who there is; main loop. */
    void count(HostSet hosts) {
        stats.setMembership(
                environment.mainShard(),
                hosts.total(),
                hosts.totalHealthy(),
                hosts.totalDegraded(),
                hosts.totalExcluded());
    }

    private HostSet withHashing(HostSet hosts) {
        Algorithm algorithm = config.loadBalancing().algorithm();
        switch (algorithm) {
            case Algorithm.RingHash ring -> hosts.setHashing(rings(hosts, ring));
            case Algorithm.Maglev maglev -> hosts.setHashing(tables(hosts, maglev));
            case Algorithm.RoundRobin _,
                    Algorithm.LeastRequest _,
                    Algorithm.Random _,
                    Algorithm.ClusterProvided _ -> {}
        }
        return hosts;
    }

    private Hashing[] rings(HostSet hosts, Algorithm.RingHash config) {
        var byPriority = new Hashing[hosts.priorities()];
        for (int i = 0; i < byPriority.length; i++) {
            var shares =
                    Hashing.shares(
                            hosts.priority(i),
                            hosts.isPanic(i),
                            config.hashing().localityWeighted());
            var ring = new HashRing(shares, config);
            if (!shares.isEmpty()) {
                StatsShard shard = environment.mainShard();
                stats.set(shard, "ring_hash_lb.size", ring.size());
                stats.set(shard, "ring_hash_lb.min_hashes_per_host", ring.minHashesPerHost());
                stats.set(shard, "ring_hash_lb.max_hashes_per_host", ring.maxHashesPerHost());
            }
            byPriority[i] = bounded(ring, shares, config.hashing().hashBalanceFactor());
        }
        return byPriority;
    }

    private Hashing[] tables(HostSet hosts, Algorithm.Maglev config) {
        var byPriority = new Hashing[hosts.priorities()];
        for (int i = 0; i < byPriority.length; i++) {
            var shares =
                    Hashing.shares(
                            hosts.priority(i),
                            hosts.isPanic(i),
                            config.hashing().localityWeighted());
            var table = new MaglevTable(shares, config);
            if (!shares.isEmpty()) {
                StatsShard shard = environment.mainShard();
                stats.set(shard, "maglev_lb.min_entries_per_host", table.minEntriesPerHost());
                stats.set(shard, "maglev_lb.max_entries_per_host", table.maxEntriesPerHost());
            }
            byPriority[i] = bounded(table, shares, config.hashing().hashBalanceFactor());
        }
        return byPriority;
    }

    private Hashing bounded(Hashing hashing, List<Hashing.Weighted> shares, int factor) {
        return factor == 0
                ? hashing
                : new BoundedLoadHashing(hashing, shares, factor, this::activeRequests);
    }

    /** Requests under way to any of its hosts. */
    private long activeRequests() {
        long sum = 0;
        for (Host host : hosts()) {
            sum += host.activeRequests();
        }
        return sum;
    }

    /** The hosts as workers see them now. */
    public HostSet hostSet() {
        return hostSet;
    }

    /** Hosts that may be chosen without panic, all priorities together. */
    public int healthyHosts() {
        return hostSet.totalHealthy();
    }

    /** Hosts that are chosen when there are not enough healthy ones. */
    public int degradedHosts() {
        return hostSet.totalDegraded();
    }

    public Collection<Host> hosts() {
        return membership.members().all();
    }

    Members members() {
        return membership.members();
    }

    /** A host by the cluster's policy, or {@code null}; on the worker's loop. */
    public @Nullable Host chooseHost(WorkerContext worker, LoadBalancerContext context) {
        if (gone[worker.index()]) {
            return null;
        }
        String wanted = context.overrideHost();
        if (wanted != null) {
            Host host =
                    OverrideHost.find(hosts(), wanted, config.loadBalancing().overrideHostStatus());
            if (host != null || context.overrideHostStrict()) {
                return host;
            }
        }
        HostSet hosts = hostSet;
        Host host = balancer(worker).choose(hosts, context);
        if (host != null) {
            context.onHostChosen(host, host.priority());
        }
        return host;
    }

    /**
     * Waits for the name of a host that a request is to go to, where nobody knows it yet.
     *
     * @param whenDone called on the worker's loop, after this call
     * @return {@code null} where a host can be chosen at once
     */
    public DnsCache.@Nullable Load lookUp(
            WorkerContext worker, LoadBalancerContext context, Runnable whenDone) {
        DynamicHosts known = membership.dynamicHosts();
        String name = known == null ? "" : DynamicForwardProxyLoadBalancer.name(context);
        return known == null || name.isEmpty()
                ? null
                : known.lookUp(
                        DnsHost.key(name, dynamicForwardProxyPort()),
                        dynamicForwardProxyPort(),
                        worker,
                        whenDone);
    }

    /** What logs are told where no host can be chosen. */
    public String whyNoHost(LoadBalancerContext context) {
        DynamicHosts known = membership.dynamicHosts();
        String name = known == null ? "" : DynamicForwardProxyLoadBalancer.name(context);
        return known == null || name.isEmpty()
                ? "no_healthy_upstream"
                : known.whyNone(DnsHost.key(name, dynamicForwardProxyPort()));
    }

    private LoadBalancer balancer(WorkerContext worker) {
        LoadBalancer balancer = balancers[worker.index()];
        if (balancer == null) {
            balancer = balancerFactory.make(this, worker);
            balancers[worker.index()] = balancer;
        }
        return balancer;
    }

    /**
     * The pool of a host on this worker; made when first asked for.
     *
     * @param context says whose pool it is, where that counts
     * @return {@code null} when there are too many pools (CB5)
     */
    public @Nullable ConnectionPool pool(
            Host host,
            WorkerContext worker,
            UpstreamConnector connector,
            boolean highPriority,
            LoadBalancerContext context) {
        Cluster owner = host.cluster();
        PeerName name = owner.peerName(context);
        ProxiedConnection proxied =
                host.isToldOfClients() ? ProxiedConnection.of(context.connection()) : null;
        Object of = poolOwner(context, name, proxied);
        PoolProtocol protocol = owner.protocol(context);
        HostPools known = host.pools();
        ConnectionPool pool = known.find(worker.index(), protocol, highPriority, of);
        if (pool == null) {
            CircuitBreakers.Resource pools = owner.breakers(highPriority).pools;
            StatsShard shard = worker.stats();
            if (!pools.canCreate()) {
                ConnectionPool other = known.find(worker.index(), protocol, !highPriority, of);
                if (other == null || !other.evict()) {
                    shard.inc(owner.stats().cxPoolOverflow);
                    return null;
                }
            }
            pools.inc(shard);
            pool =
                    new ConnectionPool(
                            owner,
                            host,
                            worker,
                            connector,
                            protocol,
                            highPriority,
                            of,
                            name,
                            proxied);
            known.put(worker.index(), protocol, highPriority, of, pool);
        }
        host.touch();
        return pool;
    }

    /** Whose pool a request takes; {@code null} for the one all share. */
    private @Nullable Object poolOwner(
            LoadBalancerContext context,
            @Nullable PeerName name,
            @Nullable ProxiedConnection proxied) {
        Object connection =
                config.poolPerDownstreamConnection() ? context.downstreamConnection() : proxied;
        if (name == null || connection == null) {
            return name == null ? connection : name;
        }
        return List.of(connection, name);
    }

    /** What a connection's TLS is for, where requests say so (TL2); {@code null} for nothing. */
    private @Nullable PeerName peerName(LoadBalancerContext context) {
        PeerNaming naming = config.http().peerNaming();
        if (!naming.isUsed()) {
            return null;
        }
        String authority =
                naming.overrideHeader().isEmpty()
                        ? null
                        : context.requestHeader(naming.overrideHeader());
        if (authority == null || authority.isEmpty()) {
            authority = context.requestHeader("host");
        }
        return authority == null
                ? null
                : PeerName.of(authority, naming.autoSni(), naming.autoSanValidation());
    }

    /** What a request goes by (CP6). */
    private PoolProtocol protocol(LoadBalancerContext context) {
        return switch (config.http().protocol()) {
            case HTTP1 -> PoolProtocol.HTTP1;
            case HTTP2 -> PoolProtocol.HTTP2;
            case DOWNSTREAM ->
                    context.isDownstreamHttp2() ? PoolProtocol.HTTP2 : PoolProtocol.HTTP1;
            case AUTO -> PoolProtocol.ALPN;
        };
    }

    /** A stream is about to be asked for: connects ahead, where that is wanted. */
    public void onNewStream(
            WorkerContext worker,
            UpstreamConnector connector,
            boolean highPriority,
            LoadBalancerContext context) {
        double ratio = config.preconnect().predictiveRatio();
        if (ratio <= 1.0) {
            return;
        }
        PredictivePreconnect preconnect = preconnects[worker.index()];
        if (preconnect == null) {
            preconnect = new PredictivePreconnect(this, balancer(worker), worker, ratio);
            preconnects[worker.index()] = preconnect;
        }
        preconnect.onNewStream(context, connector, highPriority);
    }

    /**
     * What counts answers of the host's zone; {@code null} unless both zones are known. A proxy
     * stays where it is.
     */
    public @Nullable ResponseCodeStats zoneStats(Host host) {
        String own = environment.localLocality().zone();
        String zone = host.locality().zone();
        return own.isEmpty() || zone.isEmpty() ? null : stats.zone(own, zone);
    }

    /** Whether a request is to be answered at once because the cluster is under maintenance. */
    public boolean isInMaintenance(WorkerContext worker) {
        return worker.runtime().featureEnabled(maintenanceKey, 0, worker.random());
    }

    /** Whether a request is to be dropped because the control plane says so (ED4). */
    public @Nullable DropOverload dropOverload(WorkerContext worker) {
        for (DropOverload drop : membership.dropOverloads()) {
            if (drop.numerator() > 0
                    && worker.random().nextLong(drop.denominator()) < drop.numerator()) {
                return drop;
            }
        }
        return null;
    }

    /** Whether it ever made a connection for a request (HC3). */
    boolean hasHadTraffic() {
        return hadTraffic;
    }

    void noteTraffic() {
        if (!hadTraffic) {
            hadTraffic = true;
        }
    }

    void onImmediateHealthCheckFailure(Host host) {
        membership.onImmediateHealthCheckFailure(host);
    }

    /** The port of a host that a request names without one; 0 when requests do not name hosts. */
    public int dynamicForwardProxyPort() {
        if (!(config.discovery() instanceof Discovery.DynamicForwardProxy)) {
            return 0;
        }
        return config.tls().isPresent() ? HTTPS_PORT : HTTP_PORT;
    }

    /** Whether hosts come from requests. */
    boolean isOriginalDst() {
        return config.discovery() instanceof Discovery.OriginalDst;
    }
}
