// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.bootstrap;

import dev.outrigger.dataplane.admin.AdminServer;
import dev.outrigger.dataplane.admin.MemoryFigures;
import dev.outrigger.dataplane.admin.ProcessActions;
import dev.outrigger.dataplane.admin.ProcessInfo;
import dev.outrigger.dataplane.ads.AdsClient;
import dev.outrigger.dataplane.ads.ClusterTls;
import dev.outrigger.dataplane.ads.CountedNameResolver;
import dev.outrigger.dataplane.ads.LastGoodSources;
import dev.outrigger.dataplane.ads.NettyChannels;
import dev.outrigger.dataplane.ads.NettyMainLoop;
import dev.outrigger.dataplane.ads.NettyNameResolver;
import dev.outrigger.dataplane.ads.XdsSources;
import dev.outrigger.dataplane.als.GrpcAccessLogs;
import dev.outrigger.dataplane.config.AdminConfig;
import dev.outrigger.dataplane.config.BootstrapConfig;
import dev.outrigger.dataplane.config.ClusterConfig.Discovery;
import dev.outrigger.dataplane.config.PipeAddress;
import dev.outrigger.dataplane.config.RuntimeLayerConfig;
import dev.outrigger.dataplane.document.ConfigException;
import dev.outrigger.dataplane.lrs.LoadPeriod;
import dev.outrigger.dataplane.lrs.LoadReporter;
import dev.outrigger.dataplane.parse.BootstrapParser;
import dev.outrigger.dataplane.parse.ParseContext;
import dev.outrigger.dataplane.parse.UnknownFields;
import dev.outrigger.dataplane.runtime.RuntimeKeys;
import dev.outrigger.dataplane.runtime.RuntimeLayers;
import dev.outrigger.dataplane.runtime.RuntimeStats;
import dev.outrigger.dataplane.state.ConfigAssembler;
import dev.outrigger.dataplane.state.RequestPath;
import dev.outrigger.dataplane.state.XdsResourceParser;
import dev.outrigger.dataplane.telemetry.StatsConnection;
import dev.outrigger.dataplane.telemetry.StatsRules;
import dev.outrigger.dataplane.telemetry.StatsSinks;
import dev.outrigger.dataplane.telemetry.StatsStore;
import dev.outrigger.dataplane.tls.TlsContexts;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.nio.NioIoHandler;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.random.RandomGenerator;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The assembled data plane: the one place where its parts are made and joined.
 *
 * <p>Lifecycle: {@link #start} leaves it initialising; {@link #requestEnd} from any thread, then
 * {@link #awaitEnd} returns and {@link #close} frees everything. As Envoy, it does not drain when
 * told to end: who wants that drains first over the admin socket.
 */
final class Server implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(Server.class);

    private static final Duration LOOP_END = Duration.ofSeconds(2);

    private final Options options;
    private final BootstrapConfig bootstrap;
    private final EventLoopGroup group;
    private final NettyMainLoop loop;
    private final NettyNameResolver resolver;
    private final StatsStore stats;
    private final StatsSinks sinks;
    private final Watchdog watchdog;
    private final RuntimeLayers runtime;
    private final RequestPath requestPath;
    private final AdsClient ads;
    private final GrpcAccessLogs accessLogs;
    private final Optional<LoadReporter> loadReporter;
    private final ConfigAssembler assembler;
    private final AdminServer admin;
    private @Nullable ExecutorService lastGoodWriter;
    private final CountDownLatch end = new CountDownLatch(1);
    private final CompletableFuture<Void> live = new CompletableFuture<>();
    private final long startedNanos;
    private Optional<InetSocketAddress> adminAddress = Optional.empty();

    /** Makes the request path of a process. */
    interface RequestPathMaker {
        RequestPath make(
                StatsStore stats,
                Options options,
                RuntimeLayers runtime,
                BootstrapConfig bootstrap,
                NettyMainLoop loop);
    }

    private Server(Bootstraps.Accepted accepted, Options options, RequestPathMaker requestPaths)
            throws ConfigException {
        this.options = options;
        this.bootstrap = accepted.config();
        int workers = options.workers();
        this.group =
                new MultiThreadIoEventLoopGroup(
                        1,
                        new DefaultThreadFactory("main", true),
                        Epoll.isAvailable()
                                ? EpollIoHandler.newFactory()
                                : NioIoHandler.newFactory());
        this.loop = new NettyMainLoop(group.next());
        this.startedNanos = loop.nanoTime();
        this.stats =
                new StatsStore(
                        workers + 1, StatsRules.of(options.withTags(bootstrap.statsConfig())));
        this.runtime =
                new RuntimeLayers(
                        bootstrap.runtimeLayers(), accepted.proto().getNode().getCluster());
        this.sinks = openSinks(bootstrap, stats, this::statsConnection);
        var _ = new RuntimeStats(runtime, stats);
        this.requestPath = requestPaths.make(stats, options, runtime, bootstrap, loop);
        this.resolver = new NettyNameResolver(loop);
        var names = new CountedNameResolver(resolver, stats);
        requestPath.useNameResolver(names);
        var tls =
                new ClusterTls(
                        requestPath
                                .tlsContexts()
                                .orElseGet(() ->
                                        new TlsContexts(
                                                stats, InstantSource.system(), System::nanoTime)),
                        requestPath::tlsOf,
                        stats.shard(0));
        this.ads = new AdsClient(loop, names, tls, bootstrap, stats, RandomGenerator.getDefault());
        var known = new KnownClusters();
        var parsers =
                new XdsResourceParser(
                        ParseContext.dynamic(
                                        BootstrapParser.ads(accepted.proto()),
                                        known::contains,
                                        unknownFields(options, stats))
                                .withSecrets(bootstrap.secrets())
                                .withUpstreamBind(BootstrapParser.upstreamBind(accepted.proto()))
                                .withRuntime(runtime::snapshot));
        this.watchdog =
                new Watchdog(
                        stats,
                        loop::execute,
                        requestPath.workerLoops(),
                        bootstrap.mainThreadWatchdog(),
                        bootstrap.workerWatchdog(),
                        loop::nanoTime,
                        Watchdog::halt);
        this.assembler =
                new ConfigAssembler(
                        loop,
                        bootstrap,
                        parsers,
                        sources(),
                        names,
                        requestPath,
                        runtime,
                        stats,
                        workers);
        known.assembler = assembler;
        this.accessLogs =
                new GrpcAccessLogs(
                        loop,
                        new NettyChannels(loop, names, tls, stats),
                        cluster ->
                                ads.findCluster(cluster).or(() -> assembler.findCluster(cluster)),
                        ads.node(),
                        stats);
        requestPath.useEntryLogs(accessLogs);
        this.loadReporter =
                bootstrap
                        .clusterManager()
                        .loadStats()
                        .map(api ->
                                new LoadReporter(
                                        loop,
                                        new NettyChannels(loop, names, tls, stats),
                                        api,
                                        api.google()
                                                .or(() -> ads.findCluster(api.clusterName()))
                                                .orElseThrow(),
                                        ads.node(),
                                        this::loads,
                                        stats));
        this.admin =
                new AdminServer(
                        loop,
                        assembler,
                        requestPath,
                        stats,
                        runtime,
                        new ProcessInfo(
                                Version.full(), accepted.proto().toByteArray(), options.forAdmin()),
                        new ProcessActions() {
                            @Override
                            public void shutDown() {
                                requestEnd();
                            }

                            @Override
                            public void onStatsRead() {
                                // What is read now is as of the flush before, as in Envoy.
                                if (bootstrap.statsFlushOnAdmin()) {
                                    loop.execute(Server.this::flush);
                                }
                            }

                            @Override
                            public void reopenLogs() {
                                Server.this.reopenLogs();
                            }
                        });
    }

    private static UnknownFields unknownFields(Options options, StatsStore stats) {
        var counter = stats.counter("server.dynamic_unknown_fields");
        return options.rejectUnknownDynamicFields()
                ? UnknownFields.REJECTED
                : UnknownFields.counted(() -> stats.shard(0).inc(counter));
    }

    /** What hosts were sent, as of now. */
    private List<LoadPeriod.ClusterLoad> loads() {
        var services = new HashMap<String, String>();
        for (var cluster : assembler.view().clusters()) {
            if (cluster.config().discovery() instanceof Discovery.Eds(var service, var _)) {
                services.put(cluster.config().name(), service);
            }
        }
        return requestPath.clusters().stream()
                .map(cluster ->
                        new LoadPeriod.ClusterLoad(
                                cluster.name(),
                                services.getOrDefault(cluster.name(), ""),
                                cluster.hosts().stream().map(Server::load).toList(),
                                new LoadPeriod.Drops(
                                        cluster.drops().overflowed(),
                                        cluster.drops().overloaded(),
                                        cluster.drops().category())))
                .toList();
    }

    private static LoadPeriod.HostLoad load(RequestPath.HostView host) {
        int colon = host.address().lastIndexOf(':');
        boolean hasPort = colon >= 0 && "/@".indexOf(host.address().charAt(0)) < 0;
        return new LoadPeriod.HostLoad(
                hasPort ? host.address().substring(0, colon) : host.address(),
                hasPort ? Integer.parseInt(host.address().substring(colon + 1)) : 0,
                new LoadPeriod.Place(host.region(), host.zone(), host.subZone(), host.priority()),
                host.rqSuccess(),
                host.rqError(),
                host.rqTotal(),
                host.rqActive());
    }

    /** The client itself, or the client with a memory on disk. */
    private XdsSources sources() {
        if (options.lastGoodConfigPath().isEmpty()) {
            return ads;
        }
        lastGoodWriter =
                Executors.newSingleThreadExecutor(
                        new DefaultThreadFactory("last-good-config", true));
        var node = bootstrap.node();
        return new LastGoodSources(
                loop,
                ads,
                Path.of(options.lastGoodConfigPath()),
                node.cluster() + "/" + node.id(),
                lastGoodWriter);
    }

    /**
     * Opens the admin socket and applies the static part.
     *
     * @throws ConfigException when a socket cannot be bound or a file cannot be written; nothing
     *     stays open
     */
    static Server start(
            Bootstraps.Accepted accepted, Options options, RequestPathMaker requestPaths)
            throws ConfigException {
        var server = new Server(accepted, options, requestPaths);
        try {
            server.start();
            return server;
        } catch (ConfigException e) {
            server.close();
            throw e;
        }
    }

    private void start() throws ConfigException {
        log.info(
                "initializing epoch {} (base id={}, hot restart version=disabled)",
                options.restartEpoch(),
                options.baseId());
        options.ignored().forEach(flag -> log.debug("flag without effect flag={}", flag));
        warnOfRuntimeKeys();
        try {
            RuntimeWatch.start(runtime, loop);
        } catch (IOException e) {
            throw new ConfigException(String.valueOf(e.getMessage()));
        }
        if (options.useDynamicBaseId() && !options.baseIdPath().isEmpty()) {
            write(options.baseIdPath(), Long.toString(options.baseId()), "base ID");
        }
        if (bootstrap.admin().isPresent()) {
            startAdmin(bootstrap.admin().get());
        } else {
            log.warn("No admin address given, so no admin HTTP server started.");
        }
        log.info("loading {} cluster(s)", bootstrap.clusters().size());
        log.info("loading {} listener(s)", bootstrap.listeners().size());
        onLoop(() -> {
            assembler.whenLive(() -> {
                log.info("all dependencies initialized. starting workers");
                var _ = live.complete(null);
            });
            assembler.start();
            loadReporter.ifPresent(LoadReporter::start);
            if (!bootstrap.statsFlushOnAdmin()) {
                scheduleFlush();
            }
            return null;
        });
        watchdog.start();
        log.info("starting main dispatch loop");
    }

    private void startAdmin(AdminConfig config) throws ConfigException {
        try {
            InetSocketAddress bound = admin.start(config);
            adminAddress = Optional.of(bound);
            String text =
                    PipeAddress.isPipe(bound)
                            ? PipeAddress.path(bound)
                            : bound.getAddress().getHostAddress() + ":" + bound.getPort();
            log.info("admin address: {}", text);
            if (!options.adminAddressPath().isEmpty()) {
                write(options.adminAddressPath(), text, "admin address");
            }
        } catch (IOException e) {
            throw new ConfigException(String.valueOf(e.getMessage()), e);
        }
    }

    /** Envoy goes on when it cannot write these files, and says so. */
    private static void write(String path, String text, String what) {
        try {
            Files.writeString(Path.of(path), text);
        } catch (IOException | IllegalArgumentException e) {
            log.error("cannot write {} to '{}': {}", what, path, e.toString());
        }
    }

    private void warnOfRuntimeKeys() {
        String keys =
                bootstrap.runtimeLayers().stream()
                        .filter(layer -> layer instanceof RuntimeLayerConfig.Static)
                        .flatMap(layer ->
                                ((RuntimeLayerConfig.Static) layer).values().keySet().stream())
                        .filter(key -> !RuntimeKeys.isRead(key))
                        .sorted()
                        .collect(Collectors.joining(", "));
        if (!keys.isEmpty()) {
            log.warn("runtime keys read only where the configuration names them: {}", keys);
        }
    }

    /** Nothing is sent before there is a request path. */
    private StatsConnection statsConnection(String cluster) {
        return requestPath.statsConnection(cluster);
    }

    private static StatsSinks openSinks(
            BootstrapConfig bootstrap,
            StatsStore stats,
            Function<String, StatsConnection> connections)
            throws ConfigException {
        try {
            return StatsSinks.open(bootstrap.statsSinks(), stats, connections);
        } catch (IOException e) {
            throw new ConfigException(String.valueOf(e.getMessage()), e);
        }
    }

    /** What Envoy does when it flushes stats. */
    private void scheduleFlush() {
        var _ =
                loop.schedule(
                        bootstrap.statsFlushInterval(),
                        () -> {
                            flush();
                            scheduleFlush();
                        });
    }

    private void flush() {
        assembler.onFlush();
        stats.mergeHistograms();
        var memory = MemoryFigures.read();
        var shard = stats.shard(0);
        shard.set(
                stats.gauge("server.uptime"),
                TimeUnit.NANOSECONDS.toSeconds(loop.nanoTime() - startedNanos));
        shard.set(stats.gauge("server.memory_allocated"), memory.allocated());
        shard.set(stats.gauge("server.memory_heap_size"), memory.heapSize());
        shard.set(stats.gauge("server.memory_physical_size"), memory.physical());
        shard.set(stats.gauge("server.stats_recent_lookups"), stats.recentLookups().total());
        sinks.flush();
    }

    /** Opens access logs again by their names. Any thread. */
    void reopenLogs() {
        loop.execute(requestPath::reopenLogs);
    }

    /** Asks the process to end. Any thread, any number of times. */
    void requestEnd() {
        end.countDown();
    }

    /** Returns when the end was requested; in init_only mode once initialised. */
    void awaitEnd() throws InterruptedException {
        if (options.mode() == Options.Mode.INIT_ONLY) {
            live.thenRun(this::requestEnd);
        }
        end.await();
    }

    /** Completes when the workers have started. */
    CompletableFuture<Void> live() {
        return live.copy();
    }

    /** Where the admin socket listens, with the port in use. */
    Optional<InetSocketAddress> adminAddress() {
        return adminAddress;
    }

    RequestPath requestPath() {
        return requestPath;
    }

    @Override
    public void close() {
        watchdog.close();
        try {
            onLoop(() -> {
                sinks.flush();
                sinks.close();
                admin.close();
                accessLogs.close();
                loadReporter.ifPresent(LoadReporter::close);
                ads.close();
                assembler.close();
                resolver.close();
                return null;
            });
        } catch (ConfigException e) {
            log.warn("closing failed", e);
        }
        requestPath.close();
        if (lastGoodWriter != null) {
            lastGoodWriter.shutdown();
        }
        if (!group.shutdownGracefully(0, LOOP_END.toMillis(), TimeUnit.MILLISECONDS)
                .awaitUninterruptibly(LOOP_END.multipliedBy(2).toMillis())) {
            log.warn("main loop still runs");
        }
    }

    /** Runs a task on the main loop and waits. Not on the main loop. */
    <T> T onMainLoop(Callable<T> task) throws InterruptedException, ExecutionException {
        return group.submit(task).get();
    }

    private void onLoop(Callable<Void> task) throws ConfigException {
        try {
            Void _ = onMainLoop(task);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new ConfigException("interrupted", e);
        } catch (ExecutionException e) {
            Throwable cause = e.getCause() == null ? e : e.getCause();
            throw new ConfigException(String.valueOf(cause.getMessage()), cause);
        }
    }

    /** Ties the knot: parsers ask state which clusters there are, state uses the parsers. */
    private static final class KnownClusters {
        private @Nullable ConfigAssembler assembler;

        boolean contains(String name) {
            ConfigAssembler known = assembler;
            return known != null && known.knowsCluster(name);
        }
    }
}
