// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.conformance.http2;

import static dev.outrigger.conformance.http2.Frames.END;
import static dev.outrigger.conformance.http2.Frames.RST_STREAM;
import static dev.outrigger.conformance.http2.Frames.data;
import static dev.outrigger.conformance.http2.Frames.frame;
import static dev.outrigger.conformance.http2.Frames.headers;
import static dev.outrigger.conformance.http2.Frames.int32;
import static dev.outrigger.conformance.http2.Frames.join;
import static dev.outrigger.conformance.http2.TunnelWords.CLIENT_ENDS;
import static dev.outrigger.conformance.http2.TunnelWords.CONNECT;
import static dev.outrigger.conformance.http2.TunnelWords.ENDS;
import static dev.outrigger.conformance.http2.TunnelWords.FORWARDED;
import static dev.outrigger.conformance.http2.TunnelWords.HTTP2;
import static dev.outrigger.conformance.http2.TunnelWords.WHOLE;
import static dev.outrigger.conformance.http2.TunnelWords.ask;
import static dev.outrigger.conformance.http2.TunnelWords.connect;
import static dev.outrigger.conformance.http2.TunnelWords.framed;
import static dev.outrigger.conformance.http2.TunnelWords.head;
import static dev.outrigger.conformance.http2.TunnelWords.http1;
import static dev.outrigger.conformance.http2.TunnelWords.http2;
import static dev.outrigger.conformance.http2.TunnelWords.manager;
import static dev.outrigger.conformance.http2.TunnelWords.raw;
import static dev.outrigger.conformance.http2.TunnelWords.script;
import static dev.outrigger.conformance.http2.TunnelWords.status;
import static java.nio.charset.StandardCharsets.ISO_8859_1;

import dev.outrigger.conformance.http2.TunnelWords.Case;
import dev.outrigger.conformance.http2.TunnelWords.Upstream;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** CONNECT that ends at the proxy, or goes on. */
final class ConnectCases {
    private final Map<String, Case> all = new LinkedHashMap<>();

    private ConnectCases() {}

    static Map<String, Case> all() {
        var cases = new ConnectCases();
        cases.ends();
        cases.posts();
        cases.proxied();
        cases.forwards();
        cases.cuts();
        return cases.all;
    }

    private void ends() {
        String filter = manager("", CONNECT, ENDS, "");
        String request = head("CONNECT a.b:80");
        all.put("ends", http1(filter, raw("<down >up"), request, "down"));
        all.put("ends, upstream speaks first", http1(filter, raw(">hello"), request, "down"));
        all.put("ends, early data", http1(filter, raw("<early >up"), request + "early", "late"));
        all.put("ends, upstream ends", http1(filter, raw("<down >bye |"), request, "down", "more"));
        all.put(
                "ends, upstream closes",
                http1(filter, raw("<down >bye ."), request, "down", "more"));
        all.put("ends, upstream resets", http1(filter, raw("<down !"), request, "down", "more"));
        all.put(
                "ends, client ends",
                new Case(
                        false,
                        List.of(request.getBytes(ISO_8859_1), CLIENT_ENDS),
                        raw("~"),
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
                        .cluster(", circuit_breakers: {thresholds: [{max_pending_requests: 0}]}"));
        all.put(
                "ends, idle",
                http1(
                        manager("", CONNECT, ENDS + ", idle_timeout: 0.3s", ""),
                        raw("<down >up"),
                        request,
                        "down"));
        all.put(
                "ends, not a CONNECT",
                http1(
                        manager("", "prefix: /", ENDS, ""),
                        raw("<\\r\\n\\r\\n >HTTP/1.1_200_OK\\r\\ncontent-length:_2\\r\\n\\r\\nhi"),
                        "GET / HTTP/1.1\r\nhost: a\r\n\r\n"));
        all.put(
                "ends, http2",
                http2(filter, raw("<down >up"), connect(1, false), data(0, 1, "down")));
        all.put(
                "ends, http2, early data",
                http2(filter, raw("<early >up"), join(connect(1, false), data(0, 1, "early"))));
        all.put(
                "ends, http2, early end",
                http2(filter, raw("<early >up |"), join(connect(1, false), data(END, 1, "early"))));
        all.put(
                "ends, http2, client ends",
                http2(filter, raw("<down >up ~ |"), connect(1, false), data(END, 1, "down")));
        all.put("ends, http2, empty", http2(filter, raw("~ >up |"), connect(1, true)));
        all.put(
                "ends, http2, trailers",
                http2(
                        filter,
                        raw("<down >up |"),
                        connect(1, false),
                        data(0, 1, "down"),
                        headers(WHOLE, 1, "t", "v")));
        all.put(
                "ends, http2, upstream ends",
                http2(filter, raw("<down >bye |"), connect(1, false), data(0, 1, "down")));
        all.put(
                "ends, http2, upstream resets",
                http2(filter, raw("<down !"), connect(1, false), data(0, 1, "down")));
        all.put(
                "ends, http2, client resets",
                http2(filter, raw("~ >up"), connect(1, false), frame(RST_STREAM, 0, 1, int32(8))));
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
                        raw("<down >up |"),
                        "POST / HTTP/1.1\r\nhost: a\r\ncontent-length: 4\r\n\r\ndown"));
        all.put(
                "post in chunks",
                http1(
                        filter,
                        raw("<down >up ~ |"),
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
                        raw("<down >up ~ |"),
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
                        raw("<down >up |"),
                        head("CONNECT a.b:80"),
                        "down"));
    }

    /** A host that is told of the client first. */
    private void proxied() {
        String told = ", upgrade_configs: [{upgrade_type: CONNECT, connect_config: {%s}}]";
        String first = "proxy_protocol_config: {version: V1}";
        String second =
                "proxy_protocol_config: {version: V2, pass_through_tlvs: {match_type: INCLUDE_ALL},"
                        + " added_tlvs: [{type: 5, value: aGk=}]}";
        String filter = manager("", CONNECT, told.formatted(first), "");
        all.put("PROXY header", http1(filter, raw("<down >up |"), head("CONNECT a.b:80"), "down"));
        all.put(
                "PROXY header, early data",
                http1(filter, raw("<early >up |"), head("CONNECT a.b:80") + "early"));
        all.put("PROXY header, empty", http2(filter, raw("~ >up |"), connect(1, true)));
        all.put("PROXY header, nobody there", http1(filter, raw(), head("CONNECT a.b:80")));
        all.put(
                "PROXY header, version 2",
                http1(
                        manager("", CONNECT, told.formatted(second), ""),
                        raw("<down >up |"),
                        head("CONNECT a.b:80"),
                        "down"));
        all.put(
                "PROXY header, post",
                http1(
                        manager("", "prefix: /", told.formatted("allow_post: true, " + first), ""),
                        raw("<down >up |"),
                        "POST / HTTP/1.1\r\nhost: a\r\ncontent-length: 4\r\n\r\ndown"));
    }

    private void forwards() {
        String filter = manager("", CONNECT, FORWARDED, "");
        String request = head("CONNECT a.b:80");
        String agreed = "<\\r\\n\\r\\n >HTTP/1.1_200_OK\\r\\n\\r\\n ~ >up";
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
                        raw(
                                "<\\r\\n\\r\\n >HTTP/1.1_403_Forbidden\\r\\ncontent-length:_2\\r\\n\\r\\nno"),
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
                                request + "early")
                        .cluster(cluster));
        all.put(
                "forwarded, http1 to http2, refused",
                http1(
                                filter,
                                framed(
                                        script().atHead(
                                                        1,
                                                        status("403", false),
                                                        data(END, 1, "no"))),
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
                                framed(
                                        script().atHead(
                                                        1,
                                                        status("200", false),
                                                        data(END, 1, "up"))),
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

    /** No tunnels, but streams that end like them. */
    private void cuts() {
        String filter = manager("", "prefix: /", "", "");
        byte[] get = ask(1, true, "GET", ":scheme", "http", ":path", "/");
        byte[] post = ask(1, false, "POST", ":scheme", "http", ":path", "/");
        String half = "<\\r\\n\\r\\n >HTTP/1.1_200_OK\\r\\ncontent-length:_5\\r\\n\\r\\nup ~ .";
        all.put("cut short, http2 to http1", http2(filter, raw(half), get));
        all.put(
                "cut short in chunks, http2 to http1",
                http2(
                        filter,
                        raw(
                                "<\\r\\n\\r\\n >HTTP/1.1_200_OK\\r\\ntransfer-encoding:_chunked\\r\\n\\r\\n2\\r\\nup\\r\\n"
                                        + " ~ ."),
                        get));
        all.put(
                "cut short, http2 to http2",
                http2(
                                filter,
                                framed(
                                        script().atHead(
                                                        1,
                                                        status("200", false),
                                                        data(0, 1, "up"),
                                                        FrameUpstream.CLOSE)),
                                get)
                        .cluster(HTTP2.formatted("")));
        all.put(
                "too long, http2 to http2",
                http2(
                                filter,
                                framed(
                                        script().atHead(
                                                        1,
                                                        status("200", false, "content-length", "1"),
                                                        data(0, 1, "up"))),
                                get)
                        .cluster(HTTP2.formatted("")));
        all.put(
                "answered early, http2 to http1",
                http2(
                        filter,
                        raw("<\\r\\n\\r\\n >HTTP/1.1_200_OK\\r\\ncontent-length:_2\\r\\n\\r\\nup"),
                        post,
                        data(END, 1, "down")));
        all.put(
                "answered early, http1 to http1",
                http1(
                        filter,
                        raw("<\\r\\n\\r\\n >HTTP/1.1_200_OK\\r\\ncontent-length:_2\\r\\n\\r\\nup"),
                        "POST / HTTP/1.1\r\nhost: a\r\ncontent-length: 4\r\n\r\n",
                        "down"));
    }
}
