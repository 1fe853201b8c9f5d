// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.conformance.delivery;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.outrigger.conformance.control.TypedYaml;
import dev.outrigger.xds.resource.ResourceType;
import io.envoyproxy.envoy.service.discovery.v3.AggregatedDiscoveryServiceGrpc;
import io.envoyproxy.envoy.service.discovery.v3.DeltaDiscoveryRequest;
import io.envoyproxy.envoy.service.discovery.v3.DeltaDiscoveryResponse;
import io.envoyproxy.envoy.service.discovery.v3.DiscoveryRequest;
import io.envoyproxy.envoy.service.discovery.v3.DiscoveryResponse;
import io.envoyproxy.envoy.service.discovery.v3.Resource;
import io.grpc.HandlerRegistry;
import io.grpc.Server;
import io.grpc.ServerMethodDefinition;
import io.grpc.netty.NettyServerBuilder;
import io.grpc.stub.ServerCalls;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * A control plane that has the same resources for whoever asks, in whichever way: on one stream or
 * on one for each type, the state of the world or changes, polled, or written to files. Everything
 * that is published goes to all who have asked for it.
 */
final class AnyWayControlPlane extends HandlerRegistry implements AutoCloseable {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String DELTA = "/Delta";
    private static final int NOT_MODIFIED = 304;

    private final Path folder;
    private final Server grpc;
    private final HttpServer rest;
    private final List<Asker> askers = new ArrayList<>();
    private final Map<ResourceType, List<String>> refusals = new TreeMap<>();
    private Published published = new Published("", Map.of());

    /**
     * What there is.
     *
     * @param resources by type and name, as trees
     */
    record Published(String version, Map<ResourceType, Map<String, Map<?, ?>>> resources) {
        Map<String, Map<?, ?>> of(ResourceType type, Set<String> names) {
            var all = resources.getOrDefault(type, Map.of());
            boolean whole =
                    switch (type) {
                        case CLUSTER, LISTENER, SCOPED_ROUTE, VIRTUAL_HOST -> true;
                        case RUNTIME, ENDPOINT, SECRET, EXTENSION, ROUTE -> false;
                    };
            var wanted = new LinkedHashMap<>(all);
            if (!whole) {
                wanted.keySet().retainAll(names);
            }
            return wanted;
        }
    }

    /** One type on one stream. */
    private abstract static class Asker {
        final ResourceType type;
        final Set<String> names = new LinkedHashSet<>();

        Asker(ResourceType type) {
            this.type = type;
        }

        abstract void send(Published published);
    }

    /**
     * @param folder where files are written
     */
    AnyWayControlPlane(Path folder) throws IOException {
        this.folder = folder;
        var here = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
        this.grpc =
                NettyServerBuilder.forAddress(here).fallbackHandlerRegistry(this).build().start();
        this.rest = HttpServer.create(here, 0);
        rest.createContext("/v3/discovery:", this::poll);
        rest.setExecutor(task -> Thread.ofVirtual().start(task));
        rest.start();
    }

    int grpcPort() {
        return grpc.getPort();
    }

    int restPort() {
        return rest.getAddress().getPort();
    }

    /** The file of a type, or of one resource where each has its own. */
    static Path file(Path folder, ResourceType type, String name) {
        return folder.resolve(
                type.shortName() + (name.isEmpty() ? "" : "-" + name.replace("/", "-")) + ".json");
    }

    /** From now on there is this, and nothing else. */
    synchronized void publish(Published next) throws IOException {
        published = next;
        for (ResourceType type : ResourceType.inOrder()) {
            for (Asker asker : List.copyOf(askers)) {
                if (asker.type == type) {
                    asker.send(next);
                }
            }
            write(type, "", next.of(type, Set.of()));
            for (var each : next.resources().getOrDefault(type, Map.of()).entrySet()) {
                write(type, each.getKey(), Map.of(each.getKey(), each.getValue()));
            }
        }
    }

    /** In one move, which is what Envoy looks for. */
    private void write(ResourceType type, String name, Map<String, Map<?, ?>> resources)
            throws IOException {
        Path part = folder.resolve("part");
        Files.write(part, response(type, resources));
        Files.move(
                part,
                file(folder, type, name),
                StandardCopyOption.ATOMIC_MOVE,
                StandardCopyOption.REPLACE_EXISTING);
    }

    private byte[] response(ResourceType type, Map<String, Map<?, ?>> resources)
            throws IOException {
        var typed = new ArrayList<Map<Object, Object>>();
        resources
                .values()
                .forEach(tree -> {
                    var each = new LinkedHashMap<Object, Object>();
                    each.put("@type", type.typeUrl());
                    each.putAll(tree);
                    typed.add(each);
                });
        return JSON.writeValueAsBytes(
                Map.of(
                        "version_info",
                        published.version(),
                        "type_url",
                        type.typeUrl(),
                        "resources",
                        typed));
    }

    /** What was refused of a type over gRPC, in order. */
    synchronized List<String> refusals(ResourceType type) {
        return List.copyOf(refusals.getOrDefault(type, List.of()));
    }

    private void refused(ResourceType type, String message) {
        refusals.computeIfAbsent(type, _ -> new ArrayList<>()).add(Dialogue.shortened(message));
    }

    private void poll(HttpExchange exchange) throws IOException {
        try (exchange) {
            JsonNode request = JSON.readTree(exchange.getRequestBody());
            String path = exchange.getRequestURI().getPath();
            ResourceType type = ofPath(path.substring(path.indexOf(':') + 1));
            var names = new LinkedHashSet<String>();
            request.path("resource_names").forEach(name -> names.add(name.asText()));
            byte[] body;
            synchronized (this) {
                boolean known = request.path("version_info").asText().equals(published.version());
                body = known ? null : response(type, published.of(type, names));
            }
            if (body == null) {
                exchange.sendResponseHeaders(NOT_MODIFIED, -1);
                return;
            }
            exchange.getResponseHeaders().set("content-type", "application/json");
            exchange.sendResponseHeaders(200, body.length);
            exchange.getResponseBody().write(body);
        }
    }

    private static ResourceType ofPath(String path) {
        return switch (path) {
            case "listeners" -> ResourceType.LISTENER;
            case "clusters" -> ResourceType.CLUSTER;
            case "routes" -> ResourceType.ROUTE;
            case "scoped-routes" -> ResourceType.SCOPED_ROUTE;
            case "endpoints" -> ResourceType.ENDPOINT;
            case "secrets" -> ResourceType.SECRET;
            case "runtime" -> ResourceType.RUNTIME;
            case "extension_configs" -> ResourceType.EXTENSION;
            default -> throw new IllegalArgumentException(path);
        };
    }

    @Override
    public @Nullable ServerMethodDefinition<?, ?> lookupMethod(
            String name, @Nullable String authority) {
        if (name.contains(DELTA)) {
            return ServerMethodDefinition.create(
                    AggregatedDiscoveryServiceGrpc.getDeltaAggregatedResourcesMethod().toBuilder()
                            .setFullMethodName(name)
                            .build(),
                    ServerCalls.asyncBidiStreamingCall(DeltaStream::new));
        }
        return ServerMethodDefinition.create(
                AggregatedDiscoveryServiceGrpc.getStreamAggregatedResourcesMethod().toBuilder()
                        .setFullMethodName(name)
                        .build(),
                ServerCalls.asyncBidiStreamingCall(SotwStream::new));
    }

    @Override
    public void close() {
        grpc.shutdownNow();
        rest.stop(0);
    }

    /** What both kinds of streams have in common. */
    private abstract class Stream<Q, A> implements StreamObserver<Q> {
        final StreamObserver<A> answers;
        final Map<ResourceType, Asker> own = new LinkedHashMap<>();
        private int nonce;

        Stream(StreamObserver<A> answers) {
            this.answers = answers;
        }

        abstract Asker begin(ResourceType type);

        Asker asker(ResourceType type) {
            return own.computeIfAbsent(
                    type,
                    _ -> {
                        var asker = begin(type);
                        askers.add(asker);
                        return asker;
                    });
        }

        String nextNonce() {
            return Integer.toString(++nonce);
        }

        @Override
        public void onError(Throwable failure) {
            onCompleted();
        }

        @Override
        public void onCompleted() {
            synchronized (AnyWayControlPlane.this) {
                askers.removeAll(own.values());
            }
        }
    }

    private final class SotwStream extends Stream<DiscoveryRequest, DiscoveryResponse> {
        SotwStream(StreamObserver<DiscoveryResponse> answers) {
            super(answers);
        }

        @Override
        public void onNext(DiscoveryRequest request) {
            synchronized (AnyWayControlPlane.this) {
                ResourceType type = ResourceType.find(request.getTypeUrl()).orElseThrow();
                if (request.hasErrorDetail()) {
                    refused(type, request.getErrorDetail().getMessage());
                }
                boolean first = !own.containsKey(type);
                Asker asker = asker(type);
                var names = new LinkedHashSet<>(request.getResourceNamesList());
                if (first || !asker.names.equals(names)) {
                    asker.names.clear();
                    asker.names.addAll(names);
                    asker.send(published);
                }
            }
        }

        @Override
        Asker begin(ResourceType type) {
            return new Asker(type) {
                @Override
                void send(Published now) {
                    var response =
                            DiscoveryResponse.newBuilder()
                                    .setTypeUrl(type.typeUrl())
                                    .setVersionInfo(now.version())
                                    .setNonce(nextNonce());
                    now.of(type, names)
                            .values()
                            .forEach(tree ->
                                    response.addResources(TypedYaml.pack(type.typeUrl(), tree)));
                    answers.onNext(response.build());
                }
            };
        }
    }

    private final class DeltaStream extends Stream<DeltaDiscoveryRequest, DeltaDiscoveryResponse> {
        DeltaStream(StreamObserver<DeltaDiscoveryResponse> answers) {
            super(answers);
        }

        @Override
        public void onNext(DeltaDiscoveryRequest request) {
            synchronized (AnyWayControlPlane.this) {
                ResourceType type = ResourceType.find(request.getTypeUrl()).orElseThrow();
                if (request.hasErrorDetail()) {
                    refused(type, request.getErrorDetail().getMessage());
                }
                boolean first = !own.containsKey(type);
                Asker asker = asker(type);
                request.getResourceNamesUnsubscribeList().forEach(asker.names::remove);
                boolean more = asker.names.addAll(request.getResourceNamesSubscribeList());
                if (first || more) {
                    asker.send(published);
                }
            }
        }

        @Override
        Asker begin(ResourceType type) {
            return new Asker(type) {
                private Set<String> sent = Set.of();

                @Override
                void send(Published now) {
                    var response =
                            DeltaDiscoveryResponse.newBuilder()
                                    .setTypeUrl(type.typeUrl())
                                    .setSystemVersionInfo(now.version())
                                    .setNonce(nextNonce());
                    var gone = new LinkedHashSet<>(sent);
                    var resources = now.of(type, names);
                    gone.removeAll(resources.keySet());
                    sent = Set.copyOf(resources.keySet());
                    resources.forEach((name, tree) ->
                            response.addResources(
                                    Resource.newBuilder()
                                            .setName(name)
                                            .setVersion(now.version())
                                            .setResource(TypedYaml.pack(type.typeUrl(), tree))));
                    response.addAllRemovedResources(gone);
                    answers.onNext(response.build());
                }
            };
        }
    }
}
