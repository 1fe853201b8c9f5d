// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.xds.testing;

import com.google.protobuf.Any;
import com.google.protobuf.BoolValue;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import dev.outrigger.xds.resource.ResourceType;
import dev.outrigger.xds.resource.XdsResource;
import io.envoyproxy.envoy.config.bootstrap.v3.Bootstrap;
import io.envoyproxy.envoy.config.cluster.v3.Cluster;
import io.envoyproxy.envoy.config.endpoint.v3.ClusterLoadAssignment;
import io.envoyproxy.envoy.config.listener.v3.Filter;
import io.envoyproxy.envoy.config.listener.v3.FilterChain;
import io.envoyproxy.envoy.config.listener.v3.Listener;
import io.envoyproxy.envoy.config.route.v3.RouteConfiguration;
import io.envoyproxy.envoy.extensions.filters.http.credential_injector.v3.CredentialInjector;
import io.envoyproxy.envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager;
import io.envoyproxy.envoy.extensions.filters.network.http_connection_manager.v3.HttpFilter;
import io.envoyproxy.envoy.extensions.http.injected_credentials.generic.v3.Generic;
import io.envoyproxy.envoy.extensions.transport_sockets.tls.v3.Secret;
import io.envoyproxy.envoy.extensions.upstreams.http.v3.HttpProtocolOptions;
import java.io.IOException;
import java.util.List;
import java.util.Optional;

/** Resources as a bootstrap of their own, without any discovery. */
public final class StaticBootstrap {
    private static final String HTTP_OPTIONS =
            "envoy.extensions.upstreams.http.v3.HttpProtocolOptions";

    private StaticBootstrap() {}

    /** What comes by subscription is written in its place; what nobody supplies stays as it is. */
    public static Bootstrap of(List<XdsResource> resources) throws IOException {
        var bootstrap = Bootstrap.newBuilder();
        bootstrap.getNodeBuilder().setId("a-1").setCluster("a");
        for (XdsResource resource : resources) {
            switch (resource.message()) {
                case Cluster cluster ->
                        bootstrap
                                .getStaticResourcesBuilder()
                                .addClusters(
                                        withSecrets(withEndpoints(cluster, resources), resources));
                case Listener listener ->
                        bootstrap
                                .getStaticResourcesBuilder()
                                .addListeners(withRoutes(listener, resources));
                case Secret secret -> bootstrap.getStaticResourcesBuilder().addSecrets(secret);
                default -> {} // In its place already.
            }
        }
        return bootstrap.build();
    }

    private static Cluster withEndpoints(Cluster cluster, List<XdsResource> resources) {
        if (cluster.getType() != Cluster.DiscoveryType.EDS) {
            return cluster;
        }
        var service = cluster.getEdsClusterConfig().getServiceName();
        var name = service.isEmpty() ? cluster.getName() : service;
        return find(resources, ResourceType.ENDPOINT, name, ClusterLoadAssignment.class)
                .map(endpoints ->
                        cluster.toBuilder()
                                .clearEdsClusterConfig()
                                .setType(Cluster.DiscoveryType.STATIC)
                                .setLoadAssignment(endpoints)
                                .build())
                .orElse(cluster);
    }

    /**
     * Credentials by the name of a secret of the same file. Asked for over a stream that there is
     * not, they crash Envoy 1.40 when it only validates.
     */
    private static Cluster withSecrets(Cluster cluster, List<XdsResource> resources)
            throws InvalidProtocolBufferException {
        var options = cluster.getTypedExtensionProtocolOptionsMap().get(HTTP_OPTIONS);
        if (options == null) {
            return cluster;
        }
        var http = HttpProtocolOptions.parseFrom(options.getValue()).toBuilder();
        for (HttpFilter.Builder filter : http.getHttpFiltersBuilderList()) {
            if (filter.getTypedConfig().is(CredentialInjector.class)) {
                var injector = filter.getTypedConfig().unpack(CredentialInjector.class).toBuilder();
                var credential = injector.getCredentialBuilder();
                var generic = credential.getTypedConfig().unpack(Generic.class).toBuilder();
                var name = generic.getCredential().getName();
                if (find(resources, ResourceType.SECRET, name, Secret.class).isPresent()) {
                    generic.getCredentialBuilder().clearSdsConfig();
                }
                credential.setTypedConfig(Any.pack(generic.build()));
                filter.setTypedConfig(Any.pack(injector.build()));
            }
        }
        return cluster.toBuilder()
                .putTypedExtensionProtocolOptions(HTTP_OPTIONS, Any.pack(http.build()))
                .build();
    }

    private static Listener withRoutes(Listener listener, List<XdsResource> resources)
            throws InvalidProtocolBufferException {
        var builder = listener.toBuilder();
        for (FilterChain.Builder chain : builder.getFilterChainsBuilderList()) {
            withRoutes(chain, resources);
        }
        if (builder.hasDefaultFilterChain()) {
            withRoutes(builder.getDefaultFilterChainBuilder(), resources);
        }
        return builder.build();
    }

    private static void withRoutes(FilterChain.Builder chain, List<XdsResource> resources)
            throws InvalidProtocolBufferException {
        for (Filter.Builder filter : chain.getFiltersBuilderList()) {
            if (!filter.getTypedConfig().is(HttpConnectionManager.class)) {
                continue;
            }
            var manager = HttpConnectionManager.parseFrom(filter.getTypedConfig().getValue());
            if (manager.hasRds()) {
                var name = manager.getRds().getRouteConfigName();
                find(resources, ResourceType.ROUTE, name, RouteConfiguration.class)
                        .ifPresent(routes ->
                                filter.setTypedConfig(
                                        Any.pack(
                                                manager.toBuilder()
                                                        .clearRds()
                                                        .setRouteConfig(unchecked(routes))
                                                        .build())));
            }
        }
    }

    /** Routes that are written in place have their clusters looked for, those by RDS have not. */
    private static RouteConfiguration unchecked(RouteConfiguration routes) {
        return routes.hasValidateClusters()
                ? routes
                : routes.toBuilder().setValidateClusters(BoolValue.of(false)).build();
    }

    private static <M extends Message> Optional<M> find(
            List<XdsResource> resources, ResourceType type, String name, Class<M> message) {
        return resources.stream()
                .filter(resource -> resource.type() == type && resource.name().equals(name))
                .map(resource -> message.cast(resource.message()))
                .findFirst();
    }
}
