// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.state;

import dev.outrigger.dataplane.ads.MainLoop;
import dev.outrigger.dataplane.ads.XdsSources;
import dev.outrigger.dataplane.ads.XdsType;
import dev.outrigger.dataplane.config.ClusterConfig.Discovery;
import dev.outrigger.dataplane.config.ConfigSourceConfig;
import dev.outrigger.dataplane.config.EndpointAssignment;
import dev.outrigger.dataplane.telemetry.StatsStore;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * EDS for all clusters: which names to ask which source for, and who gets the answers (ED1). A
 * cluster that changed waits for its endpoints to be sent again; when they are not, it takes the
 * last ones after its initial fetch timeout, as Envoy does. Main loop only.
 */
final class EndpointDiscovery implements NamedSubscription.Target<EndpointAssignment> {
    private static final Logger log = LoggerFactory.getLogger(EndpointDiscovery.class);

    private final MainLoop loop;
    private final XdsSources sources;
    private final ResourceParsers parsers;
    private final StatsStore stats;
    private final ClusterSet clusters;
    private final Runnable settled;
    private final Map<SourceKey, NamedSubscription<EndpointAssignment>> subscriptions =
            new LinkedHashMap<>();
    private final Map<String, EndpointAssignment> last = new HashMap<>();
    private final Map<String, SubscriptionStats> subscriptionStats = new HashMap<>();
    private final Map<String, MainLoop.Timer> staleTimers = new HashMap<>();
    private final Set<SourceKey> askAgain = new HashSet<>();
    private final Set<ClusterEntry> begun = new HashSet<>();
    private final Map<String, List<ClusterEntry>> byService = new HashMap<>();

    EndpointDiscovery(
            MainLoop loop,
            XdsSources sources,
            ResourceParsers parsers,
            StatsStore stats,
            ClusterSet clusters,
            Runnable settled) {
        this.loop = loop;
        this.sources = sources;
        this.parsers = parsers;
        this.stats = stats;
        this.clusters = clusters;
        this.settled = settled;
    }

    /** A new version of a cluster: its source is asked again even for the same name. */
    void onNewEntry(ClusterEntry entry) {
        entry.eds().ifPresent(eds -> askAgain.add(keyOf(entry, eds)));
    }

    /** Asks every source for what its clusters need now. */
    void request(boolean everything) {
        var wanted = new LinkedHashMap<SourceKey, Set<String>>();
        var sourceOf = new HashMap<SourceKey, ConfigSourceConfig>();
        var prefixOf = new HashMap<SourceKey, String>();
        subscriptions.keySet().forEach(key -> wanted.put(key, new LinkedHashSet<>()));
        begun.removeIf(ClusterEntry::isClosed);
        byService.clear();
        for (ClusterEntry entry : clusters.entries()) {
            entry.eds()
                    .ifPresent(eds -> {
                        SourceKey key = keyOf(entry, eds);
                        prefixOf.put(key, ClusterSet.statPrefix(entry.config()));
                        sourceOf.put(key, eds.source());
                        wanted.computeIfAbsent(key, _ -> new LinkedHashSet<>())
                                .add(eds.serviceName());
                        byService
                                .computeIfAbsent(eds.serviceName(), _ -> new ArrayList<>())
                                .add(entry);
                        begin(entry, eds);
                    });
        }
        var names = new HashSet<String>();
        wanted.forEach((key, wantedNames) -> {
            names.addAll(wantedNames);
            var source = sourceOf.get(key);
            var subscription = subscriptions.get(key);
            if (subscription == null && source != null) {
                subscription =
                        new NamedSubscription<>(
                                loop,
                                sources,
                                source,
                                XdsType.ENDPOINT,
                                prefixOf.getOrDefault(key, ""),
                                parsers::endpoints,
                                this,
                                settled);
                subscriptions.put(key, subscription);
            }
            if (subscription != null && wantedNames.isEmpty() && key instanceof SourceKey.Own) {
                subscription.close();
                subscriptions.remove(key);
            } else if (subscription != null) {
                subscription.request(wantedNames, everything || askAgain.contains(key));
            }
        });
        askAgain.clear();
        last.keySet().retainAll(names);
        var inUse =
                clusters.entries().stream()
                        .map(entry -> entry.config().name())
                        .collect(Collectors.toSet());
        subscriptionStats.keySet().retainAll(inUse);
    }

    private static SourceKey keyOf(ClusterEntry entry, Discovery.Eds eds) {
        return SourceKey.of(eds.source(), entry.config().name());
    }

    /** ED4: an assignment that is not sent again in time is used no longer. */
    private void keepFresh(String name, EndpointAssignment config) {
        var timer = staleTimers.remove(name);
        if (timer != null) {
            timer.cancel();
        }
        if (!config.staleAfter().isZero()) {
            waitingFor(name).forEach(entry -> clusters.statsOf(entry).onTimeoutReceived());
            staleTimers.put(name, loop.schedule(config.staleAfter(), () -> onStale(name)));
        }
    }

    private void onStale(String name) {
        staleTimers.remove(name);
        last.remove(name);
        for (ClusterEntry entry : waitingFor(name)) {
            clusters.statsOf(entry).onStale();
            clusters.onEndpoints(entry, EndpointAssignment.EMPTY);
        }
        settled.run();
    }

    @Override
    public void onResource(String name, EndpointAssignment config, AcceptedResource accepted) {
        last.put(name, config);
        keepFresh(name, config);
        for (ClusterEntry entry : waitingFor(name)) {
            statsOf(entry).onAccepted(accepted.version(), loop.currentTimeMillis(), 0);
            clusters.onEndpoints(entry, config);
        }
    }

    @Override
    public void onMissing(String name, String versionInfo) {
        for (ClusterEntry entry : waitingFor(name)) {
            statsOf(entry).onAccepted(versionInfo, loop.currentTimeMillis(), 0);
            clusters.statsOf(entry).onEmpty();
            clusters.onWarm(entry);
        }
    }

    @Override
    public void onRefused(Set<String> names) {
        for (String name : names) {
            for (ClusterEntry entry : waitingFor(name)) {
                statsOf(entry).onRejected();
                clusters.onWarm(entry);
            }
        }
    }

    @Override
    public void onStreamFailure(Set<String> names) {
        for (String name : names) {
            waitingFor(name).forEach(entry -> statsOf(entry).onStreamFailure());
        }
    }

    @Override
    public void onAttempt(Set<String> names) {
        for (String name : names) {
            waitingFor(name).forEach(entry -> statsOf(entry).onAttempt());
        }
    }

    @Override
    public String misnamed(String expected, String actual) {
        return "Unexpected EDS cluster (expecting " + expected + "): " + actual;
    }

    @Override
    public String misnumbered(int count) {
        return count == 0 ? "" : "Unexpected EDS resource length: " + count;
    }

    private void begin(ClusterEntry entry, Discovery.Eds eds) {
        if (!begun.add(entry)) {
            return;
        }
        statsOf(entry).onStart();
        Duration timeout = eds.source().initialFetchTimeout();
        if (!timeout.isZero() && !entry.isWarm()) {
            entry.fetchTimeout(loop.schedule(timeout, () -> onInitFetchTimeout(entry, eds)));
        }
    }

    private void onInitFetchTimeout(ClusterEntry entry, Discovery.Eds eds) {
        if (entry.isClosed() || entry.isWarm()) {
            return;
        }
        statsOf(entry).onInitFetchTimeout();
        log.warn(
                "initial fetch timed out type={} cluster={} resource={}",
                XdsType.ENDPOINT.typeUrl(),
                entry.config().name(),
                eds.serviceName());
        var cached = last.get(eds.serviceName());
        if (cached != null) {
            clusters.statsOf(entry).onUseCached();
            clusters.onEndpoints(entry, cached);
        } else {
            clusters.onWarm(entry);
        }
        settled.run();
    }

    private List<ClusterEntry> waitingFor(String serviceName) {
        return byService.getOrDefault(serviceName, List.of()).stream()
                .filter(entry -> !entry.isClosed())
                .toList();
    }

    private SubscriptionStats statsOf(ClusterEntry entry) {
        return subscriptionStats.computeIfAbsent(
                entry.config().name(),
                _ ->
                        SubscriptionStats.of(
                                stats,
                                ClusterSet.statPrefix(entry.config()),
                                entry.eds().orElseThrow().source()));
    }
}
