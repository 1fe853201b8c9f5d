// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.downstream;

import dev.outrigger.dataplane.accesslog.AccessLog;
import dev.outrigger.dataplane.accesslog.AccessLogSinks;
import dev.outrigger.dataplane.config.AccessLogConfig;
import dev.outrigger.dataplane.config.FilterChainConfig;
import dev.outrigger.dataplane.config.HttpConnectionManagerConfig;
import dev.outrigger.dataplane.config.ListenerConfig;
import dev.outrigger.dataplane.config.ListenerFiltersConfig.ListenerFilterConfig;
import dev.outrigger.dataplane.config.NetworkFilterConfig;
import dev.outrigger.dataplane.config.ProxyConfig;
import dev.outrigger.dataplane.config.TcpProxyConfig;
import dev.outrigger.dataplane.config.UpstreamLogConfig;
import dev.outrigger.dataplane.downstream.CompiledListener.ChainKey;
import dev.outrigger.dataplane.downstream.CompiledListener.CompiledChain;
import dev.outrigger.dataplane.downstream.CompiledListener.SecuredChain;
import dev.outrigger.dataplane.exchange.HcmStats;
import dev.outrigger.dataplane.exchange.HttpConnectionManager;
import dev.outrigger.dataplane.exchange.LogFilters;
import dev.outrigger.dataplane.filter.FactoryContext;
import dev.outrigger.dataplane.filter.HttpFilters;
import dev.outrigger.dataplane.filterchain.FilterChains;
import dev.outrigger.dataplane.listenerfilter.ListenerFilters;
import dev.outrigger.dataplane.tcpproxy.TcpProxy;
import dev.outrigger.dataplane.telemetry.StatsStore;
import dev.outrigger.dataplane.tls.TlsContexts;
import dev.outrigger.dataplane.upstream.Cluster;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Turns configuration into what connections and exchanges use, and keeps what did not change: a
 * filter chain's settings by its content. Main loop only.
 */
final class ListenerCompiler {
    private static final Logger log = LoggerFactory.getLogger(ListenerCompiler.class);

    private final StatsStore stats;
    private final AccessLogSinks sinks;
    private final FactoryContext filters;
    private final String serviceNode;
    private final Supplier<DrainState> drains;
    private final TlsContexts tls;
    private final Map<String, Known> known = new HashMap<>();
    private final CompiledRoutes routes;

    /**
     * What the last version of a listener was compiled to.
     *
     * @param discovered what ECDS knew of its listener filters
     */
    private record Known(
            ListenerConfig config,
            ListenerVersion version,
            List<Optional<ListenerFilterConfig>> discovered,
            FilterChains index,
            Map<ChainKey, HttpConnectionManager.Settings> settings,
            Map<ChainKey, SecuredChain> secured,
            Map<ChainKey, TcpProxy> tcpProxies,
            Map<ChainKey, List<ConnectionLimitFilter>> limits) {}

    /**
     * @param tls makes the TLS of chains
     * @param drains makes the drain of one version of a listener
     */
    ListenerCompiler(
            StatsStore stats,
            AccessLogSinks sinks,
            FactoryContext filters,
            String serviceNode,
            TlsContexts tls,
            Supplier<DrainState> drains) {
        this.serviceNode = serviceNode;
        this.stats = stats;
        this.sinks = sinks;
        this.filters = filters;
        this.tls = tls;
        this.drains = drains;
        this.routes = new CompiledRoutes(stats, filters);
    }

    CompiledListener compile(
            ListenerConfig listener, ProxyConfig proxy, Map<String, Cluster> clusters) {
        Known now = withFilters(version(listener, known.get(listener.name()), proxy), proxy);
        known.put(listener.name(), now);
        var chains = new ArrayList<CompiledChain>();
        for (FilterChainConfig each : listener.filterChains()) {
            chains.add(chain(listener, key(listener, each, false), each, now, proxy, clusters));
        }
        listener.defaultFilterChain()
                .ifPresent(each ->
                        chains.add(
                                chain(
                                        listener,
                                        key(listener, each, true),
                                        each,
                                        now,
                                        proxy,
                                        clusters)));
        return new CompiledListener(now.version(), now.index(), chains);
    }

    /** With what ECDS knows now of its listener filters. */
    private Known withFilters(Known known, ProxyConfig proxy) {
        List<Optional<ListenerFilterConfig>> now = discovered(known.config(), proxy);
        return now.equals(known.discovered())
                ? known
                : new Known(
                        known.config(),
                        known.version().with(filters(known.config(), proxy)),
                        now,
                        known.index(),
                        known.settings(),
                        known.secured(),
                        known.tcpProxies(),
                        known.limits());
    }

    private static List<Optional<ListenerFilterConfig>> discovered(
            ListenerConfig listener, ProxyConfig proxy) {
        return listener.listenerFilters().discovered().stream()
                .map(each -> DiscoveredFilters.resolve(each, proxy))
                .toList();
    }

    private ListenerFilters filters(ListenerConfig listener, ProxyConfig proxy) {
        return ListenerFilters.of(
                listener.listenerFilters(), each -> DiscoveredFilters.resolve(each, proxy), stats);
    }

    private Known version(ListenerConfig listener, @Nullable Known before, ProxyConfig proxy) {
        if (before != null && before.config().contentHash() == listener.contentHash()) {
            return before;
        }
        Known base = before != null && listener.isInPlaceUpdateOf(before.config()) ? before : null;
        var settings = new HashMap<ChainKey, HttpConnectionManager.Settings>();
        var secured = new HashMap<ChainKey, SecuredChain>();
        var tcpProxies = new HashMap<ChainKey, TcpProxy>();
        var limits = new HashMap<ChainKey, List<ConnectionLimitFilter>>();
        if (base != null) {
            var kept =
                    Stream.concat(
                                    listener.filterChains().stream()
                                            .map(each -> key(listener, each, false)),
                                    listener.defaultFilterChain().stream()
                                            .map(each -> key(listener, each, true)))
                            .collect(Collectors.toSet());
            settings.putAll(base.settings());
            secured.putAll(base.secured());
            secured.keySet().retainAll(kept);
            settings.keySet().retainAll(kept);
            tcpProxies.putAll(base.tcpProxies());
            tcpProxies.keySet().retainAll(kept);
            limits.putAll(base.limits());
            limits.keySet().retainAll(kept);
        }
        int chains = listener.filterChains().size();
        return new Known(
                listener,
                base != null
                        ? base.version()
                        : new ListenerVersion(
                                listener.name(),
                                listener.drainsOnHealthCheckFail(),
                                accessLogs(listener.accessLogs()),
                                filters(listener, proxy),
                                listener.useOriginalDst(),
                                drains.get()),
                base != null ? base.discovered() : discovered(listener, proxy),
                FilterChains.of(
                        listener.filterChains().stream().map(FilterChainConfig::match).toList(),
                        listener.defaultFilterChain().isPresent() ? chains : FilterChains.NONE),
                settings,
                secured,
                tcpProxies,
                limits);
    }

    private static ChainKey key(
            ListenerConfig listener, FilterChainConfig chain, boolean isDefault) {
        return new ChainKey(listener.ownHash(), isDefault, chain.contentHash());
    }

    private CompiledChain chain(
            ListenerConfig listener,
            ChainKey key,
            FilterChainConfig chain,
            Known known,
            ProxyConfig proxy,
            Map<String, Cluster> clusters) {
        NetworkFilter filter =
                switch (chain.filter()) {
                    case NetworkFilterConfig.Http(HttpConnectionManagerConfig config) ->
                            new NetworkFilter.Http(
                                    routes.manager(
                                            settings(listener, config, key, known, proxy),
                                            config.routeSource(),
                                            proxy,
                                            clusters));
                    case NetworkFilterConfig.Tcp(TcpProxyConfig config) ->
                            new NetworkFilter.Tcp(
                                    known.tcpProxies()
                                            .computeIfAbsent(
                                                    key,
                                                    _ ->
                                                            new TcpProxy(
                                                                    config,
                                                                    stats,
                                                                    accessLogs(
                                                                            config.accessLogs()))),
                                    clusters);
                    case NetworkFilterConfig.DirectResponse(String response) ->
                            new NetworkFilter.DirectResponse(response);
                    case NetworkFilterConfig.Echo() -> new NetworkFilter.Echo();
                    case NetworkFilterConfig.None() -> new NetworkFilter.None();
                };
        List<ConnectionLimitFilter> limits =
                known.limits()
                        .computeIfAbsent(
                                key,
                                _ ->
                                        chain.limits().stream()
                                                .map(each -> new ConnectionLimitFilter(each, stats))
                                                .toList());
        return new CompiledChain(
                key, chain.name(), limits, filter, secured(listener, key, chain, known));
    }

    private @Nullable SecuredChain secured(
            ListenerConfig listener, ChainKey key, FilterChainConfig chain, Known known) {
        return chain.tls()
                .map(config ->
                        known.secured()
                                .computeIfAbsent(
                                        key,
                                        _ ->
                                                new SecuredChain(
                                                        tls.server(
                                                                config,
                                                                chain.match().serverNames(),
                                                                "listener."
                                                                        + listener.statPrefix()
                                                                        + "."),
                                                        chain.transportSocketConnectTimeout()
                                                                .toNanos())))
                .orElse(null);
    }

    private HttpConnectionManager.Settings settings(
            ListenerConfig listener,
            HttpConnectionManagerConfig config,
            ChainKey key,
            Known known,
            ProxyConfig proxy) {
        if (!DiscoveredFilters.has(config)) {
            return known.settings().computeIfAbsent(key, _ -> settings(listener, config));
        }
        HttpConnectionManagerConfig now = DiscoveredFilters.resolve(config, proxy);
        HttpConnectionManager.Settings before = known.settings().get(key);
        if (before != null
                && before.config().httpFilters().equals(now.httpFilters())
                && before.config().upgrades().equals(now.upgrades())) {
            return before;
        }
        var made = settings(listener, now);
        known.settings().put(key, made);
        return made;
    }

    private HttpConnectionManager.Settings settings(
            ListenerConfig listener, HttpConnectionManagerConfig config) {
        FactoryContext context = filters.withStatPrefix("http." + config.statPrefix() + ".");
        var byUpgrade = new HashMap<String, HttpConnectionManager.UpgradeChain>();
        config.upgrades()
                .forEach((type, upgrade) -> {
                    if (!upgrade.filters().isEmpty()) {
                        byUpgrade.put(
                                type,
                                new HttpConnectionManager.UpgradeChain(
                                        HttpFilters.compile(upgrade.filters(), context),
                                        accessLogs(
                                                UpstreamLogConfig.of(upgrade.filters()).logs())));
                    }
                });
        return new HttpConnectionManager.Settings(
                config,
                new HcmStats(stats, config.statPrefix(), listener.statPrefix()),
                accessLogs(config.accessLogs()),
                accessLogs(UpstreamLogConfig.of(config.httpFilters()).logs()),
                listener.perConnectionBufferLimitBytes(),
                context,
                byUpgrade,
                serviceNode);
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

    /** Forgets what the configuration no longer holds. */
    void keepOnly(ProxyConfig config) {
        known.keySet().retainAll(config.listeners().keySet());
        routes.keepOnly(config);
    }
}
