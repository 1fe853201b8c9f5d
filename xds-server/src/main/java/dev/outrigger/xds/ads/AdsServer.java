// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.xds.ads;

import dev.outrigger.xds.node.ProxyRegistry;
import dev.outrigger.xds.snapshot.SnapshotFeed;
import io.envoyproxy.envoy.config.core.v3.Node;
import io.envoyproxy.envoy.service.discovery.v3.DeltaDiscoveryRequest;
import io.envoyproxy.envoy.service.discovery.v3.DeltaDiscoveryResponse;
import io.envoyproxy.envoy.service.discovery.v3.DiscoveryRequest;
import io.envoyproxy.envoy.service.discovery.v3.DiscoveryResponse;
import io.grpc.Attributes;
import io.grpc.Context;
import io.grpc.Contexts;
import io.grpc.Grpc;
import io.grpc.Metadata;
import io.grpc.Server;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.ServerInterceptors;
import io.grpc.Status;
import io.grpc.netty.NettyServerBuilder;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;
import java.util.random.RandomGenerator;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The xDS server on one socket. What it speaks there, and with whom, is its {@link Transport}.
 *
 * <p>Lifecycle: {@link #start} binds, {@link #close} ends every stream and waits for them. Any
 * thread.
 */
public final class AdsServer implements AutoCloseable {
    /** Envoy's default interval is longer; a proxy that is set to probe faster is welcome. */
    private static final Duration PERMITTED_KEEP_ALIVE = Duration.ofSeconds(1);

    private static final int RST_FRAMES = 200;
    private static final Duration RST_WINDOW = Duration.ofSeconds(10);
    private static final Duration DRAIN = Duration.ofSeconds(5);
    private static final Context.Key<String> PEER = Context.key("peer");

    private final Server server;
    private final ExecutorService pool;
    private final Set<StreamDriver<?, ?>> streams;

    private AdsServer(Server server, ExecutorService pool, Set<StreamDriver<?, ?>> streams) {
        this.server = server;
        this.pool = pool;
        this.streams = streams;
    }

    /**
     * @throws IOException if the address cannot be bound
     */
    public static AdsServer start(
            InetSocketAddress address,
            AdsOptions options,
            Transport transport,
            SnapshotFeed feed,
            ProxyRegistry registry,
            RandomGenerator random)
            throws IOException {
        var pool =
                Executors.newFixedThreadPool(
                        Runtime.getRuntime().availableProcessors(),
                        Thread.ofPlatform().name("xds-stream-", 0).daemon().factory());
        Set<StreamDriver<?, ?>> streams = ConcurrentHashMap.newKeySet();
        var starter =
                new StreamStarter(
                        options,
                        pool,
                        new StreamDriver.Peers(feed, registry, options.limits()),
                        streams,
                        HexFormat.of().toHexDigits(random.nextInt()));
        var builder =
                NettyServerBuilder.forAddress(address, transport.credentials())
                        // Callbacks only leave a note for the stream's own task: see StreamDriver.
                        .directExecutor()
                        .maxConcurrentCallsPerConnection(options.streamsPerConnection())
                        .maxRstFramesPerWindow(RST_FRAMES, (int) RST_WINDOW.toSeconds())
                        // Enforcement would end the streams of proxies that probe more often.
                        .permitKeepAliveTime(PERMITTED_KEEP_ALIVE.toMillis(), TimeUnit.MILLISECONDS)
                        .permitKeepAliveWithoutCalls(true)
                        .keepAliveTime(options.keepAliveTime().toMillis(), TimeUnit.MILLISECONDS)
                        .keepAliveTimeout(
                                options.keepAliveTimeout().toMillis(), TimeUnit.MILLISECONDS);
        options.maxConnectionAge()
                .ifPresent(age -> builder.maxConnectionAge(age.toMillis(), TimeUnit.MILLISECONDS));
        var interceptors = new ArrayList<ServerInterceptor>(transport.interceptors());
        interceptors.add(new PeerNote());
        Stream.concat(DiscoveryServices.all(starter).stream(), transport.services().stream())
                .forEach(service ->
                        builder.addService(
                                ServerInterceptors.interceptForward(service, interceptors)));
        try {
            return new AdsServer(builder.build().start(), pool, streams);
        } catch (IOException e) {
            pool.shutdown();
            throw e;
        }
    }

    /** The bound port. */
    public int port() {
        return server.getPort();
    }

    public boolean isServing() {
        return !server.isShutdown();
    }

    /** Ends the streams in an orderly way, so that proxies reconnect at once elsewhere. */
    @Override
    public void close() {
        server.shutdown();
        streams.forEach(StreamDriver::end);
        try {
            if (!server.awaitTermination(DRAIN.toMillis(), TimeUnit.MILLISECONDS)) {
                server.shutdownNow();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            server.shutdownNow();
        }
        pool.shutdown();
    }

    private static final class StreamStarter implements DiscoveryServices.Streams {
        private final AdsOptions options;
        private final ExecutorService pool;
        private final StreamDriver.Peers peers;
        private final Set<StreamDriver<?, ?>> streams;
        private final String instance;
        private final AtomicLong lastStream = new AtomicLong();

        StreamStarter(
                AdsOptions options,
                ExecutorService pool,
                StreamDriver.Peers peers,
                Set<StreamDriver<?, ?>> streams,
                String instance) {
            this.options = options;
            this.pool = pool;
            this.peers = peers;
            this.streams = streams;
            this.instance = instance;
        }

        @Override
        public StreamObserver<DiscoveryRequest> sotw(
                ServedTypes types, StreamObserver<DiscoveryResponse> responses) {
            return start(
                    responses,
                    request -> request.hasNode() ? request.getNode() : null,
                    listener -> new SotwStream(types, options.limits(), nonces(), listener));
        }

        @Override
        public StreamObserver<DeltaDiscoveryRequest> delta(
                ServedTypes types, StreamObserver<DeltaDiscoveryResponse> responses) {
            return start(
                    responses,
                    request -> request.hasNode() ? request.getNode() : null,
                    listener -> new DeltaStream(types, options.limits(), nonces(), listener));
        }

        private Nonces nonces() {
            return new Nonces(instance + "-" + lastStream.incrementAndGet());
        }

        private <Q, R> StreamObserver<Q> start(
                StreamObserver<R> responses,
                Function<Q, @Nullable Node> nodeOf,
                Function<dev.outrigger.xds.node.StreamListener, XdsStream<Q, R>> machine) {
            var call = (ServerCallStreamObserver<R>) responses;
            var driver =
                    new StreamDriver<>(
                            call,
                            pool,
                            peers,
                            Objects.requireNonNullElse(PEER.get(), "unknown"),
                            nodeOf,
                            machine,
                            streams::remove);
            if (streams.size() >= options.streams()) {
                call.onError(
                        Status.RESOURCE_EXHAUSTED
                                .withDescription("more than " + options.streams() + " streams")
                                .asRuntimeException());
                return new Refused<>();
            }
            streams.add(driver);
            driver.start();
            return driver;
        }
    }

    /** Receives what a refused client still sends. */
    private static final class Refused<Q> implements StreamObserver<Q> {
        @Override
        public void onNext(Q message) {}

        @Override
        public void onError(Throwable cause) {}

        @Override
        public void onCompleted() {}
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
