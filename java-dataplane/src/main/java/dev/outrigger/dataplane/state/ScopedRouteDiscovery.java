// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.state;

import dev.outrigger.dataplane.ads.MainLoop;
import dev.outrigger.dataplane.ads.Resource;
import dev.outrigger.dataplane.ads.ResourceSink;
import dev.outrigger.dataplane.ads.XdsSources;
import dev.outrigger.dataplane.ads.XdsType;
import dev.outrigger.dataplane.config.HttpConnectionManagerConfig.RouteSource;
import dev.outrigger.dataplane.config.ResourceReference;
import dev.outrigger.dataplane.config.ScopeConfig;
import dev.outrigger.dataplane.parse.Parsed;
import dev.outrigger.dataplane.parse.ScopedRoutesParser;
import dev.outrigger.dataplane.state.ListenerEntry.RdsUse;
import dev.outrigger.dataplane.state.ListenerEntry.ScopedUse;
import dev.outrigger.dataplane.telemetry.StatsStore;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * SRDS for all connection managers: which scopes there are. An update with a bad scope, or with two
 * scopes of one key, is refused whole. Main loop only.
 */
final class ScopedRouteDiscovery {
    private static final Logger log = LoggerFactory.getLogger(ScopedRouteDiscovery.class);

    private final MainLoop loop;
    private final XdsSources sources;
    private final ResourceParsers parsers;
    private final StatsStore stats;
    private final Runnable settled;
    private final Map<SourceKey, Source> bySource = new LinkedHashMap<>();
    private boolean changed;

    ScopedRouteDiscovery(
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
    }

    /** Asks for what the connection managers use now. */
    void use(Collection<ScopedUse> uses) {
        for (ScopedUse use : uses) {
            Source source = bySource.computeIfAbsent(keyOf(use), _ -> new Source());
            source.users.computeIfAbsent(use.statScope(), _ -> new User(use));
            source.open(use);
        }
        for (var sourcesLeft = bySource.entrySet().iterator(); sourcesLeft.hasNext(); ) {
            var each = sourcesLeft.next();
            boolean used = uses.stream().anyMatch(use -> keyOf(use).equals(each.getKey()));
            if (!used && each.getKey() instanceof SourceKey.Own) {
                each.getValue().close();
                sourcesLeft.remove();
            }
        }
    }

    boolean isSettled(ScopedUse use) {
        var source = bySource.get(keyOf(use));
        return source != null && source.settled;
    }

    /** The scopes there are, by what connection managers refer to. */
    Map<ResourceReference, List<ScopeConfig>> scopes(Collection<ScopedUse> uses) {
        var scopes = new LinkedHashMap<ResourceReference, List<ScopeConfig>>();
        for (ScopedUse use : uses) {
            scopes.put(use.reference(), scopesOf(use));
        }
        return scopes;
    }

    /** The route configurations that scopes name. */
    List<RdsUse> routes(Collection<ScopedUse> uses) {
        var routes = new ArrayList<RdsUse>();
        for (ScopedUse use : uses) {
            use.routes()
                    .ifPresent(source -> {
                        for (ScopeConfig scope : scopesOf(use)) {
                            if (!scope.routeConfigName().isEmpty() && !scope.onDemand()) {
                                routes.add(
                                        new RdsUse(
                                                new RouteSource.Rds(
                                                        scope.routeConfigName(), source),
                                                use.statPrefix()));
                            }
                        }
                    });
        }
        return routes;
    }

    /** For {@code /config_dump}: by the name of the scoped routes. */
    Map<String, List<AcceptedResource>> accepted() {
        var accepted = new LinkedHashMap<String, List<AcceptedResource>>();
        for (Source source : bySource.values()) {
            for (User user : source.users.values()) {
                accepted.put(user.use.reference().name(), List.copyOf(source.accepted.values()));
            }
        }
        return accepted;
    }

    List<String> waitingNames() {
        var names = new ArrayList<String>();
        for (Source source : bySource.values()) {
            if (!source.settled) {
                source.users.values().forEach(user -> names.add(user.use.reference().name()));
            }
        }
        return names;
    }

    /**
     * Asks for the routes of a scope that are not there yet.
     *
     * @param answered run once, when they are
     * @return gives up waiting
     */
    Runnable requestOnDemand(ResourceReference scopes, String name, Runnable answered) {
        for (Source source : bySource.values()) {
            if (source.isFor(scopes) && source.scopes.containsKey(name)) {
                return source.request(name, answered);
            }
        }
        // Gone since the request looked: so it goes on without.
        answered.run();
        return () -> {};
    }

    /**
     * Who waited for what is there now.
     *
     * @param isThere whether a route configuration has come
     */
    List<Runnable> takeAnswered(Predicate<String> isThere) {
        var all = new ArrayList<Runnable>();
        for (Source source : bySource.values()) {
            source.takeAnswered(isThere, all);
        }
        return all;
    }

    boolean takeChanged() {
        boolean was = changed;
        changed = false;
        return was;
    }

    void close() {
        bySource.values().forEach(Source::cancelTimeout);
    }

    private List<ScopeConfig> scopesOf(ScopedUse use) {
        var source = bySource.get(keyOf(use));
        return source == null ? List.of() : source.scopesNow();
    }

    private static SourceKey keyOf(ScopedUse use) {
        return SourceKey.of(use.reference().source(), use.statScope());
    }

    /** A connection manager's stats of the scopes it has. */
    private final class User {
        private final ScopedUse use;
        private final SubscriptionStats updates;
        private final ConfigReload reload;
        private final StatsStore.Gauge all;
        private final StatsStore.Gauge active;
        private final StatsStore.Gauge onDemand;

        User(ScopedUse use) {
            this.use = use;
            String prefix = use.statScope();
            this.updates = SubscriptionStats.of(stats, prefix, use.reference().source());
            this.reload = new ConfigReload(stats, prefix);
            this.all = stats.gauge(prefix + "all_scopes");
            this.active = stats.gauge(prefix + "active_scopes");
            this.onDemand = stats.gauge(prefix + "on_demand_scopes");
            stats.declareCounter(prefix + "update_empty");
            updates.onStart();
        }

        void onScopes(Source source) {
            count(source);
            reload.onChange(loop.currentTimeMillis());
        }

        void count(Source source) {
            long waiting = source.scopesNow().stream().filter(ScopeConfig::onDemand).count();
            stats.shard(0).set(all, source.scopes.size());
            stats.shard(0).set(active, source.scopes.size() - waiting);
            stats.shard(0)
                    .set(
                            onDemand,
                            source.scopes.values().stream().filter(ScopeConfig::onDemand).count());
        }
    }

    private final class Source implements ResourceSink {
        private final Map<String, User> users = new LinkedHashMap<>();
        private Map<String, ScopeConfig> scopes = new LinkedHashMap<>();
        private Map<String, AcceptedResource> accepted = new LinkedHashMap<>();

        /** Those on demand that a request has asked for. */
        private final Set<String> asked = new HashSet<>();

        /** Who waits for a scope's routes, by its name. */
        private final Map<String, List<Runnable>> waiting = new LinkedHashMap<>();

        private boolean settled;
        private XdsSources.@Nullable Subscription subscription;
        private MainLoop.@Nullable Timer fetchTimeout;

        void open(ScopedUse use) {
            if (subscription != null) {
                return;
            }
            Duration timeout = use.reference().source().initialFetchTimeout();
            if (!timeout.isZero()) {
                fetchTimeout = loop.schedule(timeout, this::onInitFetchTimeout);
            }
            subscription =
                    sources.open(
                            use.reference().source(), XdsType.SCOPED_ROUTE, use.statScope(), this);
        }

        void close() {
            cancelTimeout();
            if (subscription != null) {
                subscription.close();
            }
        }

        void cancelTimeout() {
            if (fetchTimeout != null) {
                fetchTimeout.cancel();
                fetchTimeout = null;
            }
        }

        boolean isFor(ResourceReference reference) {
            return users.values().stream().anyMatch(user -> user.use.reference().equals(reference));
        }

        List<ScopeConfig> scopesNow() {
            return scopes.values().stream()
                    .map(scope -> asked.contains(scope.name()) ? scope.asked() : scope)
                    .toList();
        }

        Runnable request(String name, Runnable answered) {
            waiting.computeIfAbsent(name, _ -> new ArrayList<>()).add(answered);
            if (asked.add(name)) {
                changed = true;
                users.values().forEach(user -> user.count(this));
            }
            ScopedRouteDiscovery.this.settled.run();
            return () ->
                    waiting.computeIfPresent(
                            name,
                            (_, others) -> {
                                others.remove(answered);
                                return others.isEmpty() ? null : others;
                            });
        }

        void takeAnswered(Predicate<String> isThere, List<Runnable> all) {
            for (var each = waiting.entrySet().iterator(); each.hasNext(); ) {
                var entry = each.next();
                var scope = scopes.get(entry.getKey());
                if (scope == null) {
                    // As Envoy: who waited for a scope that went hears no more of it.
                    each.remove();
                } else if (isThere.test(scope.routeConfigName())) {
                    all.addAll(entry.getValue());
                    each.remove();
                }
            }
        }

        @Override
        public Optional<String> onState(List<Resource> resources, String versionInfo) {
            return update(new LinkedHashMap<>(), new LinkedHashMap<>(), resources, versionInfo);
        }

        @Override
        public Optional<String> onDelta(
                List<Resource> changes, List<String> removed, String systemVersionInfo) {
            var next = new LinkedHashMap<>(scopes);
            var nextAccepted = new LinkedHashMap<>(accepted);
            next.keySet().removeAll(removed);
            nextAccepted.keySet().removeAll(removed);
            return update(next, nextAccepted, changes, systemVersionInfo);
        }

        @Override
        public void onStreamFailure() {
            each(SubscriptionStats::onStreamFailure);
        }

        @Override
        public void onAttempt() {
            each(SubscriptionStats::onAttempt);
        }

        @Override
        public void onUnreadable() {
            each(SubscriptionStats::onRejected);
            settle();
        }

        private Optional<String> update(
                Map<String, ScopeConfig> next,
                Map<String, AcceptedResource> nextAccepted,
                List<Resource> resources,
                String versionInfo) {
            sources.pause(XdsType.ROUTE);
            Optional<String> refusal;
            try {
                refusal = apply(next, nextAccepted, resources, versionInfo);
                settle();
            } finally {
                sources.resume(XdsType.ROUTE);
            }
            return refusal;
        }

        private Optional<String> apply(
                Map<String, ScopeConfig> next,
                Map<String, AcceptedResource> nextAccepted,
                List<Resource> resources,
                String versionInfo) {
            long now = loop.currentTimeMillis();
            for (Resource resource : resources) {
                var named = parsers.scope(resource.value());
                switch (named.parsed()) {
                    case Parsed.Rejected<ScopeConfig> rejected -> {
                        return refuse(rejected.message());
                    }
                    case Parsed.Accepted<ScopeConfig>(var scope) -> {
                        var known = scopes.get(scope.name());
                        boolean same = known != null && known.contentHash() == scope.contentHash();
                        next.put(scope.name(), same ? known : scope);
                        nextAccepted.put(
                                scope.name(),
                                new AcceptedResource(scope.name(), versionInfo, resource, now));
                    }
                }
            }
            var conflict = ScopedRoutesParser.conflict(List.copyOf(next.values()));
            if (conflict.isPresent()) {
                return refuse("Error adding/updating scoped route(s): " + conflict.get());
            }
            boolean different = !next.equals(scopes);
            // A scope that is another one now has to be asked for again.
            asked.removeIf(name -> !Objects.equals(next.get(name), scopes.get(name)));
            scopes = next;
            accepted = nextAccepted;
            changed |= different;
            for (User user : users.values()) {
                user.updates.onAccepted(versionInfo, now, 0);
                if (different) {
                    user.onScopes(this);
                }
            }
            return Optional.empty();
        }

        private Optional<String> refuse(String reason) {
            log.warn(
                    "xDS update rejected type={} detail={}",
                    XdsType.SCOPED_ROUTE.typeUrl(),
                    reason);
            each(SubscriptionStats::onRejected);
            return Optional.of(reason);
        }

        private void onInitFetchTimeout() {
            fetchTimeout = null;
            if (!settled) {
                each(SubscriptionStats::onInitFetchTimeout);
                log.warn("initial fetch timed out type={}", XdsType.SCOPED_ROUTE.typeUrl());
                settle();
            }
        }

        private void settle() {
            settled = true;
            cancelTimeout();
            ScopedRouteDiscovery.this.settled.run();
        }

        private void each(Consumer<SubscriptionStats> action) {
            users.values().forEach(user -> action.accept(user.updates));
        }
    }
}
