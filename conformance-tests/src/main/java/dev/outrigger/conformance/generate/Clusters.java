// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.conformance.generate;

import java.util.ArrayList;
import java.util.List;

/** Clusters with their endpoints. */
final class Clusters {
    private static final String OPTIONS = "envoy.extensions.upstreams.http.v3.HttpProtocolOptions";

    private static final String OPTIONS_FIELD = "typed_extension_protocol_options";

    private static final int CHOSEN_BY_CHANCE = 2;
    private static final int HASHED = 7;

    /**
     * Between the other limits, and so are several of them in a row: which of two equal ones is
     * over first would be chance.
     */
    private static final String CONNECT_TIMEOUT = "0.22s";

    private final Choices choices;
    private final Plan plan;
    private boolean hostnames;
    private boolean refuses;

    Clusters(Choices choices, Plan plan) {
        this.choices = choices;
        this.plan = plan;
    }

    Message cluster(String name) {
        int kind = choices.weighted(60, 12, 8, 6, 3, 4, 7, 12);
        // Only hosts of clusters that are looked up can be hashed by their names.
        boolean byName = kind == HASHED || choices.in100(10);
        // For all hosts or none: which of them is chosen may differ, what is sent may not.
        hostnames = choices.in100(20);
        var cluster =
                new Message()
                        .need("name", Plan.named(name))
                        .need("connect_timeout", plan.timed() ? CONNECT_TIMEOUT : "10s")
                        .need("type", byName ? "STRICT_DNS" : "STATIC");
        if (byName) {
            // Once: how often it is asked again would be a matter of time.
            cluster.need("dns_lookup_family", "V4_ONLY").need("dns_refresh_rate", "600s");
        }
        var address = byName ? "localhost" : "127.0.0.1";
        var endpoints = endpoints(kind, name, address, cluster);
        var assignment =
                new Message()
                        .need("cluster_name", Plan.named(name))
                        .need("endpoints", Message.items(0, endpoints));
        if (choices.in100(8)) {
            assignment.with(
                    "policy",
                    new Message().with("overprovisioning_factor", choices.pick(100, 200)));
        }
        cluster.need("load_assignment", assignment);
        limits(cluster);
        // Detected of one host and another: chance must not choose between them.
        if (choices.in100(12) && kind != CHOSEN_BY_CHANCE) {
            cluster.with("outlier_detection", outliers());
        }
        var transport = plan.transports().upstream(name);
        if (transport.isTls()) {
            cluster.need("transport_socket", Tls.client(transport));
        }
        if (transport.isHttp2()) {
            cluster.need(OPTIONS_FIELD, http2());
        } else if (!cluster.has("max_requests_per_connection")) {
            options(cluster);
        }
        return cluster;
    }

    /** Which hosts there are; the balancer is chosen so that every run chooses alike. */
    private List<Message> endpoints(int kind, String name, String address, Message cluster) {
        // The weights favour what answers: most of what is to be seen needs an answer.
        return switch (kind) {
            case 0 -> {
                cluster.maybe(choices, 30, "lb_policy", balancer());
                yield List.of(locality(List.of(host(address, "${upstream." + name + "}"))));
            }
            case 1 -> {
                cluster.maybe(choices, 50, "lb_policy", "ROUND_ROBIN");
                yield List.of(locality(replicas("rotated", name, address)));
            }
            case CHOSEN_BY_CHANCE -> {
                cluster.need("lb_policy", choices.pick("LEAST_REQUEST", "RANDOM"));
                // So many connections, whichever hosts are chosen.
                cluster.need("max_requests_per_connection", 1);
                yield List.of(locality(replicas("any", name, address)));
            }
            case 3 -> {
                refuses = true;
                yield List.of(locality(List.of(host(address, "${refused." + name + "}"))));
            }
            case 4 ->
                    plan.timed()
                            ? List.of(locality(List.of(host(address, "${blackhole." + name + "}"))))
                            : List.of();
            case 5 -> List.of();
            case 6 -> priorities(name, address, cluster);
            case HASHED -> List.of(locality(hashed(name, address, cluster)));
            default -> throw new IllegalArgumentException(kind + ": no kind of cluster");
        };
    }

    /** Whether connections are refused in any cluster made so far. */
    boolean refuses() {
        return refuses;
    }

    private String balancer() {
        return choices.pick("ROUND_ROBIN", "LEAST_REQUEST", "RANDOM");
    }

    private List<Message> replicas(String kind, String name, String address) {
        var hosts = new ArrayList<Message>();
        for (int i = choices.between(2, 3); i > 0; i--) {
            hosts.add(host(address, "${" + kind + "." + name + "_" + i + "}"));
        }
        return hosts;
    }

    /** Hashed by their names: addresses are not the same in every run. */
    private List<Message> hashed(String name, String address, Message cluster) {
        cluster.need("lb_policy", choices.pick("RING_HASH", "MAGLEV"));
        cluster.need(
                "common_lb_config",
                new Message()
                        .need(
                                "consistent_hashing_lb_config",
                                new Message().need("use_hostname_for_hashing", true)));
        var hosts = new ArrayList<Message>();
        hostnames = false;
        for (int i = choices.between(2, 4); i > 0; i--) {
            var host = host(address, "${exact." + name + "_" + i + "}", "h" + i + ".name");
            hosts.add(host.maybe(choices, 20, "load_balancing_weight", choices.between(1, 3)));
        }
        return hosts;
    }

    /** Where copies of requests go: they are told apart by nothing but their order. */
    Message mirror() {
        hostnames = false;
        var host = host("127.0.0.1", "${upstream." + Plan.MIRROR + "}");
        return new Message()
                .need("name", Plan.named(Plan.MIRROR))
                .need("connect_timeout", "2s")
                .need("type", "STATIC")
                .need("max_requests_per_connection", 1)
                .need(
                        "load_assignment",
                        new Message()
                                .need("cluster_name", Plan.named(Plan.MIRROR))
                                .need(
                                        "endpoints",
                                        Message.items(1, List.of(locality(List.of(host))))));
    }

    /** Healthy hosts in one priority only, so that all goes there, panic or not. */
    private List<Message> priorities(String name, String address, Message cluster) {
        refuses = true;
        var healthy =
                host(address, "${upstream." + name + "}")
                        .maybe(choices, 30, "health_status", "HEALTHY");
        var other =
                host(address, "${refused." + name + "}")
                        .need("health_status", choices.pick("UNHEALTHY", "DRAINING", "TIMEOUT"));
        if (choices.in100(40)) {
            cluster.need(
                    "common_lb_config",
                    new Message()
                            .need(
                                    "healthy_panic_threshold",
                                    new Message().need("value", choices.pick(0, 30))));
            return choices.in100(50)
                    ? List.of(locality(List.of(other, healthy)))
                    : List.of(locality(List.of(other)));
        }
        return List.of(locality(List.of(other)), locality(List.of(healthy)).need("priority", 1));
    }

    private static Message locality(List<Message> hosts) {
        return new Message().need("lb_endpoints", Message.items(1, hosts));
    }

    private Message host(String address, String port) {
        return host(address, port, hostnames ? "host.name" : "");
    }

    private static Message host(String address, String port, String hostname) {
        var endpoint =
                new Message()
                        .need(
                                "address",
                                new Message()
                                        .need(
                                                "socket_address",
                                                new Message()
                                                        .need("address", address)
                                                        .need("port_value", new Node.Raw(port))));
        if (!hostname.isEmpty()) {
            endpoint.need("hostname", hostname);
        }
        return new Message().need("endpoint", endpoint);
    }

    private void limits(Message cluster) {
        if (choices.in100(25)) {
            var threshold =
                    new Message()
                            .maybe(choices, 30, "priority", choices.pick("HIGH", "DEFAULT"))
                            .maybe(choices, 30, "max_connections", choices.between(1, 2))
                            .maybe(choices, 30, "max_pending_requests", choices.between(0, 1))
                            // With none, whether there is a copy depends on which host is asked.
                            .maybe(
                                    choices,
                                    30,
                                    "max_requests",
                                    choices.between(plan.mirrored() ? 1 : 0, 2))
                            .maybe(choices, 40, "max_retries", choices.between(0, 1))
                            .maybe(choices, 20, "track_remaining", true);
            if (choices.in100(20)) {
                threshold.with(
                        "retry_budget",
                        new Message()
                                .with("budget_percent", new Message().need("value", 20))
                                .with("min_retry_concurrency", choices.between(0, 2)));
            }
            cluster.with("circuit_breakers", new Message().need("thresholds", List.of(threshold)));
        }
    }

    /** Detected and counted, but left where they are: when a host is taken out is a race. */
    private Message outliers() {
        return new Message()
                .need("interval", "600s")
                .need("enforcing_consecutive_5xx", 0)
                .need("enforcing_consecutive_gateway_failure", 0)
                .need("enforcing_consecutive_local_origin_failure", 0)
                .need("enforcing_success_rate", 0)
                .need("enforcing_local_origin_success_rate", 0)
                .with("consecutive_5xx", choices.between(1, 3))
                .maybe(choices, 50, "consecutive_gateway_failure", choices.between(1, 3))
                .maybe(choices, 30, "split_external_local_origin_errors", true)
                .maybe(choices, 30, "consecutive_local_origin_failure", choices.between(1, 3));
    }

    /** Without them it would be HTTP/1. */
    private Message http2() {
        var http2 = choices.in100(30) ? Http2Options.of(choices) : new Message();
        return new Message()
                .need(
                        OPTIONS,
                        Message.typed(OPTIONS)
                                .need(
                                        "explicit_http_config",
                                        new Message().need("http2_protocol_options", http2)));
    }

    private void options(Message cluster) {
        cluster.maybe(choices, 8, "per_connection_buffer_limit_bytes", 32_768);
        if (choices.in100(20)) {
            var common =
                    new Message()
                            .maybe(
                                    choices,
                                    60,
                                    "max_requests_per_connection",
                                    choices.between(1, 2))
                            .maybe(choices, 30, "idle_timeout", "600s");
            cluster.with(
                    OPTIONS_FIELD,
                    new Message()
                            .need(
                                    OPTIONS,
                                    Message.typed(OPTIONS)
                                            .with("common_http_protocol_options", common)
                                            .need(
                                                    "explicit_http_config",
                                                    new Message()
                                                            .need(
                                                                    "http_protocol_options",
                                                                    new Message()))));
        }
    }
}
