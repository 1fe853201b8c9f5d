// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.state;

import dev.outrigger.dataplane.ads.MainLoop;
import dev.outrigger.dataplane.ads.XdsSources;
import dev.outrigger.dataplane.ads.XdsType;
import dev.outrigger.dataplane.config.ConfigSourceConfig;
import dev.outrigger.dataplane.config.RouteTable;
import dev.outrigger.dataplane.state.ListenerEntry.RdsUse;
import dev.outrigger.dataplane.telemetry.StatsStore;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * RDS for all listeners: listeners that name the same route configuration share it (XD15). Main
 * loop only.
 */
final class RouteDiscovery implements NamedSubscription.Target<RouteTable> {
    private static final Logger log = LoggerFactory.getLogger(RouteDiscovery.class);

    private final MainLoop loop;
    private final XdsSources sources;
    private final ResourceParsers parsers;
    private final StatsStore stats;
    private final Runnable settled;
    private final Map<SourceKey, NamedSubscription<RouteTable>> subscriptions =
            new LinkedHashMap<>();
    private final Map<String, Entry> entries = new LinkedHashMap<>();
    private final VirtualHostDiscovery hosts;
    private final List<Runnable> answered = new ArrayList<>();
    private boolean started;
    private boolean changed;

    RouteDiscovery(
            MainLoop loop,
            XdsSources sources,
            ResourceParsers parsers,
            StatsStore stats,
            Runnable settled) {
        this.loop = loop;
        this.sources = sources;
        this.parsers = parsers;
        this.stats = stats;
        this.settled = settled;
        this.hosts =
                new VirtualHostDiscovery(
                        loop,
                        sources,
                        parsers,
                        stats,
                        new VirtualHostDiscovery.Listener() {
                            @Override
                            public void onVirtualHosts(String routeConfigName) {
                                RouteDiscovery.this.onVirtualHosts(routeConfigName);
                            }

                            @Override
                            public void onAnswered(Runnable waiting) {
                                answered.add(waiting);
                            }

                            @Override
                            public void onSettled() {
                                settled.run();
                            }
                        });
    }

    /** Route configurations are asked for once the first clusters are warm (XD9). */
    void start() {
        started = true;
    }

    /** Asks for what the listeners use now, and forgets what none uses. */
    void use(Collection<RdsUse> uses) {
        if (!started) {
            return;
        }
        var wanted = new LinkedHashMap<SourceKey, Set<String>>();
        var sourceOf = new HashMap<SourceKey, ConfigSourceConfig>();
        var prefixOf = new HashMap<SourceKey, String>();
        subscriptions.keySet().forEach(key -> wanted.put(key, new LinkedHashSet<>()));
        var names = new LinkedHashSet<String>();
        for (RdsUse use : uses) {
            String name = use.source().routeConfigName();
            SourceKey key = SourceKey.of(use.source().source(), name);
            names.add(name);
            sourceOf.put(key, use.source().source());
            prefixOf.putIfAbsent(key, prefix(use));
            wanted.computeIfAbsent(key, _ -> new LinkedHashSet<>()).add(name);
            entries.computeIfAbsent(name, _ -> begin(use));
        }
        for (var old = entries.entrySet().iterator(); old.hasNext(); ) {
            var entry = old.next();
            if (!names.contains(entry.getKey())) {
                entry.getValue().cancelTimeout();
                hosts.forget(entry.getKey());
                stats.retire(entry.getValue().statPrefix);
                changed |= entry.getValue().table != null;
                old.remove();
            }
        }
        wanted.forEach((key, wantedNames) -> {
            var source = sourceOf.get(key);
            if (source != null) {
                subscriptions.computeIfAbsent(
                        key, _ -> open(source, prefixOf.getOrDefault(key, "")));
            }
            var subscription = subscriptions.get(key);
            if (subscription != null && wantedNames.isEmpty() && key instanceof SourceKey.Own) {
                subscription.close();
                subscriptions.remove(key);
            } else if (subscription != null) {
                subscription.request(wantedNames, false);
            }
        });
    }

    /** Whether a listener may serve: its route configuration came, was refused or timed out. */
    boolean isSettled(String name) {
        var entry = entries.get(name);
        return entry != null && entry.settled;
    }

    /** Whether a route configuration has come. */
    boolean isThere(String name) {
        var entry = entries.get(name);
        return entry != null && entry.table != null;
    }

    Map<String, RouteTable> tables() {
        var tables = new LinkedHashMap<String, RouteTable>();
        entries.forEach((name, entry) -> {
            if (entry.table != null) {
                tables.put(name, entry.table);
            }
        });
        return tables;
    }

    List<AcceptedResource> accepted() {
        return entries.values().stream()
                .flatMap(entry -> Optional.ofNullable(entry.accepted).stream())
                .toList();
    }

    List<String> waitingNames() {
        return entries.entrySet().stream()
                .filter(entry -> !entry.getValue().settled)
                .map(Map.Entry::getKey)
                .toList();
    }

    boolean takeChanged() {
        boolean was = changed;
        changed = false;
        return was;
    }

    /** See {@link RequestPath#useOnDemand}. */
    Runnable requestOnDemand(String name, String host, Runnable waiting) {
        return hosts.requestOnDemand(name, host, waiting);
    }

    /** Who waited for what is known now. */
    List<Runnable> takeAnswered() {
        var all = List.copyOf(answered);
        answered.clear();
        return all;
    }

    void close() {
        entries.values().forEach(Entry::cancelTimeout);
        hosts.close();
    }

    @Override
    public void onResource(String name, RouteTable config, AcceptedResource accepted) {
        var entry = entries.get(name);
        if (entry == null) {
            return;
        }
        entry.stats.onAccepted(accepted.version(), accepted.lastUpdatedMillis(), 0);
        var before = entry.own;
        if (before == null || before.contentHash() != config.contentHash()) {
            entry.own = config;
            entry.accepted = accepted;
            config.vhds()
                    .ifPresentOrElse(
                            source -> hosts.use(name, source, "http." + entry.hcm + ".rds."),
                            () -> hosts.forget(name));
            entry.table = join(name, config);
            entry.reload.onChange(accepted.lastUpdatedMillis());
            changed = true;
            log.info("route configuration updated route={} version={}", name, accepted.version());
        }
        if (config.vhds().isEmpty() || hosts.isSettled(name)) {
            entry.settle();
        }
    }

    private void onVirtualHosts(String name) {
        var entry = entries.get(name);
        if (entry == null || entry.own == null) {
            return;
        }
        entry.table = join(name, entry.own);
        changed = true;
        entry.settle();
    }

    private RouteTable join(String name, RouteTable own) {
        return own.vhds().isEmpty() ? own : own.withMore(hosts.hosts(name));
    }

    /** Envoy keeps the routes it has; a listener that waits for them waits no longer. */
    @Override
    public void onMissing(String name, String versionInfo) {
        var entry = entries.get(name);
        if (entry != null) {
            entry.stats.onAccepted(versionInfo, loop.currentTimeMillis(), 0);
            entry.settle();
        }
    }

    @Override
    public void onRefused(Set<String> names) {
        for (String name : names) {
            var entry = entries.get(name);
            if (entry != null) {
                entry.stats.onRejected();
                entry.settle();
            }
        }
    }

    @Override
    public void onStreamFailure(Set<String> names) {
        for (String name : names) {
            var entry = entries.get(name);
            if (entry != null) {
                entry.stats.onStreamFailure();
            }
        }
    }

    @Override
    public void onAttempt(Set<String> names) {
        for (String name : names) {
            var entry = entries.get(name);
            if (entry != null) {
                entry.stats.onAttempt();
            }
        }
    }

    @Override
    public String misnamed(String expected, String actual) {
        return "Unexpected RDS configuration (expecting " + expected + "): " + actual;
    }

    @Override
    public String misnumbered(int count) {
        return count == 0 ? "" : "Unexpected RDS resource length: " + count;
    }

    private NamedSubscription<RouteTable> open(ConfigSourceConfig source, String statPrefix) {
        return new NamedSubscription<>(
                loop, sources, source, XdsType.ROUTE, statPrefix, parsers::routes, this, settled);
    }

    private static String prefix(RdsUse use) {
        return "http." + use.statPrefix() + ".rds." + use.source().routeConfigName() + ".";
    }

    private Entry begin(RdsUse use) {
        String name = use.source().routeConfigName();
        String prefix = prefix(use);
        var entry =
                new Entry(
                        use.statPrefix(),
                        prefix,
                        SubscriptionStats.of(stats, prefix, use.source().source()),
                        new ConfigReload(stats, prefix));
        entry.stats.onStart();
        stats.declareCounter(prefix + "update_empty");
        Duration timeout = use.source().source().initialFetchTimeout();
        if (!timeout.isZero()) {
            entry.fetchTimeout = loop.schedule(timeout, () -> onInitFetchTimeout(name, entry));
        }
        return entry;
    }

    private void onInitFetchTimeout(String name, Entry entry) {
        if (entry.settled || entries.get(name) != entry) {
            return;
        }
        entry.stats.onInitFetchTimeout();
        log.warn("initial fetch timed out type={} resource={}", XdsType.ROUTE.typeUrl(), name);
        entry.settle();
        settled.run();
    }

    private static final class Entry {
        private final String hcm;
        private final String statPrefix;
        private final SubscriptionStats stats;
        private final ConfigReload reload;
        private boolean settled;
        private @Nullable RouteTable own;
        private @Nullable RouteTable table;
        private @Nullable AcceptedResource accepted;
        private MainLoop.@Nullable Timer fetchTimeout;

        Entry(String hcm, String statPrefix, SubscriptionStats stats, ConfigReload reload) {
            this.hcm = hcm;
            this.statPrefix = statPrefix;
            this.stats = stats;
            this.reload = reload;
        }

        void settle() {
            settled = true;
            cancelTimeout();
        }

        void cancelTimeout() {
            if (fetchTimeout != null) {
                fetchTimeout.cancel();
                fetchTimeout = null;
            }
        }
    }
}
