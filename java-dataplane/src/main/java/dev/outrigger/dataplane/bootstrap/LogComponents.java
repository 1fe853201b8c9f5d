// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.bootstrap;

import java.util.List;
import java.util.Map;
import java.util.Set;

/** Envoy's names of loggers and which packages write under them. */
final class LogComponents {
    private static final String ROOT = "dev.outrigger.dataplane.";

    /** Package to the component Envoy logs the same things under. */
    private static final Map<String, String> BY_PACKAGE =
            Map.ofEntries(
                    Map.entry("accesslog", "file"),
                    Map.entry("admin", "admin"),
                    Map.entry("ads", "config"),
                    Map.entry("bootstrap", "main"),
                    Map.entry("config", "config"),
                    Map.entry("downstream", "http"),
                    Map.entry("exchange", "router"),
                    Map.entry("filter", "filter"),
                    Map.entry("message", "http"),
                    Map.entry("parse", "config"),
                    Map.entry("route", "router"),
                    Map.entry("state", "config"),
                    Map.entry("telemetry", "stats"),
                    Map.entry("upstream", "upstream"),
                    Map.entry("worker", "main"));

    private static final Set<String> NAMES =
            Set.of(
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

    private LogComponents() {}

    static boolean isKnown(String component) {
        return NAMES.contains(component);
    }

    /** The component of a logger by its name. */
    static String of(String logger) {
        if (logger.startsWith(ROOT)) {
            String rest = logger.substring(ROOT.length());
            int dot = rest.indexOf('.');
            return BY_PACKAGE.getOrDefault(dot < 0 ? rest : rest.substring(0, dot), "misc");
        }
        return logger.startsWith("io.grpc") ? "grpc" : "misc";
    }

    /** The loggers of a component, as package names; none for a component that is only Envoy's. */
    static List<String> loggers(String component) {
        if (component.equals("grpc")) {
            return List.of("io.grpc");
        }
        if (component.equals("misc")) {
            return List.of("io.netty");
        }
        return BY_PACKAGE.entrySet().stream()
                .filter(e -> e.getValue().equals(component))
                .map(e -> ROOT + e.getKey())
                .sorted()
                .toList();
    }
}
