// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.state;

import dev.outrigger.dataplane.ads.MainLoop;
import dev.outrigger.dataplane.ads.NameResolver;
import dev.outrigger.dataplane.ads.XdsSources;
import dev.outrigger.dataplane.ads.XdsType;
import dev.outrigger.dataplane.config.BootstrapConfig;
import dev.outrigger.dataplane.config.ClusterConfig;
import dev.outrigger.dataplane.config.ExtensionConfig;
import dev.outrigger.dataplane.config.ListenerConfig;
import dev.outrigger.dataplane.config.OnDemand;
import dev.outrigger.dataplane.config.ProxyConfig;
import dev.outrigger.dataplane.config.ResourceReference;
import dev.outrigger.dataplane.config.RuntimeValue;
import dev.outrigger.dataplane.config.SecretConfig;
import dev.outrigger.dataplane.config.XdsClusterConfig;
import dev.outrigger.dataplane.runtime.RuntimeLayers;
import dev.outrigger.dataplane.state.WildcardSubscription.Kind;
import dev.outrigger.dataplane.telemetry.StatsStore;
import dev.outrigger.dataplane.tls.LoadedCertificates;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Joins listeners, routes, clusters and endpoints, static and dynamic, into the one {@link
 * ProxyConfig} the request path serves, and decides when the server is initialised (WA4). Whatever
 * is refused leaves the last good in place. Main loop only, except {@link #state}.
 *
 * <p>Start-up runs in {@link Phase}s, in Envoy's order: clusters that need no control plane, then
 * the runtime's layers, then static EDS clusters, then CDS, then its clusters, then LDS with its
 * routes; each is given up on after its initial fetch timeout. Then the workers start.
 */
public final class ConfigAssembler implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(ConfigAssembler.class);

    private final MainLoop loop;
    private final StatsStore stats;
    private final BootstrapConfig bootstrap;
    private final RequestPath requestPath;
    private final ServerStats serverStats;
    private final RuntimeLayers runtime;
    private final DiscoveredResources<Map<String, RuntimeValue>> runtimeLayers;
    private final DiscoveredResources<SecretConfig> secrets;
    private final SecretFiles secretFiles;
    private final DiscoveredResources<ExtensionConfig> extensions;
    private final ClusterSet clusters;
    private final ListenerSet listeners;
    private final RouteDiscovery routes;
    private final ScopedRouteDiscovery scopes;
    private final WildcardSubscription<ClusterConfig> cds;
    private final WildcardSubscription<ListenerConfig> lds;
    private final List<Runnable> onLive = new ArrayList<>();
    private Phase phase = Phase.NEW;
    private long startedMillis;
    private boolean healthCheckFailed;
    private boolean settling;
    private boolean discoveredChanged;
    private volatile ServerState state = ServerState.PRE_INITIALIZING;

    /**
     * @param concurrency the number of workers
     */
    public ConfigAssembler(
            MainLoop loop,
            BootstrapConfig bootstrap,
            ResourceParsers parsers,
            XdsSources sources,
            NameResolver resolver,
            RequestPath requestPath,
            RuntimeLayers runtime,
            StatsStore stats,
            int concurrency) {
        this.loop = loop;
        this.stats = stats;
        this.runtime = runtime;
        this.runtimeLayers =
                new DiscoveredResources<>(
                        loop,
                        sources,
                        stats,
                        new DiscoveredResources.Kind<>(
                                XdsType.RUNTIME,
                                parsers::runtime,
                                _ -> "runtime.",
                                List.of(),
                                (wanted, name) ->
                                        "Unexpected RTDS runtime (expecting "
                                                + wanted
                                                + "): "
                                                + name,
                                "Unexpected RTDS resource length, number of added resources "),
                        runtime::discover,
                        this::settle);
        this.extensions =
                new DiscoveredResources<>(
                        loop,
                        sources,
                        stats,
                        new DiscoveredResources.Kind<>(
                                XdsType.EXTENSION_CONFIG,
                                parsers::extension,
                                ConfigAssembler::extensionPrefix,
                                List.of("config_reload", "config_fail", "config_conflict"),
                                (_, name) ->
                                        "Unexpected resource name in ExtensionConfigDS response: "
                                                + name,
                                "Unexpected number of resources in ExtensionConfigDS response: ",
                                this::checkExtension),
                        this::onExtension,
                        this::settle);
        this.secrets =
                new DiscoveredResources<>(
                        loop,
                        sources,
                        stats,
                        new DiscoveredResources.Kind<>(
                                XdsType.SECRET,
                                parsers::secret,
                                reference -> "sds." + reference.name() + ".",
                                List.of("key_rotation_failed"),
                                (wanted, name) ->
                                        "Unexpected SDS secret (expecting " + wanted + "): " + name,
                                "Unexpected SDS secrets length: "),
                        (_, _) -> discoveredChanged = true,
                        this::settle);
        this.secretFiles =
                new SecretFiles(
                        loop,
                        parsers,
                        stats,
                        (reference, secret) -> {
                            secrets.renew(reference, secret);
                            settle();
                        });
        this.bootstrap = bootstrap;
        this.requestPath = requestPath;
        this.serverStats = new ServerStats(loop, stats, concurrency);
        var dnsCaches = new DnsCacheNames();
        this.clusters =
                new ClusterSet(
                        loop,
                        resolver,
                        sources,
                        parsers,
                        requestPath,
                        secrets::isSettled,
                        dnsCaches,
                        // Spreads look-ups in time; nothing that has to be unpredictable.
                        new SplittableRandom(loop.nanoTime()),
                        stats,
                        this::settle);
        this.scopes = new ScopedRouteDiscovery(loop, sources, parsers, stats, this::settle);
        this.routes = new RouteDiscovery(loop, sources, parsers, stats, this::settle);
        requestPath.useOnDemand(this::requestOnDemand);
        this.listeners =
                new ListenerSet(
                        requestPath,
                        routes,
                        scopes,
                        secrets::isSettled,
                        extensions::isSettled,
                        dnsCaches,
                        new DrainingListeners(loop, requestPath.drainTime(), this::settle),
                        stats,
                        concurrency);
        this.cds =
                new WildcardSubscription<>(
                        loop,
                        sources,
                        Kind.CDS,
                        parsers::cluster,
                        clusters,
                        stats,
                        "cluster_manager.cds.",
                        this::settle);
        this.lds =
                new WildcardSubscription<>(
                        loop,
                        sources,
                        Kind.LDS,
                        parsers::listener,
                        listeners,
                        stats,
                        "listener_manager.lds.",
                        this::settle);
        enter(ServerState.PRE_INITIALIZING);
    }

    /**
     * Applies the static part and begins to ask for the rest. Once.
     *
     * @throws IOException when a static listener cannot be bound, in the words of {@link
     *     RequestPath#prepareListener}; the process should end
     */
    public void start() throws IOException {
        startedMillis = loop.currentTimeMillis();
        phase = Phase.PRIMARY_CLUSTERS;
        settling = true;
        try {
            for (ClusterConfig cluster : bootstrap.clusters()) {
                clusters.addStatic(cluster);
            }
            for (ListenerConfig listener : bootstrap.listeners()) {
                listeners.addStatic(listener);
            }
        } finally {
            settling = false;
        }
        settle();
    }

    /** Stats are flushed: what shows only then is set now. */
    public void onFlush() {
        serverStats.onFlush();
        serverStats.setCertificates(requestPath.certificates());
    }

    /** What {@code /ready} answers. Any thread. */
    public ServerState state() {
        return state;
    }

    /** Runs the task once the workers have started; at once when they have. */
    public void whenLive(Runnable task) {
        if (phase == Phase.LIVE) {
            task.run();
        } else {
            onLive.add(task);
        }
    }

    /** {@code POST /healthcheck/fail} (true) and {@code /healthcheck/ok} (false). */
    public void failHealthChecks(boolean fail) {
        healthCheckFailed = fail;
        enter(initializationState());
        requestPath.failHealthChecks(fail);
    }

    /** Whether a cluster of that name is known, for {@code validate_clusters}. */
    public boolean knowsCluster(String name) {
        return clusters.contains(name);
    }

    /** Where a cluster's hosts are now, for clients of gRPC services. */
    public Optional<XdsClusterConfig> findCluster(String name) {
        return Optional.ofNullable(clusters.serving().get(name))
                .map(active -> XdsClusterConfig.of(active.config(), active.endpoints()));
    }

    /** What is configured now. */
    public ConfigView view() {
        var unready = new ArrayList<String>();
        clusters.waitingNames().forEach(name -> unready.add("cluster " + name));
        listeners.waitingNames().forEach(name -> unready.add("listener " + name));
        routes.waitingNames().forEach(name -> unready.add("route " + name));
        scopes.waitingNames().forEach(name -> unready.add("scoped routes " + name));
        extensions.waitingNames().forEach(name -> unready.add("filter " + name));
        secrets.waitingNames().forEach(name -> unready.add("secret " + name));
        return new ConfigView(
                cds.version(),
                lds.version(),
                startedMillis,
                clusters.accepted(false),
                clusters.accepted(true),
                listeners.views(),
                routes.accepted(),
                scopes.accepted(),
                secrets.accepted(),
                extensions.accepted(),
                extensions.isUsed(),
                List.copyOf(clusters.serving().values()),
                unready);
    }

    /** What each context of TLS works with now, for {@code /certs}. */
    public List<LoadedCertificates> certificates() {
        return requestPath.certificates();
    }

    /** Ends look-ups and timers. The streams belong to their client. */
    @Override
    public void close() {
        clusters.close();
        routes.close();
        scopes.close();
        extensions.close();
        secrets.close();
        secretFiles.close();
        runtimeLayers.close();
    }

    /**
     * Called after every event: moves start-up on and hands the request path what is new. Events
     * that arrive meanwhile are seen by the loop below.
     */
    private void settle() {
        if (settling || phase == Phase.NEW) {
            return;
        }
        settling = true;
        try {
            Phase before;
            do {
                before = phase;
                askForSecrets();
                clusters.onSecrets();
                advance();
            } while (phase != before);
            boolean waiting = listeners.settle();
            log.trace("settled phase={} listenersWaiting={}", phase, waiting);
            publish();
        } finally {
            settling = false;
        }
    }

    /** Listeners' secrets are asked for when their routes are. */
    private void askForSecrets() {
        var needed = new LinkedHashSet<>(clusters.secrets());
        if (phase.compareTo(Phase.LISTENERS) >= 0) {
            needed.addAll(listeners.secrets());
            extensions.use(new LinkedHashSet<>(listeners.extensions()));
            extensions.values().values().forEach(extension -> needed.addAll(extension.secrets()));
        }
        secrets.use(needed);
        secretFiles.watch(secrets.resources());
    }

    private Optional<String> checkExtension(ResourceReference reference, ExtensionConfig config) {
        return listeners.checkExtension(reference, config);
    }

    private static String extensionPrefix(ResourceReference reference) {
        return "extension_config_discovery." + reference.role() + "." + reference.name() + ".";
    }

    private void onExtension(ResourceReference reference, ExtensionConfig config) {
        discoveredChanged = true;
        stats.shard(0).inc(stats.counter(extensionPrefix(reference) + "config_reload"));
        log.debug("filter configuration name={} type={}", reference.name(), config.typeUrl());
    }

    private void advance() {
        var dynamic = bootstrap.dynamicResources();
        switch (phase) {
            case NEW, LIVE -> {}
            case PRIMARY_CLUSTERS -> {
                if (!clusters.isWaitingForPrimary()) {
                    phase = Phase.RUNTIME;
                    runtimeLayers.use(runtime.discovered());
                }
            }
            case RUNTIME -> {
                if (runtimeLayers.waitingNames().isEmpty()) {
                    phase = Phase.SECONDARY_CLUSTERS;
                    clusters.startEds();
                }
            }
            case SECONDARY_CLUSTERS -> {
                if (!clusters.isWaiting()) {
                    phase = Phase.CDS;
                    dynamic.cds().ifPresent(cds::start);
                }
            }
            case CDS -> {
                if (dynamic.cds().isEmpty() || cds.isInitialized()) {
                    phase = Phase.CDS_CLUSTERS;
                }
            }
            case CDS_CLUSTERS -> {
                if (!clusters.isWaiting()) {
                    phase = Phase.LISTENERS;
                    clusters.onInitialLoadDone();
                    enter(initializationState());
                    routes.start();
                    dynamic.lds().ifPresent(lds::start);
                }
            }
            case LISTENERS -> {
                boolean ldsDone = dynamic.lds().isEmpty() || lds.isInitialized();
                if (!listeners.settle() && ldsDone) {
                    goLive();
                }
            }
        }
    }

    private void goLive() {
        phase = Phase.LIVE;
        publish();
        requestPath.startWorkers();
        listeners.onWorkersStarted();
        serverStats.onInitialized();
        enter(initializationState());
        log.info("server initialized listeners={}", listeners.serving().size());
        onLive.forEach(Runnable::run);
        onLive.clear();
    }

    private void publish() {
        // Each flag is taken, whatever the others say.
        boolean changed = clusters.takeChanged();
        changed |= listeners.takeChanged();
        changed |= routes.takeChanged();
        changed |= scopes.takeChanged();
        changed |= discoveredChanged;
        discoveredChanged = false;
        if (changed) {
            requestPath.apply(
                    new ProxyConfig(
                            listeners.serving(),
                            listeners.routeTables(),
                            clusters.serving(),
                            secrets.values(),
                            listeners.scopes(),
                            extensions.values()));
            serverStats.setCertificates(requestPath.certificates());
        }
        routes.takeAnswered().forEach(Runnable::run);
        scopes.takeAnswered(routes::isThere).forEach(Runnable::run);
    }

    private Runnable requestOnDemand(OnDemand wanted, Runnable answered) {
        return switch (wanted) {
            case OnDemand.VirtualHost(String routeConfigName, String host) ->
                    routes.requestOnDemand(routeConfigName, host, answered);
            case OnDemand.Scope(var reference, String name) ->
                    scopes.requestOnDemand(reference, name, answered);
        };
    }

    private ServerState initializationState() {
        return switch (phase) {
            case NEW, PRIMARY_CLUSTERS, RUNTIME, SECONDARY_CLUSTERS, CDS, CDS_CLUSTERS ->
                    ServerState.PRE_INITIALIZING;
            case LISTENERS -> ServerState.INITIALIZING;
            case LIVE -> ServerState.LIVE;
        };
    }

    private void enter(ServerState initialization) {
        // A failed health check shows only once the server is up, as in Envoy.
        state =
                initialization == ServerState.LIVE && healthCheckFailed
                        ? ServerState.DRAINING
                        : initialization;
        serverStats.enter(state);
    }

    /** Start-up, in order. */
    private enum Phase {
        NEW,
        PRIMARY_CLUSTERS,
        RUNTIME,
        SECONDARY_CLUSTERS,
        CDS,
        CDS_CLUSTERS,
        LISTENERS,
        LIVE
    }
}
