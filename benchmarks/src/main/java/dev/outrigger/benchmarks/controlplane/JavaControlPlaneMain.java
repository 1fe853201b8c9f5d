// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.benchmarks.controlplane;

import com.google.protobuf.InvalidProtocolBufferException;
import io.envoyproxy.controlplane.cache.v3.SimpleCache;
import io.envoyproxy.controlplane.cache.v3.Snapshot;
import io.envoyproxy.controlplane.server.V3DiscoveryServer;
import io.envoyproxy.envoy.config.cluster.v3.Cluster;
import io.envoyproxy.envoy.config.endpoint.v3.ClusterLoadAssignment;
import io.envoyproxy.envoy.config.listener.v3.Listener;
import io.envoyproxy.envoy.config.route.v3.Route;
import io.envoyproxy.envoy.config.route.v3.RouteAction;
import io.envoyproxy.envoy.config.route.v3.RouteConfiguration;
import io.envoyproxy.envoy.config.route.v3.RouteMatch;
import io.envoyproxy.envoy.config.route.v3.VirtualHost;
import io.envoyproxy.envoy.service.discovery.v3.DeltaDiscoveryResponse;
import io.envoyproxy.envoy.service.discovery.v3.Resource;
import io.grpc.netty.NettyServerBuilder;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;

/**
 * java-control-plane's SimpleCache, serving a folder of resources and taking changes on its
 * standard input: the same words as the program in {@code src/main/go}.
 */
public final class JavaControlPlaneMain {
    private static final String GROUP = "all";

    private final SimpleCache<String> cache = new SimpleCache<>(_ -> GROUP);
    private final Map<String, Cluster> clusters = new LinkedHashMap<>();
    private final Map<String, ClusterLoadAssignment> endpoints = new LinkedHashMap<>();
    private final Map<String, Listener> listeners = new LinkedHashMap<>();
    private RouteConfiguration routes;
    private String moved = "";
    private int version;

    private JavaControlPlaneMain(Path folder) throws IOException {
        for (Resource resource : read(folder, "Cluster")) {
            clusters.put(resource.getName(), resource.getResource().unpack(Cluster.class));
        }
        for (Resource resource : read(folder, "ClusterLoadAssignment")) {
            endpoints.put(
                    resource.getName(), resource.getResource().unpack(ClusterLoadAssignment.class));
        }
        for (Resource resource : read(folder, "Listener")) {
            listeners.put(resource.getName(), resource.getResource().unpack(Listener.class));
        }
        routes =
                read(folder, "RouteConfiguration")
                        .getFirst()
                        .getResource()
                        .unpack(RouteConfiguration.class);
        publish();
    }

    public static void main(String[] arguments) throws IOException {
        var main = new JavaControlPlaneMain(Path.of(arguments[0]));
        var server =
                NettyServerBuilder.forAddress(
                                new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
                        .addService(
                                new V3DiscoveryServer(main.cache)
                                        .getAggregatedDiscoveryServiceImpl())
                        .permitKeepAliveTime(1, TimeUnit.SECONDS)
                        .permitKeepAliveWithoutCalls(true)
                        .build()
                        .start();
        System.out.println("listening " + server.getPort());
        var input = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        for (var line = input.readLine(); line != null; line = input.readLine()) {
            main.run(line.strip().split(" "));
            System.out.println("done");
        }
        server.shutdownNow();
    }

    /** What was served as several responses, one after the other, which together are one. */
    private static List<Resource> read(Path folder, String type)
            throws InvalidProtocolBufferException, IOException {
        return DeltaDiscoveryResponse.parseFrom(Files.readAllBytes(folder.resolve(type + ".bin")))
                .getResourcesList();
    }

    private void run(String[] words) {
        switch (words[0]) {
            case "change" -> {
                put(words[1], words[1], Integer.parseInt(words[3]));
                clusters.computeIfPresent(
                        words[1],
                        (_, cluster) -> cluster.toBuilder().setAltStatName(words[2]).build());
            }
            case "endpoints" -> put(words[1], words[1], Integer.parseInt(words[2]));
            case "host" -> {
                put(words[1], words[2], Integer.parseInt(words[3]));
                route(words[2], words[2]);
            }
            case "move" -> {
                put(words[1], words[3], Integer.parseInt(words[4]));
                route(words[2], words[3]);
                clusters.remove(moved);
                endpoints.remove(moved);
                moved = words[3];
            }
            default ->
                    throw new IllegalArgumentException(
                            "command: '"
                                    + words[0]
                                    + "' (expected: change, endpoints, host or move)");
        }
        publish();
    }

    private void put(String model, String name, int port) {
        var cluster = Objects.requireNonNull(clusters.get(model), model).toBuilder().setName(name);
        if (!cluster.getEdsClusterConfig().getServiceName().isEmpty()) {
            cluster.getEdsClusterConfigBuilder().setServiceName(name);
        }
        clusters.put(name, cluster.build());
        var assignment =
                Objects.requireNonNull(endpoints.get(model), model).toBuilder()
                        .setClusterName(name);
        assignment
                .getEndpointsBuilder(0)
                .getLbEndpointsBuilder(0)
                .getEndpointBuilder()
                .getAddressBuilder()
                .getSocketAddressBuilder()
                .setPortValue(port);
        endpoints.put(name, assignment.build());
    }

    private void route(String domain, String cluster) {
        var host =
                VirtualHost.newBuilder()
                        .setName(domain)
                        .addDomains(domain)
                        .addRoutes(
                                Route.newBuilder()
                                        .setMatch(RouteMatch.newBuilder().setPrefix("/"))
                                        .setRoute(RouteAction.newBuilder().setCluster(cluster)))
                        .build();
        var changed = routes.toBuilder();
        for (int i = 0; i < changed.getVirtualHostsCount(); i++) {
            if (changed.getVirtualHosts(i).getName().equals(domain)) {
                routes = changed.setVirtualHosts(i, host).build();
                return;
            }
        }
        routes = changed.addVirtualHosts(host).build();
    }

    private void publish() {
        cache.setSnapshot(
                GROUP,
                Snapshot.create(
                        clusters.values(),
                        endpoints.values(),
                        listeners.values(),
                        List.of(routes),
                        List.of(),
                        Integer.toString(++version)));
    }
}
