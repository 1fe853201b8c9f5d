// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.xds.translate;

import com.google.protobuf.Any;
import com.google.protobuf.Duration;
import com.google.protobuf.UInt64Value;
import dev.outrigger.policy.kind.sidecar.SidecarSpec.UnknownHosts;
import dev.outrigger.xds.ir.IrListener;
import dev.outrigger.xds.kind.KindTranslators;
import dev.outrigger.xds.kind.accesslog.AccessLogTranslator;
import io.envoyproxy.envoy.config.listener.v3.Filter;
import io.envoyproxy.envoy.config.listener.v3.FilterChain;
import io.envoyproxy.envoy.config.listener.v3.Listener;
import io.envoyproxy.envoy.config.route.v3.Route;
import io.envoyproxy.envoy.config.route.v3.RouteAction;
import io.envoyproxy.envoy.config.route.v3.RouteConfiguration;
import io.envoyproxy.envoy.config.route.v3.RouteMatch;
import io.envoyproxy.envoy.config.route.v3.VirtualHost;
import io.envoyproxy.envoy.extensions.filters.http.router.v3.Router;
import io.envoyproxy.envoy.extensions.filters.network.connection_limit.v3.ConnectionLimit;
import io.envoyproxy.envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager;
import io.envoyproxy.envoy.extensions.filters.network.http_connection_manager.v3.HttpFilter;
import io.envoyproxy.envoy.extensions.filters.network.http_connection_manager.v3.Rds;

/**
 * Listeners with their HTTP connection manager. What Envoy does by default stays unsaid. Those of
 * gRPC clients without a proxy are {@link ProxylessTranslator}'s.
 */
final class ListenerTranslator {
    static final HttpFilter ROUTER =
            HttpFilter.newBuilder()
                    .setName("envoy.filters.http.router")
                    .setTypedConfig(Any.pack(Router.getDefaultInstance()))
                    .build();

    Listener listener(IrListener listener) {
        return switch (listener) {
            case IrListener.Inbound inbound ->
                    onSocket(
                            inbound,
                            inbound.address(),
                            inbound.port(),
                            connectionManager(inbound).setRouteConfig(toApplication(inbound)));
            case IrListener.Outbound outbound ->
                    onSocket(
                            outbound,
                            outbound.address(),
                            outbound.port(),
                            outboundManager(outbound)
                                    .addHttpFilters(ROUTER)
                                    .setRds(
                                            Rds.newBuilder()
                                                    .setConfigSource(ClusterTranslator.ADS)
                                                    .setRouteConfigName(
                                                            ResourceNames.routeConfiguration(
                                                                    outbound))));
        };
    }

    /** With the filters that routes may switch on, which all are for what is called. */
    private static HttpConnectionManager.Builder outboundManager(IrListener.Outbound listener) {
        var manager = HttpConnectionManager.newBuilder();
        manager.setStatPrefix(ResourceNames.statPrefix(listener));
        listener.accessLogs()
                .forEach(log -> manager.addAccessLog(AccessLogTranslator.translate(log)));
        KindTranslators.FILTERS.forEach(kind -> manager.addHttpFilters(kind.filter()));
        if (listener.unknownHosts() == UnknownHosts.PASSTHROUGH) {
            manager.addHttpFilters(PassthroughTranslator.FILTER);
        }
        return manager;
    }

    private static HttpConnectionManager.Builder connectionManager(IrListener listener) {
        var manager = HttpConnectionManager.newBuilder();
        manager.setStatPrefix(ResourceNames.statPrefix(listener));
        listener.accessLogs()
                .forEach(log -> manager.addAccessLog(AccessLogTranslator.translate(log)));
        return manager.addHttpFilters(ROUTER);
    }

    private static Listener onSocket(
            IrListener listener, String address, int port, HttpConnectionManager.Builder manager) {
        var chain = FilterChain.newBuilder();
        // First: a connection too many is closed before anything is read of it.
        listener.maxConnections()
                .ifPresent(max ->
                        chain.addFilters(
                                Filter.newBuilder()
                                        .setName("envoy.filters.network.connection_limit")
                                        .setTypedConfig(
                                                Any.pack(
                                                        ConnectionLimit.newBuilder()
                                                                .setStatPrefix(
                                                                        ResourceNames.statPrefix(
                                                                                listener))
                                                                .setMaxConnections(
                                                                        UInt64Value.of(max))
                                                                .build()))));
        chain.addFilters(
                Filter.newBuilder()
                        .setName("envoy.filters.network.http_connection_manager")
                        .setTypedConfig(Any.pack(manager.build())));
        return Listener.newBuilder()
                .setName(ResourceNames.listener(listener))
                .setAddress(EndpointTranslator.address(address, port))
                .addFilterChains(chain)
                .build();
    }

    /** Inline, so that an application is reachable without a second subscription. */
    private static RouteConfiguration toApplication(IrListener.Inbound inbound) {
        var name = ResourceNames.routeConfiguration(inbound);
        return RouteConfiguration.newBuilder()
                .setName(name)
                .addVirtualHosts(
                        VirtualHost.newBuilder()
                                .setName(name)
                                .addDomains("*")
                                .addRoutes(
                                        Route.newBuilder()
                                                .setName(name)
                                                .setMatch(RouteMatch.newBuilder().setPrefix("/"))
                                                .setRoute(
                                                        RouteAction.newBuilder()
                                                                .setCluster(
                                                                        ResourceNames
                                                                                .inboundCluster(
                                                                                        inbound
                                                                                                .name()))
                                                                // The caller's side decides how
                                                                // long a request may take; Envoy's
                                                                // 15 s here would undercut it.
                                                                .setTimeout(
                                                                        Duration
                                                                                .getDefaultInstance()))))
                .build();
    }
}
