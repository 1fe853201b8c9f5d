// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.conformance.generate;

import java.util.ArrayList;
import java.util.List;

/** Listeners with their HTTP connection manager. */
final class Connections {
    private static final String HCM =
            "envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager";
    private static final String ROUTER = "envoy.extensions.filters.http.router.v3.Router";

    private final Choices choices;
    private final Plan plan;
    private final Filters filters;

    Connections(Choices choices, Plan plan, Filters filters) {
        this.choices = choices;
        this.plan = plan;
        this.filters = filters;
    }

    Message listener(Message routes) {
        var filter =
                new Message().need("name", "hcm").need("typed_config", connectionManager(routes));
        var chain = new Message().need("filters", Message.items(1, List.of(filter)));
        if (plan.transports().downstream().isTls()) {
            chain.need("transport_socket", Tls.server(plan.transports().downstream()));
        }
        var address =
                new Message()
                        .need(
                                "socket_address",
                                new Message().need("address", "127.0.0.1").need("port_value", 0));
        var listener =
                new Message()
                        .need("name", "${self}")
                        .need("stat_prefix", "${self}")
                        .need("address", address);
        if (choices.in100(20)) {
            listener.need("default_filter_chain", chain);
        } else {
            listener.need("filter_chains", Message.items(1, List.of(chain)));
        }
        // More than a head may be: what is left unread when a connection ends is a matter of time.
        return listener.maybe(choices, 10, "per_connection_buffer_limit_bytes", 65_536)
                .maybe(choices, 20, "traffic_direction", choices.pick("INBOUND", "OUTBOUND"));
    }

    private Message connectionManager(Message routes) {
        var chain = new ArrayList<>(filters.chain());
        chain.add(router());
        var manager =
                Message.typed(HCM)
                        .need("stat_prefix", "${self}")
                        // The default of a second is for clients that are slower than ours.
                        .need("delayed_close_timeout", choices.pick("0.05s", "0.05s", "0s"))
                        .need(
                                "access_log",
                                new Node.Raw("${accessLog." + choices.between(1, 999) + "}"))
                        .need("route_config", routes)
                        .need("http_filters", filtersOf(chain));
        codec(manager);
        headers(manager);
        paths(manager);
        addresses(manager);
        protocol(manager);
        times(manager);
        replies(manager);
        return manager;
    }

    private void codec(Message manager) {
        boolean http2 = plan.transports().downstream().isHttp2();
        manager.maybe(choices, 20, "codec_type", choices.pick("AUTO", http2 ? "HTTP2" : "HTTP1"));
        if (http2) {
            // A connection that goes away ends while it is looked at.
            manager.need("drain_timeout", "0.1s");
        }
        if (http2 && choices.in100(40)) {
            manager.with("http2_protocol_options", Http2Options.of(choices));
        }
    }

    /** The router stays: it is the last one. */
    private static Node.Items filtersOf(List<Message> chain) {
        return Message.items(chain.size() > 1 ? chain.size() : 1, chain);
    }

    private void replies(Message manager) {
        if (choices.in100(15)) {
            manager.with("local_reply_config", LocalReplies.config(choices));
        }
        if (plan.upgrades()) {
            manager.with(
                    "upgrade_configs",
                    List.of(
                            new Message()
                                    .need("upgrade_type", "websocket")
                                    .maybe(choices, 30, "enabled", choices.in100(60))));
        }
    }

    private Message router() {
        return new Message()
                .need("name", "router")
                .need(
                        "typed_config",
                        Message.typed(ROUTER).maybe(choices, 20, "suppress_envoy_headers", true));
    }

    private void headers(Message manager) {
        manager.maybe(choices, 10, "server_name", "me")
                .maybe(
                        choices,
                        25,
                        "server_header_transformation",
                        choices.pick("OVERWRITE", "APPEND_IF_ABSENT", "PASS_THROUGH"))
                .maybe(choices, 10, "via", "1.1 me")
                .maybe(choices, 15, "generate_request_id", choices.in100(20))
                .maybe(choices, 15, "preserve_external_request_id", true)
                .maybe(choices, 20, "always_set_request_id_in_response", true)
                .maybe(choices, 25, "proxy_100_continue", true)
                .maybe(choices, 8, "max_request_headers_kb", choices.pick(1, 8, 96));
    }

    private void paths(Message manager) {
        manager.maybe(choices, 45, "normalize_path", choices.in100(85))
                .maybe(choices, 35, "merge_slashes", true)
                .maybe(
                        choices,
                        35,
                        "path_with_escaped_slashes_action",
                        choices.pick(
                                "KEEP_UNCHANGED",
                                "REJECT_REQUEST",
                                "UNESCAPE_AND_REDIRECT",
                                "UNESCAPE_AND_FORWARD"))
                .maybe(choices, 10, "strip_trailing_host_dot", true);
        switch (choices.weighted(80, 10, 10)) {
            case 0 -> {
                // The port stays.
            }
            case 1 -> manager.with("strip_matching_host_port", true);
            default -> manager.with("strip_any_host_port", true);
        }
    }

    private void addresses(Message manager) {
        manager.maybe(choices, 40, "use_remote_address", choices.in100(85))
                .maybe(choices, 20, "xff_num_trusted_hops", choices.between(0, 2))
                .maybe(choices, 10, "skip_xff_append", true);
        if (choices.in100(25)) {
            var range =
                    new Message()
                            .need("address_prefix", choices.pick("127.0.0.0", "10.0.0.0"))
                            .need("prefix_len", 8);
            manager.with(
                    "internal_address_config",
                    new Message().maybe(choices, 70, "cidr_ranges", List.of(range)));
        }
    }

    private void protocol(Message manager) {
        var common =
                new Message()
                        .maybe(
                                choices,
                                35,
                                "headers_with_underscores_action",
                                choices.pick("ALLOW", "REJECT_REQUEST", "DROP_HEADER"))
                        .maybe(choices, 8, "max_headers_count", choices.pick(8, 20))
                        .maybe(choices, 12, "max_requests_per_connection", choices.between(1, 3));
        if (plan.timed()) {
            common.maybe(choices, 15, "max_stream_duration", "0.75s");
        }
        if (!common.isEmpty()) {
            manager.with("common_http_protocol_options", common);
        }
        var http =
                new Message()
                        .maybe(choices, 35, "enable_trailers", true)
                        .maybe(choices, 15, "allow_chunked_length", true)
                        .maybe(choices, 10, "allow_absolute_url", choices.in100(40));
        if (choices.in100(30)) {
            http.with("accept_http_10", true)
                    .maybe(choices, 50, "default_host_for_http_10", "a.test");
        }
        if (choices.in100(10)) {
            http.with("override_stream_error_on_invalid_http_message", true);
        }
        http.maybe(choices, 8, "allow_custom_methods", true);
        if (!http.isEmpty()) {
            manager.with("http_protocol_options", http);
        }
        manager.maybe(choices, 12, "stream_error_on_invalid_http_message", true);
    }

    private void times(Message manager) {
        if (plan.timed()) {
            manager.need("request_timeout", "0.88s")
                    .maybe(choices, 30, "stream_idle_timeout", "0.62s")
                    .maybe(choices, 30, "request_headers_timeout", "0.25s");
        }
    }
}
