// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.state;

import static dev.outrigger.dataplane.ads.XdsType.CLUSTER;
import static dev.outrigger.dataplane.ads.XdsType.ENDPOINT;
import static dev.outrigger.dataplane.ads.XdsType.EXTENSION_CONFIG;
import static dev.outrigger.dataplane.ads.XdsType.LISTENER;
import static dev.outrigger.dataplane.ads.XdsType.ROUTE;
import static dev.outrigger.dataplane.ads.XdsType.SCOPED_ROUTE;
import static dev.outrigger.dataplane.ads.XdsType.VIRTUAL_HOST;
import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import dev.outrigger.dataplane.ads.NameResolver;
import dev.outrigger.dataplane.config.BootstrapConfig;
import dev.outrigger.dataplane.config.ClusterManagerConfig;
import dev.outrigger.dataplane.config.ConfigSourceConfig;
import dev.outrigger.dataplane.config.DynamicResourcesConfig;
import dev.outrigger.dataplane.config.NodeConfig;
import dev.outrigger.dataplane.config.OnDemand;
import dev.outrigger.dataplane.config.StatsConfig;
import dev.outrigger.dataplane.config.VirtualHostConfig;
import dev.outrigger.dataplane.parse.ParseContext;
import dev.outrigger.dataplane.parse.Parsed;
import dev.outrigger.dataplane.parse.UnknownFields;
import dev.outrigger.dataplane.runtime.RuntimeLayers;
import dev.outrigger.dataplane.telemetry.StatsStore;
import io.envoyproxy.envoy.config.cluster.v3.Cluster;
import io.envoyproxy.envoy.config.route.v3.RouteConfiguration;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The order of updates (8.2, WA1 to WA5), with responses handed over directly. */
class ConfigAssemblerTest {
    private static final Duration FETCH_TIMEOUT = Duration.ofSeconds(15);

    private final FakeMainLoop loop = new FakeMainLoop();
    private final FakeXdsSources xds = new FakeXdsSources();
    private final FakeRequestPath requestPath = new FakeRequestPath();
    private final StatsStore stats = new StatsStore(2);
    private final XdsResourceParser parser =
            new XdsResourceParser(
                    ParseContext.dynamic(ParseContext.Ads.DELTA, _ -> true, UnknownFields.IGNORED));
    private final NameResolver resolver =
            (_, answer) -> answer.accept(new NameResolver.Answer.Failed("none"));
    private ConfigAssembler assembler;

    @BeforeEach
    void open() throws IOException {
        assembler = assembler(List.of());
        assembler.start();
    }

    @Test
    void asksForListenersOnlyOnceTheFirstClustersAreWarm() {
        assertThat(xds.isOpen(CLUSTER)).isTrue();
        xds.state(CLUSTER, "1", Protos.edsCluster("a", 1), Protos.edsCluster("b", 1));
        xds.state(ENDPOINT, "1", Protos.assignment("a", 9));
        assertThat(xds.isOpen(LISTENER)).isFalse();
        assertThat(assembler.state()).isEqualTo(ServerState.PRE_INITIALIZING);

        xds.state(ENDPOINT, "2", Protos.assignment("b", 9));

        assertThat(xds.isOpen(LISTENER)).isTrue();
        assertThat(assembler.state()).isEqualTo(ServerState.INITIALIZING);
        assertThat(requestPath.isStarted()).isFalse();
    }

    @Test
    void firstCdsAckDoesNotWaitForWarming() {
        xds.state(CLUSTER, "1", Protos.edsCluster("a", 1));

        assertThat(xds.isPaused(CLUSTER)).isFalse();
        assertThat(xds.isPaused(ENDPOINT)).isFalse();
    }

    @Test
    void listenerServesOnceItsRoutesCame() {
        warmCluster();
        xds.state(LISTENER, "1", Protos.rdsListener("l", 10001, "r"));
        assertThat(requestPath.prepared()).containsExactly("l");
        assertThat(requestPath.config().listeners()).isEmpty();

        xds.state(ROUTE, "1", Protos.routes("r", "a"));

        assertThat(requestPath.config().listeners()).containsOnlyKeys("l");
        assertThat(requestPath.config().routeTables()).containsOnlyKeys("r");
        assertThat(requestPath.isStarted()).isTrue();
        assertThat(assembler.state()).isEqualTo(ServerState.LIVE);
    }

    @Test
    void goesOnWithoutWhatTimesOut() {
        loop.advance(FETCH_TIMEOUT);
        assertThat(counter("cluster_manager.cds.init_fetch_timeout")).isEqualTo(1);
        assertThat(xds.isOpen(LISTENER)).isTrue();
        xds.state(LISTENER, "1", Protos.rdsListener("l", 10001, "r"));

        loop.advance(FETCH_TIMEOUT);

        assertThat(counter("http.p.rds.r.init_fetch_timeout")).isEqualTo(1);
        assertThat(requestPath.config().listeners()).containsOnlyKeys("l");
        assertThat(requestPath.config().routeTables()).isEmpty();
        assertThat(requestPath.isStarted()).isTrue();
    }

    @Test
    void clusterWithoutEndpointsIsWarmAfterItsTimeout() {
        xds.state(CLUSTER, "1", Protos.edsCluster("a", 1));

        loop.advance(FETCH_TIMEOUT);

        assertThat(counter("cluster.a.init_fetch_timeout")).isEqualTo(1);
        assertThat(xds.isOpen(LISTENER)).isTrue();
        assertThat(requestPath.cluster("a").endpoints().localities()).isEmpty();
    }

    @Test
    void changedClusterWarmsBesideTheOldOneAndHoldsTheAck() {
        live();
        long before = hash("a");

        xds.state(CLUSTER, "2", Protos.edsCluster("a", 2));

        assertThat(xds.isPaused(CLUSTER)).isTrue();
        assertThat(gauge("cluster_manager.warming_clusters")).isEqualTo(1);
        assertThat(hash("a")).isEqualTo(before);
        assertThat(xds.requests(ENDPOINT)).last().isEqualTo(Set.of("a"));
        xds.state(ENDPOINT, "2", Protos.assignment("a", 8));
        assertThat(xds.isPaused(CLUSTER)).isFalse();
        assertThat(hash("a")).isNotEqualTo(before);
        assertThat(counter("cluster_manager.cluster_modified")).isEqualTo(1);
    }

    @Test
    void changedClusterTakesTheLastEndpointsWhenNoneAreSentAgain() {
        live();

        xds.state(CLUSTER, "2", Protos.edsCluster("a", 2));
        loop.advance(FETCH_TIMEOUT);

        assertThat(xds.isPaused(CLUSTER)).isFalse();
        assertThat(counter("cluster.a.assignment_use_cached")).isEqualTo(1);
        assertThat(requestPath.cluster("a").endpoints().localities()).hasSize(1);
    }

    @Test
    void identicalContentChangesNothing() {
        live();
        int applied = requestPath.calls().size();

        xds.state(CLUSTER, "2", Protos.edsCluster("a", 1));
        xds.state(LISTENER, "2", Protos.rdsListener("l", 10001, "r"));
        xds.state(ROUTE, "2", Protos.routes("r", "a"));
        xds.state(ENDPOINT, "2", Protos.assignment("a", 9));

        assertThat(requestPath.calls()).hasSize(applied);
        assertThat(assembler.view().cdsVersion()).isEqualTo("2");
        assertThat(assembler.view().activeClusters().getFirst().version()).isEqualTo("1");
    }

    @Test
    void absenceRemovesClustersAndListenersButNotRoutesAndEndpoints() {
        live();

        xds.state(ENDPOINT, "2");
        xds.state(ROUTE, "2");
        assertThat(requestPath.cluster("a").endpoints().localities()).hasSize(1);
        assertThat(requestPath.config().routeTables()).containsOnlyKeys("r");

        xds.state(CLUSTER, "2");
        assertThat(requestPath.config().clusters()).isEmpty();
        xds.state(LISTENER, "2");
        assertThat(requestPath.config().listeners()).isEmpty();
        assertThat(requestPath.config().routeTables()).isEmpty();
        assertThat(xds.requests(ROUTE)).last().isEqualTo(Set.of());
    }

    @Test
    void deltaRemovesOnlyWhatItNames() {
        live();

        xds.delta(CLUSTER, "2", Map.of("b", Protos.staticCluster("b", 9)));
        assertThat(requestPath.config().clusters()).containsOnlyKeys("a", "b");
        xds.delta(ENDPOINT, "2", Map.of(), "a");
        assertThat(requestPath.cluster("a").endpoints().localities()).hasSize(1);
        xds.delta(ROUTE, "2", Map.of(), "r");
        assertThat(requestPath.config().routeTables()).containsOnlyKeys("r");

        xds.delta(CLUSTER, "3", Map.of(), "a");

        assertThat(requestPath.config().clusters()).containsOnlyKeys("b");
    }

    @Test
    void missingEndpointsEndTheWaitForThem() {
        live();
        xds.delta(CLUSTER, "2", Map.of("b", Protos.edsCluster("b", 1)));
        assertThat(requestPath.config().clusters()).containsOnlyKeys("a");

        xds.delta(ENDPOINT, "2", Map.of(), "b");

        assertThat(requestPath.config().clusters()).containsOnlyKeys("a", "b");
        assertThat(counter("cluster.b.update_empty")).isEqualTo(1);
    }

    @Test
    void keepsTheGoodClustersOfAResponseWithABadOne() {
        live();

        var refusal =
                xds.state(
                        CLUSTER,
                        "2",
                        Protos.staticCluster("good", 9),
                        hostNameCluster("bad"),
                        hostNameCluster("worse"));

        assertThat(refusal)
                .hasValueSatisfying(text ->
                        assertThat(text)
                                .startsWith("Error adding/updating cluster(s) bad: ")
                                .contains(", worse: "));
        assertThat(requestPath.config().clusters()).containsOnlyKeys("good");
        assertThat(counter("cluster_manager.cds.update_rejected")).isEqualTo(1);
        assertThat(assembler.view().cdsVersion()).isEqualTo("1");
    }

    @Test
    void appliesNothingWhenAResourceBreaksItsConstraints() {
        live();

        var refusal =
                xds.state(
                        CLUSTER,
                        "2",
                        Protos.staticCluster("good", 9),
                        Cluster.getDefaultInstance());

        assertThat(refusal).isPresent();
        assertThat(requestPath.config().clusters()).containsOnlyKeys("a");
    }

    @Test
    void refusesADuplicateInOneResponse() {
        live();

        var refusal =
                xds.state(CLUSTER, "2", Protos.staticCluster("x", 8), Protos.staticCluster("x", 9));

        assertThat(refusal)
                .contains("Error adding/updating cluster(s) x: duplicate cluster x found");
        assertThat(requestPath.config().clusters()).containsOnlyKeys("x");
    }

    @Test
    void bindFailureRefusesTheListenerAndKeepsTheOldOne() {
        live();
        requestPath.take("taken");

        var refusal =
                xds.state(
                        LISTENER,
                        "2",
                        Protos.rdsListener("l", 10001, "r"),
                        Protos.inlineListener("taken", 10002, "a"),
                        Protos.inlineListener("other", 10003, "a"));

        assertThat(refusal)
                .contains(
                        "Error adding/updating listener(s) taken: cannot bind '127.0.0.1:1':"
                                + " Address already in use\n");
        assertThat(requestPath.config().listeners()).containsOnlyKeys("l", "other");
        assertThat(counter("listener_manager.listener_create_failure")).isEqualTo(1);
        assertThat(assembler.view().listeners())
                .filteredOn(view -> view.error().isPresent())
                .singleElement()
                .satisfies(view -> assertThat(view.name()).isEqualTo("taken"));
    }

    @Test
    void refusesASecondListenerOnAnAddress() {
        live();

        var refusal = xds.delta(LISTENER, "2", Map.of("m", Protos.inlineListener("m", 10001, "a")));

        assertThat(refusal)
                .hasValueSatisfying(text ->
                        assertThat(text)
                                .contains(
                                        "m: error adding listener: 'm' has duplicate address"
                                                + " '127.0.0.1:10001' as existing listener"));
        assertThat(requestPath.config().listeners()).containsOnlyKeys("l");
    }

    @Test
    void changedListenerWaitsForItsNewRoutesWhileTheOldOneServes() {
        live();

        xds.state(LISTENER, "2", Protos.rdsListener("l", 10001, "s"));
        assertThat(requestPath.listener("l").filterChains().toString())
                .contains("routeConfigName=r");
        assertThat(requestPath.config().routeTables()).containsOnlyKeys("r");
        assertThat(gauge("listener_manager.total_listeners_warming")).isEqualTo(1);

        xds.state(ROUTE, "2", Protos.routes("s", "a"));

        assertThat(requestPath.listener("l").filterChains().toString())
                .contains("routeConfigName=s");
        assertThat(requestPath.config().routeTables()).containsOnlyKeys("s");
    }

    @Test
    void removedWarmingListenerLetsItsSocketGo() {
        live();
        xds.state(
                LISTENER,
                "2",
                Protos.rdsListener("l", 10001, "r"),
                Protos.rdsListener("m", 10002, "never"));

        xds.state(LISTENER, "3", Protos.rdsListener("l", 10001, "r"));

        assertThat(requestPath.calls()).contains("cancel m");
        assertThat(xds.requests(ROUTE)).last().isEqualTo(Set.of("r"));
    }

    @Test
    void refusedRoutesKeepTheOldOnesAndEndTheWait() {
        live();
        xds.delta(LISTENER, "2", Map.of("m", Protos.rdsListener("m", 10002, "bad")));

        var refusal = xds.state(ROUTE, "2", twoWildcards("bad"));

        assertThat(refusal).isPresent();
        assertThat(counter("http.p.rds.bad.update_rejected")).isEqualTo(1);
        assertThat(requestPath.config().listeners()).containsOnlyKeys("l", "m");
        assertThat(requestPath.config().routeTables()).containsOnlyKeys("r");
    }

    @Test
    void listenersOfOneRouteConfigurationShareIt() {
        live();
        int asked = xds.requests(ROUTE).size();

        xds.delta(LISTENER, "2", Map.of("m", Protos.rdsListener("m", 10002, "r")));

        assertThat(xds.requests(ROUTE)).hasSize(asked);
        assertThat(requestPath.config().listeners()).containsOnlyKeys("l", "m");
    }

    @Test
    void neverChangesStaticClusters() throws IOException {
        var fixed =
                switch (parser.cluster(Protos.staticCluster("fixed", 9).toByteArray()).parsed()) {
                    case Parsed.Accepted<dev.outrigger.dataplane.config.ClusterConfig>(var c) -> c;
                    case Parsed.Rejected<dev.outrigger.dataplane.config.ClusterConfig> r ->
                            throw new AssertionError(r.message());
                };
        assembler = assembler(List.of(fixed));
        assembler.start();

        var refusal = xds.state(CLUSTER, "1", Protos.staticCluster("fixed", 10));
        xds.state(CLUSTER, "2");

        assertThat(refusal).isEmpty();
        assertThat(requestPath.cluster("fixed").config()).isEqualTo(fixed);
    }

    @Test
    void failedHealthChecksShowAsDraining() {
        live();

        assembler.failHealthChecks(true);
        assertThat(assembler.state()).isEqualTo(ServerState.DRAINING);
        assertThat(gauge("server.live")).isZero();
        assertThat(gauge("server.state")).as("before the next flush").isZero();
        assembler.onFlush();
        assertThat(gauge("server.state")).isEqualTo(1);

        assembler.failHealthChecks(false);
        assertThat(assembler.state()).isEqualTo(ServerState.LIVE);
    }

    @Test
    void removedClusterTakesItsStatsAlong() {
        live();

        xds.state(CLUSTER, "2");

        assertThat(
                        dev.outrigger.dataplane.telemetry.StatsExport.text(
                                        stats, dev.outrigger.dataplane.telemetry.StatsQuery.ALL)
                                .all())
                .doesNotContain("cluster.a.");
    }

    private void warmCluster() {
        xds.state(CLUSTER, "1", Protos.edsCluster("a", 1));
        xds.state(ENDPOINT, "1", Protos.assignment("a", 9));
    }

    private void live() {
        warmCluster();
        xds.state(LISTENER, "1", Protos.rdsListener("l", 10001, "r"));
        xds.state(ROUTE, "1", Protos.routes("r", "a"));
        assertThat(assembler.state()).isEqualTo(ServerState.LIVE);
    }

    @Test
    void drainingListenerKeepsItsRoutesForItsTime() throws IOException {
        requestPath.setDrainTime(Duration.ofSeconds(5));
        assembler = assembler(List.of());
        assembler.start();
        live();

        xds.state(LISTENER, "2");
        assertThat(requestPath.config().listeners()).isEmpty();
        assertThat(requestPath.config().routeTables()).containsOnlyKeys("r");
        assertThat(xds.requests(ROUTE).getLast()).containsExactly("r");

        loop.advance(Duration.ofMillis(4_999));
        assertThat(xds.requests(ROUTE).getLast()).containsExactly("r");
        loop.advance(Duration.ofMillis(1));
        assertThat(xds.requests(ROUTE).getLast()).isEmpty();
        assertThat(requestPath.config().routeTables()).isEmpty();
    }

    @Test
    void listenerWithScopesServesOnceScopesAndTheirRoutesCame() {
        warmCluster();
        xds.state(LISTENER, "1", Protos.scopedListener("l", 10001));
        assertThat(xds.isOpen(SCOPED_ROUTE)).isTrue();

        xds.state(SCOPED_ROUTE, "1", Protos.scope("one", "k", "r"));
        assertThat(requestPath.config().listeners()).isEmpty();
        assertThat(xds.requests(ROUTE)).last().isEqualTo(Set.of("r"));
        xds.state(ROUTE, "1", Protos.routes("r", "a"));

        assertThat(requestPath.config().listeners()).containsOnlyKeys("l");
        assertThat(requestPath.config().scopes().values().iterator().next())
                .singleElement()
                .satisfies(scope -> assertThat(scope.key()).containsExactly("k"));
        assertThat(gauge("http.p.scoped_rds.s.all_scopes")).isEqualTo(1);
    }

    @Test
    void refusesTwoScopesWithOneKeyAndKeepsTheLastOnes() {
        warmCluster();
        xds.state(LISTENER, "1", Protos.scopedListener("l", 10001));
        xds.state(SCOPED_ROUTE, "1", Protos.scope("one", "k", "r"));
        xds.state(ROUTE, "1", Protos.routes("r", "a"));

        var refusal =
                xds.state(
                        SCOPED_ROUTE,
                        "2",
                        Protos.scope("one", "k", "r"),
                        Protos.scope("two", "k", "r"));

        assertThat(refusal)
                .hasValue(
                        "Error adding/updating scoped route(s): scope key conflict found, first"
                                + " scope is 'one', second scope is 'two'");
        assertThat(requestPath.config().scopes().values().iterator().next()).hasSize(1);
    }

    @Test
    void virtualHostsOfVhdsJoinTheirRouteConfiguration() {
        warmCluster();
        xds.state(LISTENER, "1", Protos.rdsListener("l", 10001, "r"));
        xds.state(ROUTE, "1", Protos.vhdsRoutes("r"));
        assertThat(requestPath.config().listeners()).isEmpty();
        assertThat(xds.requests(VIRTUAL_HOST)).containsExactly(Set.of("r"));
        var host = Protos.routes("r", "a").getVirtualHosts(0);

        xds.delta(VIRTUAL_HOST, "1", Map.of("r/" + host.getName(), host));

        assertThat(requestPath.config().listeners()).containsOnlyKeys("l");
        assertThat(virtualHosts("r")).hasSize(1);

        xds.delta(VIRTUAL_HOST, "2", Map.of(), "r/" + host.getName());

        // As Envoy, which knows hosts by their own names alone.
        assertThat(virtualHosts("r")).hasSize(1);

        var named = host.toBuilder().setName("r/n").clearDomains().addDomains("n").build();
        xds.delta(VIRTUAL_HOST, "3", Map.of("r/n", named));
        assertThat(virtualHosts("r")).hasSize(2);
        xds.delta(VIRTUAL_HOST, "4", Map.of(), "r/n");

        assertThat(virtualHosts("r"))
                .singleElement()
                .satisfies(left -> assertThat(left.name()).isEqualTo(host.getName()));
    }

    @Test
    void whoeverAsksForAVirtualHostIsToldOnceItServes() {
        serveVirtualHosts();
        var told = new ArrayList<Integer>();

        var _ = ask("a.test", () -> told.add(virtualHosts("r").size()));
        var _ = ask("b.test", () -> told.add(-virtualHosts("r").size()));
        var giveUp = ask("a.test", () -> told.add(100));
        giveUp.run();

        assertThat(xds.onDemand()).containsExactly("r/a.test", "r/b.test");
        assertThat(told).isEmpty();
        xds.delta(
                VIRTUAL_HOST, "2", Map.of("r/a.test", Protos.routes("r", "a").getVirtualHosts(0)));
        assertThat(told).containsExactly(1);
        xds.unresolved(VIRTUAL_HOST, "r/c.test");
        assertThat(told).containsExactly(1);
        xds.unresolved(VIRTUAL_HOST, "r/b.test");
        assertThat(told).containsExactly(1, -1);

        var _ = ask("b.test", () -> told.add(2));
        assertThat(told).containsExactly(1, -1, 2);
        assertThat(xds.onDemand()).hasSize(2);
    }

    @Test
    void whatNobodyWaitsForAnyMoreIsNotAskedForTwice() {
        serveVirtualHosts();
        var told = new ArrayList<String>();

        ask("a.test", () -> told.add("first")).run();
        var _ = ask("a.test", () -> told.add("second"));

        assertThat(xds.onDemand()).containsExactly("r/a.test");
        xds.unresolved(VIRTUAL_HOST, "r/a.test");
        assertThat(told).containsExactly("second");
    }

    @Test
    void nobodyIsAskedForVirtualHostsOfARouteConfigurationThatIsWhole() {
        warmCluster();
        xds.state(LISTENER, "1", Protos.rdsListener("l", 10001, "r"));
        xds.state(ROUTE, "1", Protos.routes("r", "a"));

        ask("a.test", () -> {}).run();

        assertThat(xds.onDemand()).isEmpty();
    }

    private Runnable ask(String host, Runnable answered) {
        return requestPath.onDemand().request(new OnDemand.VirtualHost("r", host), answered);
    }

    private void serveVirtualHosts() {
        warmCluster();
        xds.state(LISTENER, "1", Protos.rdsListener("l", 10001, "r"));
        xds.state(ROUTE, "1", Protos.vhdsRoutes("r"));
        xds.unresolved(VIRTUAL_HOST, "r/none");
        assertThat(requestPath.config().listeners()).containsOnlyKeys("l");
    }

    @Test
    void listenerServesOnceTheConfigurationOfItsFilterCame() {
        warmCluster();
        xds.state(LISTENER, "1", Protos.discoveredFilterListener("l", 10001, "f"));
        assertThat(xds.requests(EXTENSION_CONFIG)).containsExactly(Set.of("f"));
        assertThat(requestPath.config().listeners()).isEmpty();

        xds.state(EXTENSION_CONFIG, "1", Protos.bufferFilter("f", 7));

        assertThat(requestPath.config().listeners()).containsOnlyKeys("l");
        assertThat(requestPath.config().extensions()).hasSize(1);
        assertThat(counter("extension_config_discovery.http_filter.f.config_reload")).isEqualTo(1);
    }

    private List<VirtualHostConfig> virtualHosts(String routes) {
        return requireNonNull(requestPath.config().routeTables().get(routes)).virtualHosts();
    }

    private long hash(String cluster) {
        return requestPath.cluster(cluster).config().contentHash();
    }

    private long counter(String name) {
        return stats.value(stats.counter(name));
    }

    private long gauge(String name) {
        return stats.value(stats.gauge(name));
    }

    private static Cluster hostNameCluster(String name) {
        var cluster = Protos.staticCluster(name, 9).toBuilder();
        cluster.getLoadAssignmentBuilder()
                .getEndpointsBuilder(0)
                .getLbEndpointsBuilder(0)
                .getEndpointBuilder()
                .getAddressBuilder()
                .getSocketAddressBuilder()
                .setAddress("host.test");
        return cluster.build();
    }

    private static RouteConfiguration twoWildcards(String name) {
        var routes = Protos.routes(name, "a");
        return routes.toBuilder()
                .addVirtualHosts(routes.getVirtualHosts(0).toBuilder().setName("w"))
                .build();
    }

    private ConfigAssembler assembler(List<dev.outrigger.dataplane.config.ClusterConfig> clusters) {
        var ads = new ConfigSourceConfig.Ads(FETCH_TIMEOUT);
        return new ConfigAssembler(
                loop,
                new BootstrapConfig(
                        new NodeConfig("n", "c", "", "", "", ""),
                        Optional.empty(),
                        List.of(),
                        clusters,
                        new DynamicResourcesConfig(
                                Optional.empty(), Optional.of(ads), Optional.of(ads)),
                        ClusterManagerConfig.NONE,
                        List.of(),
                        Duration.ofSeconds(5),
                        false,
                        StatsConfig.DEFAULT),
                parser,
                xds,
                resolver,
                requestPath,
                RuntimeLayers.none(),
                stats,
                1);
    }
}
