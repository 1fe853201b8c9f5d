// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.xds.ads;

import dev.outrigger.xds.ads.AdsMetrics.Ending;
import dev.outrigger.xds.node.StreamListener;
import io.envoyproxy.envoy.service.discovery.v3.DeltaDiscoveryRequest;
import io.envoyproxy.envoy.service.discovery.v3.DiscoveryRequest;
import io.grpc.Status;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import io.netty.channel.EventLoopGroup;
import io.netty.util.concurrent.EventExecutor;
import java.util.Collection;
import java.util.Collections;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;

/**
 * Begins streams as far as the server's limits allow, and knows those that are open. Any thread.
 */
final class StreamStarter implements DiscoveryServices.Streams {
    private final StreamDriver.Surroundings server;
    private final Admission admission;
    private final EventLoopGroup loops;
    private final String instance;
    private final NameSets names = new NameSets();
    private final Set<StreamDriver<?>> open = ConcurrentHashMap.newKeySet();
    private final AtomicInteger count = new AtomicInteger();
    private final AtomicLong lastStream = new AtomicLong();
    private volatile boolean stopped;

    StreamStarter(
            StreamDriver.Surroundings server,
            Admission admission,
            EventLoopGroup loops,
            String instance) {
        this.server = server;
        this.admission = admission;
        this.loops = loops;
        this.instance = instance;
    }

    @Override
    public StreamObserver<Incoming<DiscoveryRequest>> sotw(
            ServedTypes types, StreamObserver<Response> responses) {
        return start(
                responses,
                listener ->
                        new SotwStream(
                                types, server.options().limits(), names, nonces(), listener));
    }

    @Override
    public StreamObserver<Incoming<DeltaDiscoveryRequest>> delta(
            ServedTypes types, StreamObserver<Response> responses) {
        return start(
                responses,
                listener ->
                        new DeltaStream(
                                types, server.options().limits(), names, nonces(), listener));
    }

    private Nonces nonces() {
        return new Nonces(instance + "-" + lastStream.incrementAndGet());
    }

    private <Q> StreamObserver<Incoming<Q>> start(
            StreamObserver<Response> responses, Function<StreamListener, XdsStream<Q>> machine) {
        var call = (ServerCallStreamObserver<Response>) responses;
        int limit = server.options().streams();
        if (count.incrementAndGet() > limit) {
            count.decrementAndGet();
            server.metrics().ended(Ending.LIMIT);
            call.onError(
                    Status.RESOURCE_EXHAUSTED
                            .withDescription("more than " + limit + " streams")
                            .asRuntimeException());
            return new Refused<>();
        }
        var driver =
                new StreamDriver<>(
                        call,
                        currentLoop(),
                        server,
                        Objects.requireNonNullElse(AdsServer.PEER.get(), "unknown"),
                        machine,
                        this::forget);
        open.add(driver);
        driver.prepare();
        if (stopped) {
            driver.end();
        } else {
            admission.admit(driver);
        }
        return driver;
    }

    /** Calls begin on their connection's event loop, and stay there. */
    private EventExecutor currentLoop() {
        for (EventExecutor loop : loops) {
            if (loop.inEventLoop()) {
                return loop;
            }
        }
        throw new IllegalStateException("a call that does not begin on an event loop");
    }

    private void forget(StreamDriver<?> driver) {
        if (open.remove(driver)) {
            count.decrementAndGet();
        }
    }

    Collection<StreamDriver<?>> open() {
        return Collections.unmodifiableSet(open);
    }

    /** Begins none from now on. */
    void stop() {
        stopped = true;
    }

    /** What is due by time: waiting streams, and bounds of those that are open. */
    void tick() {
        admission.tick();
        long now = server.nanos().getAsLong();
        open.forEach(driver -> driver.tick(now));
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
}
