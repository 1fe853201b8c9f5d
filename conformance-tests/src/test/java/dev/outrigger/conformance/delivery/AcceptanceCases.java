// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.conformance.delivery;

import static dev.outrigger.conformance.delivery.ControlPlaneCases.CDS;
import static dev.outrigger.conformance.delivery.ControlPlaneCases.LDS;
import static dev.outrigger.conformance.delivery.ControlPlaneCases.RDS;
import static dev.outrigger.conformance.delivery.ControlPlaneCases.begin;
import static dev.outrigger.conformance.delivery.ControlPlaneCases.cluster;
import static dev.outrigger.conformance.delivery.ControlPlaneCases.listener;
import static dev.outrigger.conformance.delivery.ControlPlaneCases.routesOf;
import static dev.outrigger.conformance.delivery.ControlPlaneCases.withRoutes;
import static dev.outrigger.conformance.delivery.Dialogue.any;

import com.google.protobuf.Any;
import com.google.protobuf.UnknownFieldSet;
import dev.outrigger.conformance.delivery.ControlPlaneCases.Case;
import io.envoyproxy.envoy.config.cluster.v3.Cluster;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What of a response is taken where something in it is wrong or odd (8.2 of the semantics). */
final class AcceptanceCases {
    private static final String EXTENSIONS = "type.googleapis.com/envoy.extensions.";
    private static final String ROUTER =
            "{name: r, typed_config: {'@type': " + EXTENSIONS + "filters.http.router.v3.Router}}";

    private AcceptanceCases() {}

    static Map<String, Case> all() {
        var cases = new LinkedHashMap<String, Case>();
        cases.put("XD10 constraints", new Case(AcceptanceCases::constraints));
        cases.put("XD10 within a filter", new Case(AcceptanceCases::withinFilter));
        cases.put("listeners: one bad", new Case(AcceptanceCases::oneBadListener));
        cases.put("routes: one bad", new Case(AcceptanceCases::oneBadRoute));
        cases.put("routes: twice", new Case(AcceptanceCases::routesTwice));
        cases.put("routes: untold", new Case(AcceptanceCases::routesUntold));
        cases.put("XD7 versions of sources", new Case(AcceptanceCases::sources));
        cases.put("XD11 unknown fields", new Case(AcceptanceCases::unknownFields));
        cases.put("XD12 unknown filters", new Case(AcceptanceCases::unknownFilters));
        cases.put("XD12 unknown policies", new Case(AcceptanceCases::unknownPolicies));
        cases.put("XD12 structs", new Case(AcceptanceCases::structs));
        cases.put("XD13 the same again", new Case(AcceptanceCases::again));
        cases.put("XD14 static names", new Case(AcceptanceCases::staticNames));
        return cases;
    }

    /** What breaks a constraint of the resource itself takes the whole response with it. */
    private static void constraints(Dialogue with) {
        begin(with);
        with.send(
                CDS,
                "2",
                "c2",
                List.of(cluster("a"), any(CDS, "{name: bad, type: STATIC, connect_timeout: 0s}")));
        with.hear(1);
        with.noteClusters();
        with.send(
                LDS,
                "2",
                "l2",
                List.of(listener("l", "x"), any(LDS, "{name: bad, socket_options: [{level: 1}]}")));
        with.hear(1);
        with.note("listener_manager.total_listeners_active");
    }

    /** What breaks one of a filter's takes only its listener. */
    private static void withinFilter(Dialogue with) {
        begin(with);
        with.send(
                LDS,
                "2",
                "l2",
                List.of(
                        listener("l", "x"),
                        managed("bad", "stat_prefix: '', route_config: {}"),
                        listener("m", "y")));
        with.hear(1);
        with.awaitStat("listener_manager.total_listeners_active", 2);
        with.ask("l");
        with.ask("m");
        with.note("listener_manager.lds.update_rejected");
    }

    private static void oneBadListener(Dialogue with) {
        begin(with);
        with.send(LDS, "2", "l2", List.of(listener("l", "x"), listener("m", "y")));
        with.hear(1);
        with.awaitStat("listener_manager.total_listeners_active", 2);
        with.send(
                LDS,
                "3",
                "l3",
                List.of(
                        any(
                                LDS,
                                "{name: bad, address: {socket_address: {address: no.ip, port_value: 0}}, filter_chains: [{}]}"),
                        listener("m", "z")));
        with.hear(1);
        with.awaitStat("listener_manager.listener_removed", 1);
        with.awaitAnswer("m", "z");
        with.ask("l");
    }

    /** Of those behind the bad one nothing is taken, of those before it everything. */
    private static void oneBadRoute(Dialogue with) {
        twoRoutes(with);
        with.send(RDS, "2", "r2", List.of(bad("q"), routesOf("r", "b")));
        with.hear(1);
        with.note("http.h.rds.r.update_rejected");
        with.note("http.h.rds.q.update_rejected");
        with.send(RDS, "3", "r3", List.of(routesOf("q", "b"), bad("r")));
        with.hear(1);
        with.note("http.h.rds.r.update_rejected");
        with.note("http.h.rds.q.update_rejected");
        with.note("http.h.rds.r.config_reload");
        with.note("http.h.rds.q.config_reload");
    }

    private static void routesTwice(Dialogue with) {
        twoRoutes(with);
        with.send(RDS, "2", "r2", List.of(routesOf("r", "b"), routesOf("r", "c")));
        with.hear(1);
        with.note("http.h.rds.r.config_reload");
        with.note("http.h.rds.r.update_success");
    }

    /** Routes that a response does not tell of stay; so do routes to nowhere, until asked. */
    private static void routesUntold(Dialogue with) {
        twoRoutes(with);
        with.send(RDS, "2", "r2", List.of(routesOf("r", "b")));
        with.hear(1);
        with.send(RDS, "3", "r3", List.of());
        with.hear(1);
        with.ask("l");
        with.ask("m");
        with.note("http.h.rds.q.update_empty");
        with.note("http.h.rds.q.update_success");
    }

    /** What a source says of its version is not looked at. */
    private static void sources(Dialogue with) {
        begin(with);
        for (String version : List.of("AUTO", "V2", "V3")) {
            with.send(
                    LDS,
                    version,
                    "l" + version,
                    List.of(
                            managed(
                                    "l",
                                    "stat_prefix: h, rds: {route_config_name: "
                                            + version
                                            + ", config_source: {ads: {}, resource_api_version: "
                                            + version
                                            + "}}")));
            with.hear(2);
            with.send(
                    CDS,
                    version,
                    "c" + version,
                    List.of(
                            any(
                                    CDS,
                                    "{name: "
                                            + version
                                            + ", type: EDS, eds_cluster_config: {eds_config: {ads: {}, resource_api_version: "
                                            + version
                                            + "}}}")));
            with.hear(1);
            with.send(CDS, version + "-", "d" + version, List.of());
            with.hearInAnyOrder(3);
        }
    }

    private static void unknownFields(Dialogue with) {
        begin(with);
        var unknown =
                UnknownFieldSet.newBuilder()
                        .addField(50_000, UnknownFieldSet.Field.newBuilder().addVarint(1).build())
                        .build();
        with.send(
                CDS,
                "2",
                "c2",
                List.of(
                        Any.pack(
                                Cluster.newBuilder()
                                        .setName("a")
                                        .setUnknownFields(unknown)
                                        .setCommonLbConfig(
                                                Cluster.CommonLbConfig.newBuilder()
                                                        .setUnknownFields(unknown))
                                        .build(),
                                "type.googleapis.com")));
        with.hear(1);
        with.noteClusters();
        with.note("server.dynamic_unknown_fields");
        with.note("server.static_unknown_fields");
    }

    private static void unknownFilters(Dialogue with) {
        begin(with);
        String strange = "typed_config: {'@type': type.googleapis.com/envoy.config.core.v3.Node}";
        with.send(
                LDS,
                "2",
                "l2",
                List.of(
                        managed("l", filtered("{name: strange, " + strange + "}", "")),
                        managed(
                                "m",
                                filtered(
                                        "{name: strange, is_optional: true, " + strange + "}", "")),
                        managed("n", filtered("", perFilter("strange", strange))),
                        managed(
                                "o",
                                filtered(
                                        "",
                                        perFilter(
                                                "strange",
                                                "typed_config: {'@type': type.googleapis.com/envoy.config.route.v3.FilterConfig, is_optional: true, config: {"
                                                        + strange.replace("typed_config: {", "")
                                                        + "}")))));
        with.hear(1);
        for (String each : List.of("l", "m", "n", "o")) {
            with.ask(each);
        }
    }

    private static void unknownPolicies(Dialogue with) {
        begin(with);
        String strange =
                "{typed_extension_config: {name: strange, typed_config: {'@type': type.googleapis.com/envoy.config.core.v3.Node}}}";
        String known =
                "{typed_extension_config: {name: known, typed_config: {'@type': "
                        + EXTENSIONS
                        + "load_balancing_policies.round_robin.v3.RoundRobin}}}";
        with.send(
                CDS,
                "2",
                "c2",
                List.of(balanced("a", strange + ", " + known), balanced("b", strange)));
        with.hear(1);
        with.noteClusters();
    }

    /** Extensions configured by a struct that names their type. */
    private static void structs(Dialogue with) {
        begin(with);
        String fault = "envoy.extensions.filters.http.fault.v3.HTTPFault";
        String abort = "abort: {http_status: %s, percentage: {numerator: 100}}";
        with.send(
                LDS,
                "2",
                "l2",
                List.of(
                        managed("l", filtered(struct("xds.type.v3", fault, abort, "418"), "")),
                        managed(
                                "m",
                                filtered(
                                        struct("udpa.type.v1", fault, "nope: 1, " + abort, "'419'"),
                                        "")),
                        managed(
                                "n",
                                filtered(
                                        struct("xds.type.v3", "xds.type.v3.TypedStruct", "", ""),
                                        "")),
                        managed(
                                "o",
                                filtered(
                                        struct("xds.type.v3", "envoy.config.core.v3.Node", "", ""),
                                        ""))));
        with.hear(1);
        with.note("server.dynamic_unknown_fields");
        for (String each : List.of("l", "m", "n", "o")) {
            with.ask(each);
        }
    }

    private static String struct(String version, String type, String value, String number) {
        return "{name: s, typed_config: {'@type': type.googleapis.com/"
                + version
                + ".TypedStruct, type_url: type.googleapis.com/"
                + type
                + ", value: {"
                + value.formatted(number)
                + "}}}";
    }

    private static void again(Dialogue with) {
        begin(with);
        for (String version : List.of("2", "2", "3")) {
            with.send(CDS, version, "c" + version, List.of(cluster("a")));
            with.hear(1);
        }
        for (String stat : List.of("cluster_added", "cluster_modified", "cds.update_success")) {
            with.note("cluster_manager." + stat);
        }
        with.send(LDS, "2", "l2", List.of(withRoutes("l", "r", "15s")));
        with.hear(2);
        with.send(RDS, "2", "r2", List.of(routesOf("r", "a")));
        with.hear(1);
        with.awaitStat("listener_manager.total_listeners_active", 1);
        with.send(LDS, "3", "l3", List.of(withRoutes("l", "r", "15s")));
        with.hear(1);
        with.send(RDS, "3", "r3", List.of(routesOf("r", "a")));
        with.hear(1);
        for (String stat : List.of("listener_added", "listener_modified", "lds.update_success")) {
            with.note("listener_manager." + stat);
        }
        with.note("http.h.rds.r.config_reload");
        with.note("http.h.rds.r.update_success");
        with.note("http.h.rds.r.update_attempt");
    }

    /** The control plane's own cluster stays what the bootstrap made it. */
    private static void staticNames(Dialogue with) {
        begin(with);
        with.send(CDS, "2", "c2", List.of(cluster("xds"), cluster("a")));
        with.hear(1);
        with.noteClusters();
        with.send(CDS, "3", "c3", List.of());
        with.hear(1);
        with.noteClusters();
        with.note("cluster.xds.membership_total");
        with.note("cluster_manager.cluster_modified");
    }

    /** Two listeners with routes that answer, by what is nowhere. */
    private static void twoRoutes(Dialogue with) {
        begin(with);
        with.send(
                LDS, "2", "l2", List.of(withRoutes("l", "r", "15s"), withRoutes("m", "q", "15s")));
        with.hearInAnyOrder(3);
        with.send(RDS, "1", "r1", List.of(routesOf("r", "a"), routesOf("q", "a")));
        with.hear(1);
        with.awaitStat("listener_manager.total_listeners_active", 2);
    }

    private static Any bad(String routes) {
        return any(
                RDS,
                "{name: "
                        + routes
                        + ", virtual_hosts: [{name: v, domains: [a]}, {name: w, domains: [a]}]}");
    }

    private static Any balanced(String name, String policies) {
        return any(
                CDS,
                "{name: "
                        + name
                        + ", type: STATIC, load_balancing_policy: {policies: ["
                        + policies
                        + "]}, load_assignment: {cluster_name: x}}");
    }

    private static String filtered(String filter, String perRoute) {
        return "stat_prefix: h, route_config: {virtual_hosts: [{name: v, domains: ['*'], routes:"
                + " [{match: {prefix: /}, direct_response: {status: 200, body: {inline_string:"
                + " x}}"
                + perRoute
                + "}]}]}, http_filters: ["
                + (filter.isEmpty() ? "" : filter + ", ")
                + ROUTER
                + "]";
    }

    private static String perFilter(String name, String config) {
        return ", typed_per_filter_config: {"
                + name
                + ": "
                + config.substring("typed_config: ".length())
                + "}";
    }

    private static Any managed(String name, String manager) {
        return any(
                LDS,
                "{name: "
                        + name
                        + ", address: {socket_address: {address: 127.0.0.1, port_value: 0}},"
                        + " filter_chains: [{filters: [{name: h, typed_config: {'@type': "
                        + EXTENSIONS
                        + "filters.network.http_connection_manager.v3.HttpConnectionManager, "
                        + manager
                        + (manager.contains("http_filters")
                                ? ""
                                : ", http_filters: [" + ROUTER + "]")
                        + "}}]}]}");
    }
}
