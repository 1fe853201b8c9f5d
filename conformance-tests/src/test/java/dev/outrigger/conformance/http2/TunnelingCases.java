// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.conformance.http2;

import static dev.outrigger.conformance.http2.Frames.END;
import static dev.outrigger.conformance.http2.Frames.RST_STREAM;
import static dev.outrigger.conformance.http2.Frames.data;
import static dev.outrigger.conformance.http2.Frames.frame;
import static dev.outrigger.conformance.http2.Frames.headers;
import static dev.outrigger.conformance.http2.Frames.int32;
import static dev.outrigger.conformance.http2.TunnelWords.CLIENT_ENDS;
import static dev.outrigger.conformance.http2.TunnelWords.HTTP2;
import static dev.outrigger.conformance.http2.TunnelWords.WHOLE;
import static dev.outrigger.conformance.http2.TunnelWords.framed;
import static dev.outrigger.conformance.http2.TunnelWords.http1;
import static dev.outrigger.conformance.http2.TunnelWords.raw;
import static dev.outrigger.conformance.http2.TunnelWords.script;
import static dev.outrigger.conformance.http2.TunnelWords.status;
import static java.nio.charset.StandardCharsets.ISO_8859_1;

import dev.outrigger.conformance.http2.TunnelWords.Case;
import dev.outrigger.conformance.http2.TunnelWords.Upstream;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** TCP that goes through a CONNECT or a POST. */
final class TunnelingCases {
    private static final String TO = "hostname: 'h.i:80'";
    private static final String AGREED = "<\\r\\n\\r\\n >HTTP/1.1_200_OK\\r\\n\\r\\n";
    private static final String REFUSED =
            "<\\r\\n\\r\\n >HTTP/1.1_403_Forbidden\\r\\ncontent-length:_2\\r\\n\\r\\nno";

    private final Map<String, Case> all = new LinkedHashMap<>();

    private TunnelingCases() {}

    static Map<String, Case> all() {
        var cases = new TunnelingCases();
        cases.overHttp1();
        cases.postOverHttp1();
        cases.overHttp2();
        cases.requests();
        return cases.all;
    }

    private static String proxy(String tunneling, String more) {
        return "{name: tcp, typed_config: {'@type':"
                + " type.googleapis.com/envoy.extensions.filters.network.tcp_proxy.v3.TcpProxy,"
                + " stat_prefix: $ID, cluster: $ID, access_log: $LOG, tunneling_config: {"
                + tunneling
                + "}"
                + more
                + "}}";
    }

    private static Case ending(String filter, Upstream upstream, String said) {
        return new Case(
                false, List.of(said.getBytes(ISO_8859_1), CLIENT_ENDS), upstream, filter, "");
    }

    private void overHttp1() {
        String filter = proxy(TO, "");
        all.put("tunnel", http1(filter, raw(AGREED + " <down >up"), "down", "more"));
        all.put("tunnel, created", http1(filter, raw(AGREED.replace("200", "201")), "down"));
        all.put("tunnel, upstream speaks first", http1(filter, raw(AGREED + " >hi"), "down"));
        all.put("tunnel, upstream speaks along", http1(filter, raw(AGREED + "hi"), "down"));
        all.put("tunnel, refused", http1(filter, raw(REFUSED), "down"));
        all.put("tunnel, no HTTP", http1(filter, raw("<\\r\\n\\r\\n >what?"), "down"));
        all.put("tunnel, hangs up", http1(filter, raw("<\\r\\n\\r\\n ."), "down"));
        all.put(
                "tunnel, upstream ends",
                http1(filter, raw(AGREED + " <down >bye |"), "down", "more"));
        all.put(
                "tunnel, upstream closes",
                http1(filter, raw(AGREED + " <down >bye ."), "down", "more"));
        all.put("tunnel, upstream resets", http1(filter, raw(AGREED + " <down !"), "down", "more"));
        all.put("tunnel, client ends", ending(filter, raw(AGREED + " <down >up ~"), "down"));
        all.put("tunnel, nobody there", http1(filter, raw(), "down"));
        all.put(
                "tunnel, retried",
                http1(
                        proxy(TO, ", max_connect_attempts: 3"),
                        raw(REFUSED, AGREED + " <down >up"),
                        "down"));
        all.put(
                "tunnel, retried in vain",
                http1(proxy(TO, ", max_connect_attempts: 2"), raw(REFUSED), "down"));
        all.put(
                "tunnel, idle",
                http1(proxy(TO, ", idle_timeout: 0.4s"), raw(AGREED + " <down >up"), "down"));
        all.put(
                "tunnel, logged when connected",
                http1(
                        proxy(TO, ", access_log_options: {flush_access_log_on_connected: true}"),
                        raw(AGREED + " <down >up"),
                        "down"));
        all.put(
                "tunnel, no requests left",
                http1(filter, raw(AGREED), "down")
                        .cluster(", circuit_breakers: {thresholds: [{max_requests: 0}]}"));
        all.put(
                "tunnel, no pending left",
                http1(filter, raw(AGREED), "down")
                        .cluster(", circuit_breakers: {thresholds: [{max_pending_requests: 0}]}"));
        all.put(
                "tunnel, with length",
                http1(
                        filter,
                        raw(
                                "<\\r\\n\\r\\n >HTTP/1.1_200_OK\\r\\ncontent-length:_2\\r\\n\\r\\nupper"),
                        "down"));
        all.put(
                "tunnel, 100 first",
                http1(
                        filter,
                        raw(
                                "<\\r\\n\\r\\n >HTTP/1.1_100_Continue\\r\\n\\r\\n >HTTP/1.1_200_OK\\r\\n\\r\\nup"),
                        "down"));
    }

    /** Without answers that end: at the end of one, Envoy 1.40 crashes. */
    private void postOverHttp1() {
        String filter = proxy(TO + ", use_post: true, post_path: /p", "");
        all.put(
                "post tunnel",
                http1(proxy(TO + ", use_post: true", ""), raw(AGREED + " <down >up"), "down"));
        all.put("post tunnel, refused", http1(filter, raw(REFUSED), "down"));
        all.put("post tunnel, client ends", ending(filter, raw(AGREED + " <down >up ~"), "down"));
    }

    private void overHttp2() {
        for (String post : new String[] {"", ", use_post: true"}) {
            String kind = post.isEmpty() ? "tunnel, http2" : "post tunnel, http2";
            String filter = proxy(TO + post, "");
            over2(
                    kind,
                    http1(
                            filter,
                            framed(script().atHead(1, status("200", false), data(0, 1, "up"))),
                            "down",
                            "more"));
            over2(
                    kind + ", created",
                    http1(
                            filter,
                            framed(script().atHead(1, status("201", false), data(0, 1, "up"))),
                            "down"));
            over2(
                    kind + ", refused",
                    http1(
                            filter,
                            framed(script().atHead(1, status("403", false), data(END, 1, "no"))),
                            "down"));
            over2(
                    kind + ", refused without a body",
                    http1(filter, framed(script().atHead(1, status("403", true))), "down"));
            over2(
                    kind + ", ended at once",
                    http1(filter, framed(script().atHead(1, status("200", true))), "down"));
            over2(
                    kind + ", reset",
                    http1(
                            filter,
                            framed(script().atHead(1, frame(RST_STREAM, 0, 1, int32(10)))),
                            "down"));
            over2(
                    kind + ", reset later",
                    http1(
                            filter,
                            framed(
                                    script().atHead(
                                                    1,
                                                    status("200", false),
                                                    frame(RST_STREAM, 0, 1, int32(8)))),
                            "down"));
            over2(
                    kind + ", upstream ends",
                    http1(
                            filter,
                            framed(script().atHead(1, status("200", false), data(END, 1, "up"))),
                            "down",
                            "more"));
            over2(
                    kind + ", trailers",
                    http1(
                            filter,
                            framed(
                                    script().atHead(
                                                    1,
                                                    status("200", false),
                                                    data(0, 1, "up"),
                                                    headers(WHOLE, 1, "t", "v"))),
                            "down",
                            "more"));
            over2(
                    kind + ", client ends",
                    ending(
                            filter,
                            framed(
                                    script().atHead(1, status("200", false))
                                            .atEnd(1, data(END, 1, "up"))),
                            "down"));
        }
    }

    private void over2(String name, Case of) {
        all.put(name, of.cluster(HTTP2.formatted("")));
    }

    private void requests() {
        String more =
                ", headers_to_add: [{header: {key: x-a, value: b}}, {header: {key: x-port, value:"
                        + " '%PROTOCOL%'}}, {header: {key: x-peer, value:"
                        + " '%DOWNSTREAM_REMOTE_ADDRESS_WITHOUT_PORT%'}}]";
        all.put(
                "tunnel with headers",
                http1(proxy(TO + more, ""), raw(AGREED + " <down >up"), "down"));
        all.put(
                "tunnel to a formatted host",
                http1(
                        proxy("hostname: '%DOWNSTREAM_REMOTE_ADDRESS_WITHOUT_PORT%:7'", ""),
                        raw(AGREED + " <down >up"),
                        "down"));
        all.put(
                "tunnel to nothing",
                http1(
                        proxy("hostname: '%REQUESTED_SERVER_NAME%'", ""),
                        raw(AGREED + " <down >up"),
                        "down"));
        over2(
                "tunnel with headers, http2",
                http1(
                        proxy(TO + more, ""),
                        framed(script().atHead(1, status("200", false), data(0, 1, "up"))),
                        "down"));
    }
}
