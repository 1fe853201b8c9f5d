// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.state;

import dev.outrigger.dataplane.config.ExtensionConfig;
import dev.outrigger.dataplane.config.ListenSocketsConfig;
import dev.outrigger.dataplane.config.ListenSocketsConfig.ListenAddress;
import dev.outrigger.dataplane.config.ListenerConfig;
import dev.outrigger.dataplane.config.ResourceReference;
import dev.outrigger.dataplane.config.RouteTable;
import dev.outrigger.dataplane.config.ScopeConfig;
import dev.outrigger.dataplane.parse.ExtensionConfigParser;
import dev.outrigger.dataplane.state.ListenerEntry.RdsUse;
import dev.outrigger.dataplane.state.ListenerEntry.ScopedUse;
import dev.outrigger.dataplane.telemetry.StatsShard;
import dev.outrigger.dataplane.telemetry.StatsStore;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * All listeners: what serves and what warms (WA2). A listener binds when it is accepted, so that a
 * taken port refuses it, and serves when it knows its routes; until then its old version serves.
 * Main loop only.
 */
final class ListenerSet implements WildcardSubscription.Target<ListenerConfig> {
    private static final Logger log = LoggerFactory.getLogger(ListenerSet.class);

    private final RequestPath requestPath;
    private final RouteDiscovery routes;
    private final ScopedRouteDiscovery scopes;
    private final Predicate<ResourceReference> secretSettled;
    private final Predicate<ResourceReference> extensionSettled;
    private final DnsCacheNames dnsCaches;
    private final DrainingListeners draining;
    private final StatsShard shard;
    private final int concurrency;
    private final Map<String, ListenerEntry> active = new LinkedHashMap<>();
    private final Map<String, ListenerEntry> warming = new LinkedHashMap<>();
    private final Map<String, RefusedResource> refused = new HashMap<>();
    private final StatsStore.Counter added;
    private final StatsStore.Counter modified;
    private final StatsStore.Counter removed;
    private final StatsStore.Counter inPlaceUpdated;
    private final StatsStore.Counter createSuccess;
    private final StatsStore.Counter createFailure;
    private final StatsStore.Gauge totalActive;
    private final StatsStore.Gauge totalWarming;
    private boolean workersStarted;
    private boolean changed;

    /**
     * @param secretSettled whether nobody has to wait for a secret
     * @param extensionSettled whether nobody has to wait for a filter's configuration
     * @param concurrency how many workers create each listener; what {@code listener_create_*}
     *     count
     */
    ListenerSet(
            RequestPath requestPath,
            RouteDiscovery routes,
            ScopedRouteDiscovery scopes,
            Predicate<ResourceReference> secretSettled,
            Predicate<ResourceReference> extensionSettled,
            DnsCacheNames dnsCaches,
            DrainingListeners draining,
            StatsStore stats,
            int concurrency) {
        this.requestPath = requestPath;
        this.draining = draining;
        this.scopes = scopes;
        this.secretSettled = secretSettled;
        this.extensionSettled = extensionSettled;
        this.dnsCaches = dnsCaches;
        dnsCaches.addUser(() -> entries().stream().flatMap(entry -> entry.config().dnsCaches()));
        this.routes = routes;
        this.shard = stats.shard(0);
        this.concurrency = concurrency;
        this.added = stats.counter("listener_manager.listener_added");
        this.modified = stats.counter("listener_manager.listener_modified");
        this.removed = stats.counter("listener_manager.listener_removed");
        this.createSuccess = stats.counter("listener_manager.listener_create_success");
        this.createFailure = stats.counter("listener_manager.listener_create_failure");
        this.totalActive = stats.gauge("listener_manager.total_listeners_active");
        this.totalWarming = stats.gauge("listener_manager.total_listeners_warming");
        this.inPlaceUpdated = stats.counter("listener_manager.listener_in_place_updated");
        stats.declareCounter("listener_manager.listener_stopped");
        stats.declareGauge("listener_manager.workers_pinned");
        count();
    }

    /**
     * @throws IOException when it cannot be bound
     */
    void addStatic(ListenerConfig config) throws IOException {
        var clash = sameAddress(config).or(() -> dnsCaches.clash(config.dnsCaches()));
        if (clash.isPresent()) {
            throw new IOException(clash.get());
        }
        requestPath.prepareListener(config);
        shard.inc(added);
        var entry = ListenerEntry.of(config, Optional.empty());
        warming.put(config.name(), entry);
        count();
    }

    /** Lets every listener serve whose routes are known; returns whether any waits still. */
    boolean settle() {
        scopes.use(scopedUses());
        routes.use(uses());
        boolean promoted = false;
        for (var waiting = warming.values().iterator(); waiting.hasNext(); ) {
            ListenerEntry entry = waiting.next();
            boolean ready =
                    entry.rds().stream()
                                    .allMatch(
                                            use -> routes.isSettled(use.source().routeConfigName()))
                            && entry.scoped().stream().allMatch(this::isSettled)
                            && entry.filters().stream()
                                    .allMatch(filter ->
                                            filter.withoutWarming()
                                                    || extensionSettled.test(filter.resource()))
                            && entry.config().secrets().stream().allMatch(secretSettled);
            if (ready) {
                waiting.remove();
                ListenerEntry before = active.put(entry.config().name(), entry);
                changed = true;
                promoted = true;
                if (workersStarted) {
                    onPromoted(entry, before);
                }
            }
        }
        if (promoted) {
            // A replaced version may have been the last user of its routes.
            routes.use(uses());
        }
        count();
        return !warming.isEmpty();
    }

    private void onPromoted(ListenerEntry entry, @Nullable ListenerEntry before) {
        if (before != null) {
            draining.add(before);
            if (entry.config().isInPlaceUpdateOf(before.config())) {
                shard.inc(inPlaceUpdated);
            }
        }
        shard.add(createSuccess, concurrency);
    }

    void onWorkersStarted() {
        workersStarted = true;
        shard.add(createSuccess, (long) active.size() * concurrency);
    }

    Map<String, ListenerConfig> serving() {
        var map = new LinkedHashMap<String, ListenerConfig>();
        active.forEach((name, entry) -> map.put(name, entry.config()));
        return map;
    }

    /** The scopes connection managers refer to. */
    Map<ResourceReference, List<ScopeConfig>> scopes() {
        return scopes.scopes(scopedUses());
    }

    Map<String, RouteTable> routeTables() {
        return routes.tables();
    }

    /** What ECDS is to be asked for. */
    List<ResourceReference> extensions() {
        return users().flatMap(entry -> entry.filters().stream())
                .map(filter -> filter.resource())
                .toList();
    }

    /** Why a filter's configuration of that type cannot be used, if so, in Envoy's words. */
    Optional<String> checkExtension(ResourceReference reference, ExtensionConfig config) {
        return entries().stream()
                .flatMap(entry -> entry.filters().stream())
                .filter(filter -> filter.resource().equals(reference))
                .filter(filter -> !filter.typeUrls().contains(config.typeUrl()))
                .findFirst()
                .map(filter -> ExtensionConfigParser.mistyped(config.typeUrl(), filter.typeUrls()));
    }

    /** What SDS is to be asked for. */
    List<ResourceReference> secrets() {
        return users().flatMap(entry -> entry.config().secrets().stream()).toList();
    }

    List<String> waitingNames() {
        return List.copyOf(warming.keySet());
    }

    /** What {@code /config_dump} says of each dynamic listener, refused ones included. */
    List<ConfigView.DynamicListener> views() {
        var names = new LinkedHashSet<String>(active.keySet());
        names.addAll(warming.keySet());
        names.addAll(refused.keySet());
        var views = new ArrayList<ConfigView.DynamicListener>();
        for (String name : names) {
            var view =
                    new ConfigView.DynamicListener(
                            name,
                            accepted(active.get(name)),
                            accepted(warming.get(name)),
                            Optional.ofNullable(refused.get(name)));
            if (view.active().isPresent()
                    || view.warming().isPresent()
                    || view.error().isPresent()) {
                views.add(view);
            }
        }
        return views;
    }

    boolean takeChanged() {
        boolean was = changed;
        changed = false;
        return was;
    }

    @Override
    public Set<String> dynamicNames() {
        var names = new LinkedHashSet<String>();
        for (ListenerEntry entry : entries()) {
            if (entry.accepted().isPresent()) {
                names.add(entry.config().name());
            }
        }
        return names;
    }

    @Override
    public Optional<String> addOrUpdate(ListenerConfig config, AcceptedResource resource) {
        String name = config.name();
        var serving = active.get(name);
        var newest = warming.getOrDefault(name, serving);
        if (newest != null && newest.accepted().isEmpty()) {
            // XD14: listeners of the bootstrap stay as they are.
            return Optional.empty();
        }
        refused.remove(name);
        if (newest != null && newest.config().contentHash() == config.contentHash()) {
            return Optional.empty();
        }
        var clash =
                sameAddress(config)
                        .or(() ->
                                newest == null
                                        ? Optional.empty()
                                        : sockets(config, newest.config()))
                        .or(() -> dnsCaches.clash(config.dnsCaches()));
        if (clash.isPresent()) {
            return Optional.of(clash.get());
        }
        try {
            requestPath.prepareListener(config);
        } catch (IOException e) {
            shard.inc(createFailure);
            return Optional.of(e.getMessage() == null ? e.toString() : e.getMessage());
        }
        shard.inc(newest == null ? added : modified);
        log.info(
                "listener {} listener={} address={}",
                newest == null ? "added" : "updated",
                name,
                config.address());
        warming.put(name, ListenerEntry.of(config, Optional.of(resource)));
        return Optional.empty();
    }

    @Override
    public void remove(String name) {
        var serving = active.get(name);
        var waiting = warming.get(name);
        var newest = waiting == null ? serving : waiting;
        refused.remove(name);
        if (newest == null || newest.accepted().isEmpty()) {
            return;
        }
        warming.remove(name);
        active.remove(name);
        if (serving == null) {
            requestPath.cancelListener(name);
        } else if (workersStarted) {
            draining.add(serving);
        }
        changed = true;
        shard.inc(removed);
        log.info("listener removed listener={}", name);
    }

    @Override
    public void onRefused(RefusedResource resource) {
        refused.put(resource.name(), resource);
    }

    @Override
    public void afterUpdate() {
        settle();
    }

    /**
     * Two listeners may not want the same address; a port of 0 clashes only where nothing is bound,
     * because then the address is all there is to tell them apart.
     */
    private Optional<String> sameAddress(ListenerConfig config) {
        for (ListenerEntry other : entries()) {
            if (!other.config().name().equals(config.name())
                    && overlap(config.sockets(), other.config().sockets())) {
                return Optional.of(
                        "error adding listener: '"
                                + config.name()
                                + "' has duplicate address '"
                                + text(config)
                                + "' as existing listener, to check if the listener has duplicated"
                                + " addresses with other listeners or 'enable_reuse_port' is set to"
                                + " 'false' for the listener");
            }
        }
        return Optional.empty();
    }

    private static boolean overlap(ListenSocketsConfig wanted, ListenSocketsConfig other) {
        for (ListenAddress each : wanted.addresses()) {
            boolean anyPort =
                    each.address() instanceof InetSocketAddress inet && inet.getPort() == 0;
            if (anyPort && wanted.bindToPort()) {
                continue;
            }
            for (ListenAddress taken : other.addresses()) {
                if (taken.address().equals(each.address())) {
                    return true;
                }
            }
        }
        return false;
    }

    /** What an update may not change about the sockets. */
    private static Optional<String> sockets(ListenerConfig next, ListenerConfig known) {
        if (next.sockets().reusePort() != known.sockets().reusePort()) {
            return Optional.of(
                    "Listener " + next.name() + ": reuse port cannot be changed during an update");
        }
        if (!next.sockets().reusePort() && !next.sockets().hasOptionsOf(known.sockets())) {
            return Optional.of(
                    "Listener "
                            + next.name()
                            + ": doesn't support update any socket options when the reuse port"
                            + " isn't enabled");
        }
        return Optional.empty();
    }

    private static String text(ListenerConfig config) {
        return config.sockets().addresses().stream()
                .map(each ->
                        each.address() instanceof InetSocketAddress inet
                                ? Addresses.format(inet)
                                : each.address().toString())
                .collect(Collectors.joining(","));
    }

    private boolean isSettled(ScopedUse use) {
        return scopes.isSettled(use)
                && scopes.routes(List.of(use)).stream()
                        .allMatch(each -> routes.isSettled(each.source().routeConfigName()));
    }

    private List<RdsUse> uses() {
        var all = new ArrayList<RdsUse>();
        users().forEach(entry -> all.addAll(entry.rds()));
        all.addAll(scopes.routes(scopedUses()));
        return all;
    }

    private List<ScopedUse> scopedUses() {
        return users().flatMap(entry -> entry.scoped().stream()).toList();
    }

    /** All whose connections may use something that is to be asked for. */
    private Stream<ListenerEntry> users() {
        return Stream.concat(entries().stream(), draining.entries().stream());
    }

    private List<ListenerEntry> entries() {
        var all = new ArrayList<>(active.values());
        all.addAll(warming.values());
        return all;
    }

    private static Optional<AcceptedResource> accepted(@Nullable ListenerEntry entry) {
        return entry == null ? Optional.empty() : entry.accepted();
    }

    private void count() {
        shard.set(totalActive, active.size());
        shard.set(totalWarming, warming.size());
    }
}
