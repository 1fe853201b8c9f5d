// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.state;

import com.google.protobuf.Any;
import com.google.protobuf.UInt32Value;
import io.envoyproxy.envoy.config.cluster.v3.Cluster;
import io.envoyproxy.envoy.config.core.v3.Address;
import io.envoyproxy.envoy.config.core.v3.AggregatedConfigSource;
import io.envoyproxy.envoy.config.core.v3.ApiVersion;
import io.envoyproxy.envoy.config.core.v3.ConfigSource;
import io.envoyproxy.envoy.config.core.v3.ExtensionConfigSource;
import io.envoyproxy.envoy.config.core.v3.SocketAddress;
import io.envoyproxy.envoy.config.core.v3.TypedExtensionConfig;
import io.envoyproxy.envoy.config.endpoint.v3.ClusterLoadAssignment;
import io.envoyproxy.envoy.config.endpoint.v3.Endpoint;
import io.envoyproxy.envoy.config.endpoint.v3.LbEndpoint;
import io.envoyproxy.envoy.config.endpoint.v3.LocalityLbEndpoints;
import io.envoyproxy.envoy.config.listener.v3.Filter;
import io.envoyproxy.envoy.config.listener.v3.FilterChain;
import io.envoyproxy.envoy.config.listener.v3.Listener;
import io.envoyproxy.envoy.config.route.v3.Route;
import io.envoyproxy.envoy.config.route.v3.RouteAction;
import io.envoyproxy.envoy.config.route.v3.RouteConfiguration;
import io.envoyproxy.envoy.config.route.v3.RouteMatch;
import io.envoyproxy.envoy.config.route.v3.ScopedRouteConfiguration;
import io.envoyproxy.envoy.config.route.v3.Vhds;
import io.envoyproxy.envoy.config.route.v3.VirtualHost;
import io.envoyproxy.envoy.extensions.filters.http.buffer.v3.Buffer;
import io.envoyproxy.envoy.extensions.filters.http.router.v3.Router;
import io.envoyproxy.envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager;
import io.envoyproxy.envoy.extensions.filters.network.http_connection_manager.v3.HttpFilter;
import io.envoyproxy.envoy.extensions.filters.network.http_connection_manager.v3.Rds;
import io.envoyproxy.envoy.extensions.filters.network.http_connection_manager.v3.ScopedRds;
import io.envoyproxy.envoy.extensions.filters.network.http_connection_manager.v3.ScopedRoutes;

/** Small valid resources. */
public final class Protos {
    private static final ConfigSource ADS =
            ConfigSource.newBuilder()
                    .setAds(AggregatedConfigSource.getDefaultInstance())
                    .setResourceApiVersion(ApiVersion.V3)
                    .build();

    private Protos() {}

    public static Cluster edsCluster(String name, long connectTimeoutSeconds) {
        return Cluster.newBuilder()
                .setName(name)
                .setType(Cluster.DiscoveryType.EDS)
                .setConnectTimeout(
                        com.google.protobuf.Duration.newBuilder().setSeconds(connectTimeoutSeconds))
                .setEdsClusterConfig(Cluster.EdsClusterConfig.newBuilder().setEdsConfig(ADS))
                .build();
    }

    public static Cluster staticCluster(String name, int port) {
        return Cluster.newBuilder()
                .setName(name)
                .setType(Cluster.DiscoveryType.STATIC)
                .setLoadAssignment(assignment(name, port))
                .build();
    }

    public static ClusterLoadAssignment assignment(String name, int port) {
        return ClusterLoadAssignment.newBuilder()
                .setClusterName(name)
                .addEndpoints(
                        LocalityLbEndpoints.newBuilder()
                                .addLbEndpoints(
                                        LbEndpoint.newBuilder()
                                                .setEndpoint(
                                                        Endpoint.newBuilder()
                                                                .setAddress(address(port)))))
                .build();
    }

    public static Listener rdsListener(String name, int port, String route) {
        return listener(
                name,
                port,
                HttpConnectionManager.newBuilder()
                        .setRds(Rds.newBuilder().setRouteConfigName(route).setConfigSource(ADS)));
    }

    /** A listener with a filter in front of its router whose configuration comes over ECDS. */
    public static Listener discoveredFilterListener(String name, int port, String filter) {
        var source =
                ExtensionConfigSource.newBuilder()
                        .setConfigSource(ADS)
                        .addTypeUrls(Any.pack(Buffer.getDefaultInstance()).getTypeUrl());
        return listener(
                name,
                port,
                HttpConnectionManager.newBuilder()
                        .setRouteConfig(routes("inline", "a"))
                        .addHttpFilters(
                                HttpFilter.newBuilder()
                                        .setName(filter)
                                        .setConfigDiscovery(source)));
    }

    public static TypedExtensionConfig bufferFilter(String name, int maxBytes) {
        return TypedExtensionConfig.newBuilder()
                .setName(name)
                .setTypedConfig(
                        Any.pack(
                                Buffer.newBuilder()
                                        .setMaxRequestBytes(UInt32Value.of(maxBytes))
                                        .build()))
                .build();
    }

    /** A listener whose scopes come over SRDS, by the header {@code x-scope}. */
    public static Listener scopedListener(String name, int port) {
        var key =
                ScopedRoutes.ScopeKeyBuilder.newBuilder()
                        .addFragments(
                                ScopedRoutes.ScopeKeyBuilder.FragmentBuilder.newBuilder()
                                        .setHeaderValueExtractor(
                                                ScopedRoutes.ScopeKeyBuilder.FragmentBuilder
                                                        .HeaderValueExtractor.newBuilder()
                                                        .setName("x-scope")
                                                        .setIndex(0)));
        return listener(
                name,
                port,
                HttpConnectionManager.newBuilder()
                        .setScopedRoutes(
                                ScopedRoutes.newBuilder()
                                        .setName("s")
                                        .setScopeKeyBuilder(key)
                                        .setRdsConfigSource(ADS)
                                        .setScopedRds(
                                                ScopedRds.newBuilder()
                                                        .setScopedRdsConfigSource(ADS))));
    }

    public static ScopedRouteConfiguration scope(String name, String key, String route) {
        return ScopedRouteConfiguration.newBuilder()
                .setName(name)
                .setRouteConfigurationName(route)
                .setKey(
                        ScopedRouteConfiguration.Key.newBuilder()
                                .addFragments(
                                        ScopedRouteConfiguration.Key.Fragment.newBuilder()
                                                .setStringKey(key)))
                .build();
    }

    /** Routes whose virtual hosts come over VHDS. */
    public static RouteConfiguration vhdsRoutes(String name) {
        return RouteConfiguration.newBuilder()
                .setName(name)
                .setVhds(Vhds.newBuilder().setConfigSource(ADS))
                .build();
    }

    public static Listener inlineListener(String name, int port, String cluster) {
        return listener(
                name,
                port,
                HttpConnectionManager.newBuilder().setRouteConfig(routes("i", cluster)));
    }

    public static RouteConfiguration routes(String name, String cluster) {
        return RouteConfiguration.newBuilder()
                .setName(name)
                .addVirtualHosts(
                        VirtualHost.newBuilder()
                                .setName("v")
                                .addDomains("*")
                                .addRoutes(
                                        Route.newBuilder()
                                                .setMatch(RouteMatch.newBuilder().setPrefix("/"))
                                                .setRoute(
                                                        RouteAction.newBuilder()
                                                                .setCluster(cluster))))
                .build();
    }

    private static Listener listener(String name, int port, HttpConnectionManager.Builder hcm) {
        hcm.setStatPrefix("p")
                .addHttpFilters(
                        HttpFilter.newBuilder()
                                .setName("envoy.filters.http.router")
                                .setTypedConfig(Any.pack(Router.getDefaultInstance())));
        return Listener.newBuilder()
                .setName(name)
                .setAddress(address(port))
                .addFilterChains(
                        FilterChain.newBuilder()
                                .addFilters(
                                        Filter.newBuilder()
                                                .setName(
                                                        "envoy.filters.network.http_connection_manager")
                                                .setTypedConfig(Any.pack(hcm.build()))))
                .build();
    }

    private static Address address(int port) {
        return Address.newBuilder()
                .setSocketAddress(
                        SocketAddress.newBuilder().setAddress("127.0.0.1").setPortValue(port))
                .build();
    }
}
