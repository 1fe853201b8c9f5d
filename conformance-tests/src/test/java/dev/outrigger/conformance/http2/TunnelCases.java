// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.conformance.http2;

import static dev.outrigger.conformance.http2.Frames.ACK;
import static dev.outrigger.conformance.http2.Frames.END;
import static dev.outrigger.conformance.http2.Frames.END_HEADERS;
import static dev.outrigger.conformance.http2.Frames.MAGIC;
import static dev.outrigger.conformance.http2.Frames.NONE;
import static dev.outrigger.conformance.http2.Frames.RST_STREAM;
import static dev.outrigger.conformance.http2.Frames.SETTINGS;
import static dev.outrigger.conformance.http2.Frames.data;
import static dev.outrigger.conformance.http2.Frames.frame;
import static dev.outrigger.conformance.http2.Frames.headers;
import static dev.outrigger.conformance.http2.Frames.int32;
import static dev.outrigger.conformance.http2.Frames.join;
import static java.nio.charset.StandardCharsets.ISO_8859_1;

import dev.outrigger.conformance.http2.FrameUpstream.Script;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What clients and upstreams say to each other through a tunnel, by name. */
final class TunnelCases {
    /** In a client's parts: it ends its side of the connection. */
    static final byte[] CLIENT_ENDS = "|".getBytes(ISO_8859_1);

    private static final byte[] SETTLED =
            join(frame(SETTINGS, 0, 0, NONE), frame(SETTINGS, ACK, 0, NONE));
    private static final int WHOLE = END | END_HEADERS;
    private static final String HTTP2 =
            ", typed_extension_protocol_options: {envoy.extensions.upstreams.http.v3.HttpProtocolOptions:"
                + " {'@type': type.googleapis.com/envoy.extensions.upstreams.http.v3.HttpProtocolOptions,"
                + " explicit_http_config: {http2_protocol_options: {%s}}}}";

    /** Who is at the other end. */
    sealed interface Upstream {
        /** Nobody, where there are no scripts. */
        record Raw(List<String> scripts) implements Upstream {}

        record Framed(List<Script> scripts) implements Upstream {}
    }

    /**
     * One case.
     *
     * @param overHttp2 whether the client's parts are frames, behind a preface
     * @param parts what the client sends
     * @param filter of its listener
     * @param cluster more fields of the cluster, in YAML flow style
     */
    record Case(
            boolean overHttp2,
            List<byte[]> parts,
            Upstream upstream,
            String filter,
            String cluster) {
        Case cluster(String yaml) {
            return new Case(overHttp2, parts, upstream, filter, cluster + yaml);
        }
    }

    private final Map<String, Case> all = new LinkedHashMap<>();

    private TunnelCases() {}

    static Map<String, Case> all() {
        var cases = new TunnelCases();
        cases.ends();
        cases.posts();
        cases.forwards();
        cases.upgrades();
        cases.filters();
        return cases.all;
    }

    private static String manager(String more, String match, String route, String host) {
        return "{name: hcm, typed_config: {'@type':"
            + " type.googleapis.com/envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager,"
            + " stat_prefix: $ID, delayed_close_timeout: 0.05s, generate_request_id: false,"
            + " http2_protocol_options: {allow_connect: true}, access_log: $LOG,"
            + " access_log_options: {flush_log_on_tunnel_successfully_established: true},"
            + more
            + " route_config: {virtual_hosts: [{name: v, domains: ['*'], routes: [{match: {"
            + match
            + "}, route: {cluster: $ID"
            + route
            + "}}]"
            + host
            + "}]}, http_filters: ["
            + ROUTER
            + "]}}";
    }

    private static final String ROUTER =
            "{name: router, typed_config: {'@type':"
                    + " type.googleapis.com/envoy.extensions.filters.http.router.v3.Router}}";
    private static final String CONNECT = "connect_matcher: {}";
    private static final String ENDS =
            ", upgrade_configs: [{upgrade_type: CONNECT, connect_config: {}}]";
    private static final String FORWARDED = ", upgrade_configs: [{upgrade_type: CONNECT}]";

    private static Case http1(String filter, Upstream upstream, String... parts) {
        return new Case(false, bytes(parts), upstream, filter, "");
    }

    private static Case http2(String filter, Upstream upstream, byte[]... parts) {
        var all = new ArrayList<>(List.of(parts));
        all.set(0, join(MAGIC, frame(SETTINGS, 0, 0, NONE), parts[0]));
        return new Case(true, List.copyOf(all), upstream, filter, "");
    }

    private static List<byte[]> bytes(String... parts) {
        return Arrays.stream(parts).map(each -> each.getBytes(ISO_8859_1)).toList();
    }

    private static Upstream raw(String... scripts) {
        return new Upstream.Raw(List.of(scripts));
    }

    private static Upstream framed(Script script) {
        return new Upstream.Framed(List.of(script));
    }

    private static Script script() {
        return Script.greets(SETTLED);
    }

    private static String head(String line) {
        return line + " HTTP/1.1\r\nhost: a.b:80\r\n\r\n";
    }

    private static byte[] connect(int stream, boolean end, String... more) {
        return ask(stream, end, "CONNECT", more);
    }

    private static byte[] ask(int stream, boolean end, String method, String... more) {
        var fields = new ArrayList<>(List.of(":method", method, ":authority", "a.b:80"));
        fields.addAll(List.of(more));
        return headers(end ? WHOLE : END_HEADERS, stream, fields.toArray(new String[0]));
    }

    private static byte[] status(String code, boolean end, String... more) {
        var fields = new ArrayList<>(List.of(":status", code));
        fields.addAll(List.of(more));
        return headers(end ? WHOLE : END_HEADERS, 1, fields.toArray(new String[0]));
    }

    private void ends() {
        String filter = manager("", CONNECT, ENDS, "");
        String request = head("CONNECT a.b:80");
        all.put("ends", http1(filter, raw("~ >up"), request, "down"));
        all.put("ends, upstream speaks first", http1(filter, raw(">hello"), request, "down"));
        all.put("ends, early data", http1(filter, raw("~ >up"), request + "early", "late"));
        all.put("ends, upstream ends", http1(filter, raw("~ >bye |"), request, "down", "more"));
        all.put("ends, upstream closes", http1(filter, raw("~ >bye ."), request, "down", "more"));
        all.put("ends, upstream resets", http1(filter, raw("~ !"), request, "down", "more"));
        all.put(
                "ends, client ends",
                new Case(
                        false,
                        List.of(request.getBytes(ISO_8859_1), CLIENT_ENDS),
                        raw("~ ~ >late"),
                        filter,
                        ""));
        all.put("ends, nobody there", http1(filter, raw(), request));
        all.put(
                "ends, nobody there, retried",
                http1(
                                manager(
                                        "",
                                        CONNECT,
                                        ENDS + ", retry_policy: {retry_on: connect-failure}",
                                        ""),
                                raw(),
                                request));
        all.put(
                "ends, no connections left",
                http1(filter, raw("~ >up"), request)
                        .cluster(
                                ", circuit_breakers: {thresholds: [{max_pending_requests: 0}]}"));
        all.put("ends, idle", http1(manager("", CONNECT, ENDS + ", idle_timeout: 0.3s", ""), raw("~ >up"), request, "down"));
        all.put(
                "ends, not a CONNECT",
                http1(
                        manager("", "prefix: /", ENDS, ""),
                        raw("~ >HTTP/1.1_200_OK\\r\\ncontent-length:_2\\r\\n\\r\\nhi"),
                        "GET / HTTP/1.1\r\nhost: a\r\n\r\n"));
        all.put("ends, http2", http2(filter, raw("~ >up"), connect(1, false), data(0, 1, "down")));
        all.put(
                "ends, http2, early data",
                http2(filter, raw("~ >up"), join(connect(1, false), data(0, 1, "early"))));
        all.put(
                "ends, http2, early end",
                http2(filter, raw("~ >up |"), join(connect(1, false), data(END, 1, "early"))));
        all.put(
                "ends, http2, client ends",
                http2(filter, raw("~ ~ >up ~ |"), connect(1, false), data(END, 1, "down")));
        all.put("ends, http2, empty", http2(filter, raw("~ >up |"), connect(1, true)));
        all.put(
                "ends, http2, trailers",
                http2(
                        filter,
                        raw("~ ~ >up |"),
                        connect(1, false),
                        data(0, 1, "down"),
                        headers(WHOLE, 1, "t", "v")));
        all.put(
                "ends, http2, upstream ends",
                http2(filter, raw("~ >bye |"), connect(1, false), data(0, 1, "down")));
        all.put(
                "ends, http2, upstream resets",
                http2(filter, raw("~ ~ !"), connect(1, false), data(0, 1, "down")));
        all.put(
                "ends, http2, client resets",
                http2(
                        filter,
                        raw("~ >up"),
                        connect(1, false),
                        frame(RST_STREAM, 0, 1, int32(8))));
        all.put(
                "ends, http2, bytestream",
                http2(
                        filter,
                        raw("~ >up"),
                        connect(
                                1,
                                false,
                                ":protocol",
                                "bytestream",
                                ":scheme",
                                "http",
                                ":path",
                                "/x"),
                        data(0, 1, "down")));
    }

    private void posts() {
        String filter =
                manager(
                        "",
                        "prefix: /",
                        ", upgrade_configs: [{upgrade_type: CONNECT, connect_config: {allow_post:"
                                + " true}}]",
                        "");
        all.put(
                "post",
                http1(
                        filter,
                        raw("~ >up |"),
                        "POST / HTTP/1.1\r\nhost: a\r\ncontent-length: 4\r\n\r\ndown"));
        all.put(
                "post in chunks",
                http1(
                        filter,
                        raw("~ ~ >up ~ |"),
                        "POST / HTTP/1.1\r\nhost: a\r\ntransfer-encoding: chunked\r\n\r\n",
                        "4\r\ndown\r\n",
                        "0\r\n\r\n"));
        all.put(
                "post empty",
                http1(
                        filter,
                        raw("~ >up |"),
                        "POST / HTTP/1.1\r\nhost: a\r\ncontent-length: 0\r\n\r\n"));
        all.put(
                "post, http2",
                http2(
                        filter,
                        raw("~ ~ >up ~ |"),
                        ask(1, false, "POST", ":scheme", "http", ":path", "/"),
                        data(0, 1, "down"),
                        data(END, 1, "end")));
        all.put(
                "post, a CONNECT",
                http1(
                        manager(
                                "",
                                CONNECT,
                                ", upgrade_configs: [{upgrade_type: CONNECT, connect_config:"
                                        + " {allow_post: true}}]",
                                ""),
                        raw("~ >up |"),
                        head("CONNECT a.b:80"),
                        "down"));
    }

    private void forwards() {
        String filter = manager("", CONNECT, FORWARDED, "");
        String request = head("CONNECT a.b:80");
        String agreed = "~ >HTTP/1.1_200_OK\\r\\n\\r\\n ~ >up";
        all.put(
                "forwarded, http2 to http1",
                http2(filter, raw(agreed), connect(1, false), data(0, 1, "down")));
        all.put(
                "forwarded, http2 to http1, early",
                http2(filter, raw(agreed), join(connect(1, false), data(0, 1, "early"))));
        all.put(
                "forwarded, http2 to http1, early end",
                http2(filter, raw(agreed), join(connect(1, false), data(END, 1, "early"))));
        all.put(
                "forwarded, http2 to http1, upstream ends",
                http2(filter, raw(agreed + " |"), connect(1, false), data(0, 1, "down")));
        all.put(
                "forwarded, http2 to http1, refused",
                http2(
                        filter,
                        raw("~ >HTTP/1.1_403_Forbidden\\r\\ncontent-length:_2\\r\\n\\r\\nno"),
                        join(connect(1, false), data(0, 1, "early"))));
        all.put(
                "forwarded, http2 to http1, bytestream",
                http2(
                        filter,
                        raw(agreed),
                        connect(
                                1,
                                false,
                                ":protocol",
                                "bytestream",
                                ":scheme",
                                "http",
                                ":path",
                                "/x"),
                        data(0, 1, "down")));
        String[] more = {"", "allow_connect: true"};
        for (String options : more) {
            String name = options.isEmpty() ? "" : ", allowed";
            String cluster = HTTP2.formatted(options);
            Upstream agrees =
                    framed(script().atHead(1, status("200", false, "a", "b"), data(0, 1, "up")));
            all.put(
                    "forwarded, http1 to http2" + name,
                    http1(filter, agrees, request, "down").cluster(cluster));
            all.put(
                    "forwarded, http2 to http2" + name,
                    http2(filter, agrees, connect(1, false), data(0, 1, "down"), data(END, 1, ""))
                            .cluster(cluster));
        }
        String cluster = HTTP2.formatted("allow_connect: true");
        all.put(
                "forwarded, http1 to http2, early",
                http1(
                                filter,
                                framed(script().atHead(1, status("200", false), data(0, 1, "up"))),
                                request + "early",
                                "late")
                        .cluster(cluster));
        all.put(
                "forwarded, http1 to http2, refused",
                http1(
                                filter,
                                framed(script().atHead(1, status("403", false), data(END, 1, "no"))),
                                request + "early")
                        .cluster(cluster));
        all.put(
                "forwarded, http1 to http2, created",
                http1(
                                filter,
                                framed(script().atHead(1, status("201", false), data(0, 1, "up"))),
                                request,
                                "down")
                        .cluster(cluster));
        all.put(
                "forwarded, http1 to http2, with length",
                http1(
                                filter,
                                framed(
                                        script().atHead(
                                                        1,
                                                        status("200", false, "content-length", "2"),
                                                        data(0, 1, "upper"))),
                                request,
                                "down")
                        .cluster(cluster));
        all.put(
                "forwarded, http1 to http2, upstream ends",
                http1(
                                filter,
                                framed(script().atHead(1, status("200", false), data(END, 1, "up"))),
                                request,
                                "down")
                        .cluster(cluster));
        all.put(
                "forwarded, http1 to http2, ended at once",
                http1(filter, framed(script().atHead(1, status("200", true))), request, "down")
                        .cluster(cluster));
        all.put(
                "forwarded, http1 to http2, connect error",
                http1(
                                filter,
                                framed(script().atHead(1, frame(RST_STREAM, 0, 1, int32(10)))),
                                request)
                        .cluster(cluster));
        all.put(
                "forwarded, http1 to http2, reset later",
                http1(
                                filter,
                                framed(
                                        script().atHead(
                                                        1,
                                                        status("200", false),
                                                        data(0, 1, "up"),
                                                        frame(RST_STREAM, 0, 1, int32(8)))),
                                request)
                        .cluster(cluster));
        all.put(
                "forwarded, http2 to http2, bytestream",
                http2(
                                filter,
                                framed(script().atHead(1, status("200", false), data(0, 1, "up"))),
                                connect(
                                        1,
                                        false,
                                        ":protocol",
                                        "bytestream",
                                        ":scheme",
                                        "https",
                                        ":path",
                                        "/x"),
                                data(0, 1, "down"))
                        .cluster(cluster));
        all.put(
                "forwarded, http2 to http2, early end",
                http2(
                                filter,
                                framed(script().atEnd(1, status("200", false), data(END, 1, "up"))),
                                join(connect(1, false), data(END, 1, "early")))
                        .cluster(cluster));
        all.put(
                "not permitted, http2",
                http2(manager("", CONNECT, "", ""), raw(""), connect(1, false)));
        all.put(
                "no match, http2",
                http2(manager("", "prefix: /", FORWARDED, ""), raw(""), connect(1, false)));
    }

    private static final String WEBSOCKET = ", upgrade_configs: [{upgrade_type: websocket}]";

    private void upgrades() {
        String filter = manager("", "prefix: /", WEBSOCKET, "");
        String agreed =
                "~ >HTTP/1.1_101_Switching_Protocols\\r\\nupgrade:_websocket\\r\\nconnection:_upgrade\\r\\n\\r\\n"
                        + " >up";
        byte[] ask =
                connect(
                        1,
                        false,
                        ":protocol",
                        "websocket",
                        ":scheme",
                        "http",
                        ":path",
                        "/x");
        all.put("websocket, http2 to http1", http2(filter, raw(agreed), ask, data(0, 1, "down")));
        all.put(
                "websocket, http2 to http1, early",
                http2(filter, raw(agreed), join(ask, data(0, 1, "early"))));
        all.put(
                "websocket, http2 to http1, early end",
                http2(filter, raw(agreed), join(ask, data(END, 1, "early"))));
        all.put(
                "websocket, http2 to http1, client ends",
                http2(filter, raw(agreed), ask, data(END, 1, "down")));
        all.put(
                "websocket, http2 to http1, upstream ends",
                http2(filter, raw(agreed + " ~ ."), ask, data(0, 1, "down")));
        all.put(
                "websocket, http2 to http1, answered 200",
                http2(
                        filter,
                        raw("~ >HTTP/1.1_200_OK\\r\\ncontent-length:_2\\r\\n\\r\\nno"),
                        ask,
                        data(0, 1, "down")));
        all.put(
                "websocket, http2 to http1, refused",
                http2(
                        filter,
                        raw("~ >HTTP/1.1_403_Forbidden\\r\\ncontent-length:_2\\r\\n\\r\\nno"),
                        ask,
                        data(0, 1, "down")));
        all.put(
                "websocket, http2 not permitted",
                http2(manager("", "prefix: /", "", ""), raw(agreed), ask));
        String get =
                "GET /x HTTP/1.1\r\nhost: a\r\nconnection: upgrade\r\nupgrade: websocket\r\n\r\n";
        all.put(
                "websocket, http1 to http2, early",
                http1(
                                filter,
                                framed(script().atHead(1, status("200", false), data(0, 1, "up"))),
                                get + "early",
                                "late")
                        .cluster(HTTP2.formatted("allow_connect: true")));
        all.put(
                "websocket, http2 to http2, early",
                http2(
                                filter,
                                framed(script().atHead(1, status("200", false), data(0, 1, "up"))),
                                join(ask, data(0, 1, "early")),
                                data(END, 1, "late"))
                        .cluster(HTTP2.formatted("")));
    }

    private void filters() {
        String fault =
                "{name: fault, typed_config: {'@type':"
                        + " type.googleapis.com/envoy.extensions.filters.http.fault.v3.HTTPFault,"
                        + " abort: {http_status: 418, percentage: {numerator: 100}}}}";
        String quiet =
                "{name: router, typed_config: {'@type':"
                        + " type.googleapis.com/envoy.extensions.filters.http.router.v3.Router,"
                        + " suppress_envoy_headers: true}}";
        String own =
                "upgrade_configs: [{upgrade_type: websocket, filters: ["
                        + fault
                        + ", "
                        + ROUTER
                        + "]}, {upgrade_type: foo, filters: ["
                        + quiet
                        + "]}, {upgrade_type: CONNECT, enabled: false, filters: ["
                        + fault
                        + ", "
                        + ROUTER
                        + "]}],";
        String get = "GET /x HTTP/1.1\r\nhost: a\r\nconnection: upgrade\r\nupgrade: %s\r\n\r\n";
        String agreed =
                "~ >HTTP/1.1_101_Switching_Protocols\\r\\nupgrade:_%s\\r\\nconnection:_upgrade\\r\\n\\r\\n"
                        + " >up";
        all.put(
                "own filters",
                http1(
                        manager(own, "prefix: /", "", ""),
                        raw(agreed.formatted("websocket")),
                        get.formatted("websocket")));
        all.put(
                "own router",
                http1(
                        manager(own, "prefix: /", "", ""),
                        raw(agreed.formatted("foo")),
                        get.formatted("foo")));
        all.put(
                "own filters, permitted by the route",
                http1(
                        manager(own, CONNECT, FORWARDED, ""),
                        raw("~ >HTTP/1.1_200_OK\\r\\n\\r\\n"),
                        head("CONNECT a.b:80")));
        all.put(
                "no upgrade, no own filters",
                http1(
                        manager(own, "prefix: /", "", ""),
                        raw("~ >HTTP/1.1_200_OK\\r\\ncontent-length:_2\\r\\n\\r\\nhi"),
                        "GET /x HTTP/1.1\r\nhost: a\r\n\r\n"));
    }
}
