// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.admin;

import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * Envoy's loggers ({@code source/common/common/logger.h}), and whose lines here are theirs: what a
 * line is printed as, and what changing a level changes.
 */
public final class LogComponents {
    private static final String ROOT = "dev.outrigger.dataplane.";
    private static final String GRPC = "io.grpc";
    private static final String NETTY = "io.netty";

    /** In the order in which Envoy lists them. */
    private static final List<String> NAMES =
            List.of(
                    ("a2a admin ai_protocol_manager alternate_protocols_cache aws assert backtrace"
                                    + " basic_auth cache_filter client config connection"
                                    + " conn_handler compression credential_injector decompression"
                                    + " dns dubbo envoy_bug ext_authz ext_proc rocketmq file filter"
                                    + " forward_proxy geolocation grpc happy_eyeballs hc"
                                    + " health_checker http http2 hystrix init io jwt json_rpc"
                                    + " kafka key_value_store lua local_rate_limit main matcher mcp"
                                    + " misc mongo multi_connection notification oauth2 quic"
                                    + " quic_stream pool rate_limit_quota rbac rds redis router"
                                    + " runtime stats secret sse tap testing thrift tracing"
                                    + " upstream udp wasm websocket golang stats_sinks"
                                    + " dynamic_modules ip_tagging")
                            .split(" "));

    /** Package to the component Envoy logs the same things under. */
    private static final Map<String, String> BY_PACKAGE =
            Map.ofEntries(
                    Map.entry("accesslog", "file"),
                    Map.entry("admin", "admin"),
                    Map.entry("ads", "config"),
                    Map.entry("als", "grpc"),
                    Map.entry("bootstrap", "main"),
                    Map.entry("config", "config"),
                    Map.entry("dnscache", "forward_proxy"),
                    Map.entry("document", "config"),
                    Map.entry("downstream", "http"),
                    Map.entry("exchange", "router"),
                    Map.entry("filter", "filter"),
                    Map.entry("filterchain", "conn_handler"),
                    Map.entry("http2", "http2"),
                    Map.entry("listenerfilter", "filter"),
                    Map.entry("lrs", "upstream"),
                    Map.entry("message", "http"),
                    Map.entry("parse", "config"),
                    Map.entry("re2", "router"),
                    Map.entry("route", "router"),
                    Map.entry("runtime", "runtime"),
                    Map.entry("state", "config"),
                    Map.entry("tcpproxy", "filter"),
                    Map.entry("telemetry", "stats"),
                    Map.entry("tls", "connection"),
                    Map.entry("upstream", "upstream"),
                    Map.entry("worker", "main"),
                    Map.entry("x509", "connection"));

    /** Components whose work is a part of a package's that is printed as another. */
    private static final Map<String, List<String>> ALSO =
            Map.ofEntries(
                    Map.entry("conn_handler", List.of(ROOT + "downstream")),
                    Map.entry("connection", List.of(ROOT + "downstream")),
                    Map.entry("dns", List.of(ROOT + "ads")),
                    Map.entry("grpc", List.of(ROOT + "ads", GRPC)),
                    Map.entry("hc", List.of(ROOT + "upstream")),
                    Map.entry("init", List.of(ROOT + "state")),
                    Map.entry("misc", List.of(NETTY)),
                    Map.entry("pool", List.of(ROOT + "upstream")),
                    Map.entry("rds", List.of(ROOT + "state")));

    private LogComponents() {}

    /** Whether Envoy has a logger of this name. */
    public static boolean isKnown(String component) {
        return NAMES.contains(component);
    }

    /** All of them, in the order in which Envoy lists them. */
    static List<String> names() {
        return NAMES;
    }

    /** The component that a logger's lines are printed as. */
    public static String of(String logger) {
        if (logger.startsWith(ROOT)) {
            String rest = logger.substring(ROOT.length());
            int dot = rest.indexOf('.');
            return BY_PACKAGE.getOrDefault(dot < 0 ? rest : rest.substring(0, dot), "misc");
        }
        return logger.startsWith(GRPC) ? "grpc" : "misc";
    }

    /** Whether it is not the data plane's own. */
    static boolean isOfALibrary(String logger) {
        return !logger.startsWith(ROOT);
    }

    /** The loggers of a component, as package names; none for a component that is only Envoy's. */
    public static List<String> loggers(String component) {
        return Stream.concat(
                        BY_PACKAGE.entrySet().stream()
                                .filter(each -> each.getValue().equals(component))
                                .map(each -> ROOT + each.getKey()),
                        ALSO.getOrDefault(component, List.of()).stream())
                .distinct()
                .sorted()
                .toList();
    }
}
