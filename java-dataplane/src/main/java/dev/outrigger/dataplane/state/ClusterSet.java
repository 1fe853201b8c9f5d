// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.state;

import dev.outrigger.dataplane.ads.MainLoop;
import dev.outrigger.dataplane.ads.NameResolver;
import dev.outrigger.dataplane.ads.XdsSources;
import dev.outrigger.dataplane.ads.XdsType;
import dev.outrigger.dataplane.config.ActiveCluster;
import dev.outrigger.dataplane.config.ClusterConfig;
import dev.outrigger.dataplane.config.ClusterConfig.Discovery;
import dev.outrigger.dataplane.config.EndpointAssignment;
import dev.outrigger.dataplane.config.ResourceReference;
import dev.outrigger.dataplane.telemetry.StatsShard;
import dev.outrigger.dataplane.telemetry.StatsStore;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * All clusters: what serves and what warms (WA1). A new version of a cluster warms beside the one
 * that serves and takes its place when it knows its hosts. Main loop only.
 */
final class ClusterSet implements WildcardSubscription.Target<ClusterConfig> {
    private static final Logger log = LoggerFactory.getLogger(ClusterSet.class);

    private final MainLoop loop;
    private final NameResolver resolver;
    private final XdsSources sources;
    private final RequestPath requestPath;
    private final Predicate<ResourceReference> secretSettled;
    private final DnsCacheNames dnsCaches;
    private final RandomGenerator random;
    private final StatsStore stats;
    private final StatsShard shard;
    private final Runnable settled;
    private final EndpointDiscovery endpoints;
    private final Map<String, ClusterEntry> active = new LinkedHashMap<>();
    private final Map<String, ClusterEntry> warming = new LinkedHashMap<>();
    private final Map<String, ClusterStats> clusterStats = new HashMap<>();
    private final StatsStore.Counter added;
    private final StatsStore.Counter modified;
    private final StatsStore.Counter removed;
    private final StatsStore.Gauge activeClusters;
    private final StatsStore.Gauge warmingClusters;
    private final List<StatsStore.Gauge> inflatedClusters;
    private boolean edsStarted;
    private boolean initialLoadDone;
    private boolean cdsPaused;
    private boolean changed;
    private int round;

    /** Whether the response being applied added or changed a cluster; removals do not count. */
    private boolean updated;

    private @Nullable ConfigReload reload;

    ClusterSet(
            MainLoop loop,
            NameResolver resolver,
            XdsSources sources,
            ResourceParsers parsers,
            RequestPath requestPath,
            Predicate<ResourceReference> secretSettled,
            DnsCacheNames dnsCaches,
            RandomGenerator random,
            StatsStore stats,
            Runnable settled) {
        this.loop = loop;
        this.resolver = resolver;
        this.sources = sources;
        this.requestPath = requestPath;
        this.secretSettled = secretSettled;
        this.dnsCaches = dnsCaches;
        dnsCaches.addUser(
                () -> entries().stream().flatMap(entry -> entry.config().dnsCache().stream()));
        this.random = random;
        this.stats = stats;
        this.shard = stats.shard(0);
        this.settled = settled;
        this.endpoints = new EndpointDiscovery(loop, sources, parsers, stats, this, settled);
        this.added = stats.counter("cluster_manager.cluster_added");
        this.modified = stats.counter("cluster_manager.cluster_modified");
        this.removed = stats.counter("cluster_manager.cluster_removed");
        this.activeClusters = stats.gauge("cluster_manager.active_clusters");
        this.warmingClusters = stats.gauge("cluster_manager.warming_clusters");
        this.inflatedClusters = inflatedClusters(stats);
        // Counted where workers get to see hosts.
        for (String name :
                List.of(
                        "cluster_updated",
                        "cluster_updated_via_merge",
                        "update_merge_cancelled",
                        "update_out_of_merge_window")) {
            stats.declareCounter("cluster_manager." + name);
        }
        count();
    }

    /** How many clusters each thread has: all of them. */
    private static List<StatsStore.Gauge> inflatedClusters(StatsStore stats) {
        var gauges = new ArrayList<StatsStore.Gauge>();
        for (int i = 0; i < stats.shardCount(); i++) {
            String thread = i == 0 ? "main_thread" : "worker_" + (i - 1);
            gauges.add(
                    stats.gauge("thread_local_cluster_manager." + thread + ".clusters_inflated"));
        }
        return gauges;
    }

    /**
     * @throws IOException when it cannot be made, in Envoy's words
     */
    void addStatic(ClusterConfig config) throws IOException {
        var clash = dnsCaches.clash(config.dnsCache().stream());
        if (clash.isPresent()) {
            throw new IOException(clash.get());
        }
        shard.inc(added);
        begin(new ClusterEntry(config, Optional.empty()), active);
        count();
    }

    /** EDS clusters wait until those that need no control plane are warm. */
    void startEds() {
        edsStarted = true;
        endpoints.request(true);
    }

    /** From now on changed clusters warm beside the old ones, and CDS waits for them (XD4). */
    void onInitialLoadDone() {
        initialLoadDone = true;
        count();
    }

    /** Whether any cluster has not heard of its hosts yet. */
    boolean isWaiting() {
        return !warming.isEmpty() || active.values().stream().anyMatch(entry -> !entry.isWarm());
    }

    /** Whether any cluster that start-up waits for first is still without an answer. */
    boolean isWaitingForPrimary() {
        return active.values().stream().anyMatch(entry -> !entry.isWarm() && entry.eds().isEmpty());
    }

    boolean contains(String name) {
        return active.containsKey(name) || warming.containsKey(name);
    }

    Map<String, ActiveCluster> serving() {
        var map = new LinkedHashMap<String, ActiveCluster>();
        active.forEach((name, entry) -> {
            if (entry.isWarm()) {
                map.put(name, entry.current());
            }
        });
        return map;
    }

    List<AcceptedResource> accepted(boolean ofWarming) {
        return (ofWarming ? warming : active)
                .values().stream().flatMap(entry -> entry.accepted().stream()).toList();
    }

    List<String> waitingNames() {
        var names = new LinkedHashSet<>(warming.keySet());
        active.forEach((name, entry) -> {
            if (!entry.isWarm()) {
                names.add(name);
            }
        });
        return List.copyOf(names);
    }

    /** Whether anything that serves is different since the last call. */
    boolean takeChanged() {
        boolean was = changed;
        changed = false;
        round += was ? 1 : 0;
        return was;
    }

    void close() {
        entries().forEach(ClusterEntry::close);
    }

    /** Every version of every cluster, serving or warming. */
    List<ClusterEntry> entries() {
        var all = new ArrayList<>(active.values());
        all.addAll(warming.values());
        return all;
    }

    boolean isEdsStarted() {
        return edsStarted;
    }

    ClusterStats statsOf(ClusterEntry entry) {
        return clusterStats.computeIfAbsent(
                entry.config().name(), _ -> new ClusterStats(stats, statPrefix(entry.config())));
    }

    static String statPrefix(ClusterConfig config) {
        return "cluster." + config.statName() + ".";
    }

    @Override
    public Set<String> dynamicNames() {
        var names = new LinkedHashSet<String>();
        for (ClusterEntry entry : entries()) {
            if (entry.accepted().isPresent()) {
                names.add(entry.config().name());
            }
        }
        return names;
    }

    @Override
    public Optional<String> addOrUpdate(ClusterConfig config, AcceptedResource resource) {
        var serving = active.get(config.name());
        var newest = warming.getOrDefault(config.name(), serving);
        if (serving != null && serving.accepted().isEmpty()) {
            // XD14: the bootstrap's clusters are not for CDS to change; Envoy ignores it silently.
            return Optional.empty();
        }
        if (newest != null && newest.config().contentHash() == config.contentHash()) {
            return Optional.empty();
        }
        var clash = dnsCaches.clash(config.dnsCache().stream());
        if (clash.isPresent()) {
            return clash;
        }
        shard.inc(newest == null ? added : modified);
        log.info("cluster {} cluster={}", newest == null ? "added" : "updated", config.name());
        updated = true;
        var entry = new ClusterEntry(config, Optional.of(resource));
        if (initialLoadDone) {
            close(warming.get(config.name()));
            begin(entry, warming);
        } else {
            close(serving);
            begin(entry, active);
        }
        endpoints.onNewEntry(entry);
        return Optional.empty();
    }

    @Override
    public void remove(String name) {
        var serving = active.get(name);
        if (serving != null && serving.accepted().isEmpty()) {
            return;
        }
        var warmed = warming.remove(name);
        close(warmed);
        if (serving != null) {
            active.remove(name);
            close(serving);
            changed = true;
        }
        var known = serving == null ? warmed : serving;
        if (known == null) {
            return;
        }
        shard.inc(removed);
        log.info("cluster removed cluster={}", name);
        clusterStats.remove(name);
        stats.retire(statPrefix(known.config()));
    }

    @Override
    public void onRefused(RefusedResource refused) {
        // Envoy keeps no error state for clusters.
    }

    @Override
    public void afterUpdate() {
        if (updated) {
            updated = false;
            if (reload == null) {
                reload = new ConfigReload(stats, "cluster_manager.cds.");
            }
            reload.onChange(loop.currentTimeMillis());
        }
        count();
        if (edsStarted) {
            endpoints.request(false);
        }
    }

    /** What SDS is to be asked for. */
    List<ResourceReference> secrets() {
        return entries().stream().flatMap(entry -> entry.config().secrets().stream()).toList();
    }

    /** Secrets may have come: clusters that waited for nothing else are warm. */
    void onSecrets() {
        for (ClusterEntry entry : entries()) {
            if (entry.isWaitingForSecrets()) {
                onWarm(entry);
            }
        }
    }

    /** The hosts of an entry are known now, or known to be unknown. */
    void onWarm(ClusterEntry entry) {
        entry.waitForSecrets(!entry.config().secrets().stream().allMatch(secretSettled));
        if (entry.isWaitingForSecrets()) {
            return;
        }
        if (entry.mustCheck()) {
            check(entry);
            return;
        }
        if (!entry.markWarm()) {
            return;
        }
        String name = entry.config().name();
        statsOf(entry).onWarming(false);
        if (warming.get(name) == entry) {
            warming.remove(name);
            close(active.put(name, entry));
        }
        changed = true;
        count();
    }

    /** HC1: a cluster with health checks is warm once every host was checked. */
    private void check(ClusterEntry entry) {
        // What comes later while it waits are other hosts, which are checked as well.
        boolean first = entry.beginChecking();
        log.debug("checking hosts cluster={} first={}", entry.config().name(), first);
        requestPath.warm(
                entry.current(),
                () -> {
                    if (!entry.isClosed() && entry.mustCheck()) {
                        entry.markChecked();
                        onWarm(entry);
                        settled.run();
                    }
                });
    }

    /** Hosts of an entry as discovery sees them. */
    void onEndpoints(ClusterEntry entry, EndpointAssignment assignment) {
        boolean different = entry.update(assignment);
        var its = statsOf(entry);
        if (!different && !(entry.config().discovery() instanceof Discovery.Static)) {
            its.onNoRebuild();
            if (entry.config().discovery() instanceof Discovery.Eds) {
                requestPath.repeatEndpoints(entry.config().name());
            }
        }
        if (different && entry.isOvertakenIn(round) && isOfOnePriority(assignment)) {
            its.onOvertaken();
        }
        if (different && active.get(entry.config().name()) == entry) {
            changed = true;
        }
        onWarm(entry);
    }

    /** Each priority that changes is counted when its hosts come into use. */
    private static boolean isOfOnePriority(EndpointAssignment assignment) {
        return assignment.localities().stream().mapToInt(each -> each.priority()).distinct().count()
                <= 1;
    }

    private void begin(ClusterEntry entry, Map<String, ClusterEntry> into) {
        into.put(entry.config().name(), entry);
        statsOf(entry).onWarming(true);
        switch (entry.config().discovery()) {
            case Discovery.Static() -> onEndpoints(entry, entry.config().loadAssignment());
            case Discovery.Dns dns -> {
                if (!entry.config().waitForWarmOnInit()) {
                    onWarm(entry);
                }
                resolve(entry, dns);
            }
            case Discovery.Eds _ -> {}
            case Discovery.OriginalDst _, Discovery.DynamicForwardProxy _, Discovery.Aggregate _ ->
                    onWarm(entry);
        }
    }

    private void resolve(ClusterEntry entry, Discovery.Dns options) {
        var its = statsOf(entry);
        Consumer<Runnable> then =
                work -> {
                    if (!entry.isClosed()) {
                        work.run();
                        settled.run();
                    }
                };
        var discovery =
                new DnsDiscovery(
                        loop,
                        resolver,
                        random,
                        options,
                        entry.config().loadAssignment(),
                        new DnsDiscovery.Listener() {
                            @Override
                            public void onAttempt() {
                                its.onAttempt();
                            }

                            @Override
                            public void onNothingToAsk() {
                                then.accept(() -> onWarm(entry));
                            }

                            @Override
                            public void onUpdate(EndpointAssignment assignment) {
                                its.onSuccess();
                                then.accept(() -> onEndpoints(entry, assignment));
                            }

                            @Override
                            public void onUnchanged() {
                                its.onSuccess();
                                its.onNoRebuild();
                            }

                            @Override
                            public void onFailure(String host, String reason) {
                                its.onFailure();
                                log.warn(
                                        "name resolution failed cluster={} host={} reason={}",
                                        entry.config().name(),
                                        host,
                                        reason);
                                then.accept(() -> onWarm(entry));
                            }
                        });
        entry.dns(discovery);
        discovery.start();
    }

    private void count() {
        shard.set(activeClusters, active.size());
        for (StatsStore.Gauge inflated : inflatedClusters) {
            shard.set(inflated, active.size());
        }
        shard.set(warmingClusters, warming.size());
        boolean pause = initialLoadDone && !warming.isEmpty();
        if (pause && !cdsPaused) {
            cdsPaused = true;
            sources.pause(XdsType.CLUSTER);
        } else if (!pause && cdsPaused) {
            cdsPaused = false;
            sources.resume(XdsType.CLUSTER);
        }
    }

    private void close(@Nullable ClusterEntry entry) {
        if (entry != null) {
            entry.close();
            if (entry.isChecking()) {
                requestPath.cancelWarm(entry.config());
            }
        }
    }
}
