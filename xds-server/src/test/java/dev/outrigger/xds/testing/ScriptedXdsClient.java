// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.xds.testing;

import io.envoyproxy.envoy.config.core.v3.Node;
import io.envoyproxy.envoy.service.discovery.v3.AggregatedDiscoveryServiceGrpc;
import io.envoyproxy.envoy.service.discovery.v3.DiscoveryRequest;
import io.envoyproxy.envoy.service.discovery.v3.DiscoveryResponse;
import io.grpc.ManagedChannel;
import io.grpc.netty.NettyChannelBuilder;
import io.grpc.stub.StreamObserver;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A state-of-the-world client on an aggregated stream that accepts what it is sent, unless it was
 * told to refuse or to keep silent. Any thread.
 */
public final class ScriptedXdsClient implements StreamObserver<DiscoveryResponse>, AutoCloseable {
    private final String id;
    private final String cluster;
    private final ManagedChannel channel;
    private final Map<String, List<String>> names = new HashMap<>();
    private final Map<String, String> versions = new HashMap<>();
    private final Map<String, String> contents = new HashMap<>();
    private final Map<String, StringBuilder> everything = new HashMap<>();
    private final Map<String, Script> refusals = new HashMap<>();
    private final Set<String> silent = new HashSet<>();
    private final List<DiscoveryResponse> unanswered = new ArrayList<>();
    private @Nullable StreamObserver<DiscoveryRequest> requests;

    private record Script(String content, String error) {}

    public ScriptedXdsClient(int port, String id, String cluster) {
        this.id = id;
        this.cluster = cluster;
        this.channel = NettyChannelBuilder.forAddress("127.0.0.1", port).usePlaintext().build();
    }

    public String id() {
        return id;
    }

    /** Asks for all clusters and listeners, a route configuration and an assignment. */
    public synchronized void start(String routes, String assignment) {
        requests = AggregatedDiscoveryServiceGrpc.newStub(channel).streamAggregatedResources(this);
        ask("envoy.config.cluster.v3.Cluster", List.of());
        ask("envoy.config.endpoint.v3.ClusterLoadAssignment", List.of(assignment));
        ask("envoy.config.listener.v3.Listener", List.of());
        ask("envoy.config.route.v3.RouteConfiguration", List.of(routes));
    }

    /** Refuses, from now on, every response of a type in which the text occurs. */
    public synchronized void refuse(String type, String content, String error) {
        refusals.put(type, new Script(content, error));
    }

    public synchronized void holdAnswers(String type) {
        silent.add(type);
    }

    public synchronized void releaseAnswers() {
        silent.clear();
        unanswered.forEach(this::answer);
        unanswered.clear();
    }

    /** What it accepted last, as text; empty before. */
    public synchronized String content(String type) {
        return contents.getOrDefault(type, "");
    }

    /** Whether the text occurred in anything it was ever sent. */
    public synchronized boolean everSent(String type, String content) {
        return everything.getOrDefault(type, new StringBuilder()).indexOf(content) >= 0;
    }

    private void ask(String message, List<String> resources) {
        var type = "type.googleapis.com/" + message;
        names.put(type, resources);
        stream().onNext(request(type).build());
    }

    private DiscoveryRequest.Builder request(String type) {
        return DiscoveryRequest.newBuilder()
                .setNode(Node.newBuilder().setId(id).setCluster(cluster))
                .setTypeUrl(type)
                .addAllResourceNames(names.getOrDefault(type, List.of()));
    }

    @Override
    public synchronized void onNext(DiscoveryResponse response) {
        everything
                .computeIfAbsent(response.getTypeUrl(), _ -> new StringBuilder())
                .append(text(response));
        if (silent.contains(response.getTypeUrl())) {
            unanswered.add(response);
        } else {
            answer(response);
        }
    }

    private void answer(DiscoveryResponse response) {
        var type = response.getTypeUrl();
        var content = text(response);
        var answer = request(type).setResponseNonce(response.getNonce());
        var script = refusals.get(type);
        if (script != null && content.contains(script.content())) {
            answer.getErrorDetailBuilder().setCode(3).setMessage(script.error());
        } else {
            versions.put(type, response.getVersionInfo());
            contents.put(type, content);
        }
        stream().onNext(answer.setVersionInfo(versions.getOrDefault(type, "")).build());
    }

    private static String text(DiscoveryResponse response) {
        // Strings of a message stand in its bytes as they are.
        return response.toByteString().toString(java.nio.charset.StandardCharsets.ISO_8859_1);
    }

    private StreamObserver<DiscoveryRequest> stream() {
        return Objects.requireNonNull(requests, "not started");
    }

    @Override
    public void onError(Throwable cause) {}

    @Override
    public void onCompleted() {}

    @Override
    public synchronized void close() {
        channel.shutdownNow();
    }
}
