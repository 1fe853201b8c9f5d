// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.conformance.generate;

import java.util.ArrayList;
import java.util.List;

/**
 * HTTP filters in front of the router, and what virtual hosts and routes say about them. Whatever
 * they leave to chance happens always or never.
 */
final class Filters {
    static final String CORS = "cors";
    static final String LIMIT = "limit";
    static final String FAULT = "fault";
    static final String MUTATION = "mutation";
    static final String BUFFER = "buffer";
    static final String HEALTH = "health";
    static final String METADATA = "metadata";

    static final List<String> ALL = List.of(CORS, LIMIT, FAULT, MUTATION, BUFFER, HEALTH, METADATA);

    private static final String TYPES = "envoy.extensions.filters.http.";

    private final Choices choices;
    private final Plan plan;

    Filters(Choices choices, Plan plan) {
        this.choices = choices;
        this.plan = plan;
    }

    /** The filters, without the router. */
    List<Message> chain() {
        var chain = new ArrayList<Message>();
        for (var filter : plan.filters()) {
            chain.add(new Message().need("name", filter).need("typed_config", config(filter)));
        }
        return chain;
    }

    /** Adds what a virtual host or route has to say, in so many of a hundred cases each. */
    void override(Message target, int in100) {
        var all = new Message();
        for (var filter : plan.filters()) {
            if (choices.in100(in100)) {
                overriding(filter, all);
            }
        }
        if (!all.isEmpty()) {
            target.with("typed_per_filter_config", all);
        }
    }

    private Message config(String filter) {
        return switch (filter) {
            case CORS -> Message.typed(TYPES + "cors.v3.Cors");
            case LIMIT -> limit();
            case FAULT -> fault();
            case MUTATION ->
                    Message.typed(TYPES + "header_mutation.v3.HeaderMutation")
                            .need("mutations", mutations());
            case BUFFER ->
                    Message.typed(TYPES + "buffer.v3.Buffer")
                            .need("max_request_bytes", choices.pick(3, 400, 100_000));
            case HEALTH -> health();
            case METADATA -> metadata();
            default -> throw new IllegalArgumentException(filter + ": no filter");
        };
    }

    private void overriding(String filter, Message all) {
        switch (filter) {
            case CORS -> all.with(filter, corsPolicy());
            case LIMIT -> all.with(filter, limit());
            case FAULT -> all.with(filter, fault());
            case MUTATION ->
                    all.with(
                            filter,
                            Message.typed(TYPES + "header_mutation.v3.HeaderMutationPerRoute")
                                    .need("mutations", mutations()));
            case BUFFER -> {
                var route = Message.typed(TYPES + "buffer.v3.BufferPerRoute");
                all.with(
                        filter,
                        choices.in100(40)
                                ? route.need("disabled", true)
                                : route.need(
                                        "buffer",
                                        new Message()
                                                .need("max_request_bytes", choices.pick(4, 501))));
            }
            default -> {
                // The others are the same on all routes.
            }
        }
    }

    private Message corsPolicy() {
        var policy =
                Message.typed(TYPES + "cors.v3.CorsPolicy")
                        .with(
                                "allow_origin_string_match",
                                List.of(
                                        choices.in100(50)
                                                ? new Message().need("exact", "http://o.test")
                                                : new Message().need("suffix", ".test")))
                        .maybe(choices, 60, "allow_methods", choices.pick("GET", "GET, POST"))
                        .maybe(choices, 50, "allow_headers", choices.pick("x-a", "*"))
                        .maybe(choices, 50, "expose_headers", "x-b")
                        .maybe(choices, 50, "max_age", "600")
                        .maybe(choices, 40, "allow_credentials", choices.in100(60))
                        .maybe(choices, 20, "allow_private_network_access", true)
                        .maybe(choices, 30, "forward_not_matching_preflights", choices.in100(50));
        if (choices.in100(25)) {
            policy.with("filter_enabled", new Message().need("default_value", share()));
        }
        return policy;
    }

    private Message limit() {
        var limit =
                Message.typed(TYPES + "local_ratelimit.v3.LocalRateLimit")
                        .need("stat_prefix", "http.${self}")
                        // No token comes back while a case lasts.
                        .need(
                                "token_bucket",
                                new Message()
                                        .need("max_tokens", choices.pick(1, 5, 20, 60))
                                        .need("fill_interval", "3600s"))
                        .with("filter_enabled", new Message().need("default_value", share()))
                        .with("filter_enforced", new Message().need("default_value", share()))
                        .maybe(choices, 20, "rate_limited_as_resource_exhausted", true)
                        .maybe(choices, 20, "local_rate_limit_per_downstream_connection", true);
        if (choices.in100(30)) {
            limit.with("status", new Message().need("code", choices.pick(403, 503, 429)));
        }
        if (choices.in100(40)) {
            limit.with("response_headers_to_add", List.of(addition("x-limited")));
        }
        if (choices.in100(30)) {
            limit.with("request_headers_to_add_when_not_enforced", List.of(addition("x-would")));
        }
        return limit;
    }

    private Message fault() {
        var fault = Message.typed(TYPES + "fault.v3.HTTPFault");
        if (choices.in100(70)) {
            var abort = new Message().with("percentage", share());
            switch (choices.weighted(4, 1, 2)) {
                case 0 -> abort.need("http_status", choices.pick(400, 404, 418, 503));
                case 1 -> abort.need("grpc_status", choices.pick(5, 14));
                default -> abort.need("header_abort", new Message());
            }
            fault.with("abort", abort);
        }
        if (choices.in100(20)) {
            fault.with(
                    "delay",
                    new Message().need("fixed_delay", "0.010s").with("percentage", share()));
        }
        if (choices.in100(60)) {
            fault.with("headers", List.of(Matches.header(choices)));
        }
        if (choices.in100(15)) {
            fault.with("upstream_cluster", Plan.named(choices.pick(plan.clusters())));
        }
        return fault.maybe(choices, 8, "max_active_faults", choices.between(0, 1))
                .maybe(choices, 15, "disable_downstream_cluster_stats", true);
    }

    private Message mutations() {
        return new Message()
                .with("request_mutations", mutations(List.of("x-a", "x-b", "x-m", "user-agent")))
                .with("response_mutations", mutations(List.of("x-a", "x-b", "x-m", "server")));
    }

    private Node.Items mutations(List<String> names) {
        var all = new ArrayList<Message>();
        for (int i = choices.between(0, 2); i > 0; i--) {
            all.add(
                    choices.in100(30)
                            ? new Message().need("remove", choices.pick(names))
                            : new Message().need("append", addition(choices.pick(names))));
        }
        return Message.items(0, all);
    }

    private Message addition(String name) {
        return new Message()
                .need(
                        "header",
                        new Message()
                                .need("key", name)
                                .need("value", choices.pick("1", "%REQ(X-A)%", "m-%PROTOCOL%")))
                .maybe(
                        choices,
                        60,
                        "append_action",
                        choices.pick(
                                "APPEND_IF_EXISTS_OR_ADD",
                                "ADD_IF_ABSENT",
                                "OVERWRITE_IF_EXISTS_OR_ADD",
                                "OVERWRITE_IF_EXISTS"));
    }

    private Message health() {
        var path =
                new Message()
                        .need("name", ":path")
                        .need(
                                "string_match",
                                new Message().need("exact", choices.pick("/x", "/a", "/ab")));
        var health =
                Message.typed(TYPES + "health_check.v3.HealthCheck")
                        .need("pass_through_mode", choices.in100(40))
                        .with("headers", List.of(path));
        if (choices.in100(30)) {
            health.with(
                    "cluster_min_healthy_percentages",
                    new Message()
                            .need(
                                    Plan.named(choices.pick(plan.clusters())),
                                    new Message().need("value", choices.pick(0, 50, 100))));
        }
        return health;
    }

    private Message metadata() {
        var entries = new ArrayList<Message>();
        for (int i = choices.between(1, 3); i > 0; i--) {
            entries.add(
                    new Message()
                            .need("metadata_namespace", "gen")
                            .need(
                                    "value",
                                    new Message()
                                            .need("k", choices.pick("v1", "v2", ""))
                                            .maybe(choices, 40, "n", choices.pick(1, 2)))
                            .maybe(choices, 50, "allow_overwrite", true));
        }
        return Message.typed(TYPES + "set_metadata.v3.Config")
                .need("metadata", Message.items(1, entries));
    }

    /** Always or never: two proxies draw differently. */
    private Message share() {
        return new Message().need("numerator", choices.pick(100, 100, 100, 0));
    }
}
