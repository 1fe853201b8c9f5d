// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.state;

import dev.outrigger.dataplane.ads.AdsClient;
import dev.outrigger.dataplane.ads.ClusterTls;
import dev.outrigger.dataplane.ads.NettyMainLoop;
import dev.outrigger.dataplane.ads.NettyNameResolver;
import dev.outrigger.dataplane.config.BootstrapConfig;
import dev.outrigger.dataplane.config.ClusterConfig;
import dev.outrigger.dataplane.config.ClusterManagerConfig;
import dev.outrigger.dataplane.config.ConfigSourceConfig;
import dev.outrigger.dataplane.config.DynamicResourcesConfig;
import dev.outrigger.dataplane.config.GrpcXdsConfig;
import dev.outrigger.dataplane.config.NodeConfig;
import dev.outrigger.dataplane.config.StatsConfig;
import dev.outrigger.dataplane.parse.ClusterParser;
import dev.outrigger.dataplane.parse.ParseContext;
import dev.outrigger.dataplane.parse.Parsed;
import dev.outrigger.dataplane.parse.UnknownFields;
import dev.outrigger.dataplane.runtime.RuntimeLayers;
import dev.outrigger.dataplane.telemetry.StatsStore;
import dev.outrigger.dataplane.tls.TlsContexts;
import io.envoyproxy.envoy.config.core.v3.Node;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.NullMarked;

/** The real client and assembler on a real loop, in front of a fake request path. */
@NullMarked
public final class XdsHarness implements AutoCloseable {
    private final EventLoopGroup group =
            new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
    private final NettyMainLoop loop = new NettyMainLoop(group.next());
    private final StatsStore stats = new StatsStore(2);
    private final FakeRequestPath requestPath = new FakeRequestPath();
    private final NettyNameResolver resolver = new NettyNameResolver(loop);
    private final AdsClient client;
    private final ConfigAssembler assembler;

    public XdsHarness(GrpcXdsConfig.Variant variant, int xdsPort, Duration initialFetchTimeout) {
        var ads = new ConfigSourceConfig.Ads(initialFetchTimeout);
        var api =
                new GrpcXdsConfig(
                        variant,
                        "xds",
                        Optional.empty(),
                        "xds",
                        List.of(),
                        Duration.ZERO,
                        true,
                        Duration.ofMillis(50),
                        Duration.ofMillis(200),
                        Optional.empty());
        var bootstrap = bootstrap(List.of(), api, ads);
        client =
                new AdsClient(
                        loop,
                        resolver,
                        new ClusterTls(
                                new TlsContexts(stats, InstantSource.system(), System::nanoTime),
                                _ -> null,
                                stats.shard(0)),
                        bootstrap(List.of(cluster(xdsPort)), api, ads),
                        stats,
                        new SplittableRandom(7));
        assembler =
                new ConfigAssembler(
                        loop,
                        bootstrap,
                        new XdsResourceParser(
                                ParseContext.dynamic(
                                        ParseContext.Ads.DELTA, _ -> true, UnknownFields.IGNORED)),
                        client,
                        resolver,
                        requestPath,
                        RuntimeLayers.none(),
                        stats,
                        1);
    }

    /** The control plane's; only the client knows of it. */
    private static ClusterConfig cluster(int port) {
        if (ClusterParser.parse(
                        Protos.staticCluster("xds", port),
                        ParseContext.inFile("", ParseContext.Ads.DELTA, _ -> true))
                instanceof Parsed.Accepted<ClusterConfig>(var config)) {
            return config;
        }
        throw new IllegalStateException("xds: refused");
    }

    private static BootstrapConfig bootstrap(
            List<ClusterConfig> clusters, GrpcXdsConfig api, ConfigSourceConfig.Ads ads) {
        var node = Node.newBuilder().setId("n").setCluster("c").build();
        return new BootstrapConfig(
                new NodeConfig(
                        "n",
                        "c",
                        "",
                        "",
                        "",
                        Base64.getEncoder().encodeToString(node.toByteArray())),
                Optional.empty(),
                List.of(),
                clusters,
                new DynamicResourcesConfig(Optional.of(api), Optional.of(ads), Optional.of(ads)),
                ClusterManagerConfig.NONE,
                List.of(),
                Duration.ofSeconds(5),
                false,
                StatsConfig.DEFAULT);
    }

    public XdsHarness start() throws Exception {
        onLoop(() -> {
            assembler.start();
            return 0;
        });
        return this;
    }

    public <T> T onLoop(Callable<T> task) throws Exception {
        return loop.eventLoop().submit(task).get(10, TimeUnit.SECONDS);
    }

    public NettyMainLoop loop() {
        return loop;
    }

    public FakeRequestPath requestPath() {
        return requestPath;
    }

    public ConfigAssembler assembler() {
        return assembler;
    }

    public StatsStore stats() {
        return stats;
    }

    public long counter(String name) {
        return stats.value(stats.counter(name));
    }

    public long gauge(String name) {
        return stats.value(stats.gauge(name));
    }

    /** Waits on the loop's own time for something another thread brings about. */
    public static void eventually(BooleanSupplier condition) throws InterruptedException {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(10);
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() > end) {
                throw new AssertionError("not within 10 s");
            }
            Thread.onSpinWait();
            TimeUnit.MILLISECONDS.sleep(2);
        }
    }

    @Override
    public void close() {
        loop.eventLoop()
                .submit(() -> {
                    assembler.close();
                    client.close();
                    resolver.close();
                })
                .syncUninterruptibly();
        group.shutdownGracefully(0, 5, TimeUnit.SECONDS).syncUninterruptibly();
    }
}
