// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.state;

import dev.outrigger.dataplane.ads.MainLoop;
import dev.outrigger.dataplane.ads.Resource;
import dev.outrigger.dataplane.ads.ResourceSink;
import dev.outrigger.dataplane.ads.XdsSources;
import dev.outrigger.dataplane.ads.XdsType;
import dev.outrigger.dataplane.config.ConfigSourceConfig;
import dev.outrigger.dataplane.config.VirtualHostConfig;
import dev.outrigger.dataplane.parse.Parsed;
import dev.outrigger.dataplane.telemetry.StatsStore;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * VHDS: the virtual hosts that come apart from their route configuration, each under a name that
 * begins with the configuration's ({@code ROUTE/HOST}); delta only. Main loop only.
 */
final class VirtualHostDiscovery {
    private static final Logger log = LoggerFactory.getLogger(VirtualHostDiscovery.class);

    /** Requests decide what is asked for on demand: of one route configuration not more is kept. */
    private static final int MAX_REMEMBERED = 65_536;

    private final MainLoop loop;
    private final XdsSources sources;
    private final ResourceParsers parsers;
    private final StatsStore stats;
    private final Listener listener;
    private final Map<SourceKey, Source> bySource = new LinkedHashMap<>();
    private final Map<String, Entry> entries = new LinkedHashMap<>();

    /** Who puts the virtual hosts into their route configuration. */
    interface Listener {
        /** Its virtual hosts are others now, or known to be none. */
        void onVirtualHosts(String routeConfigName);

        /** Somebody has waited long enough; to be told when all is applied. */
        void onAnswered(Runnable waiting);

        /** A response was dealt with. */
        void onSettled();
    }

    VirtualHostDiscovery(
            MainLoop loop,
            XdsSources sources,
            ResourceParsers parsers,
            StatsStore stats,
            Listener listener) {
        this.loop = loop;
        this.sources = sources;
        this.parsers = parsers;
        this.stats = stats;
        this.listener = listener;
    }

    /**
     * Begins to ask for the virtual hosts of a route configuration; without effect when it did.
     *
     * @param statPrefix of the connection manager's route configurations, with the dot at the end
     */
    void use(String routeConfigName, ConfigSourceConfig config, String statPrefix) {
        if (entries.containsKey(routeConfigName)) {
            return;
        }
        String prefix = statPrefix + "vhds." + routeConfigName + ".";
        SourceKey key = SourceKey.of(config, routeConfigName);
        var entry = new Entry(key, prefix, config);
        entries.put(routeConfigName, entry);
        entry.stats.onStart();
        Duration timeout = config.initialFetchTimeout();
        if (!timeout.isZero()) {
            entry.fetchTimeout = loop.schedule(timeout, () -> onTimeout(routeConfigName, entry));
        }
        bySource.computeIfAbsent(key, _ -> new Source(key, config, prefix)).request();
    }

    /** Nobody needs the virtual hosts of that route configuration any more. */
    void forget(String routeConfigName) {
        var entry = entries.remove(routeConfigName);
        if (entry == null) {
            return;
        }
        entry.cancelTimeout();
        stats.retire(entry.prefix);
        var source = bySource.get(entry.key);
        if (source != null && entry.key instanceof SourceKey.Own) {
            source.subscription.close();
            bySource.remove(entry.key);
        } else if (source != null) {
            source.request();
        }
    }

    /**
     * Asks for the virtual host of requests to a host.
     *
     * @param answered run once, when a response was about it
     * @return gives up waiting
     */
    Runnable requestOnDemand(String routeConfigName, String host, Runnable answered) {
        var entry = entries.get(routeConfigName);
        var source = entry == null ? null : bySource.get(entry.key);
        if (entry == null || source == null) {
            return () -> {};
        }
        String alias = routeConfigName + "/" + host;
        var others = entry.waiting.get(alias);
        if (others == null && entry.answered.contains(alias)) {
            // As in Envoy (observed), whatever was answered once is not asked for again.
            answered.run();
            return () -> {};
        }
        if (others == null) {
            source.subscription.requestOnDemand(alias);
        }
        var waiting = entry.waiting.computeIfAbsent(alias, _ -> new ArrayList<>());
        waiting.add(answered);
        return () -> {
            waiting.remove(answered);
            if (waiting.isEmpty() && entry.waiting.size() > MAX_REMEMBERED) {
                entry.waiting.remove(alias, waiting);
            }
        };
    }

    boolean isSettled(String routeConfigName) {
        var entry = entries.get(routeConfigName);
        return entry != null && entry.settled;
    }

    List<VirtualHostConfig> hosts(String routeConfigName) {
        var entry = entries.get(routeConfigName);
        return entry == null ? List.of() : List.copyOf(entry.hosts.values());
    }

    void close() {
        entries.values().forEach(Entry::cancelTimeout);
    }

    private void onTimeout(String name, Entry entry) {
        if (!entry.settled && entries.get(name) == entry) {
            entry.stats.onInitFetchTimeout();
            log.warn(
                    "initial fetch timed out type={} resource={}",
                    XdsType.VIRTUAL_HOST.typeUrl(),
                    name);
            entry.settle();
            listener.onVirtualHosts(name);
            listener.onSettled();
        }
    }

    private final class Entry {
        private final SourceKey key;
        private final String prefix;
        private final SubscriptionStats stats;
        private final ConfigReload reload;
        private final Map<String, VirtualHostConfig> hosts = new LinkedHashMap<>();

        /** Names that were asked for on demand and answered. */
        private final Set<String> answered = new HashSet<>();

        /** Who waits for which name; also for one that nobody waits for any more. */
        private final Map<String, List<Runnable>> waiting = new LinkedHashMap<>();

        private boolean settled;
        private MainLoop.@Nullable Timer fetchTimeout;

        Entry(SourceKey key, String prefix, ConfigSourceConfig config) {
            var store = VirtualHostDiscovery.this.stats;
            this.key = key;
            this.prefix = prefix;
            this.stats = SubscriptionStats.of(store, prefix, config);
            this.reload = new ConfigReload(store, prefix);
            store.declareCounter(prefix + "update_empty");
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

    /**
     * What a response has for one route configuration.
     *
     * @param names of resources, aliases among them, also of those that do not exist
     */
    private record Added(List<VirtualHostConfig> hosts, Set<String> names) {
        static Added nothing() {
            return new Added(new ArrayList<>(), new LinkedHashSet<>());
        }
    }

    private final class Source implements ResourceSink {
        private final SourceKey key;
        private final XdsSources.Subscription subscription;

        Source(SourceKey key, ConfigSourceConfig config, String prefix) {
            this.key = key;
            this.subscription = sources.open(config, XdsType.VIRTUAL_HOST, prefix, this);
        }

        void request() {
            subscription.request(names());
        }

        @Override
        public Optional<String> onState(List<Resource> resources, String versionInfo) {
            return Optional.of("VHDS: a state of the world (expected: delta)");
        }

        @Override
        public Optional<String> onDelta(
                List<Resource> changed, List<String> removed, String systemVersionInfo) {
            var byRoutes = new LinkedHashMap<String, Added>();
            for (Resource resource : changed) {
                var added =
                        byRoutes.computeIfAbsent(namespace(resource.name()), _ -> Added.nothing());
                added.names.add(resource.name());
                added.names.addAll(resource.aliases());
                if (resource.isUnresolved()) {
                    continue;
                }
                switch (parsers.virtualHost(resource.value()).parsed()) {
                    case Parsed.Rejected<VirtualHostConfig> rejected -> {
                        return refuse(rejected.message());
                    }
                    case Parsed.Accepted<VirtualHostConfig>(var host) -> added.hosts.add(host);
                }
            }
            for (String name : names()) {
                var entry = entries.get(name);
                if (entry != null) {
                    apply(
                            name,
                            entry,
                            byRoutes.getOrDefault(name, Added.nothing()),
                            removed,
                            systemVersionInfo);
                }
            }
            listener.onSettled();
            return Optional.empty();
        }

        private void apply(
                String name, Entry entry, Added added, List<String> removed, String version) {
            boolean mine = removed.stream().anyMatch(each -> namespace(each).equals(name));
            if (added.names.isEmpty() && !mine && !removed.contains(name)) {
                return;
            }
            boolean anyRemoved = false;
            for (String each : removed) {
                if (namespace(each).equals(name)) {
                    // As in Envoy, of those whose own name is the resource's.
                    anyRemoved |= entry.hosts.remove(each) != null;
                }
            }
            added.hosts.forEach(host -> entry.hosts.put(host.name(), host));
            entry.stats.onAccepted(version, loop.currentTimeMillis(), 0);
            boolean first = !entry.settled;
            entry.settle();
            // As in Envoy, what comes again is new.
            boolean changed = anyRemoved || !added.names.isEmpty();
            if (changed) {
                entry.reload.onChange(loop.currentTimeMillis());
            }
            if (first || changed) {
                listener.onVirtualHosts(name);
            }
            for (String each : added.names) {
                var waiting = entry.waiting.remove(each);
                if (waiting != null) {
                    if (entry.answered.size() < MAX_REMEMBERED) {
                        entry.answered.add(each);
                    }
                    List.copyOf(waiting).forEach(listener::onAnswered);
                }
            }
        }

        @Override
        public void onStreamFailure() {
            names().forEach(name -> require(name).stats.onStreamFailure());
        }

        private Optional<String> refuse(String reason) {
            log.warn(
                    "xDS update rejected type={} detail={}",
                    XdsType.VIRTUAL_HOST.typeUrl(),
                    reason);
            for (String name : names()) {
                var entry = require(name);
                entry.stats.onRejected();
                entry.settle();
                listener.onVirtualHosts(name);
            }
            listener.onSettled();
            return Optional.of(reason);
        }

        private Entry require(String name) {
            return java.util.Objects.requireNonNull(entries.get(name), name);
        }

        private Set<String> names() {
            var names = new TreeSet<String>();
            entries.forEach((name, entry) -> {
                if (entry.key.equals(key)) {
                    names.add(name);
                }
            });
            return names;
        }

        private static String namespace(String resourceName) {
            int slash = resourceName.lastIndexOf('/');
            return slash < 0 ? "" : resourceName.substring(0, slash);
        }
    }
}
