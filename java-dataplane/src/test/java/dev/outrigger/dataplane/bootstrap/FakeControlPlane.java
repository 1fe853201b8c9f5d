// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.bootstrap;

import com.google.protobuf.Any;
import com.google.protobuf.Message;
import io.envoyproxy.envoy.service.discovery.v3.AggregatedDiscoveryServiceGrpc.AggregatedDiscoveryServiceImplBase;
import io.envoyproxy.envoy.service.discovery.v3.DeltaDiscoveryRequest;
import io.envoyproxy.envoy.service.discovery.v3.DeltaDiscoveryResponse;
import io.envoyproxy.envoy.service.discovery.v3.Resource;
import io.grpc.Server;
import io.grpc.netty.NettyServerBuilder;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** A delta ADS server that sends what it holds of a type when first asked for it, and on demand. */
final class FakeControlPlane extends AggregatedDiscoveryServiceImplBase implements AutoCloseable {
    private final Map<String, Map<String, Message>> resources = new HashMap<>();
    private final Set<String> asked = new HashSet<>();
    private final AtomicInteger nonce = new AtomicInteger();
    private final Server server;
    private @Nullable StreamObserver<DeltaDiscoveryResponse> stream;

    /** Every request as it came. */
    final BlockingQueue<DeltaDiscoveryRequest> requests = new LinkedBlockingQueue<>();

    FakeControlPlane() throws IOException {
        server =
                NettyServerBuilder.forAddress(
                                new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
                        .addService(this)
                        .build()
                        .start();
    }

    int port() {
        return server.getPort();
    }

    synchronized void hold(String name, Message resource) {
        resources.computeIfAbsent(typeUrl(resource), _ -> new HashMap<>()).put(name, resource);
    }

    /** Sends one resource now. */
    synchronized void push(String name, Message resource) {
        send(typeUrl(resource), Map.of(name, resource));
    }

    private static String typeUrl(Message resource) {
        return "type.googleapis.com/" + resource.getDescriptorForType().getFullName();
    }

    @Override
    public synchronized StreamObserver<DeltaDiscoveryRequest> deltaAggregatedResources(
            StreamObserver<DeltaDiscoveryResponse> responses) {
        stream = responses;
        return new StreamObserver<>() {
            @Override
            public void onNext(DeltaDiscoveryRequest request) {
                requests.add(request);
                answer(request.getTypeUrl());
            }

            @Override
            public void onError(Throwable t) {}

            @Override
            public void onCompleted() {
                responses.onCompleted();
            }
        };
    }

    private synchronized void answer(String type) {
        if (resources.containsKey(type) && asked.add(type)) {
            send(type, resources.get(type));
        }
    }

    private void send(String type, Map<String, Message> named) {
        var response =
                DeltaDiscoveryResponse.newBuilder()
                        .setTypeUrl(type)
                        .setNonce(Integer.toString(nonce.incrementAndGet()));
        named.forEach((name, message) ->
                response.addResources(
                        Resource.newBuilder()
                                .setName(name)
                                .setVersion(Integer.toString(nonce.get()))
                                .setResource(Any.pack(message))));
        java.util.Objects.requireNonNull(stream).onNext(response.build());
    }

    @Override
    public void close() {
        server.shutdownNow();
    }
}
