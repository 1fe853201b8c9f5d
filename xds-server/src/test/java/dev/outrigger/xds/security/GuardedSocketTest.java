// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.xds.security;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.outrigger.xds.XdsEngine;
import dev.outrigger.xds.ads.AdsOptions;
import dev.outrigger.xds.reconcile.RevisionUndo;
import dev.outrigger.xds.resource.ResourceType;
import dev.outrigger.xds.testing.Certificates;
import dev.outrigger.xds.testing.Eventually;
import dev.outrigger.xds.testing.FakePolicySource;
import io.envoyproxy.envoy.config.core.v3.Node;
import io.envoyproxy.envoy.service.discovery.v3.AggregatedDiscoveryServiceGrpc;
import io.envoyproxy.envoy.service.discovery.v3.DiscoveryRequest;
import io.envoyproxy.envoy.service.discovery.v3.DiscoveryResponse;
import io.grpc.Grpc;
import io.grpc.InsecureChannelCredentials;
import io.grpc.ManagedChannel;
import io.grpc.Status;
import io.grpc.TlsChannelCredentials;
import io.grpc.stub.StreamObserver;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.netty.pkitesting.X509Bundle;
import java.io.ByteArrayInputStream;
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
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The xDS port with certificates, over real connections. Rows X01 and X02. */
class GuardedSocketTest {
    private static final String SERVER = "127.0.0.1";
    private static final Duration PATIENCE = Duration.ofSeconds(20);

    @TempDir Path directory;

    private final FakePolicySource policies = new FakePolicySource();
    private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
    private final List<ManagedChannel> channels = new ArrayList<>();
    private Certificates authority;
    private Certificates.Folder files;
    private GuardedSocket socket;
    private XdsEngine engine;

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

    @Test
    void servesANodeThatTheCertificateMaySpeakFor() throws Exception {
        var client = client(authority.issue("spiffe://mesh/ns/default/sa/a"));

        client.ask("a-1", "a");

        assertThat(client.next().getResourcesCount()).isEqualTo(1);
    }

    @Test
    void aDnsNameWillDo() throws Exception {
        var client = client(authority.issue("a.mesh.example"));

        client.ask("a-1", "a");

        assertThat(client.next().getResourcesCount()).isEqualTo(1);
    }

    @Test
    void deniesANodeOfAnotherClusterAndNamesBoth() throws Exception {
        var client = client(authority.issue("spiffe://mesh/ns/default/sa/b"));

        client.ask("a-1", "a");

        var status = client.failure();
        assertThat(status.getCode()).isEqualTo(Status.Code.PERMISSION_DENIED);
        assertThat(status.getDescription())
                .contains("spiffe://mesh/ns/default/sa/b", "'a-1'", "'a'", "{cluster}");
        assertThat(engine.status().proxies()).isEmpty();
        assertThat(meters.get("outrigger.xds.denied").counter().count()).isEqualTo(1);
        assertThat(meters.get("outrigger.xds.responses").counters())
                .allSatisfy(counter -> assertThat(counter.count()).isZero());
        Eventually.within(
                PATIENCE,
                () -> assertThat(meters.get("outrigger.xds.streams").gauge().value()).isZero());
    }

    @Test
    void deniesANodeIdThatAnotherIdentityIsUsing() throws Exception {
        var first = client(authority.issue("spiffe://mesh/one/a"));
        first.ask("a-1", "a");
        first.next();
        var second = client(authority.issue("spiffe://mesh/two/a"));

        second.ask("a-1", "a");

        var status = second.failure();
        assertThat(status.getCode()).isEqualTo(Status.Code.PERMISSION_DENIED);
        assertThat(status.getDescription()).contains("spiffe://mesh/two/a", "spiffe://mesh/one/a");
        // Once the first has gone the id is free.
        first.end();
        Eventually.within(
                PATIENCE,
                () -> {
                    var third = client(authority.issue("spiffe://mesh/two/a"));
                    third.ask("a-1", "a");
                    assertThat(third.next().getResourcesCount()).isEqualTo(1);
                });
    }

    @Test
    void deniesACertificateWithoutAName() throws Exception {
        var client = client(authority.issue("https://mesh.example/a"));

        client.ask("a-1", "a");

        assertThat(client.failure().getDescription()).contains("a certificate without a name");
    }

    @Test
    void shakesNoHandWithStrangers() throws Exception {
        var others = new Certificates("others");
        var clients =
                List.of(
                        client(others.issue("spiffe://mesh/a")),
                        client(authority.issueExpired("spiffe://mesh/a")),
                        withoutCertificate(),
                        plaintext());

        for (Client client : clients) {
            client.ask("a-1", "a");

            assertThat(client.failure().getCode()).isEqualTo(Status.Code.UNAVAILABLE);
        }
        assertThat(engine.status().proxies()).isEmpty();
        assertThat(meters.get("outrigger.xds.streams").gauge().value()).isZero();
    }

    @Test
    void takesUpNewCertificatesWithoutLosingAConnection() throws Exception {
        var connected = client(authority.issue("spiffe://mesh/a"));
        connected.ask("a-1", "a");
        connected.next();
        var next = new Certificates("next");
        Certificates.write(directory, next.issue(SERVER), next);
        Eventually.within(
                PATIENCE,
                () ->
                        assertThat(
                                        meters.get("outrigger.xds.certificate.reloads")
                                                .tag("result", "reloaded")
                                                .counter()
                                                .count())
                                .isPositive());

        var fresh = client(next.issue("spiffe://mesh/a"), next);
        Eventually.within(
                PATIENCE,
                () -> {
                    fresh.ask("a-2", "a");
                    assertThat(fresh.next().getResourcesCount()).isEqualTo(1);
                });

        // Those who came with the old one are still there.
        policies.apply(
                """
                apiVersion: outrigger.dev/v1alpha1
                kind: Sidecar
                metadata: {name: a}
                spec:
                  selector: {cluster: a}
                  inbound: [{name: other, listenPort: 15007, appPort: 8080}]
                """);
        assertThat(connected.next().getResources(0).toString()).contains("inbound/other");
        // And whom only the old authority knows is a stranger now.
        var stranger = client(authority.issue("spiffe://mesh/a"));
        stranger.ask("a-3", "a");
        assertThat(stranger.failure().getCode()).isEqualTo(Status.Code.UNAVAILABLE);
    }

    @Test
    void keepsWhatItHasWhileTheFilesDoNotBelongTogether() throws Exception {
        Certificates.replace(files.key(), authority.issue(SERVER).getPrivateKeyPEM());
        Eventually.within(
                PATIENCE,
                () ->
                        assertThat(
                                        meters.get("outrigger.xds.certificate.reloads")
                                                .tag("result", "failed")
                                                .counter()
                                                .count())
                                .isPositive());

        var client = client(authority.issue("spiffe://mesh/a"));
        client.ask("a-1", "a");

        assertThat(client.next().getResourcesCount()).isEqualTo(1);
    }

    @Test
    void saysWhichFileCannotBeUsed() throws Exception {
        var other = Certificates.write(directory.resolve("x"), authority.issue("y"), authority);

        assertThatThrownBy(() -> open(files.certificate(), other.key(), files.authorities()))
                .hasMessage("the key in " + other.key() + " is not that of " + files.certificate());
        assertThatThrownBy(() -> open(files.certificate(), files.key(), Path.of("/nowhere")))
                .hasMessage("/nowhere does not exist (expected: the authorities' certificates)");
        assertThatThrownBy(
                        () -> open(files.certificate(), files.certificate(), files.authorities()))
                .hasMessageStartingWith(
                        "the private key in " + files.certificate() + " cannot be read");
    }

    @Test
    void refusesPlaintextWhereOthersCanReachIt() throws Exception {
        var everywhere = new InetSocketAddress("0.0.0.0", 18000);

        assertThatThrownBy(() ->
                        GuardedSocket.open(
                                XdsSecurity.LOOPBACK_ONLY,
                                everywhere,
                                meters,
                                InstantSource.system()))
                .isInstanceOf(PlaintextRefusedException.class)
                .hasMessageStartingWith("xDS on 0.0.0.0:18000 would be plaintext");
        GuardedSocket.open(
                        new XdsSecurity.Plaintext(true), everywhere, meters, InstantSource.system())
                .close();
    }

    private void open(Path certificate, Path key, Path authorities) throws TlsFilesException {
        ReloadingCredentials.open(
                        new TlsFiles(certificate, key, authorities),
                        Duration.ofHours(1),
                        meters,
                        InstantSource.system())
                .close();
    }

    private Client client(X509Bundle own) throws Exception {
        return client(own, authority);
    }

    private Client client(X509Bundle own, Certificates trusted) throws Exception {
        return new Client(
                channel(
                        TlsChannelCredentials.newBuilder()
                                .keyManager(
                                        stream(own.getCertificatePathPEM()),
                                        stream(own.getPrivateKeyPEM()))
                                .trustManager(stream(trusted.pem()))
                                .build()));
    }

    private Client withoutCertificate() throws Exception {
        return new Client(
                channel(
                        TlsChannelCredentials.newBuilder()
                                .trustManager(stream(authority.pem()))
                                .build()));
    }

    private Client plaintext() {
        return new Client(channel(InsecureChannelCredentials.create()));
    }

    private ManagedChannel channel(io.grpc.ChannelCredentials credentials) {
        var channel =
                Grpc.newChannelBuilderForAddress("127.0.0.1", engine.port(), credentials).build();
        channels.add(channel);
        return channel;
    }

    private static ByteArrayInputStream stream(String pem) {
        return new ByteArrayInputStream(pem.getBytes(StandardCharsets.UTF_8));
    }

    /** One aggregated stream. */
    private static final class Client implements StreamObserver<DiscoveryResponse> {
        /** Responses, and a status at the end. */
        private final BlockingQueue<Object> events = new LinkedBlockingQueue<>();

        private final ManagedChannel channel;
        private @Nullable StreamObserver<DiscoveryRequest> requests;

        Client(ManagedChannel channel) {
            this.channel = channel;
        }

        void ask(String id, String cluster) {
            var stream =
                    AggregatedDiscoveryServiceGrpc.newStub(channel).streamAggregatedResources(this);
            requests = stream;
            stream.onNext(
                    DiscoveryRequest.newBuilder()
                            .setNode(Node.newBuilder().setId(id).setCluster(cluster))
                            .setTypeUrl(ResourceType.LISTENER.typeUrl())
                            .build());
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
