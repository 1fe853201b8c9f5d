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
import java.util.LinkedHashMap;
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
            var byRoutes = new LinkedHashMap<String, List<VirtualHostConfig>>();
            for (Resource resource : changed) {
                switch (parsers.virtualHost(resource.value()).parsed()) {
                    case Parsed.Rejected<VirtualHostConfig> rejected -> {
                        return refuse(rejected.message());
                    }
                    case Parsed.Accepted<VirtualHostConfig>(var host) ->
                            byRoutes.computeIfAbsent(
                                            namespace(resource.name()), _ -> new ArrayList<>())
                                    .add(host);
                }
            }
            for (String name : names()) {
                var entry = entries.get(name);
                if (entry != null) {
                    apply(
                            name,
                            entry,
                            byRoutes.getOrDefault(name, List.of()),
                            removed,
                            systemVersionInfo);
                }
            }
            listener.onSettled();
            return Optional.empty();
        }

        private void apply(
                String name,
                Entry entry,
                List<VirtualHostConfig> added,
                List<String> removed,
                String version) {
            boolean mine = removed.stream().anyMatch(each -> namespace(each).equals(name));
            if (added.isEmpty() && !mine && !removed.contains(name)) {
                return;
            }
            var before = Map.copyOf(entry.hosts);
            for (String each : removed) {
                if (namespace(each).equals(name)) {
                    // As in Envoy, of those whose own name is the resource's.
                    entry.hosts.remove(each);
                }
            }
            added.forEach(host -> entry.hosts.put(host.name(), host));
            entry.stats.onAccepted(version, loop.currentTimeMillis(), 0);
            boolean first = !entry.settled;
            entry.settle();
            if (first || !before.equals(entry.hosts)) {
                entry.reload.onChange(loop.currentTimeMillis());
                listener.onVirtualHosts(name);
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
