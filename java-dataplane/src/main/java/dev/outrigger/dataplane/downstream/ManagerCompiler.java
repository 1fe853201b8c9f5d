// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.downstream;

import dev.outrigger.dataplane.accesslog.AccessLog;
import dev.outrigger.dataplane.accesslog.AccessLogSinks;
import dev.outrigger.dataplane.config.AccessLogConfig;
import dev.outrigger.dataplane.config.HttpConnectionManagerConfig;
import dev.outrigger.dataplane.config.HttpConnectionManagerConfig.RouteSource;
import dev.outrigger.dataplane.config.ListenerConfig;
import dev.outrigger.dataplane.config.ProxyConfig;
import dev.outrigger.dataplane.config.RouteTable;
import dev.outrigger.dataplane.config.ScopeConfig;
import dev.outrigger.dataplane.exchange.HcmStats;
import dev.outrigger.dataplane.exchange.HttpConnectionManager;
import dev.outrigger.dataplane.exchange.LogFilters;
import dev.outrigger.dataplane.filter.FactoryContext;
import dev.outrigger.dataplane.filter.HttpFilters;
import dev.outrigger.dataplane.filter.RouteConfigCompiler;
import dev.outrigger.dataplane.route.Routes;
import dev.outrigger.dataplane.route.ScopedRoutes;
import dev.outrigger.dataplane.telemetry.StatsStore;
import dev.outrigger.dataplane.upstream.Cluster;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Turns configuration into what exchanges use, and keeps what did not change: a listener's settings
 * by its content, a compiled route table by its identity. Main loop only.
 */
final class ManagerCompiler {
    private static final Logger log = LoggerFactory.getLogger(ManagerCompiler.class);

    private final StatsStore stats;
    private final AccessLogSinks sinks;
    private final FactoryContext filters;
    private final String serviceNode;
    private final Map<String, Known> settings = new HashMap<>();
    private final IdentityHashMap<RouteTable, Routes> compiled = new IdentityHashMap<>();

    private record Known(
            ListenerConfig config,
            HttpConnectionManager.Settings settings,
            ListenerVersion version) {}

    ManagerCompiler(
            StatsStore stats, AccessLogSinks sinks, FactoryContext filters, String serviceNode) {
        this.serviceNode = serviceNode;
        this.stats = stats;
        this.sinks = sinks;
        this.filters = filters;
    }

    HttpConnectionManager compile(
            ListenerConfig listener, ProxyConfig proxy, Map<String, Cluster> clusters) {
        HttpConnectionManagerConfig config =
                listener.filterChains().getFirst().httpConnectionManager();
        HttpConnectionManager.Settings made = settings(listener, config);
        return switch (config.routeSource()) {
            case RouteSource.Inline(RouteTable inline) ->
                    new HttpConnectionManager(made, routes(inline), clusters);
            case RouteSource.Rds(String name, var _) ->
                    new HttpConnectionManager(
                            made, routes(proxy.routeTables().get(name)), clusters);
            case RouteSource.Scoped scoped ->
                    new HttpConnectionManager(made, scoped(scoped, proxy), clusters);
        };
    }

    private ScopedRoutes scoped(RouteSource.Scoped source, ProxyConfig proxy) {
        List<ScopeConfig> scopes =
                switch (source.scopes()) {
                    case RouteSource.Scopes.Inline(var inline) -> inline;
                    case RouteSource.Scopes.Discovered(var reference) ->
                            proxy.scopes().getOrDefault(reference, List.of());
                };
        var byKey = new HashMap<List<String>, Routes>();
        for (ScopeConfig scope : scopes) {
            Routes table =
                    routes(
                            scope.inline()
                                    .orElseGet(() ->
                                            proxy.routeTables().get(scope.routeConfigName())));
            if (table != null) {
                byKey.put(scope.key(), table);
            }
        }
        return new ScopedRoutes(source.key(), byKey);
    }

    private HttpConnectionManager.Settings settings(
            ListenerConfig listener, HttpConnectionManagerConfig config) {
        Known known = settings.get(listener.name());
        if (known != null && known.config().contentHash() == listener.contentHash()) {
            return known.settings();
        }
        var made =
                new HttpConnectionManager.Settings(
                        config,
                        new HcmStats(stats, config.statPrefix(), listener.statPrefix()),
                        accessLogs(config.accessLogs()),
                        listener.perConnectionBufferLimitBytes(),
                        HttpFilters.compile(
                                config.httpFilters(),
                                filters.withStatPrefix("http." + config.statPrefix() + ".")),
                        filters.serviceCluster(),
                        serviceNode);
        var version =
                new ListenerVersion(
                        listener.drainsOnHealthCheckFail(), accessLogs(listener.accessLogs()));
        settings.put(listener.name(), new Known(listener, made, version));
        return made;
    }

    /** What the listener says itself; after {@link #compile}. */
    ListenerVersion version(ListenerConfig listener) {
        return Objects.requireNonNull(settings.get(listener.name())).version();
    }

    private List<AccessLog> accessLogs(List<AccessLogConfig> configs) {
        var opened = new ArrayList<AccessLog>();
        for (AccessLogConfig config : configs) {
            try {
                opened.add(AccessLog.open(config, LogFilters.compile(config.filter()), sinks));
            } catch (IOException e) {
                log.error("access log not opened: {}", e.toString());
            }
        }
        return opened;
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
        settings.keySet().retainAll(config.listeners().keySet());
        var inUse = new IdentityHashMap<RouteTable, Boolean>();
        config.routeTables().values().forEach(t -> inUse.put(t, true));
        for (ListenerConfig listener : config.listeners().values()) {
            var source = listener.filterChains().getFirst().httpConnectionManager().routeSource();
            inline(source, config).forEach(table -> inUse.put(table, true));
        }
        compiled.keySet().retainAll(inUse.keySet());
    }

    /** Tables that are part of something else. */
    private static List<RouteTable> inline(RouteSource source, ProxyConfig config) {
        return switch (source) {
            case RouteSource.Inline(RouteTable table) -> List.of(table);
            case RouteSource.Rds _ -> List.of();
            case RouteSource.Scoped(var _, var _, RouteSource.Scopes.Inline(var scopes)) ->
                    tables(scopes);
            case RouteSource.Scoped(var _, var _, RouteSource.Scopes.Discovered(var reference)) ->
                    tables(config.scopes().getOrDefault(reference, List.of()));
        };
    }

    private static List<RouteTable> tables(List<ScopeConfig> scopes) {
        return scopes.stream().flatMap(scope -> scope.inline().stream()).toList();
    }
}
