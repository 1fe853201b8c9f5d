// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.xds.csds;

import static dev.outrigger.xds.testing.Documents.mesh;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.outrigger.policy.status.ProxyStatus.State;
import dev.outrigger.xds.XdsEngine;
import dev.outrigger.xds.ads.AdsOptions;
import dev.outrigger.xds.resource.ResourceType;
import dev.outrigger.xds.testing.Eventually;
import dev.outrigger.xds.testing.FakePolicySource;
import dev.outrigger.xds.testing.ScriptedXdsClient;
import io.envoyproxy.envoy.admin.v3.ClientResourceStatus;
import io.envoyproxy.envoy.service.status.v3.ClientConfig;
import io.envoyproxy.envoy.service.status.v3.ClientConfig.GenericXdsConfig;
import io.envoyproxy.envoy.service.status.v3.ClientStatusDiscoveryServiceGrpc;
import io.envoyproxy.envoy.service.status.v3.ClientStatusRequest;
import io.envoyproxy.envoy.service.status.v3.ClientStatusResponse;
import io.envoyproxy.envoy.service.status.v3.ConfigStatus;
import io.envoyproxy.envoy.type.matcher.v3.NodeMatcher;
import io.envoyproxy.envoy.type.matcher.v3.StringMatcher;
import io.envoyproxy.envoy.type.matcher.v3.StructMatcher;
import io.grpc.ManagedChannel;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.NettyChannelBuilder;
import io.grpc.stub.StreamObserver;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class ClientStatusServiceTest {
    private static final Duration PATIENCE = Duration.ofSeconds(20);
    private static final String RDS = ResourceType.ROUTE.typeUrl();

    private final FakePolicySource policies = new FakePolicySource();
    private final List<ScriptedXdsClient> clients = new ArrayList<>();
    private XdsEngine engine;
    private ManagedChannel channel;

    @BeforeEach
    void start() throws IOException {
        policies.apply(mesh("/good"));
        engine =
                XdsEngine.start(
                        new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
                        AdsOptions.DEFAULT,
                        policies,
                        new SimpleMeterRegistry(),
                        InstantSource.system(),
                        new Random(1));
        channel = NettyChannelBuilder.forAddress("127.0.0.1", engine.port()).usePlaintext().build();
    }

    @AfterEach
    void stop() {
        channel.shutdownNow();
        clients.forEach(ScriptedXdsClient::close);
        engine.close();
    }

    @Test
    void showsEachConnectedClientWithItsResources() throws Exception {
        connect("a-1");
        connect("a-2");

        var response = fetch(ClientStatusRequest.getDefaultInstance());

        assertThat(response.getConfigList())
                .extracting(config -> config.getNode().getId())
                .containsExactly("a-1", "a-2");
        var route = resource(response.getConfig(0), RDS);
        assertThat(route.getName()).isEqualTo("outbound/http");
        assertThat(route.getConfigStatus()).isEqualTo(ConfigStatus.SYNCED);
        assertThat(route.getClientStatus()).isEqualTo(ClientResourceStatus.ACKED);
        assertThat(route.getVersionInfo()).isNotEmpty();
        assertThat(route.getXdsConfig().getTypeUrl()).isEqualTo(RDS);
        assertThat(response.getConfig(0).getGenericXdsConfigsList())
                .extracting(GenericXdsConfig::getTypeUrl)
                .contains(
                        ResourceType.CLUSTER.typeUrl(),
                        ResourceType.ENDPOINT.typeUrl(),
                        ResourceType.LISTENER.typeUrl());

        clients.removeLast().close();
        Eventually.within(
                PATIENCE,
                () ->
                        assertThat(fetch(ClientStatusRequest.getDefaultInstance()).getConfigCount())
                                .isEqualTo(1));
    }

    @Test
    void leavesContentsOutWhereAskedAndShowsWhomItIsAskedFor() throws Exception {
        connect("a-1");
        connect("a-2");

        var one =
                fetch(
                        ClientStatusRequest.newBuilder()
                                .setExcludeResourceContents(true)
                                .addNodeMatchers(id(StringMatcher.newBuilder().setSuffix("-2")))
                                .build());

        assertThat(one.getConfigList())
                .singleElement()
                .satisfies(config -> {
                    assertThat(config.getNode().getId()).isEqualTo("a-2");
                    assertThat(resource(config, RDS).hasXdsConfig()).isFalse();
                    assertThat(resource(config, RDS).getVersionInfo()).isNotEmpty();
                });
        var regex = StringMatcher.newBuilder();
        regex.getSafeRegexBuilder().setRegex("a-[0-9]");
        assertThat(fetch(ClientStatusRequest.newBuilder().addNodeMatchers(id(regex)).build()))
                .satisfies(both -> assertThat(both.getConfigCount()).isEqualTo(2));
        var unlabelled = StructMatcher.newBuilder();
        unlabelled.addPathBuilder().setKey("env");
        unlabelled.getValueBuilder().setPresentMatch(true);
        assertThat(
                        fetch(
                                        ClientStatusRequest.newBuilder()
                                                .addNodeMatchers(
                                                        NodeMatcher.newBuilder()
                                                                .addNodeMetadatas(unlabelled))
                                                .build())
                                .getConfigCount())
                .isZero();
    }

    @Test
    void showsWhatAClientAskedForAndNotWhatItsGroupHas() throws Exception {
        policies.apply(
                mesh("/good")
                        + """
                        ---
                        apiVersion: outrigger.dev/v1alpha1
                        kind: Service
                        metadata: {name: c}
                        spec:
                          hostnames: [c.local.service]
                          ports: [{name: http, port: 80, protocol: HTTP}]
                          endpoints: {static: [{address: 10.0.0.2, port: 8080}]}
                        """);
        connect("a-1");
        var two = new ScriptedXdsClient(engine.port(), "a-2", "a");
        clients.add(two);
        two.start("nobody/has", "default/c/80");

        Eventually.within(
                PATIENCE,
                () -> {
                    var response = fetch(ClientStatusRequest.getDefaultInstance());
                    assertThat(response.getConfigCount()).isEqualTo(2);
                    assertThat(names(response.getConfig(0), ResourceType.ENDPOINT))
                            .containsExactly("default/b/80");
                    assertThat(names(response.getConfig(1), ResourceType.ENDPOINT))
                            .containsExactly("default/c/80");
                    assertThat(names(response.getConfig(1), ResourceType.CLUSTER)).hasSize(2);
                    var missing = resource(response.getConfig(1), RDS);
                    assertThat(missing.getName()).isEqualTo("nobody/has");
                    assertThat(missing.getClientStatus())
                            .isEqualTo(ClientResourceStatus.DOES_NOT_EXIST);
                });
    }

    private static List<String> names(ClientConfig config, ResourceType type) {
        return config.getGenericXdsConfigsList().stream()
                .filter(one -> one.getTypeUrl().equals(type.typeUrl()))
                .map(GenericXdsConfig::getName)
                .toList();
    }

    @Test
    void namesTheMatcherThatItDoesNotUnderstand() {
        var matcher = StructMatcher.newBuilder();
        matcher.addPathBuilder().setKey("env");
        matcher.getValueBuilder().setBoolMatch(true);

        assertThatThrownBy(() ->
                        fetch(
                                ClientStatusRequest.newBuilder()
                                        .addNodeMatchers(
                                                NodeMatcher.newBuilder().addNodeMetadatas(matcher))
                                        .build()))
                .isInstanceOfSatisfying(
                        StatusRuntimeException.class,
                        failure -> {
                            assertThat(failure.getStatus().getCode())
                                    .isEqualTo(Status.Code.INVALID_ARGUMENT);
                            assertThat(failure.getMessage())
                                    .contains(
                                            "node_matchers[0].node_metadatas[0].value: bool_match");
                        });
    }

    @Test
    void showsWhatWasRefusedWithTheClientsWords() throws Exception {
        connect("a-1").refuse(RDS, "/bad", "no such prefix");
        engine.status().awaitSync(policies.apply(mesh("/bad")), PATIENCE);

        Eventually.within(
                PATIENCE,
                () -> {
                    var response = fetch(ClientStatusRequest.getDefaultInstance());
                    var route = resource(response.getConfig(0), RDS);
                    assertThat(route.getConfigStatus()).isEqualTo(ConfigStatus.ERROR);
                    assertThat(route.getClientStatus()).isEqualTo(ClientResourceStatus.NACKED);
                    assertThat(route.getErrorState().getDetails()).isEqualTo("no such prefix");
                    assertThat(route.getErrorState().getVersionInfo())
                            .isNotEqualTo(route.getVersionInfo());
                    // What it has is the last good content.
                    assertThat(route.getXdsConfig().toString()).contains("/good");
                });
    }

    @Test
    void answersEachRequestOfAStream() throws Exception {
        connect("a-1");
        BlockingQueue<Object> events = new LinkedBlockingQueue<>();
        var requests =
                ClientStatusDiscoveryServiceGrpc.newStub(channel)
                        .streamClientStatus(new Recorder(events));

        for (int i = 0; i < 2; i++) {
            requests.onNext(ClientStatusRequest.getDefaultInstance());
            assertThat(events.poll(10, TimeUnit.SECONDS))
                    .isInstanceOfSatisfying(
                            ClientStatusResponse.class,
                            response -> assertThat(response.getConfigCount()).isEqualTo(1));
        }
        requests.onCompleted();
        assertThat(events.poll(10, TimeUnit.SECONDS)).isEqualTo("completed");
    }

    private ScriptedXdsClient connect(String id) throws Exception {
        var client = new ScriptedXdsClient(engine.port(), id, "a");
        clients.add(client);
        client.start("outbound/http", "default/b/80");
        Eventually.within(
                PATIENCE,
                () ->
                        assertThat(engine.status().proxies())
                                .filteredOn(proxy -> proxy.id().equals(id))
                                .singleElement()
                                .satisfies(proxy ->
                                        assertThat(proxy.types())
                                                .hasEntrySatisfying(
                                                        RDS,
                                                        type ->
                                                                assertThat(type.state())
                                                                        .isEqualTo(State.SYNCED))));
        return client;
    }

    private ClientStatusResponse fetch(ClientStatusRequest request) {
        return ClientStatusDiscoveryServiceGrpc.newBlockingStub(channel)
                .withDeadlineAfter(10, TimeUnit.SECONDS)
                .fetchClientStatus(request);
    }

    private static NodeMatcher id(StringMatcher.Builder matcher) {
        return NodeMatcher.newBuilder().setNodeId(matcher).build();
    }

    private static GenericXdsConfig resource(ClientConfig config, String type) {
        return config.getGenericXdsConfigsList().stream()
                .filter(one -> one.getTypeUrl().equals(type))
                .findFirst()
                .orElseThrow();
    }

    private record Recorder(BlockingQueue<Object> events)
            implements StreamObserver<ClientStatusResponse> {
        @Override
        public void onNext(ClientStatusResponse response) {
            events.add(response);
        }

        @Override
        public void onError(Throwable cause) {
            events.add(cause);
        }

        @Override
        public void onCompleted() {
            events.add("completed");
        }
    }
}
