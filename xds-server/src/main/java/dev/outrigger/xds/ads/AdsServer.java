// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.xds.ads;

import dev.outrigger.xds.node.ProxyRegistry;
import dev.outrigger.xds.snapshot.SnapshotFeed;
import io.grpc.Attributes;
import io.grpc.BindableService;
import io.grpc.Context;
import io.grpc.Contexts;
import io.grpc.Grpc;
import io.grpc.Metadata;
import io.grpc.Server;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.ServerInterceptors;
import io.grpc.netty.NettyServerBuilder;
import io.micrometer.core.instrument.MeterRegistry;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import java.util.random.RandomGenerator;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The xDS server on one socket. What it speaks there, and with whom, is its {@link Transport}.
 *
 * <p>Lifecycle: {@link #start} binds, {@link #close} ends every stream and waits for them. Any
 * thread.
 */
public final class AdsServer implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(AdsServer.class);

    /** Envoy's default interval is longer; a proxy that is set to probe faster is welcome. */
    private static final Duration PERMITTED_KEEP_ALIVE = Duration.ofSeconds(1);

    private static final int REQUEST_BYTES = 4 * 1024 * 1024;
    private static final int RST_FRAMES = 200;
    private static final Duration RST_WINDOW = Duration.ofSeconds(10);

    /** How exact bounds of time are. */
    private static final Duration TICK = Duration.ofMillis(100);

    /** Streams ended at once when draining; more are spread over the drain time. */
    private static final int DRAIN_BATCH = 200;

    static final Context.Key<String> PEER = Context.key("peer");

    private final Server server;
    private final EventLoopGroup loops;
    private final ScheduledExecutorService ticks;
    private final StreamStarter streams;
    private final AdsOptions options;

    private AdsServer(
            Server server,
            EventLoopGroup loops,
            ScheduledExecutorService ticks,
            StreamStarter streams,
            AdsOptions options) {
        this.server = server;
        this.loops = loops;
        this.ticks = ticks;
        this.streams = streams;
        this.options = options;
    }

    /**
     * @param random tells this server's nonces from those of an earlier run
     * @throws IOException if the address cannot be bound
     */
    public static AdsServer start(
            InetSocketAddress address,
            AdsOptions options,
            Transport transport,
            SnapshotFeed feed,
            ProxyRegistry registry,
            MeterRegistry meters,
            RandomGenerator random)
            throws IOException {
        LongSupplier nanos = System::nanoTime;
        EventLoopGroup loops =
                new MultiThreadIoEventLoopGroup(
                        Runtime.getRuntime().availableProcessors(),
                        new DefaultThreadFactory("xds-stream", true),
                        NioIoHandler.newFactory());
        var admission = new Admission(options.admission(), nanos);
        var metrics = new AdsMetrics(meters, admission::waiting);
        var streams =
                new StreamStarter(
                        new StreamDriver.Surroundings(feed, registry, options, metrics, nanos),
                        admission,
                        loops,
                        HexFormat.of().toHexDigits(random.nextInt()));
        try {
            var server = builder(address, options, transport, loops, streams).build().start();
            var ticks =
                    Executors.newSingleThreadScheduledExecutor(
                            Thread.ofPlatform().name("xds-tick").daemon().factory());
            var started = new AdsServer(server, loops, ticks, streams, options);
            started.startTicks();
            return started;
        } catch (IOException e) {
            loops.shutdownGracefully(0, 1, TimeUnit.SECONDS);
            throw e;
        }
    }

    private static NettyServerBuilder builder(
            InetSocketAddress address,
            AdsOptions options,
            Transport transport,
            EventLoopGroup loops,
            StreamStarter streams) {
        var builder =
                NettyServerBuilder.forAddress(address, transport.credentials())
                        .bossEventLoopGroup(loops)
                        .workerEventLoopGroup(loops)
                        .channelType(NioServerSocketChannel.class)
                        // Streams work on their connection's event loop: see StreamDriver.
                        .directExecutor()
                        .maxInboundMessageSize(REQUEST_BYTES)
                        // A fixed window: finding a better one costs a PING for every ACK.
                        .flowControlWindow(NettyServerBuilder.DEFAULT_FLOW_CONTROL_WINDOW)
                        .maxConcurrentCallsPerConnection(options.streamsPerConnection())
                        .maxRstFramesPerWindow(RST_FRAMES, (int) RST_WINDOW.toSeconds())
                        // Enforcement would end the streams of proxies that probe more often.
                        .permitKeepAliveTime(PERMITTED_KEEP_ALIVE.toMillis(), TimeUnit.MILLISECONDS)
                        .permitKeepAliveWithoutCalls(true)
                        .keepAliveTime(options.keepAliveTime().toMillis(), TimeUnit.MILLISECONDS)
                        .keepAliveTimeout(
                                options.keepAliveTimeout().toMillis(), TimeUnit.MILLISECONDS)
                        .maxConnectionAgeGrace(
                                options.connectionAgeGrace().toMillis(), TimeUnit.MILLISECONDS);
        // gRPC adds the chance, up to a tenth either way.
        options.maxConnectionAge()
                .ifPresent(age -> builder.maxConnectionAge(age.toMillis(), TimeUnit.MILLISECONDS));
        var interceptors = new ArrayList<ServerInterceptor>(transport.interceptors());
        interceptors.add(new PeerNote());
        Stream.concat(
                        DiscoveryServices.all(streams).stream(),
                        transport.services().stream().map(BindableService::bindService))
                .forEach(service ->
                        builder.addService(
                                ServerInterceptors.interceptForward(service, interceptors)));
        return builder;
    }

    @SuppressWarnings("FutureReturnValueIgnored") // It ends with its executor.
    private void startTicks() {
        ticks.scheduleWithFixedDelay(
                streams::tick, TICK.toMillis(), TICK.toMillis(), TimeUnit.MILLISECONDS);
    }

    /** The bound port. */
    public int port() {
        return server.getPort();
    }

    public boolean isServing() {
        return !server.isShutdown();
    }

    /**
     * Takes no more connections and ends the streams in an orderly way, so that proxies reconnect
     * elsewhere: many of them one after the other, so that they do not all do so at once.
     */
    @Override
    public void close() {
        server.shutdown();
        streams.stop();
        try {
            drain();
            if (!server.awaitTermination(options.drainTime().toMillis(), TimeUnit.MILLISECONDS)) {
                log.warn("streams did not end in time, they are cut off");
                server.shutdownNow();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            server.shutdownNow();
        }
        ticks.shutdownNow();
        loops.shutdownGracefully(0, 1, TimeUnit.SECONDS);
    }

    private void drain() throws InterruptedException {
        var open = new ArrayList<>(streams.open());
        long steps = Math.max(1, options.drainTime().toMillis() / TICK.toMillis());
        int batch = Math.max(DRAIN_BATCH, (int) (open.size() / steps) + 1);
        for (int from = 0; from < open.size(); from += batch) {
            open.subList(from, Math.min(open.size(), from + batch)).forEach(StreamDriver::end);
            if (from + batch < open.size()
                    && server.awaitTermination(TICK.toMillis(), TimeUnit.MILLISECONDS)) {
                return;
            }
        }
    }

    /** Notes the remote address where a stream can read it. */
    private static final class PeerNote implements ServerInterceptor {
        @Override
        public <Q, R> ServerCall.Listener<Q> interceptCall(
                ServerCall<Q, R> call, Metadata headers, ServerCallHandler<Q, R> next) {
            return Contexts.interceptCall(
                    Context.current().withValue(PEER, peer(call.getAttributes())),
                    call,
                    headers,
                    next);
        }

        private static String peer(Attributes attributes) {
            SocketAddress address = attributes.get(Grpc.TRANSPORT_ATTR_REMOTE_ADDR);
            return address instanceof InetSocketAddress inet
                    ? inet.getAddress().getHostAddress() + ":" + inet.getPort()
                    : String.valueOf(address);
        }
    }
}
