// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.xds.translate;

import com.google.protobuf.Any;
import com.google.protobuf.Duration;
import io.envoyproxy.envoy.config.cluster.v3.Cluster;
import io.envoyproxy.envoy.config.core.v3.HeaderValue;
import io.envoyproxy.envoy.config.core.v3.HeaderValueOption;
import io.envoyproxy.envoy.config.core.v3.HeaderValueOption.HeaderAppendAction;
import io.envoyproxy.envoy.config.route.v3.DirectResponseAction;
import io.envoyproxy.envoy.config.route.v3.Route;
import io.envoyproxy.envoy.config.route.v3.RouteAction;
import io.envoyproxy.envoy.config.route.v3.RouteMatch;
import io.envoyproxy.envoy.config.route.v3.VirtualHost;
import io.envoyproxy.envoy.extensions.clusters.dynamic_forward_proxy.v3.ClusterConfig;
import io.envoyproxy.envoy.extensions.common.dynamic_forward_proxy.v3.DnsCacheConfig;
import io.envoyproxy.envoy.extensions.filters.http.dynamic_forward_proxy.v3.FilterConfig;
import io.envoyproxy.envoy.extensions.filters.network.http_connection_manager.v3.HttpFilter;

/**
 * Requests for hosts that no service has: refused, or sent where their Host header says by a
 * cluster that resolves names as they come.
 */
final class PassthroughTranslator {
    private static final int UNKNOWN_HOST_STATUS = 404;

    /** One cache of names for the filter, which asks, and the cluster, which is told. */
    private static final DnsCacheConfig NAMES =
            DnsCacheConfig.newBuilder()
                    .setName(ResourceNames.PASSTHROUGH)
                    // As other clusters by name: IPv6 alone would lose hosts on IPv4 only.
                    .setDnsLookupFamily(Cluster.DnsLookupFamily.V4_PREFERRED)
                    .build();

    /** Before the router, which must find the host's address known. */
    static final HttpFilter FILTER =
            HttpFilter.newBuilder()
                    .setName("envoy.filters.http.dynamic_forward_proxy")
                    .setTypedConfig(
                            Any.pack(FilterConfig.newBuilder().setDnsCacheConfig(NAMES).build()))
                    .build();

    private PassthroughTranslator() {}

    static Cluster cluster(Duration connectTimeout) {
        return Cluster.newBuilder()
                .setName(ResourceNames.PASSTHROUGH)
                .setConnectTimeout(connectTimeout)
                .setLbPolicy(Cluster.LbPolicy.CLUSTER_PROVIDED)
                .setClusterType(
                        Cluster.CustomClusterType.newBuilder()
                                .setName("envoy.clusters.dynamic_forward_proxy")
                                .setTypedConfig(
                                        Any.pack(
                                                ClusterConfig.newBuilder()
                                                        .setDnsCacheConfig(NAMES)
                                                        .build())))
                .build();
    }

    static VirtualHost virtualHost(boolean passes) {
        var route =
                Route.newBuilder()
                        .setName(ResourceNames.UNKNOWN_HOSTS)
                        .setMatch(RouteMatch.newBuilder().setPrefix("/"));
        if (passes) {
            route.setRoute(RouteAction.newBuilder().setCluster(ResourceNames.PASSTHROUGH));
        } else {
            route.setDirectResponse(
                            DirectResponseAction.newBuilder().setStatus(UNKNOWN_HOST_STATUS))
                    .addResponseHeadersToAdd(
                            HeaderValueOption.newBuilder()
                                    .setHeader(
                                            HeaderValue.newBuilder()
                                                    .setKey("x-outrigger-reason")
                                                    .setValue("unknown-host"))
                                    .setAppendAction(
                                            HeaderAppendAction.OVERWRITE_IF_EXISTS_OR_ADD));
        }
        return VirtualHost.newBuilder()
                .setName(ResourceNames.UNKNOWN_HOSTS)
                .addDomains("*")
                .addRoutes(route)
                .build();
    }
}
