// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.conformance.generate;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;

/** Route configurations: virtual hosts and their routes. */
final class Routes {
    private final Choices choices;
    private final Plan plan;
    private final Filters filters;
    private int routes;

    Routes(Choices choices, Plan plan, Filters filters) {
        this.choices = choices;
        this.plan = plan;
        this.filters = filters;
    }

    Message configuration() {
        var hosts = new ArrayList<Message>();
        var used = new HashSet<String>();
        if (choices.in100(85)) {
            hosts.add(virtualHost("all", List.of("*")));
        }
        for (int i = choices.between(hosts.isEmpty() ? 1 : 0, 2); i > 0; i--) {
            var domains =
                    choices.some(choices.between(1, 2), Words.DOMAINS).stream()
                            .filter(used::add)
                            .toList();
            if (!domains.isEmpty()) {
                hosts.add(virtualHost("v" + hosts.size(), domains));
            }
        }
        var message =
                new Message()
                        .need("name", "${self}")
                        .need("virtual_hosts", Message.items(1, hosts))
                        .maybe(choices, 20, "most_specific_header_mutations_wins", true)
                        .maybe(choices, 25, "ignore_port_in_host_matching", true)
                        .maybe(choices, 10, "internal_only_headers", List.of("x-c"));
        HeaderEdits.add(message, choices, 12);
        return message;
    }

    private Message virtualHost(String name, List<String> domains) {
        var all = new ArrayList<Message>();
        for (int i = choices.between(0, 4); i > 0; i--) {
            all.add(route(Matches.route(choices)));
        }
        if (choices.in100(80)) {
            all.add(route(new Message().need("prefix", "/")));
        }
        var host =
                new Message()
                        .need("name", "${self}_" + name)
                        .need("domains", Message.items(1, domains))
                        .need("routes", Message.items(0, all))
                        .maybe(choices, 20, "include_request_attempt_count", true)
                        .maybe(choices, 20, "include_attempt_count_in_response", true)
                        .maybe(choices, 10, "include_is_timeout_retry_header", true);
        if (choices.in100(plan.retries() / 3)) {
            host.with("retry_policy", Retries.policy(choices, plan));
        }
        if (choices.in100(6)) {
            host.with("per_request_buffer_limit_bytes", choices.pick(0, 10, 20_000));
        }
        HeaderEdits.add(host, choices, 12);
        filters.override(host, 25);
        return host;
    }

    private Message route(Message match) {
        var route = new Message().need("match", match);
        if (choices.in100(70)) {
            route.with("name", "r" + ++routes);
        }
        switch (choices.weighted(75, 12, 13)) {
            case 0 -> route.need("route", forward());
            case 1 -> route.need("redirect", redirect());
            default -> route.need("direct_response", directResponse());
        }
        if (choices.in100(5)) {
            route.with("per_request_buffer_limit_bytes", choices.pick(0, 10, 20_000));
        }
        HeaderEdits.add(route, choices, 18);
        filters.override(route, 25);
        return route;
    }

    private Message forward() {
        var action = new Message();
        switch (choices.weighted(85, 6, 9)) {
            case 0 -> action.need("cluster", Plan.named(choices.pick(plan.clusters())));
            case 1 -> action.need("cluster_header", "x-cluster");
            default -> action.need("weighted_clusters", weighted());
        }
        if (plan.timed()) {
            action.need("timeout", "1s").maybe(choices, 20, "idle_timeout", "0.5s");
        } else {
            action.maybe(choices, 10, "timeout", choices.pick("0s", "3s", "30s"));
        }
        if (choices.in100(plan.retries())) {
            action.with("retry_policy", Retries.policy(choices, plan));
        }
        if (choices.in100(8)) {
            action.with(
                    "cluster_not_found_response_code",
                    choices.pick("NOT_FOUND", "INTERNAL_SERVER_ERROR", "SERVICE_UNAVAILABLE"));
        }
        rewrites(action);
        hashes(action);
        if (plan.mirrored() && choices.in100(60)) {
            action.with(
                    "request_mirror_policies",
                    List.of(
                            new Message()
                                    .need("cluster", Plan.named(Plan.MIRROR))
                                    .maybe(
                                            choices,
                                            30,
                                            "disable_shadow_host_suffix_append",
                                            true)));
        }
        if (choices.in100(10)) {
            action.with("internal_redirect_policy", internalRedirects());
        }
        if (plan.upgrades() && choices.in100(30)) {
            action.with(
                    "upgrade_configs",
                    List.of(
                            new Message()
                                    .need("upgrade_type", "websocket")
                                    .maybe(choices, 50, "enabled", choices.in100(50))));
        }
        return action.maybe(choices, 8, "priority", "HIGH");
    }

    private void rewrites(Message action) {
        switch (choices.weighted(70, 18, 12)) {
            case 0 -> {
                // The path goes upstream as it came.
            }
            case 1 -> action.with("prefix_rewrite", choices.pick("/", "/new", "/new/", "/a?z=1"));
            default -> action.with("regex_rewrite", rewrite());
        }
        switch (choices.weighted(70, 12, 8, 5, 5)) {
            case 0 -> {
                // The host goes upstream as it came.
            }
            case 1 -> action.with("host_rewrite_literal", choices.pick("h.up", "h.up:99"));
            case 2 -> action.with("auto_host_rewrite", true);
            case 3 -> action.with("host_rewrite_header", choices.pick("x-a", "x-forwarded-host"));
            default -> action.with("host_rewrite_path_regex", rewrite());
        }
        action.maybe(choices, 15, "append_x_forwarded_host", true);
    }

    private Message rewrite() {
        return new Message()
                .need("pattern", Matches.regex(choices.pick("^/(a)(/.*)?$", "/[a-z]+", "b", ".*")))
                .need("substitution", choices.pick("/r", "\\\\1x", "", "/\\\\0"));
    }

    /** The last one always has a value: without any, hosts are drawn. */
    private void hashes(Message action) {
        var policies = new ArrayList<Message>();
        for (int i = choices.between(0, 2); i > 0; i--) {
            policies.add(
                    switch (choices.weighted(3, 2, 2)) {
                        case 0 ->
                                new Message()
                                        .need(
                                                "header",
                                                new Message()
                                                        .need(
                                                                "header_name",
                                                                choices.pick(
                                                                        "x-a", "x-b", ":path")));
                        case 1 -> new Message().need("cookie", new Message().need("name", "a"));
                        default ->
                                new Message()
                                        .need(
                                                "query_parameter",
                                                new Message().need("name", choices.pick("k", "l")));
                    });
            policies.getLast().maybe(choices, 20, "terminal", true);
        }
        policies.add(
                new Message().need("connection_properties", new Message().need("source_ip", true)));
        action.need("hash_policy", Message.items(1, policies));
    }

    private Message internalRedirects() {
        return new Message()
                .maybe(choices, 50, "max_internal_redirects", choices.between(0, 2))
                .maybe(choices, 50, "redirect_response_codes", List.of(301, 302))
                .maybe(choices, 30, "allow_cross_scheme_redirect", true);
    }

    /** Only one of them has any weight: which one is taken is otherwise a matter of chance. */
    private Message weighted() {
        var clusters = new ArrayList<Message>();
        int chosen = choices.between(1, 2);
        for (int i = 1; i <= 2; i++) {
            var cluster =
                    new Message()
                            .need("name", Plan.named(choices.pick(plan.clusters())))
                            .need("weight", i == chosen ? choices.pick(1, 100) : 0)
                            .maybe(choices, 15, "host_rewrite_literal", "weighted.up");
            HeaderEdits.add(cluster, choices, 20);
            clusters.add(cluster);
        }
        return new Message().need("clusters", Message.items(chosen, clusters));
    }

    private Message redirect() {
        var redirect = new Message();
        switch (choices.weighted(2, 1, 1)) {
            case 0 -> {
                // The scheme stays.
            }
            case 1 -> redirect.with("https_redirect", true);
            default -> redirect.with("scheme_redirect", choices.pick("https", "http", "ftp"));
        }
        switch (choices.weighted(3, 2, 2)) {
            case 0 -> {
                // The path stays.
            }
            case 1 -> redirect.with("path_redirect", choices.pick("/p", "/p?q=1"));
            default -> redirect.with("prefix_rewrite", choices.pick("/", "/new", "/new/"));
        }
        if (choices.in100(30)) {
            redirect.with(
                    "response_code",
                    choices.pick(
                            "FOUND",
                            "SEE_OTHER",
                            "TEMPORARY_REDIRECT",
                            "PERMANENT_REDIRECT",
                            "MOVED_PERMANENTLY"));
        }
        return redirect.maybe(choices, 30, "host_redirect", choices.pick("r.test", "r.test:81"))
                .maybe(choices, 25, "port_redirect", choices.pick(80, 443, 8443))
                .maybe(choices, 20, "strip_query", true);
    }

    private Message directResponse() {
        int status = choices.pick(200, 200, 201, 204, 301, 304, 404, 418, 503);
        var response = new Message().need("status", status);
        // Envoy sends the body of a 204 or 304 too, after which nobody can tell where a response
        // begins.
        if (status != 204 && status != 304 && choices.in100(60)) {
            response.with(
                    "body",
                    new Message().need("inline_string", choices.pick("hello", "", "{\"a\": 1}")));
        }
        return response;
    }
}
