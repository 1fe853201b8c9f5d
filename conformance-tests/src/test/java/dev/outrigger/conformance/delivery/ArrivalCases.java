// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.conformance.delivery;

import static dev.outrigger.conformance.delivery.ControlPlaneCases.A_WHILE;
import static dev.outrigger.conformance.delivery.ControlPlaneCases.CDS;
import static dev.outrigger.conformance.delivery.ControlPlaneCases.EDS;
import static dev.outrigger.conformance.delivery.ControlPlaneCases.LDS;
import static dev.outrigger.conformance.delivery.ControlPlaneCases.RDS;
import static dev.outrigger.conformance.delivery.ControlPlaneCases.SHORT_REQUESTS;
import static dev.outrigger.conformance.delivery.ControlPlaneCases.begin;
import static dev.outrigger.conformance.delivery.ControlPlaneCases.cluster;
import static dev.outrigger.conformance.delivery.ControlPlaneCases.eds;
import static dev.outrigger.conformance.delivery.ControlPlaneCases.endpoints;
import static dev.outrigger.conformance.delivery.ControlPlaneCases.listener;
import static dev.outrigger.conformance.delivery.ControlPlaneCases.withRoutes;
import static dev.outrigger.conformance.delivery.Dialogue.any;
import static dev.outrigger.conformance.delivery.Dialogue.expiring;
import static dev.outrigger.conformance.delivery.Dialogue.resource;

import com.google.protobuf.Any;
import dev.outrigger.conformance.delivery.ControlPlaneCases.Case;
import dev.outrigger.conformance.delivery.ControlPlaneCases.Own;
import dev.outrigger.xds.resource.ResourceType;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** When something is asked for, served and forgotten (8.1, 8.3 and 8.4 of the semantics). */
final class ArrivalCases {
    private static final String SDS = ResourceType.SECRET.typeUrl();
    private static final String TLS =
            "type.googleapis.com/envoy.extensions.transport_sockets.tls.v3.";

    private ArrivalCases() {}

    static Map<String, Case> all() {
        var cases = new LinkedHashMap<String, Case>();
        cases.put(
                "XD1 a node each time",
                new Case("15s", ArrivalCases::nodeEachTime, new Own("", "")));
        cases.put(
                "XD5 rate of requests",
                new Case(
                        "15s",
                        ArrivalCases::rate,
                        new Own(
                                SHORT_REQUESTS
                                        + ", rate_limit_settings: {max_tokens: 1, fill_rate: 0.5}",
                                "")));
        cases.put("XD8 a listener expires", new Case(ArrivalCases::listenerExpires));
        cases.put("WA3 addresses change", new Case(ArrivalCases::addressesChange));
        cases.put(
                "WA4 nothing before the end",
                new Case(
                        "15s",
                        ArrivalCases::nothingBefore,
                        new Own(
                                SHORT_REQUESTS,
                                "{name: own, address: {socket_address: {address: 127.0.0.1, port_value: PORT}}, filter_chains: ["
                                        + managed(
                                                "direct_response: {status: 200, body: {inline_string: own}}")
                                        + "]}")));
        cases.put("WA5 routes never come", new Case(ArrivalCases::noRoutes));
        cases.put("WA5 TL5 secrets never come", new Case(ArrivalCases::noSecrets));
        cases.put("secrets of others", new Case(ArrivalCases::othersSecrets));
        return cases;
    }

    private static void nodeEachTime(Dialogue with) {
        begin(with);
        with.send(CDS, "2", "c2", List.of(eds("e", "15s")));
        with.hear(1);
        with.send(EDS, "1", "e1", List.of(endpoints("e", 1)));
        with.hearInAnyOrder(2);
        with.send(CDS, "3", "c3", List.of(any(CDS, "{name: '', type: STATIC}")));
        with.hear(1);
    }

    /** As many requests as there are tokens go at once, the others as tokens come. */
    private static void rate(Dialogue with) {
        begin(with);
        for (int i = 0; i < 3; i++) {
            with.send(CDS, "2" + i, "c2" + i, List.of(cluster("a" + i)));
        }
        with.hear(3);
        with.note("control_plane.connected_state");
    }

    /** Endpoints that expire end the process of Envoy 1.40.0, and are not played. */
    private static void listenerExpires(Dialogue with) {
        begin(with);
        with.send(
                LDS,
                "2",
                "l2",
                List.of(Any.pack(expiring(resource("l", "1", listener("l", "x")), 1))));
        with.hear(1);
        with.awaitStat("listener_manager.total_listeners_active", 1);
        with.awaitStat("listener_manager.listener_removed", 1);
        with.hearNothing(A_WHILE);
    }

    /** On another port there is another socket; another way to share ports is refused. */
    private static void addressesChange(Dialogue with) {
        begin(with);
        with.send(LDS, "2", "l2", List.of(at(with.port(), "x", "")));
        with.hear(1);
        with.awaitAnswer("l", "x");
        with.send(LDS, "3", "l3", List.of(at(0, "y", "")));
        with.hear(1);
        with.awaitAnswer("l", "y");
        with.askPort("before", with.port());
        with.note("listener_manager.listener_modified");
        with.note("listener_manager.listener_in_place_updated");
        with.send(LDS, "4", "l4", List.of(at(0, "y", "enable_reuse_port: false,")));
        with.hear(1);
        with.ask("l");
    }

    private static void nothingBefore(Dialogue with) {
        with.hear(1);
        with.send(CDS, "1", "c1", List.of(eds("e", "15s")));
        with.hear(1);
        with.askPort("before endpoints", with.port());
        with.send(EDS, "1", "e1", List.of(endpoints("e", 1)));
        with.hearInAnyOrder(3);
        with.askPort("before listeners", with.port());
        with.send(LDS, "1", "l1", List.of(withRoutes("l", "r", "15s")));
        with.hear(2);
        with.askPort("before routes", with.port());
        with.send(RDS, "1", "r1", List.of(ControlPlaneCases.routesOf("r", "e")));
        with.hear(1);
        with.awaitLive();
        with.askPort("then", with.port());
    }

    private static void noRoutes(Dialogue with) {
        begin(with);
        with.send(LDS, "2", "l2", List.of(withRoutes("l", "r", "1s")));
        with.hear(2);
        with.awaitStat("listener_manager.total_listeners_active", 1);
        with.ask("l");
        with.note("http.h.rds.r.init_fetch_timeout");
        with.send(RDS, "1", "r1", List.of(ControlPlaneCases.routesOf("r", "nowhere")));
        with.hear(1);
        with.awaitAnswer("l", "503");
    }

    private static void noSecrets(Dialogue with) {
        begin(with);
        with.send(LDS, "2", "l2", List.of(secured("l")));
        with.hear(2);
        with.awaitStat("listener_manager.total_listeners_active", 1);
        with.ask("l");
        with.note("listener.l.server_ssl_socket_factory.downstream_context_secrets_not_ready");
        with.send(CDS, "2", "c2", List.of(securedCluster()));
        with.hearInAnyOrder(2);
        with.send(LDS, "3", "l3", List.of(secured("l"), to("s")));
        with.hear(1);
        with.awaitStat("listener_manager.total_listeners_active", 2);
        with.ask("to");
        with.note("cluster.s.client_ssl_socket_factory.upstream_context_secrets_not_ready");
        with.note("cluster.s.upstream_cx_connect_fail");
    }

    private static void othersSecrets(Dialogue with) {
        begin(with);
        with.send(LDS, "2", "l2", List.of(secured("l")));
        with.hear(2);
        with.send(SDS, "1", "s1", List.of(secret("other")));
        with.hear(1);
        with.hearNothing(A_WHILE);
        with.send(SDS, "2", "s2", List.of());
        with.hear(1);
        with.send(SDS, "3", "s3", List.of(secret("mine"), secret("mine")));
        with.hear(1);
        with.note("sds.mine.update_rejected");
        with.note("sds.mine.update_success");
        with.note("listener.l.server_ssl_socket_factory.ssl_context_update_by_sds");
    }

    /** A trust in nobody in particular: no key is needed. */
    private static Any secret(String name) {
        return any(SDS, "{name: " + name + ", validation_context: {}}");
    }

    private static Any at(int port, String body, String more) {
        return any(
                LDS,
                "{name: l, "
                        + more
                        + " address: {socket_address: {address: 127.0.0.1, port_value: "
                        + port
                        + "}}, filter_chains: ["
                        + managed(
                                "direct_response: {status: 200, body: {inline_string: "
                                        + body
                                        + "}}")
                        + "]}");
    }

    private static String managed(String action) {
        return "{filters: [{name: h, typed_config: {'@type': type.googleapis.com/envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager, stat_prefix: h, route_config: {virtual_hosts: [{name: v, domains: ['*'], routes: [{match: {prefix: /}, "
                + action
                + "}]}]}, http_filters: [{name: r, typed_config: {'@type': type.googleapis.com/envoy.extensions.filters.http.router.v3.Router}}]}}]}";
    }

    private static String secrets(String field) {
        return "common_tls_context: {"
                + field
                + ": {name: mine, sds_config: {ads: {}, resource_api_version: V3,"
                + " initial_fetch_timeout: 1s}}}";
    }

    private static Any secured(String name) {
        return any(
                LDS,
                "{name: "
                        + name
                        + ", stat_prefix: "
                        + name
                        + ", address: {socket_address: {address: 127.0.0.1, port_value: 0}}, filter_chains: [{filters: [{name: d, typed_config: {'@type': type.googleapis.com/envoy.extensions.filters.network.direct_response.v3.Config, response: {inline_string: x}}}], transport_socket: {name: t, typed_config: {'@type': "
                        + TLS
                        + "DownstreamTlsContext, "
                        + secrets("validation_context_sds_secret_config")
                        + "}}}]}");
    }

    private static Any securedCluster() {
        return any(
                CDS,
                "{name: s, type: STATIC, connect_timeout: 1s, load_assignment: {cluster_name: s, endpoints: [{lb_endpoints: [{endpoint: {address: {socket_address: {address: 127.0.0.1, port_value: 9}}}}]}]}, transport_socket: {name: t, typed_config: {'@type': "
                        + TLS
                        + "UpstreamTlsContext, "
                        + secrets("validation_context_sds_secret_config")
                        + "}}}");
    }

    private static Any to(String cluster) {
        return any(
                LDS,
                "{name: to, address: {socket_address: {address: 127.0.0.1, port_value: 0}}, filter_chains: ["
                        + managed("route: {cluster: " + cluster + "}")
                        + "]}");
    }
}
