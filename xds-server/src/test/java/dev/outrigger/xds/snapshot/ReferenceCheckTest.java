// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.xds.snapshot;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.Any;
import dev.outrigger.policy.model.PolicyId;
import dev.outrigger.xds.resource.ResourceType;
import dev.outrigger.xds.resource.XdsResource;
import io.envoyproxy.envoy.config.cluster.v3.Cluster;
import io.envoyproxy.envoy.config.core.v3.AggregatedConfigSource;
import io.envoyproxy.envoy.config.core.v3.ConfigSource;
import io.envoyproxy.envoy.config.listener.v3.ApiListener;
import io.envoyproxy.envoy.config.listener.v3.Filter;
import io.envoyproxy.envoy.config.listener.v3.FilterChain;
import io.envoyproxy.envoy.config.listener.v3.Listener;
import io.envoyproxy.envoy.config.route.v3.Route;
import io.envoyproxy.envoy.config.route.v3.RouteAction;
import io.envoyproxy.envoy.config.route.v3.RouteConfiguration;
import io.envoyproxy.envoy.config.route.v3.VirtualHost;
import io.envoyproxy.envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager;
import io.envoyproxy.envoy.extensions.filters.network.http_connection_manager.v3.Rds;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class ReferenceCheckTest {
    private static final ConfigSource ADS =
            ConfigSource.newBuilder().setAds(AggregatedConfigSource.getDefaultInstance()).build();
    private static final Any MANAGER =
            Any.pack(
                    HttpConnectionManager.newBuilder()
                            .setRds(
                                    Rds.newBuilder()
                                            .setRouteConfigName("missing")
                                            .setConfigSource(ADS))
                            .build());
    private static final FilterChain CHAIN =
            FilterChain.newBuilder()
                    .addFilters(Filter.newBuilder().setName("any name").setTypedConfig(MANAGER))
                    .build();

    @Test
    void aListenerNeedsItsRouteConfigurationWhereverItsFilterIs() {
        var listeners =
                List.of(
                        Listener.newBuilder().setName("l").addFilterChains(CHAIN).build(),
                        Listener.newBuilder().setName("l").setDefaultFilterChain(CHAIN).build(),
                        Listener.newBuilder()
                                .setName("l")
                                .setApiListener(ApiListener.newBuilder().setApiListener(MANAGER))
                                .build());

        for (Listener listener : listeners) {
            assertThat(check(of(ResourceType.LISTENER, listener)))
                    .containsExactly(
                            "LDS 'l' needs the RouteConfiguration 'missing', which nobody"
                                    + " supplies");
        }
    }

    @Test
    void anEdsClusterNeedsItsAssignmentByItsServiceName() {
        var cluster =
                Cluster.newBuilder()
                        .setName("c")
                        .setType(Cluster.DiscoveryType.EDS)
                        .setEdsClusterConfig(
                                Cluster.EdsClusterConfig.newBuilder()
                                        .setEdsConfig(ADS)
                                        .setServiceName("s"))
                        .build();

        assertThat(check(of(ResourceType.CLUSTER, cluster)))
                .containsExactly(
                        "CDS 'c' needs the ClusterLoadAssignment 's', which nobody supplies");
    }

    @Test
    void aRouteNeedsItsClusterUnlessItIsRaw() {
        var routes =
                RouteConfiguration.newBuilder()
                        .setName("r")
                        .addVirtualHosts(
                                VirtualHost.newBuilder()
                                        .setName("v")
                                        .addDomains("*")
                                        .addRoutes(
                                                Route.newBuilder()
                                                        .setName("x")
                                                        .setRoute(
                                                                RouteAction.newBuilder()
                                                                        .setCluster("gone"))))
                        .build();

        assertThat(check(of(ResourceType.ROUTE, routes)))
                .containsExactly("RDS 'r' routes 'x' to the cluster 'gone', which nobody supplies");
        assertThat(
                        check(
                                XdsResource.of(
                                        ResourceType.ROUTE,
                                        routes,
                                        Set.of(new PolicyId("XdsResources", "default", "raw")))))
                .isEmpty();
    }

    @Test
    void noNameAndNoDomainOccursTwice() {
        var routes =
                RouteConfiguration.newBuilder()
                        .setName("r")
                        .addVirtualHosts(VirtualHost.newBuilder().setName("v").addDomains("A.b"))
                        .addVirtualHosts(VirtualHost.newBuilder().setName("w").addDomains("a.B"))
                        .build();

        assertThat(check(of(ResourceType.ROUTE, routes)))
                .containsExactly(
                        "RDS 'r' has the domain 'a.B' twice, in the virtual hosts 'v' and 'w'");
        assertThat(
                        check(
                                of(ResourceType.CLUSTER, Cluster.newBuilder().setName("c").build()),
                                of(
                                        ResourceType.CLUSTER,
                                        Cluster.newBuilder()
                                                .setName("c")
                                                .setAltStatName("other")
                                                .build())))
                .containsExactly("CDS 'c' is defined twice, also by [Sidecar/a]");
    }

    private static XdsResource of(ResourceType type, com.google.protobuf.Message message) {
        return XdsResource.of(type, message, Set.of(new PolicyId("Sidecar", "default", "a")));
    }

    private static List<String> check(XdsResource... resources) {
        return ReferenceCheck.check(List.of(resources)).stream()
                .map(ReferenceCheck.Problem::detail)
                .toList();
    }
}
