// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.ads;

import com.google.protobuf.Any;
import com.google.protobuf.Message;
import io.envoyproxy.envoy.service.discovery.v3.AggregatedDiscoveryServiceGrpc;
import io.envoyproxy.envoy.service.discovery.v3.DeltaDiscoveryRequest;
import io.envoyproxy.envoy.service.discovery.v3.DeltaDiscoveryResponse;
import io.envoyproxy.envoy.service.discovery.v3.DiscoveryRequest;
import io.envoyproxy.envoy.service.discovery.v3.DiscoveryResponse;
import io.envoyproxy.envoy.service.discovery.v3.Resource;
import io.grpc.Server;
import io.grpc.netty.NettyServerBuilder;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** A control plane that does nothing by itself: tests take requests and send responses. */
public final class FakeAdsServer implements AutoCloseable {
    private final BlockingQueue<DiscoveryRequest> sotw = new LinkedBlockingQueue<>();
    private final BlockingQueue<DeltaDiscoveryRequest> delta = new LinkedBlockingQueue<>();
    private final Server server;
    private volatile @Nullable StreamObserver<DiscoveryResponse> sotwStream;
    private volatile @Nullable StreamObserver<DeltaDiscoveryResponse> deltaStream;
    private int nonce;

    public FakeAdsServer(int port) throws IOException {
        server =
                NettyServerBuilder.forAddress(
                                new InetSocketAddress(InetAddress.getLoopbackAddress(), port))
                        .addService(new Service())
                        .build()
                        .start();
    }

    public int port() {
        return server.getPort();
    }

    public DiscoveryRequest takeSotw() throws InterruptedException {
        return require(sotw.poll(10, TimeUnit.SECONDS));
    }

    public DeltaDiscoveryRequest takeDelta() throws InterruptedException {
        return require(delta.poll(10, TimeUnit.SECONDS));
    }

    public boolean hasRequests() {
        return !sotw.isEmpty() || !delta.isEmpty();
    }

    /** Returns the nonce. */
    public String sendSotw(XdsType type, String version, List<? extends Message> resources) {
        var response =
                DiscoveryResponse.newBuilder()
                        .setTypeUrl(type.typeUrl())
                        .setVersionInfo(version)
                        .setNonce("n" + ++nonce);
        resources.forEach(r -> response.addResources(Any.pack(r)));
        require(sotwStream).onNext(response.build());
        return response.getNonce();
    }

    /** Returns the nonce. */
    public String sendDelta(
            XdsType type, String version, Map<String, Message> changed, List<String> removed) {
        var response =
                DeltaDiscoveryResponse.newBuilder()
                        .setTypeUrl(type.typeUrl())
                        .setSystemVersionInfo(version)
                        .addAllRemovedResources(removed)
                        .setNonce("n" + ++nonce);
        new LinkedHashMap<>(changed)
                .forEach((name, message) ->
                        response.addResources(
                                Resource.newBuilder()
                                        .setName(name)
                                        .setVersion(version)
                                        .setResource(Any.pack(message))));
        require(deltaStream).onNext(response.build());
        return response.getNonce();
    }

    /** Ends the open stream from the server's side. */
    public void breakStream() {
        var a = sotwStream;
        var b = deltaStream;
        if (a != null) {
            a.onCompleted();
        }
        if (b != null) {
            b.onCompleted();
        }
    }

    @Override
    public void close() {
        server.shutdownNow();
    }

    private static <T> T require(@Nullable T value) {
        if (value == null) {
            throw new AssertionError("no request within 10 s, or no stream");
        }
        return value;
    }

    private final class Service
            extends AggregatedDiscoveryServiceGrpc.AggregatedDiscoveryServiceImplBase {
        @Override
        public StreamObserver<DiscoveryRequest> streamAggregatedResources(
                StreamObserver<DiscoveryResponse> responses) {
            sotwStream = responses;
            return new Requests<>(sotw, responses);
        }

        @Override
        public StreamObserver<DeltaDiscoveryRequest> deltaAggregatedResources(
                StreamObserver<DeltaDiscoveryResponse> responses) {
            deltaStream = responses;
            return new Requests<>(delta, responses);
        }
    }

    private record Requests<Q>(BlockingQueue<Q> queue, StreamObserver<?> responses)
            implements StreamObserver<Q> {
        @Override
        public void onNext(Q request) {
            queue.add(request);
        }

        @Override
        public void onError(Throwable t) {}

        @Override
        public void onCompleted() {
            responses.onCompleted();
        }
    }
}
