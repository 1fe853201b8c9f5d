// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.conformance.delivery;

import static dev.outrigger.conformance.delivery.ControlPlaneCases.A_WHILE;
import static dev.outrigger.conformance.delivery.ControlPlaneCases.CDS;
import static dev.outrigger.conformance.delivery.ControlPlaneCases.EDS;
import static dev.outrigger.conformance.delivery.ControlPlaneCases.LDS;
import static dev.outrigger.conformance.delivery.ControlPlaneCases.RDS;
import static dev.outrigger.conformance.delivery.ControlPlaneCases.cluster;
import static dev.outrigger.conformance.delivery.ControlPlaneCases.eds;
import static dev.outrigger.conformance.delivery.ControlPlaneCases.endpoints;
import static dev.outrigger.conformance.delivery.ControlPlaneCases.routesOf;
import static dev.outrigger.conformance.delivery.ControlPlaneCases.withRoutes;
import static dev.outrigger.conformance.delivery.Dialogue.any;
import static dev.outrigger.conformance.delivery.Dialogue.expiring;
import static dev.outrigger.conformance.delivery.Dialogue.heartbeat;
import static dev.outrigger.conformance.delivery.Dialogue.resource;

import dev.outrigger.conformance.delivery.ControlPlaneCases.Case;
import dev.outrigger.xds.resource.ResourceType;
import io.envoyproxy.envoy.service.discovery.v3.Resource;
import io.grpc.Status;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Control planes that are slow, wrong, hostile or gone, where changes are sent. */
final class DeltaControlPlaneCases {
    private static final String VHDS = ResourceType.VIRTUAL_HOST.typeUrl();

    private DeltaControlPlaneCases() {}

    static Map<String, Case> all() {
        var cases = new LinkedHashMap<String, Case>();
        cases.put("empty responses", new Case(DeltaControlPlaneCases::emptyResponses));
        cases.put("types nobody asked for", new Case(DeltaControlPlaneCases::wrongTypes));
        cases.put("duplicates", new Case(DeltaControlPlaneCases::duplicates));
        cases.put("other names inside", new Case(DeltaControlPlaneCases::misnamed));
        cases.put("removals", new Case(DeltaControlPlaneCases::removals));
        cases.put("endpoints come late", new Case(DeltaControlPlaneCases::lateEndpoints));
        cases.put("no such endpoints", new Case(DeltaControlPlaneCases::noSuchEndpoints));
        cases.put("one bad among good", new Case(DeltaControlPlaneCases::oneBad));
        cases.put("virtual hosts go", new Case(DeltaControlPlaneCases::virtualHosts));
        cases.put("routes", new Case(DeltaControlPlaneCases::routes));
        cases.put("silence at first", new Case("1s", DeltaControlPlaneCases::silence));
        cases.put("a stream that breaks", new Case(DeltaControlPlaneCases::brokenStream));
        cases.put("time to live", new Case(DeltaControlPlaneCases::timeToLive));
        return cases;
    }

    private static void emptyResponses(Dialogue with) {
        begin(with);
        with.send(CDS, "c2", List.of(), List.of());
        with.hear(1);
        with.send(CDS, "", List.of(), List.of());
        with.hear(1);
        with.note("cluster_manager.cds.update_success");
    }

    private static void wrongTypes(Dialogue with) {
        begin(with);
        with.send(RDS, "r", List.of(resource("r", "1", routesOf("r", "a"))), List.of());
        with.send("type.googleapis.com/envoy.config.nobody.v3.Nothing", "n", List.of(), List.of());
        with.send(CDS, "c2", List.of(resource("r", "1", routesOf("r", "a"))), List.of());
        with.hear(1);
        with.send(
                CDS,
                "c3",
                List.of(resource("a", "1", cluster("a")), resource("r", "1", routesOf("r", "a"))),
                List.of());
        with.hear(1);
        with.noteClusters();
        with.note("cluster_manager.cds.update_rejected");
    }

    private static void duplicates(Dialogue with) {
        begin(with);
        with.send(
                CDS,
                "c2",
                List.of(resource("a", "1", cluster("a")), resource("a", "2", cluster("a"))),
                List.of());
        with.hear(1);
        with.send(CDS, "c3", List.of(resource("a", "1", cluster("a"))), List.of("a"));
        with.hear(1);
        with.send(CDS, "c4", List.of(), List.of("a", "a"));
        with.hear(1);
        with.noteClusters();
    }

    private static void misnamed(Dialogue with) {
        begin(with);
        with.send(CDS, "c2", List.of(resource("x", "1", cluster("a"))), List.of());
        with.hear(1);
        with.noteClusters();
        with.send(CDS, "c3", List.of(resource("e", "1", eds("e", "15s"))), List.of());
        with.hear(1);
        with.send(EDS, "e1", List.of(resource("e", "1", endpoints("f", 1))), List.of());
        with.hear(1);
        with.send(EDS, "e2", List.of(resource("f", "1", endpoints("f", 1))), List.of());
        with.hear(1);
    }

    private static void removals(Dialogue with) {
        begin(with);
        with.send(
                CDS,
                "c2",
                List.of(resource("a", "1", cluster("a")), resource("b", "1", cluster("b"))),
                List.of("nobody"));
        with.hear(1);
        with.noteClusters();
        with.send(CDS, "c3", List.of(), List.of("a", "xds", "nobody"));
        with.hear(1);
        with.noteClusters();
        with.send(CDS, "c4", List.of(resource("b", "2", cluster("b"))), List.of());
        with.hear(1);
        with.note("cluster_manager.cluster_modified");
        with.note("cluster_manager.cluster_removed");
    }

    private static void lateEndpoints(Dialogue with) {
        with.hear(1);
        with.send(CDS, "c1", List.of(resource("e", "1", eds("e", "15s"))), List.of());
        with.hear(1);
        with.hearNothing(A_WHILE);
        with.send(EDS, "e1", List.of(resource("e", "1", endpoints("e", 1))), List.of());
        with.hearInAnyOrder(3);
        with.send(LDS, "l1", List.of(), List.of());
        with.hear(1);
        with.awaitLive();
        with.note("cluster.e.membership_total");
        with.send(EDS, "e2", List.of(), List.of("e"));
        with.hear(1);
        with.note("cluster.e.membership_total");
    }

    private static void noSuchEndpoints(Dialogue with) {
        begin(with);
        with.send(CDS, "c2", List.of(resource("e", "1", eds("e", "15s"))), List.of());
        with.hear(1);
        with.send(EDS, "e1", List.of(), List.of("e"));
        with.hearInAnyOrder(2);
        with.awaitStat("cluster_manager.warming_clusters", 0);
        with.send(CDS, "c3", List.of(), List.of("e"));
        with.hearInAnyOrder(2);
    }

    private static void oneBad(Dialogue with) {
        begin(with);
        var bad = any(CDS, "{name: bad, type: EDS}");
        with.send(
                CDS,
                "c2",
                List.of(resource("a", "1", cluster("a")), resource("bad", "1", bad)),
                List.of());
        with.hear(1);
        with.noteClusters();
        with.send(CDS, "c3", List.of(resource("bad", "2", bad)), List.of("a"));
        with.hear(1);
        with.noteClusters();
    }

    /**
     * Of these what is said to be gone is gone, unlike of routes and endpoints; but only those
     * whose own name is the resource's.
     */
    private static void virtualHosts(Dialogue with) {
        begin(with);
        with.send(LDS, "l2", List.of(resource("l", "1", withRoutes("l", "r", "15s"))), List.of());
        with.hear(2);
        var routes =
                any(RDS, "{name: r, vhds: {config_source: {ads: {}, resource_api_version: V3}}}");
        with.send(RDS, "r1", List.of(resource("r", "1", routes)), List.of());
        with.hearInAnyOrder(2);
        var host =
                any(
                        VHDS,
                        "{name: v, domains: ['*'], routes: [{match: {prefix: /}, direct_response: {status: 200}}]}");
        var other =
                any(
                        VHDS,
                        "{name: r/w, domains: [a], routes: [{match: {prefix: /}, direct_response: {status: 201}}]}");
        with.send(
                VHDS,
                "v1",
                List.of(resource("r/v", "1", host), resource("r/w", "1", other)),
                List.of());
        with.hear(1);
        with.awaitStat("listener_manager.total_listeners_active", 1);
        with.awaitAnswer("l", "201");
        with.send(VHDS, "v2", List.of(), List.of("r/v", "r/w"));
        with.hear(1);
        with.awaitAnswer("l", "200");
    }

    private static void routes(Dialogue with) {
        begin(with);
        with.send(LDS, "l2", List.of(resource("l", "1", withRoutes("l", "r", "15s"))), List.of());
        with.hear(2);
        with.send(RDS, "r1", List.of(resource("other", "1", routesOf("other", "a"))), List.of());
        with.hear(1);
        with.send(RDS, "r2", List.of(resource("r", "1", routesOf("r", "a"))), List.of());
        with.hear(1);
        with.awaitStat("listener_manager.total_listeners_active", 1);
        with.send(RDS, "r3", List.of(), List.of("r"));
        with.hear(1);
    }

    private static void silence(Dialogue with) {
        with.hear(2);
        with.awaitLive();
        with.note("cluster_manager.cds.init_fetch_timeout");
        with.send(CDS, "c1", List.of(resource("a", "1", cluster("a"))), List.of());
        with.hear(1);
        with.noteClusters();
    }

    private static void brokenStream(Dialogue with) {
        begin(with);
        with.send(
                CDS,
                "c2",
                List.of(resource("a", "7", cluster("a")), resource("e", "8", eds("e", "15s"))),
                List.of());
        with.hear(1);
        with.send(EDS, "e1", List.of(resource("e", "9", endpoints("e", 1))), List.of());
        with.hearInAnyOrder(2);
        with.send(LDS, "l2", List.of(resource("l", "10", withRoutes("l", "r", "15s"))), List.of());
        with.hear(2);
        with.send(RDS, "r1", List.of(resource("r", "11", routesOf("r", "a"))), List.of());
        with.hear(1);
        with.end(Status.UNAVAILABLE.withDescription("away"));
        with.hear(4);
        with.send(CDS, "x1", List.of(), List.of("a"));
        with.hear(1);
        with.noteClusters();
        with.end(Status.OK);
        with.hear(4);
    }

    private static void timeToLive(Dialogue with) {
        begin(with);
        with.send(
                CDS,
                "c2",
                List.of(
                        expiring(resource("a", "1", cluster("a")), 1),
                        resource("b", "1", cluster("b"))),
                List.of());
        with.hear(1);
        with.noteClusters();
        with.awaitStat("cluster_manager.cluster_removed", 1);
        with.noteClusters();
        with.send(CDS, "c3", List.of(expiring(resource("c", "1", cluster("c")), 1)), List.of());
        with.hear(1);
        with.send(CDS, "c4", List.of(heartbeat("c", "1", 30)), List.of());
        with.hear(1);
        with.hearNothing(Duration.ofMillis(1_300));
        with.noteClusters();
        with.send(CDS, "c5", List.of(Resource.newBuilder().setName("c").build()), List.of());
        with.hear(1);
        with.noteClusters();
    }

    /** Live, with nothing. */
    static void begin(Dialogue with) {
        with.hear(1);
        with.send(CDS, "c1", List.of(), List.of());
        with.hearInAnyOrder(2);
        with.send(LDS, "l1", List.of(), List.of());
        with.hear(1);
        with.awaitLive();
    }
}
