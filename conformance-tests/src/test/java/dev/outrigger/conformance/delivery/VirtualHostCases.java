// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.conformance.delivery;

import static dev.outrigger.conformance.delivery.ControlPlaneCases.LDS;
import static dev.outrigger.conformance.delivery.ControlPlaneCases.RDS;
import static dev.outrigger.conformance.delivery.Dialogue.any;
import static dev.outrigger.conformance.delivery.Dialogue.resource;

import com.google.protobuf.Any;
import dev.outrigger.conformance.delivery.ControlPlaneCases.Case;
import dev.outrigger.xds.resource.ResourceType;
import io.envoyproxy.envoy.service.discovery.v3.Resource;
import io.grpc.Status;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Virtual hosts that come apart from their route configuration, some of them on demand. */
final class VirtualHostCases {
    private static final String VHDS = ResourceType.VIRTUAL_HOST.typeUrl();
    private static final String FILTERS = "type.googleapis.com/envoy.extensions.filters.http.";
    private static final String ON_DEMAND =
            "{name: d, typed_config: {'@type': " + FILTERS + "on_demand.v3.OnDemand}}, ";

    private VirtualHostCases() {}

    /** In the state of the world. */
    static Map<String, Case> stateOfTheWorld() {
        var cases = new LinkedHashMap<String, Case>();
        cases.put("virtual hosts over a stream that cannot", new Case(VirtualHostCases::notDelta));
        return cases;
    }

    static Map<String, Case> delta() {
        var cases = new LinkedHashMap<String, Case>();
        cases.put("virtual hosts nobody asks for", new Case(VirtualHostCases::notOnDemand));
        cases.put("virtual hosts on demand", new Case(VirtualHostCases::onDemand));
        cases.put(
                "virtual hosts on demand that are not there",
                new Case(VirtualHostCases::unresolved));
        cases.put("virtual hosts on demand by an alias", new Case(VirtualHostCases::aliases));
        cases.put(
                "virtual hosts on demand for requests with bodies",
                new Case(VirtualHostCases::bodies));
        cases.put(
                "virtual hosts on demand when the stream breaks",
                new Case(VirtualHostCases::broken));
        cases.put(
                "virtual hosts on demand for several at once", new Case(VirtualHostCases::several));
        cases.put(
                "virtual hosts on demand where there are none",
                new Case(VirtualHostCases::without));
        cases.put("virtual hosts on demand asked for again", new Case(VirtualHostCases::again));
        cases.put(
                "virtual hosts on demand of changed routes",
                new Case(VirtualHostCases::changedRoutes));
        return cases;
    }

    private static void notDelta(Dialogue with) {
        ControlPlaneCases.begin(with);
        with.send(LDS, "2", "l2", List.of(listener("")));
        with.hearInAnyOrder(2);
        with.send(RDS, "1", "r1", List.of(routes()));
        with.hear(1);
        with.note("http.h.rds.r.update_rejected");
        with.awaitStat("listener_manager.total_listeners_active", 1);
        with.knock("l");
    }

    private static void notOnDemand(Dialogue with) {
        begin(with, "");
        with.knock("l", "known.test");
        with.knock("l", "new.test");
        with.hearNothing(ControlPlaneCases.A_WHILE);
    }

    private static void onDemand(Dialogue with) {
        begin(with, ON_DEMAND);
        with.knock("l", "known.test");
        with.ask("l", "New.Test");
        with.hear(1);
        with.send(VHDS, "v2", List.of(resource("r/new.test", "1", host("new.test"))), List.of());
        with.hear(1);
        with.answers(1);
        with.note("http.h.downstream_rq_total");
        with.note("http.h.rds.r.vhds.r.config_reload");
        with.note("http.h.rds.vhds.r.config_reload");
        with.knock("l", "new.test");
        with.hearNothing(ControlPlaneCases.A_WHILE);
        with.send(VHDS, "v3", List.of(), List.of("r/new.test"));
        with.hear(1);
        with.knock("l", "new.test");
        with.hearNothing(ControlPlaneCases.A_WHILE);
        with.send(VHDS, "v4", List.of(resource("r/new.test", "2", host("new.test"))), List.of());
        with.hear(1);
        with.knock("l", "new.test");
        with.ask("l", "known.test:81");
        with.hear(1);
        with.send(
                VHDS,
                "v5",
                List.of(resource("r/known.test:81", "1", host("known.test:81"))),
                List.of());
        with.hear(1);
        with.answers(1);
        with.note("http.h.downstream_rq_total");
        with.note("http.h.no_route");
    }

    private static void unresolved(Dialogue with) {
        begin(with, ON_DEMAND);
        with.ask("l", "gone.test");
        with.hear(1);
        with.send(VHDS, "v2", List.of(nothing("r/gone.test")), List.of());
        with.hear(1);
        with.answers(1);
        with.note("http.h.downstream_rq_total");
        with.knock("l", "gone.test");
        with.send(VHDS, "v3", List.of(), List.of("r/gone.test"));
        with.hear(1);
        with.knock("l", "gone.test");
        with.hearNothing(ControlPlaneCases.A_WHILE);
        with.send(VHDS, "v4", List.of(resource("r/gone.test", "1", host("gone.test"))), List.of());
        with.hear(1);
        with.knock("l", "gone.test");
        with.note("http.h.rds.vhds.r.config_reload");
    }

    private static void aliases(Dialogue with) {
        begin(with, ON_DEMAND);
        with.ask("l", "short.test");
        with.hear(1);
        with.send(
                VHDS,
                "v2",
                List.of(
                        resource("r/all", "1", host("*.test")).toBuilder()
                                .addAliases("r/short.test")
                                .addAliases("r/long.test")
                                .build()),
                List.of());
        with.hear(1);
        with.answers(1);
        with.knock("l", "long.test");
        with.hearNothing(ControlPlaneCases.A_WHILE);
    }

    private static void bodies(Dialogue with) {
        begin(with, ON_DEMAND);
        with.askWith(
                "l",
                "POST / HTTP/1.1\r\nhost: a.test\r\ncontent-length: 3\r\nconnection: close\r\n\r\nabc");
        with.hear(1);
        with.send(VHDS, "v2", List.of(resource("r/a.test", "1", host("a.test"))), List.of());
        with.hear(1);
        with.answers(1);
        with.askWith(
                "l",
                "POST / HTTP/1.1\r\nhost: b.test\r\ncontent-length: 3\r\nconnection: close\r\n\r\na");
        with.hear(1);
        with.send(VHDS, "v3", List.of(resource("r/b.test", "1", host("b.test"))), List.of());
        with.hear(1);
        with.answers(1);
        with.note("http.h.downstream_rq_total");
    }

    private static void broken(Dialogue with) {
        begin(with, ON_DEMAND);
        with.ask("l", "new.test");
        with.hear(1);
        with.end(Status.UNAVAILABLE.withDescription("away"));
        with.hear(4);
        with.send(VHDS, "x1", List.of(resource("r/new.test", "1", host("new.test"))), List.of());
        with.hear(1);
        with.answers(1);
        with.end(Status.UNAVAILABLE.withDescription("away"));
        with.hear(4);
        with.knock("l", "known.test");
        with.knock("l", "new.test");
    }

    private static void several(Dialogue with) {
        begin(with, ON_DEMAND);
        with.ask("l", "a.test");
        with.hear(1);
        with.ask("l", "b.test");
        with.hear(1);
        with.send(VHDS, "v2", List.of(resource("r/b.test", "1", host("b.test"))), List.of());
        with.hear(1);
        with.send(
                VHDS,
                "v3",
                List.of(resource("r/a.test", "1", host("a.test")), nothing("r/c.test")),
                List.of());
        with.hear(1);
        with.answers(2);
    }

    private static void again(Dialogue with) {
        begin(with, ON_DEMAND);
        with.ask("l", "a.test");
        with.hear(1);
        with.ask("l", "a.test");
        with.hearNothing(ControlPlaneCases.A_WHILE);
        with.send(
                VHDS,
                "v2",
                List.of(
                        resource("r/all", "1", host("a.test")).toBuilder()
                                .addAliases("r/a.test")
                                .addAliases("r/b.test")
                                .build()),
                List.of());
        with.hear(1);
        with.answers(2);
        with.send(VHDS, "v3", List.of(), List.of("r/known.test", "r/a.test", "r/all"));
        with.hear(1);
        with.knock("l", "a.test");
        with.ask("l", "known.test");
        with.hear(1);
        with.ask("l", "b.test");
        with.hear(1);
        with.note("http.h.downstream_rq_active");
        with.send(
                VHDS,
                "v4",
                List.of(
                        resource("r/known.test", "2", host("known.test")),
                        resource("r/b.test", "2", host("b.test"))),
                List.of());
        with.hear(1);
        with.answers(2);
    }

    private static void changedRoutes(Dialogue with) {
        begin(with, ON_DEMAND);
        with.ask("l", "gone.test");
        with.hear(1);
        with.send(VHDS, "v2", List.of(nothing("r/gone.test")), List.of());
        with.hear(1);
        with.answers(1);
        with.send(
                RDS,
                "r2",
                List.of(
                        resource(
                                "r",
                                "2",
                                any(
                                        RDS,
                                        "{name: r, internal_only_headers: [x], vhds:"
                                                + " {config_source: {ads: {}, resource_api_version:"
                                                + " V3}}}"))),
                List.of());
        with.hear(1);
        with.knock("l", "known.test");
        with.knock("l", "gone.test");
        with.hearNothing(ControlPlaneCases.A_WHILE);
        with.send(VHDS, "v3", List.of(resource("r/gone.test", "1", host("gone.test"))), List.of());
        with.hear(1);
        with.knock("l", "gone.test");
    }

    /** A route configuration that is whole. */
    private static void without(Dialogue with) {
        DeltaControlPlaneCases.begin(with);
        with.send(LDS, "l2", List.of(resource("l", "1", listener(ON_DEMAND))), List.of());
        with.hearInAnyOrder(2);
        with.send(
                RDS,
                "r1",
                List.of(
                        resource(
                                "r",
                                "1",
                                any(RDS, "{name: r, virtual_hosts: [" + tree("a.test") + "]}"))),
                List.of());
        with.hear(1);
        with.awaitStat("listener_manager.total_listeners_active", 1);
        with.knock("l", "a.test");
        with.knock("l", "b.test");
    }

    /** Serves one host. */
    private static void begin(Dialogue with, String filters) {
        DeltaControlPlaneCases.begin(with);
        with.send(LDS, "l2", List.of(resource("l", "1", listener(filters))), List.of());
        with.hearInAnyOrder(2);
        with.send(RDS, "r1", List.of(resource("r", "1", routes())), List.of());
        with.hearInAnyOrder(2);
        with.send(
                VHDS, "v1", List.of(resource("r/known.test", "1", host("known.test"))), List.of());
        with.hear(1);
        with.awaitStat("listener_manager.total_listeners_active", 1);
    }

    private static Resource nothing(String name) {
        return Resource.newBuilder().setName(name).setVersion("1").addAliases(name).build();
    }

    private static Any host(String domain) {
        return any(VHDS, tree(domain));
    }

    private static String tree(String domain) {
        return "{name: 'r/"
                + domain
                + "', domains: ['"
                + domain
                + "'], routes: [{match: {prefix: /}, direct_response: {status: 200}}]}";
    }

    private static Any routes() {
        return any(RDS, "{name: r, vhds: {config_source: {ads: {}, resource_api_version: V3}}}");
    }

    /**
     * @param filters before the router
     */
    private static Any listener(String filters) {
        return any(
                LDS,
                "{name: l, address: {socket_address: {address: 127.0.0.1, port_value: 0}},"
                        + " filter_chains: [{filters: [{name: h, typed_config: {'@type':"
                        + " type.googleapis.com/envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager,"
                        + " stat_prefix: h, rds: {route_config_name: r, config_source: {ads: {},"
                        + " resource_api_version: V3}}, http_filters: ["
                        + filters
                        + "{name: r, typed_config: {'@type': "
                        + FILTERS
                        + "router.v3.Router}}]}}]}]}");
    }
}
