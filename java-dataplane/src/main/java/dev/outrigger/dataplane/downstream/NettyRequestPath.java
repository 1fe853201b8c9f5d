// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.downstream;

import dev.outrigger.dataplane.accesslog.AccessLogSinks;
import dev.outrigger.dataplane.accesslog.EntryLog;
import dev.outrigger.dataplane.ads.NameResolver;
import dev.outrigger.dataplane.ads.NettyMainLoop;
import dev.outrigger.dataplane.config.ActiveCluster;
import dev.outrigger.dataplane.config.ClusterConfig;
import dev.outrigger.dataplane.config.DnsCacheConfig;
import dev.outrigger.dataplane.config.ListenerConfig;
import dev.outrigger.dataplane.config.ProxyConfig;
import dev.outrigger.dataplane.dnscache.DnsCaches;
import dev.outrigger.dataplane.filter.FactoryContext;
import dev.outrigger.dataplane.filter.GenericSecrets;
import dev.outrigger.dataplane.filter.OnDemandRoutes;
import dev.outrigger.dataplane.state.RequestPath;
import dev.outrigger.dataplane.telemetry.StatsConnection;
import dev.outrigger.dataplane.telemetry.StatsStore;
import dev.outrigger.dataplane.tls.ClientTls;
import dev.outrigger.dataplane.tls.LoadedCertificates;
import dev.outrigger.dataplane.tls.TlsContexts;
import dev.outrigger.dataplane.upstream.Cluster;
import dev.outrigger.dataplane.upstream.ClusterEnvironment;
import dev.outrigger.dataplane.upstream.Clusters;
import dev.outrigger.dataplane.upstream.EventLog;
import dev.outrigger.dataplane.upstream.UpstreamConnector;
import dev.outrigger.dataplane.worker.GlobalConnections;
import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.EventLoop;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.ReflectiveChannelFactory;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The request path on Netty: workers, listeners and clusters, and how a configuration reaches them.
 *
 * <p>Methods are the main loop's. Compiling happens on the caller; each worker is then handed its
 * part in one task, so a worker never sees half a configuration.
 */
public final class NettyRequestPath implements RequestPath {
    private static final Logger log = LoggerFactory.getLogger(NettyRequestPath.class);

    private final StatsStore stats;
    private final RequestPathOptions options;
    private final Transport transport;
    private final MultiThreadIoEventLoopGroup group;
    private final List<Worker> workers = new ArrayList<>();
    private final AccessLogSinks logs;
    private final DrainState serverDrain;
    private final DrainingGauges draining;
    private final TlsContexts tls;
    private final GenericSecrets secrets = new GenericSecrets();
    private final NameLookup nameLookup;
    private final DnsCaches dnsCaches;
    private final OnDemandRoutes onDemandRoutes;
    private final Clusters clusters;
    private final ListenerCompiler compiler;
    private final ByteBufAllocator allocator = ByteBufAllocator.DEFAULT;
    private final Map<String, Listener> listeners = new LinkedHashMap<>();
    private final Map<String, Listener> prepared = new LinkedHashMap<>();
    private final GlobalConnections connections = new GlobalConnections();
    private boolean accepting;
    private boolean closed;

    /**
     * @param stats with a shard for the main loop (0) and one for each worker (from 1)
     */
    public NettyRequestPath(StatsStore stats, RequestPathOptions options) {
        this(stats, options, Place.UNKNOWN, null);
    }

    /**
     * @param stats with a shard for the main loop (0) and one for each worker (from 1)
     * @param place where this proxy stands among others
     * @param mainLoop what health is kept on; {@code null} for a worker's loop
     */
    public NettyRequestPath(
            StatsStore stats,
            RequestPathOptions options,
            Place place,
            @Nullable NettyMainLoop mainLoop) {
        this.stats = stats;
        this.logs = new AccessLogSinks(stats);
        this.options = options;
        this.transport = Transport.of(options.transport());
        this.serverDrain = new DrainState(options.drainTime().toNanos(), options.gradualDrain());
        this.group =
                new MultiThreadIoEventLoopGroup(
                        options.workers(),
                        new DefaultThreadFactory("worker", true),
                        transport.ioHandlers());
        RandomGenerator mainRandom = options.randoms().apply(options.workers());
        NettyMainLoop loop = mainLoop == null ? new NettyMainLoop(group.next()) : mainLoop;
        this.nameLookup = new NameLookup(loop);
        this.dnsCaches =
                new DnsCaches(
                        new DnsCaches.Environment(
                                loop::execute,
                                nameLookup,
                                nameLookup,
                                stats,
                                options.runtime(),
                                mainRandom,
                                index -> workers.get(index)::execute));
        this.onDemandRoutes =
                new OnDemandRoutes(loop::execute, index -> workers.get(index)::execute);
        var filters =
                new FactoryContext(
                        stats,
                        options.runtime(),
                        "",
                        mainRandom,
                        options.nanoTime(),
                        secrets,
                        options.serviceCluster(),
                        serverDrain::isHealthCheckFailed,
                        dnsCaches,
                        onDemandRoutes);
        for (int i = 0; i < options.workers(); i++) {
            EventLoop eventLoop = group.next();
            workers.add(
                    new Worker(
                            i,
                            eventLoop,
                            transport,
                            stats.shard(i + 1),
                            options,
                            filters,
                            allocator));
        }
        this.draining = new DrainingGauges(loop, options.drainTime(), stats);
        this.tls = new TlsContexts(stats, options.clock(), options.nanoTime());
        this.clusters =
                new Clusters(
                        new ClusterEnvironment(
                                loop,
                                stats,
                                options.workers(),
                                mainRandom,
                                options.runtime(),
                                place.locality(),
                                place.localCluster(),
                                new UpstreamConnector(
                                        loop.eventLoop(),
                                        new ReflectiveChannelFactory<>(loop.socketType()),
                                        allocator),
                                tls,
                                LoopTimers.context(
                                        options.workers() + 1,
                                        loop.eventLoop(),
                                        stats.shard(0),
                                        options),
                                place.outlierLogPath().isEmpty()
                                        ? null
                                        : new EventLog(place.outlierLogPath()),
                                dnsCaches,
                                task ->
                                        workers.forEach(worker ->
                                                worker.execute(
                                                        () -> task.accept(worker.context())))));
        stats.showEndpoints(clusters::endpointStats);
        this.compiler =
                new ListenerCompiler(
                        stats,
                        logs,
                        filters,
                        options.serviceNode(),
                        tls,
                        () ->
                                new DrainState(
                                        options.drainTime().toNanos(), options.gradualDrain()));
    }

    @Override
    public void useEntryLogs(EntryLog.Opener opener) {
        logs.entries(opener);
    }

    @Override
    public void useNameResolver(NameResolver names) {
        nameLookup.use(names);
    }

    @Override
    public void useOnDemand(OnDemandRoutes.Source source) {
        onDemandRoutes.use(source);
    }

    @Override
    public List<Executor> workerLoops() {
        return workers.stream().map(worker -> (Executor) worker::execute).toList();
    }

    @Override
    public void prepareListener(ListenerConfig config) throws IOException {
        Listener current = listeners.get(config.name());
        if (current != null && current.isFor(config.sockets())) {
            return;
        }
        Listener waiting = prepared.remove(config.name());
        if (waiting != null) {
            if (waiting.isFor(config.sockets())) {
                prepared.put(config.name(), waiting);
                return;
            }
            waiting.stop();
        }
        prepared.put(config.name(), bind(config));
    }

    @Override
    public void cancelListener(String name) {
        Listener waiting = prepared.remove(name);
        if (waiting != null) {
            waiting.stop();
        }
    }

    private Listener bind(ListenerConfig config) throws IOException {
        return Listener.bind(
                config,
                stats,
                workers,
                transport,
                group,
                allocator,
                serverDrain,
                draining,
                connections);
    }

    @Override
    public Duration drainTime() {
        return options.drainTime();
    }

    @Override
    public GlobalConnections connections() {
        return connections;
    }

    @Override
    public void apply(ProxyConfig config) {
        tls.use(config.secrets());
        secrets.use(config.secrets());
        Map<String, Cluster> serving = clusters.update(config.clusters());
        var swaps = new ArrayList<Runnable[]>();
        var next = new LinkedHashMap<String, Listener>();
        config.listeners()
                .forEach((name, listenerConfig) -> {
                    Listener listener = take(listenerConfig);
                    if (listener != null) {
                        next.put(name, listener);
                        swaps.add(
                                listener.swap(
                                        listenerConfig,
                                        compiler.compile(listenerConfig, config, serving),
                                        options.nanoTime().getAsLong()));
                    }
                });
        for (Listener old : listeners.values()) {
            if (!next.containsValue(old)) {
                retire(old);
            }
        }
        listeners.clear();
        listeners.putAll(next);
        compiler.keepOnly(config);
        dnsCaches.keepOnly(dnsCaches(config));
        for (int i = 0; i < workers.size(); i++) {
            Worker worker = workers.get(i);
            int index = i;
            worker.execute(() -> {
                for (Runnable[] swap : swaps) {
                    swap[index].run();
                }
            });
        }
        clusters.letGo(); // After the routes that lead elsewhere: a request would find no host.
        if (accepting) {
            listeners.values().forEach(Listener::accept);
        }
    }

    private Set<DnsCacheConfig> dnsCaches(ProxyConfig config) {
        var used = new HashSet<DnsCacheConfig>();
        clusters.dnsCaches().forEach(used::add);
        config.listeners().values().forEach(each -> each.dnsCaches().forEach(used::add));
        config.extensions().values().forEach(each -> each.dnsCache().ifPresent(used::add));
        return used;
    }

    /** The listener of that name and address: current, prepared, or bound now. */
    private @org.jspecify.annotations.Nullable Listener take(ListenerConfig config) {
        Listener current = listeners.get(config.name());
        if (current != null && current.isFor(config.sockets())) {
            return current;
        }
        Listener waiting = prepared.remove(config.name());
        if (waiting != null && waiting.isFor(config.sockets())) {
            return waiting;
        }
        if (waiting != null) {
            waiting.stop();
        }
        try {
            return bind(config);
        } catch (IOException e) {
            log.error("listener={} not active: {}", config.name(), e.getMessage());
            return null;
        }
    }

    /** Stops accepting at once and drains; what is left after the drain time is closed. */
    private void retire(Listener old) {
        old.retire(options.nanoTime().getAsLong());
        for (Worker worker : workers) {
            worker.eventLoop()
                    .schedule(
                            () -> old.closeConnections(worker),
                            options.drainTime().toMillis(),
                            TimeUnit.MILLISECONDS);
        }
    }

    @Override
    public void startWorkers() {
        accepting = true;
        listeners.values().forEach(Listener::accept);
    }

    @Override
    public void drainListeners(boolean inboundOnly, boolean graceful, boolean keepListening) {
        for (Listener listener : listeners.values()) {
            if (inboundOnly && !listener.isInbound()) {
                continue;
            }
            if (graceful) {
                listener.startDrain(options.nanoTime().getAsLong());
                if (keepListening) {
                    continue;
                }
                workers.getFirst()
                        .eventLoop()
                        .schedule(
                                () -> {
                                    countStop(listener, 1);
                                    listener.stopAsync();
                                },
                                options.drainTime().toMillis(),
                                TimeUnit.MILLISECONDS);
            } else {
                countStop(listener, 0);
                listener.stop();
            }
        }
    }

    /** On the thread of that shard. */
    private void countStop(Listener listener, int shard) {
        if (listener.isListening()) {
            stats.shard(shard).inc(stats.counter("listener_manager.listener_stopped"));
        }
    }

    @Override
    public void failHealthChecks(boolean fail) {
        serverDrain.setHealthCheckFailed(fail);
    }

    @Override
    public void reopenLogs() {
        logs.reopen();
    }

    @Override
    public List<ListenerView> listeners() {
        return listeners.values().stream()
                .filter(Listener::isListening)
                .map(l -> new ListenerView(l.name(), l.localAddresses()))
                .toList();
    }

    @Override
    public void warm(ActiveCluster cluster, Runnable whenChecked) {
        clusters.warm(cluster, whenChecked);
    }

    @Override
    public void cancelWarm(ClusterConfig cluster) {
        clusters.cancelWarm(cluster);
    }

    @Override
    public StatsConnection statsConnection(String cluster) {
        return clusters.statsConnection(cluster);
    }

    @Override
    public void repeatEndpoints(String cluster) {
        Cluster found = clusters.find(cluster);
        if (found != null) {
            found.repeat();
        }
    }

    @Override
    public List<ClusterView> clusters() {
        return clusters.views();
    }

    @Override
    public Optional<TlsContexts> tlsContexts() {
        return Optional.of(tls);
    }

    @Override
    public @Nullable ClientTls tlsOf(String cluster) {
        Cluster found = clusters.find(cluster);
        return found == null ? null : found.tls();
    }

    @Override
    public List<LoadedCertificates> certificates() {
        var all = new ArrayList<>(clusters.certificates());
        listeners.values().forEach(listener -> all.addAll(listener.certificates()));
        return all;
    }

    @Override
    public void close() {
        if (closed) {
            return;
        }
        closed = true;
        clusters.close();
        dnsCaches.close();
        listeners.values().forEach(Listener::stop);
        prepared.values().forEach(Listener::stop);
        var done = new CountDownLatch(workers.size());
        for (Worker worker : workers) {
            worker.execute(() -> {
                worker.closeAll();
                clusters.closeAll(worker.context());
                // Closing runs its handlers in later turns of the loop.
                worker.execute(done::countDown);
            });
        }
        try {
            if (!done.await(5, TimeUnit.SECONDS)) {
                log.warn("event loops did not close their connections in time");
            }
            group.shutdownGracefully(0, 2, TimeUnit.SECONDS).await(10, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        logs.close();
    }
}
