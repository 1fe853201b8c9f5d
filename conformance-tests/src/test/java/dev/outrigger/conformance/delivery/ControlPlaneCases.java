// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.conformance.delivery;

import static dev.outrigger.conformance.delivery.Dialogue.any;
import static dev.outrigger.conformance.delivery.Dialogue.expiring;
import static dev.outrigger.conformance.delivery.Dialogue.heartbeat;
import static dev.outrigger.conformance.delivery.Dialogue.resource;

import com.google.protobuf.Any;
import dev.outrigger.xds.resource.ResourceType;
import io.grpc.Status;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/** Control planes that are slow, wrong, hostile or gone, in the state of the world. */
final class ControlPlaneCases {
    static final String CDS = ResourceType.CLUSTER.typeUrl();
    static final String EDS = ResourceType.ENDPOINT.typeUrl();
    static final String LDS = ResourceType.LISTENER.typeUrl();
    static final String RDS = ResourceType.ROUTE.typeUrl();

    static final Duration A_WHILE = Duration.ofMillis(400);

    private static final int MANY = 12_000;

    private ControlPlaneCases() {}

    /**
     * One way to treat a proxy.
     *
     * @param fetchTimeout of clusters and listeners
     * @param own what {@link Dialogue} adds to the bootstrap
     */
    record Case(String fetchTimeout, Consumer<Dialogue> play, Own own) {
        Case(String fetchTimeout, Consumer<Dialogue> play) {
            this(fetchTimeout, play, new Own(SHORT_REQUESTS, ""));
        }

        /** With the time that Envoy itself waits. */
        Case(Consumer<Dialogue> play) {
            this("15s", play);
        }
    }

    /**
     * What the bootstrap says in a case of its own.
     *
     * @param ads more fields of {@code ads_config}
     * @param listeners static ones, in YAML's flow style; PORT stands for a free port
     */
    record Own(String ads, String listeners) {}

    static final String SHORT_REQUESTS = ", set_node_on_first_message_only: true";

    static Map<String, Case> all() {
        var cases = new LinkedHashMap<String, Case>();
        cases.put("empty responses", new Case(ControlPlaneCases::emptyResponses));
        cases.put("answers in order", new Case(ControlPlaneCases::answersInOrder));
        cases.put("types nobody asked for", new Case(ControlPlaneCases::wrongTypes));
        cases.put("duplicates", new Case(ControlPlaneCases::duplicates));
        cases.put("without version and nonce", new Case(ControlPlaneCases::nameless));
        cases.put("refused, then right", new Case(ControlPlaneCases::refused));
        cases.put("one bad among good", new Case(ControlPlaneCases::oneBad));
        cases.put("endpoints come late", new Case(ControlPlaneCases::lateEndpoints));
        cases.put("endpoints never come", new Case(ControlPlaneCases::noEndpoints));
        cases.put("endpoints of others", new Case(ControlPlaneCases::othersEndpoints));
        cases.put("a warming cluster changes", new Case(ControlPlaneCases::warmingChanges));
        cases.put("a warming cluster goes", new Case(ControlPlaneCases::warmingGoes));
        cases.put("routes", new Case(ControlPlaneCases::routes));
        cases.put("a listener drains", new Case(ControlPlaneCases::drains));
        cases.put("silence at first", new Case("1s", ControlPlaneCases::silence));
        cases.put("a stream that breaks", new Case(ControlPlaneCases::brokenStream));
        cases.put("streams that break at once", new Case("4s", ControlPlaneCases::refusedStreams));
        cases.put("time to live", new Case(ControlPlaneCases::timeToLive));
        cases.put("a huge message", new Case(ControlPlaneCases::huge));
        return cases;
    }

    private static void emptyResponses(Dialogue with) {
        with.hear(1);
        with.send(CDS, "1", "a", List.of());
        with.hearInAnyOrder(2);
        with.send(LDS, "1", "b", List.of());
        with.hear(1);
        with.awaitLive();
        with.send(CDS, "2", "c", List.of());
        with.hear(1);
        with.send(CDS, "2", "c", List.of());
        with.hear(1);
        with.note("cluster_manager.cds.update_success");
        with.note("listener_manager.lds.update_success");
    }

    private static void answersInOrder(Dialogue with) {
        begin(with);
        with.send(CDS, "2", "c2", List.of(cluster("a")));
        with.send(CDS, "3", "c3", List.of(cluster("b")));
        with.send(CDS, "4", "c4", List.of());
        with.hear(3);
        with.noteClusters();
        with.note("cluster_manager.cluster_added");
        with.note("cluster_manager.cluster_removed");
    }

    private static void wrongTypes(Dialogue with) {
        begin(with);
        with.send(RDS, "1", "r", List.of(routesOf("r", "a")));
        with.send("type.googleapis.com/envoy.config.nobody.v3.Nothing", "1", "n", List.of());
        with.send("", "1", "e", List.of());
        with.hear(1);
        with.send(CDS, "2", "c2", List.of(routesOf("r", "a")));
        with.hear(1);
        with.send(CDS, "3", "c3", List.of(cluster("a"), routesOf("r", "a")));
        with.hear(1);
        with.send(
                CDS,
                "4",
                "c4",
                List.of(
                        Any.newBuilder()
                                .setTypeUrl(CDS)
                                .setValue(
                                        com.google.protobuf.ByteString.copyFromUtf8(
                                                "\u0007no cluster"))
                                .build()));
        with.hear(1);
        with.noteClusters();
        with.note("cluster_manager.cds.update_rejected");
    }

    private static void duplicates(Dialogue with) {
        begin(with);
        with.send(CDS, "2", "c2", List.of(cluster("a"), cluster("b"), cluster("a")));
        with.hear(1);
        with.noteClusters();
        with.send(LDS, "2", "l2", List.of(listener("l", "a"), listener("l", "b")));
        with.hear(1);
        with.note("listener_manager.total_listeners_active");
        with.send(CDS, "3", "c3", List.of(eds("e", "15s")));
        with.hear(1);
        with.send(EDS, "1", "e1", List.of(endpoints("e", 1), endpoints("e", 2)));
        with.hearInAnyOrder(2);
        with.note("cluster.e.membership_total");
    }

    private static void nameless(Dialogue with) {
        begin(with);
        with.send(CDS, "", "", List.of(cluster("a")));
        with.hear(1);
        with.send(CDS, "", "", List.of(cluster("b")));
        with.hear(1);
        with.send(CDS, "5", "", List.of(cluster("c"), cluster("d")));
        with.hear(1);
        with.noteClusters();
    }

    private static void refused(Dialogue with) {
        begin(with);
        with.send(
                CDS,
                "2",
                "c2",
                List.of(any(CDS, "{name: bad, type: STATIC, connect_timeout: 0s}")));
        with.hear(1);
        with.send(CDS, "3", "c3", List.of(cluster("a")));
        with.hear(1);
        with.send(CDS, "4", "c4", List.of(any(CDS, "{name: '', type: STATIC}")));
        with.hear(1);
        with.noteClusters();
        with.note("cluster_manager.cds.update_rejected");
        with.note("cluster_manager.cds.version");
    }

    private static void oneBad(Dialogue with) {
        begin(with);
        with.send(
                CDS,
                "2",
                "c2",
                List.of(
                        cluster("a"),
                        any(
                                CDS,
                                "{name: bad, type: STATIC, load_assignment: {cluster_name: bad, endpoints: [{lb_endpoints: [{endpoint: {address: {socket_address: {address: no.ip, port_value: 1}}}}]}]}}"),
                        cluster("b")));
        with.hear(1);
        with.noteClusters();
        // What is gone is gone, although the response is refused.
        with.send(CDS, "3", "c3", List.of(any(CDS, "{name: bad, type: EDS}"), cluster("b")));
        with.hear(1);
        with.noteClusters();
    }

    private static void lateEndpoints(Dialogue with) {
        with.hear(1);
        with.send(CDS, "1", "c1", List.of(eds("e", "15s"), cluster("a")));
        with.hear(1);
        // Neither is the response answered nor are listeners asked for before there are endpoints.
        with.hearNothing(A_WHILE);
        with.send(EDS, "1", "e1", List.of(endpoints("e", 1)));
        with.hearInAnyOrder(3);
        with.send(LDS, "1", "l1", List.of());
        with.hear(1);
        with.awaitLive();
        with.note("cluster.e.membership_total");
    }

    private static void noEndpoints(Dialogue with) {
        with.hear(1);
        with.send(CDS, "1", "c1", List.of(eds("e", "1s")));
        with.hear(1);
        with.hearInAnyOrder(2);
        with.send(LDS, "1", "l1", List.of());
        with.hear(1);
        with.awaitLive();
        with.note("cluster.e.init_fetch_timeout");
        with.send(EDS, "1", "e1", List.of(endpoints("e", 2)));
        with.hear(1);
        with.awaitStat("cluster.e.membership_total", 2);
    }

    private static void othersEndpoints(Dialogue with) {
        begin(with);
        with.send(CDS, "2", "c2", List.of(eds("e", "15s"), eds("f", "15s")));
        with.hear(1);
        with.send(EDS, "1", "e1", List.of(endpoints("x", 1)));
        with.hear(1);
        with.send(EDS, "2", "e2", List.of());
        with.hear(1);
        with.send(EDS, "3", "e3", List.of(endpoints("e", 1)));
        with.hear(1);
        with.hearNothing(A_WHILE);
        with.send(EDS, "4", "e4", List.of(endpoints("f", 3)));
        with.hearInAnyOrder(2);
        with.note("cluster.e.membership_total");
        with.note("cluster.f.membership_total");
        with.send(CDS, "3", "c3", List.of(eds("f", "15s")));
        with.hearInAnyOrder(2);
        with.hearNothing(A_WHILE);
        with.send(CDS, "4", "c4", List.of());
        with.hearInAnyOrder(2);
        with.hearNothing(A_WHILE);
    }

    private static void warmingChanges(Dialogue with) {
        begin(with);
        with.send(CDS, "2", "c2", List.of(eds("e", "15s")));
        with.hear(1);
        with.note("cluster_manager.warming_clusters");
        with.send(CDS, "3", "c3", List.of(eds("e", "14s")));
        with.hear(1);
        with.send(EDS, "1", "e1", List.of(endpoints("e", 1)));
        with.hearInAnyOrder(2);
        with.awaitStat("cluster_manager.warming_clusters", 0);
        // An active one that changes warms anew, and asks again for what it has.
        with.send(CDS, "4", "c4", List.of(eds("e", "13s")));
        with.hear(1);
        with.awaitStat("cluster_manager.warming_clusters", 1);
        with.send(EDS, "1", "e2", List.of(endpoints("e", 1)));
        with.hearInAnyOrder(2);
        with.awaitStat("cluster_manager.warming_clusters", 0);
    }

    private static void warmingGoes(Dialogue with) {
        begin(with);
        with.send(CDS, "2", "c2", List.of(eds("e", "15s")));
        with.hear(1);
        with.send(CDS, "3", "c3", List.of(cluster("a")));
        with.hearInAnyOrder(2);
        with.hearNothing(A_WHILE);
        with.noteClusters();
    }

    private static void routes(Dialogue with) {
        begin(with);
        with.send(LDS, "2", "l2", List.of(withRoutes("l", "r", "15s")));
        with.hear(2);
        with.note("listener_manager.total_listeners_warming");
        with.send(RDS, "1", "r1", List.of(routesOf("other", "a")));
        with.hear(1);
        with.hearNothing(A_WHILE);
        with.send(RDS, "2", "r2", List.of(routesOf("r", "a"), routesOf("other", "a")));
        with.hear(1);
        with.awaitStat("listener_manager.total_listeners_active", 1);
        // Two listeners share a subscription.
        with.send(
                LDS, "3", "l3", List.of(withRoutes("l", "r", "15s"), withRoutes("m", "r", "15s")));
        with.hear(1);
        with.awaitStat("listener_manager.total_listeners_active", 2);
    }

    /** Its routes are asked for until its drain time is over, and so behind what removed it. */
    static void drains(Dialogue with) {
        begin(with);
        with.send(LDS, "2", "l2", List.of(withRoutes("l", "r", "15s")));
        with.hear(2);
        with.send(RDS, "1", "r1", List.of(routesOf("r", "a")));
        with.hear(1);
        with.awaitStat("listener_manager.total_listeners_active", 1);
        with.send(LDS, "3", "l3", List.of());
        with.hear(2);
        with.awaitStat("listener_manager.total_listeners_draining", 0);
    }

    private static void silence(Dialogue with) {
        with.hear(2);
        with.awaitLive();
        with.note("cluster_manager.cds.init_fetch_timeout");
        with.note("listener_manager.lds.init_fetch_timeout");
        with.note("cluster_manager.cds.update_failure");
        with.send(CDS, "1", "c1", List.of(cluster("a")));
        with.hear(1);
        with.noteClusters();
    }

    private static void brokenStream(Dialogue with) {
        begin(with);
        with.send(CDS, "2", "c2", List.of(cluster("a"), eds("e", "15s")));
        with.hear(1);
        with.send(EDS, "1", "e1", List.of(endpoints("e", 1)));
        with.hearInAnyOrder(2);
        with.send(LDS, "2", "l2", List.of(withRoutes("l", "r", "15s")));
        with.hear(2);
        with.send(RDS, "1", "r1", List.of(routesOf("r", "a")));
        with.hear(1);
        with.end(Status.UNAVAILABLE.withDescription("away"));
        with.hear(4);
        with.note("cluster_manager.cds.update_failure");
        with.note("listener_manager.lds.update_failure");
        with.note("cluster.e.update_failure");
        with.noteClusters();
        // The one that came back knows less.
        with.send(CDS, "7", "x1", List.of(cluster("a")));
        with.hearInAnyOrder(2);
        with.noteClusters();
        with.end(Status.OK);
        with.hear(4);
    }

    private static void refusedStreams(Dialogue with) {
        with.hear(1);
        with.end(Status.PERMISSION_DENIED.withDescription("not you"));
        with.hear(1);
        with.send(CDS, "1", "c1", List.of(cluster("a")));
        with.hearInAnyOrder(2);
        with.awaitLive();
        with.noteClusters();
    }

    private static void timeToLive(Dialogue with) {
        begin(with);
        with.send(
                CDS,
                "2",
                "c2",
                List.of(
                        Any.pack(expiring(resource("a", "1", cluster("a")), 1)),
                        Any.pack(resource("b", "1", cluster("b")))));
        with.hear(1);
        with.noteClusters();
        with.awaitStat("cluster_manager.cluster_removed", 1);
        with.noteClusters();
        with.send(CDS, "3", "c3", List.of(Any.pack(expiring(resource("c", "1", cluster("c")), 1))));
        with.hear(1);
        with.send(CDS, "3", "c4", List.of(Any.pack(heartbeat("c", "3", 30))));
        with.hear(1);
        with.hearNothing(Duration.ofMillis(1_300));
        with.noteClusters();
    }

    private static void huge(Dialogue with) {
        begin(with);
        var clusters = new ArrayList<Any>();
        for (int i = 0; i < 12; i++) {
            clusters.add(
                    any(
                            CDS,
                            "{name: c"
                                    + i
                                    + ", type: STATIC, metadata: {filter_metadata: {x: {y: '"
                                    + "z".repeat(MANY * 50)
                                    + "'}}}}"));
        }
        with.send(CDS, "2", "c2", clusters);
        with.hear(1);
        with.awaitStat("cluster_manager.active_clusters", 13);
    }

    /** Live, with nothing. */
    static void begin(Dialogue with) {
        with.hear(1);
        with.send(CDS, "1", "c1", List.of());
        with.hearInAnyOrder(2);
        with.send(LDS, "1", "l1", List.of());
        with.hear(1);
        with.awaitLive();
    }

    static Any cluster(String name) {
        return any(
                CDS,
                "{name: "
                        + name
                        + ", type: STATIC, connect_timeout: 1s, load_assignment: {cluster_name: "
                        + name
                        + ", endpoints: [{lb_endpoints: [{endpoint: {address: {socket_address: {address: 127.0.0.1, port_value: 9}}}}]}]}}");
    }

    /** One whose endpoints come separately. */
    static Any eds(String name, String fetchTimeout) {
        return any(
                CDS,
                "{name: "
                        + name
                        + ", type: EDS, connect_timeout: 1s, eds_cluster_config: {eds_config: {ads: {}, resource_api_version: V3, initial_fetch_timeout: "
                        + fetchTimeout
                        + "}}}");
    }

    static Any endpoints(String cluster, int count) {
        var hosts = new ArrayList<String>();
        for (int i = 0; i < count; i++) {
            hosts.add(
                    "{endpoint: {address: {socket_address: {address: 127.0.0.1, port_value: "
                            + (10 + i)
                            + "}}}}");
        }
        return any(
                EDS, "{cluster_name: " + cluster + ", endpoints: [{lb_endpoints: " + hosts + "}]}");
    }

    /** One on a port of its own that answers by itself. */
    static Any listener(String name, String body) {
        return listenerWith(
                name,
                "route_config: {name: own, virtual_hosts: [{name: v, domains: ['*'], routes: [{match: {prefix: /}, direct_response: {status: 200, body: {inline_string: "
                        + body
                        + "}}}]}]}");
    }

    /** One whose routes come separately. */
    static Any withRoutes(String name, String routes, String fetchTimeout) {
        return listenerWith(
                name,
                "rds: {route_config_name: "
                        + routes
                        + ", config_source: {ads: {}, resource_api_version: V3, initial_fetch_timeout: "
                        + fetchTimeout
                        + "}}");
    }

    private static Any listenerWith(String name, String routes) {
        return any(
                LDS,
                "{name: "
                        + name
                        + ", address: {socket_address: {address: 127.0.0.1, port_value: 0}}, filter_chains: [{filters: [{name: h, typed_config: {'@type': type.googleapis.com/envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager, stat_prefix: h, "
                        + routes
                        + ", http_filters: [{name: r, typed_config: {'@type': type.googleapis.com/envoy.extensions.filters.http.router.v3.Router}}]}}]}]}");
    }

    static Any routesOf(String name, String cluster) {
        return any(
                RDS,
                "{name: "
                        + name
                        + ", virtual_hosts: [{name: v, domains: ['*'], routes: [{match: {prefix: /}, route: {cluster: "
                        + cluster
                        + "}}]}]}");
    }
}
