// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.conformance.delivery;

import static dev.outrigger.conformance.delivery.ControlPlaneCases.LDS;
import static dev.outrigger.conformance.delivery.ControlPlaneCases.RDS;
import static dev.outrigger.conformance.delivery.Dialogue.any;

import com.google.protobuf.Any;
import dev.outrigger.conformance.delivery.ControlPlaneCases.Case;
import dev.outrigger.xds.resource.ResourceType;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Scopes of routes, some of which are asked for when a request needs them. */
final class ScopeCases {
    private static final String SRDS = ResourceType.SCOPED_ROUTE.typeUrl();
    private static final String FILTERS = "type.googleapis.com/envoy.extensions.filters.http.";
    private static final String ON_DEMAND =
            "{name: d, typed_config: {'@type': " + FILTERS + "on_demand.v3.OnDemand}}, ";

    private ScopeCases() {}

    static Map<String, Case> all() {
        var cases = new LinkedHashMap<String, Case>();
        cases.put("scopes on demand nobody asks for", new Case(ScopeCases::notOnDemand));
        cases.put("scopes on demand", new Case(ScopeCases::onDemand));
        cases.put("scopes on demand for several at once", new Case(ScopeCases::several));
        cases.put("scopes on demand that are not there", new Case(ScopeCases::missing));
        cases.put("scopes on demand that become eager", new Case(ScopeCases::becomesEager));
        cases.put("scopes on demand that go", new Case(ScopeCases::goes));
        cases.put("scopes whose routes come later", new Case(ScopeCases::late));
        cases.put("scopes whose routes never come", new Case(ScopeCases::never));
        return cases;
    }

    private static void notOnDemand(Dialogue with) {
        begin(with, "");
        with.knock("l", "a.test");
        with.knock("l", "b.test");
        with.hearNothing(ControlPlaneCases.A_WHILE);
        notes(with);
    }

    private static void onDemand(Dialogue with) {
        begin(with, ON_DEMAND);
        with.knock("l", "a.test");
        with.knock("l", "c.test");
        with.ask("l", "b.test");
        with.hear(1);
        notes(with);
        with.send(RDS, "2", "r2", List.of(routes("ra"), routes("rb")));
        with.hear(1);
        with.answers(1);
        notes(with);
        with.knock("l", "b.test");
        with.hearNothing(ControlPlaneCases.A_WHILE);
        with.note("http.h.downstream_rq_total");
        with.note("http.h.no_route");
    }

    private static void several(Dialogue with) {
        begin(with, ON_DEMAND);
        with.ask("l", "b.test");
        with.hear(1);
        with.ask("l", "b.test");
        with.askWith(
                "l",
                "POST / HTTP/1.1\r\nhost: b.test\r\ncontent-length: 3\r\nconnection: close\r\n\r\nabc");
        with.hearNothing(ControlPlaneCases.A_WHILE);
        with.send(RDS, "2", "r2", List.of(routes("ra"), routes("rb")));
        with.hear(1);
        with.answers(3);
        with.note("http.h.downstream_rq_total");
    }

    private static void missing(Dialogue with) {
        begin(with, ON_DEMAND);
        with.ask("l", "b.test");
        with.hear(1);
        with.send(
                RDS,
                "2",
                "r2",
                List.of(
                        routes("ra"),
                        any(RDS, "{name: rb, virtual_hosts: [{name: x, domains: [x]}]}")));
        with.hear(1);
        with.answers(1);
        notes(with);
    }

    private static void becomesEager(Dialogue with) {
        begin(with, ON_DEMAND);
        with.send(SRDS, "2", "s2", List.of(scope("a", false), scope("b", false)));
        with.hearInAnyOrder(2);
        with.send(RDS, "2", "r2", List.of(routes("ra"), routes("rb")));
        with.hear(1);
        with.knock("l", "b.test");
        notes(with);
    }

    private static void goes(Dialogue with) {
        begin(with, ON_DEMAND);
        with.ask("l", "b.test");
        with.hear(1);
        with.send(SRDS, "2", "s2", List.of(scope("a", false)));
        with.hearInAnyOrder(2);
        with.answers(1);
        with.knock("l", "b.test");
        notes(with);
    }

    /** Neither is on demand, and yet a request may wait for its routes. */
    private static void late(Dialogue with) {
        begin(with, ON_DEMAND);
        with.send(SRDS, "2", "s2", List.of(scope("a", false), scope("c", false)));
        with.hearInAnyOrder(2);
        notes(with);
        with.ask("l", "c.test");
        with.hearNothing(ControlPlaneCases.A_WHILE);
        with.send(RDS, "2", "r2", List.of(routes("ra"), routes("rc")));
        with.hear(1);
        with.answers(1);
    }

    private static void never(Dialogue with) {
        begin(with, ON_DEMAND, "1s");
        with.ask("l", "b.test");
        with.hear(1);
        with.awaitStat("http.h.rds.rb.init_fetch_timeout", 1);
        with.ask("l", "b.test");
        with.hearNothing(ControlPlaneCases.A_WHILE);
        with.send(RDS, "2", "r2", List.of(routes("ra"), routes("rb")));
        with.hear(1);
        with.answers(2);
    }

    private static void notes(Dialogue with) {
        with.note("http.h.scoped_rds.s.all_scopes");
        with.note("http.h.scoped_rds.s.active_scopes");
        with.note("http.h.scoped_rds.s.on_demand_scopes");
    }

    private static void begin(Dialogue with, String filters) {
        begin(with, filters, "15s");
    }

    private static void begin(Dialogue with, String filters, String fetchTimeout) {
        ControlPlaneCases.begin(with);
        with.send(LDS, "2", "l2", List.of(listener(filters, fetchTimeout)));
        with.hearInAnyOrder(2);
        with.send(SRDS, "1", "s1", List.of(scope("a", false), scope("b", true)));
        with.hearInAnyOrder(2);
        with.send(RDS, "1", "r1", List.of(routes("ra")));
        with.hear(1);
        with.awaitStat("listener_manager.total_listeners_active", 1);
    }

    private static Any scope(String key, boolean onDemand) {
        return any(
                SRDS,
                "{name: s"
                        + key
                        + ", on_demand: "
                        + onDemand
                        + ", route_configuration_name: r"
                        + key
                        + ", key: {fragments: [{string_key: "
                        + key
                        + ".test}]}}");
    }

    private static Any routes(String name) {
        return any(
                RDS,
                "{name: "
                        + name
                        + ", virtual_hosts: [{name: v, domains: ['*'], routes: [{match: {prefix: /}, direct_response: {status: 200}}]}]}");
    }

    private static Any listener(String filters, String fetchTimeout) {
        return any(
                LDS,
                "{name: l, address: {socket_address: {address: 127.0.0.1, port_value: 0}},"
                        + " filter_chains: [{filters: [{name: h, typed_config: {'@type':"
                        + " type.googleapis.com/envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager,"
                        + " stat_prefix: h, scoped_routes: {name: s, scope_key_builder: {fragments:"
                        + " [{header_value_extractor: {name: ':authority', element_separator: ',', index: 0}}]},"
                        + " rds_config_source: {ads: {}, resource_api_version: V3, initial_fetch_timeout: "
                        + fetchTimeout
                        + "},"
                        + " scoped_rds: {scoped_rds_config_source: {ads: {}, resource_api_version: V3}}},"
                        + " http_filters: ["
                        + filters
                        + "{name: r, typed_config: {'@type': "
                        + FILTERS
                        + "router.v3.Router}}]}}]}]}");
    }
}
