// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.conformance.delivery;

import static dev.outrigger.conformance.delivery.ControlPlaneCases.LDS;
import static dev.outrigger.conformance.delivery.ControlPlaneCases.begin;
import static dev.outrigger.conformance.delivery.Dialogue.any;

import com.google.protobuf.Any;
import dev.outrigger.conformance.delivery.ControlPlaneCases.Case;
import dev.outrigger.xds.resource.ResourceType;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Listener filters whose configuration comes over ECDS, in the state of the world. */
final class ListenerFilterCases {
    private static final String ECDS = ResourceType.EXTENSION.typeUrl();
    private static final String TYPES = "type.googleapis.com/envoy.extensions.filters.listener.";
    private static final String HTTP_INSPECTOR =
            "'@type': " + TYPES + "http_inspector.v3.HttpInspector";
    private static final String TLS_INSPECTOR =
            "'@type': " + TYPES + "tls_inspector.v3.TlsInspector";
    private static final String PROXY_PROTOCOL =
            "'@type': "
                    + TYPES
                    + "proxy_protocol.v3.ProxyProtocol, allow_requests_without_proxy_protocol:"
                    + " true, stat_prefix: ";

    private static final String STATS = "extension_config_discovery.tcp_listener_filter.f.";

    private ListenerFilterCases() {}

    static Map<String, Case> all() {
        var cases = new LinkedHashMap<String, Case>();
        cases.put("a listener filter that comes late", new Case(ListenerFilterCases::late));
        cases.put("a listener filter that never comes", new Case(ListenerFilterCases::never));
        cases.put("a listener filter of another type", new Case(ListenerFilterCases::mistyped));
        cases.put("a listener filter with a default", new Case(ListenerFilterCases::withDefault));
        cases.put(
                "a listener filter that is not waited for",
                new Case(ListenerFilterCases::notWaitedFor));
        cases.put("a listener filter that is disabled", new Case(ListenerFilterCases::disabled));
        cases.put("a listener filter in a struct", new Case(ListenerFilterCases::inStruct));
        return cases;
    }

    private static void late(Dialogue with) {
        begin(with);
        with.send(LDS, "2", "l2", List.of(listener("15s", "", "")));
        with.hearInAnyOrder(2);
        with.hearNothing(ControlPlaneCases.A_WHILE);
        with.note("listener_manager.total_listeners_warming");
        with.send(ECDS, "1", "e1", List.of(filter(PROXY_PROTOCOL + "one")));
        with.hear(1);
        with.awaitStat("listener_manager.total_listeners_active", 1);
        with.knock("l");
        with.awaitStat("proxy_proto.one.not_found_allowed", 1);
        with.send(ECDS, "2", "e2", List.of(filter(PROXY_PROTOCOL + "two")));
        with.hear(1);
        with.knock("l");
        with.awaitStat("proxy_proto.two.not_found_allowed", 1);
        with.note("proxy_proto.one.not_found_allowed");
        with.send(ECDS, "3", "e3", List.of(filter(PROXY_PROTOCOL + "two")));
        with.hear(1);
        with.note(STATS + "config_reload");
        with.note(STATS + "update_success");
        with.note("listener_manager.listener_modified");
    }

    private static void never(Dialogue with) {
        begin(with);
        with.send(LDS, "2", "l2", List.of(listener("1s", "", "")));
        with.hearInAnyOrder(2);
        with.awaitStat("listener_manager.total_listeners_active", 1);
        with.note(STATS + "init_fetch_timeout");
        with.note(STATS + "config_fail");
        with.knock("l");
        with.knock("l");
        with.note("listener.l.extension_config_missing");
        with.note("listener.l.downstream_cx_total");
        with.send(ECDS, "1", "e1", List.of(filter(TLS_INSPECTOR)));
        with.hear(1);
        with.knock("l");
        with.awaitStat("tls_inspector.tls_not_found", 1);
        with.note("listener.l.extension_config_missing");
    }

    private static void mistyped(Dialogue with) {
        begin(with);
        with.send(LDS, "2", "l2", List.of(listener("15s", "", "")));
        with.hearInAnyOrder(2);
        with.send(ECDS, "1", "e1", List.of(filter(HTTP_INSPECTOR)));
        with.hear(1);
        with.awaitStat("listener_manager.total_listeners_active", 1);
        with.knock("l");
        with.note(STATS + "config_fail");
        with.note(STATS + "update_rejected");
        with.send(ECDS, "2", "e2", List.of(filter(TLS_INSPECTOR)));
        with.hear(1);
        with.knock("l");
        with.send(ECDS, "3", "e3", List.of(filter(PROXY_PROTOCOL + "x, rules: [{}]")));
        with.hear(1);
        with.knock("l");
        with.note(STATS + "config_fail");
        with.note(STATS + "config_reload");
    }

    private static void withDefault(Dialogue with) {
        begin(with);
        with.send(LDS, "2", "l2", List.of(listener("1s", defaultIs(PROXY_PROTOCOL + "own"), "")));
        with.hearInAnyOrder(2);
        with.awaitStat("listener_manager.total_listeners_active", 1);
        with.note("proxy_proto.own.not_found_allowed");
        with.knock("l");
        with.awaitStat("proxy_proto.own.not_found_allowed", 1);
        with.send(ECDS, "1", "e1", List.of(filter(PROXY_PROTOCOL + "one")));
        with.hear(1);
        with.knock("l");
        with.awaitStat("proxy_proto.one.not_found_allowed", 1);
        with.note("proxy_proto.own.not_found_allowed");
    }

    private static void notWaitedFor(Dialogue with) {
        begin(with);
        with.send(
                LDS,
                "2",
                "l2",
                List.of(
                        listener(
                                "15s",
                                defaultIs(PROXY_PROTOCOL + "own")
                                        + ", apply_default_config_without_warming: true",
                                "")));
        with.hearInAnyOrder(2);
        with.awaitStat("listener_manager.total_listeners_active", 1);
        with.knock("l");
        with.awaitStat("proxy_proto.own.not_found_allowed", 1);
        with.send(ECDS, "1", "e1", List.of(filter(PROXY_PROTOCOL + "one")));
        with.hear(1);
        with.knock("l");
        with.awaitStat("proxy_proto.one.not_found_allowed", 1);
    }

    /** Nobody is left alone by a filter that is not there. */
    private static void disabled(Dialogue with) {
        begin(with);
        String always = ", filter_disabled: {any_match: true}";
        with.send(LDS, "2", "l2", List.of(listener("1s", "", always)));
        with.hearInAnyOrder(2);
        with.awaitStat("listener_manager.total_listeners_active", 1);
        with.knock("l");
        with.note("listener.l.extension_config_missing");
        with.send(ECDS, "1", "e1", List.of(filter(PROXY_PROTOCOL + "one")));
        with.hear(1);
        with.knock("l");
        with.note("proxy_proto.one.not_found_allowed");
    }

    /** It is not of the type that is announced, whatever is in it. */
    private static void inStruct(Dialogue with) {
        begin(with);
        with.send(LDS, "2", "l2", List.of(listener("15s", defaultIs(PROXY_PROTOCOL + "own"), "")));
        with.hearInAnyOrder(2);
        with.send(
                ECDS,
                "1",
                "e1",
                List.of(
                        filter(
                                "'@type': type.googleapis.com/xds.type.v3.TypedStruct, type_url: "
                                        + TYPES
                                        + "tls_inspector.v3.TlsInspector")));
        with.hear(1);
        with.awaitStat("listener_manager.total_listeners_active", 1);
        with.knock("l");
        with.note(STATS + "config_fail");
        with.note(STATS + "config_reload");
        with.note("proxy_proto.own.not_found_allowed");
        with.note("tls_inspector.tls_not_found");
    }

    private static String defaultIs(String config) {
        return ", default_config: {" + config + "}";
    }

    private static Any filter(String config) {
        return any(ECDS, "{name: f, typed_config: {" + config + "}}");
    }

    /**
     * One that answers by itself.
     *
     * @param discovery more of {@code config_discovery}
     * @param more of the filter
     */
    private static Any listener(String fetchTimeout, String discovery, String more) {
        return any(
                LDS,
                "{name: l, address: {socket_address: {address: 127.0.0.1, port_value: 0}},"
                        + " stat_prefix: l, listener_filters: [{name: f, config_discovery:"
                        + " {config_source: {ads: {}, resource_api_version: V3,"
                        + " initial_fetch_timeout: "
                        + fetchTimeout
                        + "}, type_urls: ["
                        + TYPES
                        + "tls_inspector.v3.TlsInspector, "
                        + TYPES
                        + "proxy_protocol.v3.ProxyProtocol]"
                        + discovery
                        + "}"
                        + more
                        + "}], filter_chains: [{filters: [{name: h, typed_config: {'@type':"
                        + " type.googleapis.com/envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager,"
                        + " stat_prefix: h, route_config: {virtual_hosts: [{name: v, domains:"
                        + " ['*'], routes: [{match: {prefix: /}, direct_response: {status: 200}}]}]},"
                        + " http_filters: [{name: r, typed_config: {'@type':"
                        + " type.googleapis.com/envoy.extensions.filters.http.router.v3.Router}}]}}]}]}");
    }
}
