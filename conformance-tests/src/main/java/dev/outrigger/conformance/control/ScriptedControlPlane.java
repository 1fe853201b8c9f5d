// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.conformance.control;

import io.envoyproxy.envoy.service.discovery.v3.AggregatedDiscoveryServiceGrpc.AggregatedDiscoveryServiceImplBase;
import io.envoyproxy.envoy.service.discovery.v3.DeltaDiscoveryRequest;
import io.envoyproxy.envoy.service.discovery.v3.DeltaDiscoveryResponse;
import io.envoyproxy.envoy.service.discovery.v3.DiscoveryRequest;
import io.envoyproxy.envoy.service.discovery.v3.DiscoveryResponse;
import io.grpc.Server;
import io.grpc.Status;
import io.grpc.netty.NettyServerBuilder;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;

/**
 * An aggregated discovery service that knows nothing of its own: a script says what it sends, right
 * or wrong. Both variants; nothing is checked or corrected.
 */
public final class ScriptedControlPlane implements AutoCloseable {
    private final XdsScript script;
    private final AtomicInteger streams = new AtomicInteger();
    private final Server server;

    private ScriptedControlPlane(XdsScript script, int port) throws IOException {
        this.script = script;
        this.server =
                NettyServerBuilder.forAddress(
                                new InetSocketAddress(InetAddress.getLoopbackAddress(), port))
                        .addService(new Service())
                        .build()
                        .start();
    }

    /** Starts one on a free port of this machine. */
    public static ScriptedControlPlane start(XdsScript script) throws IOException {
        return start(script, 0);
    }

    /** Starts one where another one was. */
    public static ScriptedControlPlane start(XdsScript script, int port) throws IOException {
        return new ScriptedControlPlane(script, port);
    }

    public int port() {
        return server.getPort();
    }

    /**
     * A bootstrap whose clusters and listeners come from here.
     *
     * @param apiType {@code GRPC} or {@code DELTA_GRPC}
     */
    public String bootstrap(String apiType) {
        return bootstrap(apiType, "15s", ", set_node_on_first_message_only: true", "");
    }

    /**
     * A bootstrap likewise.
     *
     * @param fetchTimeout the {@code initial_fetch_timeout} of clusters and listeners
     * @param ads more fields of {@code ads_config}, each behind a comma
     * @param listeners static ones, in YAML's flow style
     */
    public String bootstrap(String apiType, String fetchTimeout, String ads, String listeners) {
        return """
        node: {id: one, cluster: one}
        admin: {address: {socket_address: {address: 127.0.0.1, port_value: 0}}}
        dynamic_resources:
          ads_config: {api_type: %s, transport_api_version: V3, grpc_services: [{envoy_grpc: {cluster_name: xds}}]%s}
          cds_config: {ads: {}, resource_api_version: V3, initial_fetch_timeout: %s}
          lds_config: {ads: {}, resource_api_version: V3, initial_fetch_timeout: %s}
        static_resources:
          listeners: [%s]
          clusters:
            - name: xds
              type: STATIC
              connect_timeout: 1s
              typed_extension_protocol_options:
                envoy.extensions.upstreams.http.v3.HttpProtocolOptions:
                  "@type": type.googleapis.com/envoy.extensions.upstreams.http.v3.HttpProtocolOptions
                  explicit_http_config: {http2_protocol_options: {}}
              load_assignment: {cluster_name: xds, endpoints: [{lb_endpoints: [{endpoint: {address: {socket_address: {address: 127.0.0.1, port_value: %d}}}}]}]}
        """
                .formatted(apiType, ads, fetchTimeout, fetchTimeout, listeners, port());
    }

    @Override
    public void close() {
        server.shutdownNow();
    }

    private final class Service extends AggregatedDiscoveryServiceImplBase {
        @Override
        public StreamObserver<DiscoveryRequest> streamAggregatedResources(
                StreamObserver<DiscoveryResponse> responses) {
            return open(new Sotw(streams.incrementAndGet(), responses), Service::asked);
        }

        @Override
        public StreamObserver<DeltaDiscoveryRequest> deltaAggregatedResources(
                StreamObserver<DeltaDiscoveryResponse> responses) {
            return open(new Delta(streams.incrementAndGet(), responses), Service::asked);
        }

        private <Q> StreamObserver<Q> open(XdsConversation conversation, Reader<Q> reader) {
            locked(each -> each.onOpen(conversation));
            return new StreamObserver<>() {
                @Override
                public void onNext(Q request) {
                    var asked = reader.read(conversation.number(), request);
                    locked(each -> each.onRequest(conversation, asked));
                }

                @Override
                public void onError(Throwable t) {
                    locked(each -> each.onEnd(conversation));
                }

                @Override
                public void onCompleted() {
                    locked(each -> {
                        each.onEnd(conversation);
                        conversation.end(Status.OK);
                    });
                }
            };
        }

        private void locked(Consumer<XdsScript> step) {
            synchronized (script) {
                step.accept(script);
            }
        }

        private static Asked asked(int stream, DiscoveryRequest request) {
            return new Asked(
                    stream,
                    request.getTypeUrl(),
                    request.getResourceNamesList(),
                    List.of(),
                    Map.of(),
                    request.getVersionInfo(),
                    request.getResponseNonce(),
                    request.hasErrorDetail()
                            ? Optional.of(request.getErrorDetail().getMessage())
                            : Optional.empty(),
                    request.getErrorDetail().getCode(),
                    request.hasNode());
        }

        private static Asked asked(int stream, DeltaDiscoveryRequest request) {
            return new Asked(
                    stream,
                    request.getTypeUrl(),
                    request.getResourceNamesSubscribeList(),
                    request.getResourceNamesUnsubscribeList(),
                    request.getInitialResourceVersionsMap(),
                    "",
                    request.getResponseNonce(),
                    request.hasErrorDetail()
                            ? Optional.of(request.getErrorDetail().getMessage())
                            : Optional.empty(),
                    request.getErrorDetail().getCode(),
                    request.hasNode());
        }
    }

    private interface Reader<Q> {
        Asked read(int stream, Q request);
    }

    private record Sotw(int number, StreamObserver<DiscoveryResponse> responses)
            implements XdsConversation {
        @Override
        public boolean isDelta() {
            return false;
        }

        @Override
        public void send(DiscoveryResponse response) {
            responses.onNext(response);
        }

        @Override
        public void send(DeltaDiscoveryResponse response) {
            throw new IllegalStateException("delta response (expected: state of the world)");
        }

        @Override
        public void end(Status status) {
            finish(responses, status);
        }
    }

    private record Delta(int number, StreamObserver<DeltaDiscoveryResponse> responses)
            implements XdsConversation {
        @Override
        public boolean isDelta() {
            return true;
        }

        @Override
        public void send(DiscoveryResponse response) {
            throw new IllegalStateException("state of the world (expected: delta response)");
        }

        @Override
        public void send(DeltaDiscoveryResponse response) {
            responses.onNext(response);
        }

        @Override
        public void end(Status status) {
            finish(responses, status);
        }
    }

    private static void finish(StreamObserver<?> responses, Status status) {
        try {
            if (status.isOk()) {
                responses.onCompleted();
            } else {
                responses.onError(status.asRuntimeException());
            }
        } catch (IllegalStateException e) {
            // It has ended already, from the other side.
        }
    }
}
