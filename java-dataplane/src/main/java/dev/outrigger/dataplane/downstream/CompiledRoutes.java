// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.downstream;

import dev.outrigger.dataplane.config.HttpConnectionManagerConfig.RouteSource;
import dev.outrigger.dataplane.config.HttpConnectionManagerConfig.RouteSource.Scopes;
import dev.outrigger.dataplane.config.OnDemand;
import dev.outrigger.dataplane.config.ProxyConfig;
import dev.outrigger.dataplane.config.RouteTable;
import dev.outrigger.dataplane.config.ScopeConfig;
import dev.outrigger.dataplane.exchange.HttpConnectionManager;
import dev.outrigger.dataplane.filter.FactoryContext;
import dev.outrigger.dataplane.filter.RouteConfigCompiler;
import dev.outrigger.dataplane.message.WireText;
import dev.outrigger.dataplane.route.Routes;
import dev.outrigger.dataplane.route.ScopedRoutes;
import dev.outrigger.dataplane.telemetry.StatsStore;
import dev.outrigger.dataplane.upstream.Cluster;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Compiled route tables, kept by the identity of their configuration. Main loop only. */
final class CompiledRoutes {
    private final StatsStore stats;
    private final FactoryContext filters;
    private final IdentityHashMap<RouteTable, Routes> compiled = new IdentityHashMap<>();

    CompiledRoutes(StatsStore stats, FactoryContext filters) {
        this.stats = stats;
        this.filters = filters;
    }

    /** A connection manager with the routes it has as of now. */
    HttpConnectionManager manager(
            HttpConnectionManager.Settings settings,
            RouteSource source,
            ProxyConfig proxy,
            Map<String, Cluster> clusters) {
        return switch (source) {
            case RouteSource.Inline(RouteTable inline) ->
                    new HttpConnectionManager(settings, routes(inline), clusters);
            case RouteSource.Rds(String name, var _) ->
                    new HttpConnectionManager(
                            settings, routes(proxy.routeTables().get(name)), clusters);
            case RouteSource.Scoped scoped ->
                    new HttpConnectionManager(settings, scoped(scoped, proxy), clusters);
        };
    }

    private ScopedRoutes scoped(RouteSource.Scoped source, ProxyConfig proxy) {
        var byKey = new HashMap<List<String>, Routes>();
        var onDemand = new HashMap<List<String>, OnDemand>();
        for (ScopeConfig scope : scopes(source.scopes(), proxy)) {
            List<String> key = scope.key().stream().map(WireText::of).toList();
            Routes table =
                    scope.onDemand()
                            ? null
                            : routes(
                                    scope.inline()
                                            .orElseGet(() ->
                                                    proxy.routeTables()
                                                            .get(scope.routeConfigName())));
            if (table != null) {
                byKey.put(key, table);
            } else if (source.scopes() instanceof Scopes.Discovered(var reference)) {
                onDemand.put(key, new OnDemand.Scope(reference, scope.name()));
            }
        }
        return new ScopedRoutes(source.key(), byKey, onDemand);
    }

    private static List<ScopeConfig> scopes(Scopes scopes, ProxyConfig proxy) {
        return switch (scopes) {
            case Scopes.Inline(var inline) -> inline;
            case Scopes.Discovered(var reference) ->
                    proxy.scopes().getOrDefault(reference, List.of());
        };
    }

    private @Nullable Routes routes(@Nullable RouteTable table) {
        return table == null
                ? null
                : compiled.computeIfAbsent(
                        table,
                        t ->
                                new Routes(
                                        t,
                                        stats,
                                        filters.runtime(),
                                        c -> RouteConfigCompiler.compile(c, filters)));
    }

    /** Forgets what the configuration no longer holds. */
    void keepOnly(ProxyConfig config) {
        var inUse = new IdentityHashMap<RouteTable, Boolean>();
        config.routeTables().values().forEach(table -> inUse.put(table, true));
        config.listeners()
                .values()
                .forEach(listener ->
                        listener.httpConnectionManagers()
                                .forEach(manager ->
                                        inline(manager.routeSource(), config)
                                                .forEach(table -> inUse.put(table, true))));
        compiled.keySet().retainAll(inUse.keySet());
    }

    /** Tables that are part of something else. */
    private static List<RouteTable> inline(RouteSource source, ProxyConfig config) {
        return switch (source) {
            case RouteSource.Inline(RouteTable table) -> List.of(table);
            case RouteSource.Rds _ -> List.of();
            case RouteSource.Scoped scoped ->
                    scopes(scoped.scopes(), config).stream()
                            .flatMap(scope -> scope.inline().stream())
                            .toList();
        };
    }
}
