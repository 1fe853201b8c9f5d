// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.xds.security;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.Empty;
import dev.outrigger.xds.XdsEngine;
import dev.outrigger.xds.ads.AdsOptions;
import dev.outrigger.xds.reconcile.RevisionUndo;
import dev.outrigger.xds.resource.ResourceType;
import dev.outrigger.xds.testing.Certificates;
import dev.outrigger.xds.testing.FakePolicySource;
import io.envoyproxy.envoy.config.core.v3.Node;
import io.envoyproxy.envoy.service.discovery.v3.AggregatedDiscoveryServiceGrpc;
import io.envoyproxy.envoy.service.discovery.v3.DiscoveryRequest;
import io.envoyproxy.envoy.service.discovery.v3.DiscoveryResponse;
import io.envoyproxy.envoy.service.status.v3.ClientStatusDiscoveryServiceGrpc;
import io.envoyproxy.envoy.service.status.v3.ClientStatusRequest;
import io.grpc.CallOptions;
import io.grpc.Grpc;
import io.grpc.InsecureChannelCredentials;
import io.grpc.ManagedChannel;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import io.grpc.TlsChannelCredentials;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.StreamObserver;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.netty.pkitesting.X509Bundle;
import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/** An engine behind mutual TLS, and clients with certificates. */
abstract class GuardedSocketStory {
    static final String SERVER = "127.0.0.1";
    static final Duration PATIENCE = Duration.ofSeconds(20);

    @TempDir Path directory;

    final FakePolicySource policies = new FakePolicySource();
    final SimpleMeterRegistry meters = new SimpleMeterRegistry();
    final List<ManagedChannel> channels = new ArrayList<>();
    Certificates authority;
    Certificates.Folder files;
    GuardedSocket socket;
    XdsEngine engine;

    @BeforeEach
    void start() throws Exception {
        policies.apply(
                """
                apiVersion: outrigger.dev/v1alpha1
                kind: Sidecar
                metadata: {name: a}
                spec:
                  selector: {cluster: a}
                  inbound: [{name: app, listenPort: 15006, appPort: 8080}]
                """);
        authority = new Certificates("mesh");
        files = Certificates.write(directory, authority.issue(SERVER), authority);
        var address = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
        socket =
                GuardedSocket.open(
                        new XdsSecurity.MutualTls(
                                new TlsFiles(files.certificate(), files.key(), files.authorities()),
                                IdentityRule.DEFAULT,
                                List.of("spiffe://mesh/admin"),
                                Duration.ofMillis(50)),
                        address,
                        meters,
                        InstantSource.system());
        engine =
                XdsEngine.start(
                        address,
                        XdsEngine.Options.of(AdsOptions.DEFAULT).withTransport(socket.transport()),
                        policies,
                        RevisionUndo.NONE,
                        meters,
                        InstantSource.system(),
                        new Random(1));
    }

    @AfterEach
    void stop() {
        channels.forEach(ManagedChannel::shutdownNow);
        engine.close();
        socket.close();
    }

    void open(Path certificate, Path key, Path authorities) throws TlsFilesException {
        ReloadingCredentials.open(
                        new TlsFiles(certificate, key, authorities),
                        Duration.ofHours(1),
                        meters,
                        InstantSource.system())
                .close();
    }

    Client client(X509Bundle own) throws Exception {
        return client(own, authority);
    }

    Client client(X509Bundle own, Certificates trusted) throws Exception {
        return new Client(
                channel(
                        TlsChannelCredentials.newBuilder()
                                .keyManager(
                                        stream(own.getCertificatePathPEM()),
                                        stream(own.getPrivateKeyPEM()))
                                .trustManager(stream(trusted.pem()))
                                .build()));
    }

    Client withoutCertificate() throws Exception {
        return new Client(
                channel(
                        TlsChannelCredentials.newBuilder()
                                .trustManager(stream(authority.pem()))
                                .build()));
    }

    Client plaintext() {
        return new Client(channel(InsecureChannelCredentials.create()));
    }

    ManagedChannel channel(io.grpc.ChannelCredentials credentials) {
        var channel =
                Grpc.newChannelBuilderForAddress("127.0.0.1", engine.port(), credentials).build();
        channels.add(channel);
        return channel;
    }

    static ByteArrayInputStream stream(String pem) {
        return new ByteArrayInputStream(pem.getBytes(StandardCharsets.UTF_8));
    }

    /** A message without a byte. */
    private enum Nothing implements MethodDescriptor.Marshaller<Empty> {
        INSTANCE;

        @Override
        public InputStream stream(Empty value) {
            return InputStream.nullInputStream();
        }

        @Override
        public Empty parse(InputStream stream) {
            return Empty.getDefaultInstance();
        }
    }

    /** One aggregated stream. */
    static final class Client implements StreamObserver<DiscoveryResponse> {
        /** Responses, and a status at the end. */
        private final BlockingQueue<Object> events = new LinkedBlockingQueue<>();

        private final ManagedChannel channel;
        private @Nullable StreamObserver<DiscoveryRequest> requests;

        Client(ManagedChannel channel) {
            this.channel = channel;
        }

        void ask(String id, String cluster) {
            ask(id, cluster, ResourceType.LISTENER);
        }

        void ask(String id, String cluster, ResourceType type, String... names) {
            var stream =
                    AggregatedDiscoveryServiceGrpc.newStub(channel).streamAggregatedResources(this);
            requests = stream;
            stream.onNext(
                    DiscoveryRequest.newBuilder()
                            .setNode(Node.newBuilder().setId(id).setCluster(cluster))
                            .setTypeUrl(type.typeUrl())
                            .addAllResourceNames(List.of(names))
                            .build());
        }

        /** The ids of the nodes it is shown. */
        List<String> clientStatus() {
            return ClientStatusDiscoveryServiceGrpc.newBlockingStub(channel)
                    .fetchClientStatus(ClientStatusRequest.getDefaultInstance())
                    .getConfigList()
                    .stream()
                    .map(config -> config.getNode().getId())
                    .toList();
        }

        /** Calls anything with an empty message. */
        void call(String method) {
            var _ =
                    ClientCalls.blockingUnaryCall(
                            channel,
                            MethodDescriptor.<Empty, Empty>newBuilder()
                                    .setType(MethodDescriptor.MethodType.UNARY)
                                    .setFullMethodName(method)
                                    .setRequestMarshaller(Nothing.INSTANCE)
                                    .setResponseMarshaller(Nothing.INSTANCE)
                                    .build(),
                            CallOptions.DEFAULT,
                            Empty.getDefaultInstance());
        }

        void end() {
            Objects.requireNonNull(requests).onCompleted();
        }

        DiscoveryResponse next() throws InterruptedException {
            var event = events.poll(10, TimeUnit.SECONDS);
            assertThat(event).isInstanceOf(DiscoveryResponse.class);
            return (DiscoveryResponse) Objects.requireNonNull(event);
        }

        Status failure() throws InterruptedException {
            var event = events.poll(10, TimeUnit.SECONDS);
            assertThat(event).isInstanceOf(Status.class);
            return (Status) Objects.requireNonNull(event);
        }

        @Override
        public void onNext(DiscoveryResponse response) {
            events.add(response);
        }

        @Override
        public void onError(Throwable cause) {
            events.add(Status.fromThrowable(cause));
        }

        @Override
        public void onCompleted() {
            events.add(Status.OK);
        }
    }
}
