// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.conformance.http2;

import static dev.outrigger.conformance.http2.FrameUpstream.CLOSE;
import static dev.outrigger.conformance.http2.Frames.ACK;
import static dev.outrigger.conformance.http2.Frames.CONTINUATION;
import static dev.outrigger.conformance.http2.Frames.DATA;
import static dev.outrigger.conformance.http2.Frames.END;
import static dev.outrigger.conformance.http2.Frames.END_HEADERS;
import static dev.outrigger.conformance.http2.Frames.GOAWAY;
import static dev.outrigger.conformance.http2.Frames.HEADERS;
import static dev.outrigger.conformance.http2.Frames.MAGIC;
import static dev.outrigger.conformance.http2.Frames.NONE;
import static dev.outrigger.conformance.http2.Frames.PING;
import static dev.outrigger.conformance.http2.Frames.PRIORITY;
import static dev.outrigger.conformance.http2.Frames.PUSH_PROMISE;
import static dev.outrigger.conformance.http2.Frames.RST_STREAM;
import static dev.outrigger.conformance.http2.Frames.SETTINGS;
import static dev.outrigger.conformance.http2.Frames.WINDOW_UPDATE;
import static dev.outrigger.conformance.http2.Frames.block;
import static dev.outrigger.conformance.http2.Frames.data;
import static dev.outrigger.conformance.http2.Frames.frame;
import static dev.outrigger.conformance.http2.Frames.headers;
import static dev.outrigger.conformance.http2.Frames.int32;
import static dev.outrigger.conformance.http2.Frames.join;
import static dev.outrigger.conformance.http2.Frames.setting;
import static dev.outrigger.conformance.http2.Frames.times;
import static java.nio.charset.StandardCharsets.ISO_8859_1;

import dev.outrigger.conformance.http2.FrameUpstream.Script;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What clients and HTTP/2 upstreams say to each other through the proxy, by name. */
final class UpstreamCases {
    private static final byte[] SETTLED =
            join(frame(SETTINGS, 0, 0, NONE), frame(SETTINGS, ACK, 0, NONE));
    private static final int WHOLE = END | END_HEADERS;

    /** Stands for the path of a case, which is as long. */
    static final String PATH = "/000";

    /**
     * One case.
     *
     * @param overHttp2 whether the client's parts are frames, behind a preface
     * @param parts what the client sends; its path stands in for {@link #PATH}
     * @param cluster more fields of the cluster, in YAML flow style
     * @param options the cluster's HTTP/2 options
     * @param route more fields of the route action
     */
    record Case(
            boolean overHttp2,
            List<byte[]> parts,
            List<Script> upstream,
            String cluster,
            String options,
            String route) {
        Case options(String yaml) {
            return new Case(overHttp2, parts, upstream, cluster, yaml, route);
        }

        Case cluster(String yaml) {
            return new Case(overHttp2, parts, upstream, yaml, options, route);
        }

        Case route(String yaml) {
            return new Case(overHttp2, parts, upstream, cluster, options, yaml);
        }
    }

    private final Map<String, Case> all = new LinkedHashMap<>();

    private UpstreamCases() {}

    static Map<String, Case> all() {
        var cases = new UpstreamCases();
        cases.responses();
        cases.requests();
        cases.heads();
        cases.bodies();
        cases.resets();
        cases.goodbyes();
        cases.frames();
        cases.settings();
        cases.limits();
        cases.upgrades();
        cases.grpc();
        cases.health();
        cases.all.putAll(FieldCountCases.all());
        return cases.all;
    }

    private void add(String name, Case added) {
        all.put(name, added);
    }

    static Case http1(Script script, String... requests) {
        var parts = Arrays.stream(requests).map(each -> each.getBytes(ISO_8859_1)).toList();
        return new Case(false, parts, List.of(script), "", "", "");
    }

    static Case http2(Script script, byte[]... parts) {
        var all = new ArrayList<>(List.of(parts));
        all.set(0, join(MAGIC, frame(SETTINGS, 0, 0, NONE), parts[0]));
        return new Case(true, List.copyOf(all), List.of(script), "", "", "");
    }

    static String get(String... fields) {
        return request("GET", "", fields);
    }

    private static String post(String body, String... fields) {
        var all = new ArrayList<>(List.of(fields));
        all.add("content-length: " + body.length());
        return request("POST", body, all.toArray(new String[0]));
    }

    private static String request(String method, String body, String... fields) {
        var text = new StringBuilder(method + " " + PATH + " HTTP/1.1\r\nhost: a.b\r\n");
        for (String field : fields) {
            text.append(field).append("\r\n");
        }
        return text + "\r\n" + body;
    }

    static byte[] ask(int stream, boolean end, String method, String... more) {
        var fields =
                new ArrayList<>(
                        List.of(
                                ":method",
                                method,
                                ":scheme",
                                "http",
                                ":authority",
                                "a.b",
                                ":path",
                                PATH));
        fields.addAll(List.of(more));
        return headers(end ? WHOLE : END_HEADERS, stream, fields.toArray(new String[0]));
    }

    private static Script script() {
        return Script.greets(SETTLED);
    }

    static Script answers(byte[]... parts) {
        return script().atEnd(1, parts);
    }

    private static byte[] ok(boolean end, String... more) {
        return status("200", end, more);
    }

    private static byte[] status(String code, boolean end, String... more) {
        var fields = new ArrayList<>(List.of(":status", code));
        fields.addAll(List.of(more));
        return headers(end ? WHOLE : END_HEADERS, 1, fields.toArray(new String[0]));
    }

    private static byte[] hello() {
        return join(ok(false), data(END, 1, "hello"));
    }

    private void responses() {
        add("get", http1(answers(hello()), get()));
        add("get over http2", http2(answers(hello()), ask(1, true, "GET")));
        add("empty", http1(answers(ok(true)), get()));
        add(
                "with length",
                http1(answers(ok(false, "content-length", "5"), data(END, 1, "hello")), get()));
        add(
                "trailers",
                http1(answers(ok(false), data(0, 1, "hello"), headers(WHOLE, 1, "t", "v")), get()));
        add(
                "trailers over http2",
                http2(
                        answers(ok(false), data(0, 1, "hello"), headers(WHOLE, 1, "t", "v")),
                        ask(1, true, "GET")));
        add(
                "trailers alone",
                http2(answers(ok(false), headers(WHOLE, 1, "t", "v")), ask(1, true, "GET")));
        add("head", http1(answers(ok(true, "content-length", "5")), request("HEAD", "")));
        add(
                "head with body",
                http1(
                        answers(ok(false, "content-length", "5"), data(END, 1, "hello")),
                        request("HEAD", "")));
        add("204", http1(answers(status("204", true)), get()));
        add("204 with length 0", http1(answers(status("204", true, "content-length", "0")), get()));
        add("204 with length", http1(answers(status("204", true, "content-length", "5")), get()));
        add("304 with length", http1(answers(status("304", true, "content-length", "5")), get()));
        add("500", http1(answers(status("500", true)), get()));
        add("status 999", http1(answers(status("999", true)), get()));
        add("100 first", http1(answers(status("100", false), hello()), get()));
        add("103 first", http1(answers(status("103", false, "link", "x"), hello()), get()));
        add(
                "U07 103 a thousand times",
                http1(answers(times(1_000, status("103", false, "link", "x")), hello()), get()));
        add("199 first", http1(answers(status("199", false), hello()), get()));
        add("100 alone", http1(answers(status("100", true)), get()));
        add("101", http1(answers(status("101", false), hello()), get()));
        add(
                "set-cookie twice",
                http1(answers(ok(true, "set-cookie", "a=b", "set-cookie", "c=d")), get()));
        add(
                "two one after the other",
                http1(
                        script().atEnd(1, hello()).atEnd(3, headers(WHOLE, 3, ":status", "201")),
                        get(),
                        get()));
        add(
                "padded",
                http1(
                        answers(ok(false), frame(DATA, END | 8, 1, new byte[] {2, 'h', 'i', 0, 0})),
                        get()));
        add(
                "continuation",
                http1(
                        answers(
                                frame(HEADERS, END, 1, block(":status", "200")),
                                frame(CONTINUATION, END_HEADERS, 1, block("a", "b"))),
                        get()));
    }

    private void requests() {
        add("post", http1(answers(hello()), post("body")));
        add(
                "post in chunks",
                http1(
                        answers(hello()),
                        request("POST", "4\r\nbody\r\n0\r\n\r\n", "transfer-encoding: chunked")));
        add(
                "post empty chunks",
                http1(
                        answers(hello()),
                        request("POST", "0\r\n\r\n", "transfer-encoding: chunked")));
        add(
                "request trailers",
                http2(
                        answers(hello()),
                        join(
                                ask(1, false, "POST"),
                                data(0, 1, "body"),
                                headers(WHOLE, 1, "t", "v"))));
        add(
                "hop by hop",
                http1(
                        answers(hello()),
                        get(
                                "connection: keep-alive, x-a",
                                "x-a: b",
                                "keep-alive: 5",
                                "te: trailers",
                                "proxy-connection: keep-alive")));
        add(
                "cookies",
                http2(answers(hello()), ask(1, true, "GET", "cookie", "a=b", "cookie", "c=d")));
        add(
                "conditional",
                http2(
                        answers(ok(true, "etag", "x", "vary", "y")),
                        ask(
                                1,
                                true,
                                "GET",
                                "if-none-match",
                                "x",
                                "if-modified-since",
                                "y",
                                "if-range",
                                "z",
                                "if-match",
                                "w")));
        add("expect", http1(answers(hello()), post("body", "expect: 100-continue")));
        add("options *", http1(answers(hello()), "OPTIONS * HTTP/1.1\r\nhost: a.b\r\n\r\n"));
        add(
                "https scheme",
                http2(
                        answers(hello()),
                        headers(
                                WHOLE,
                                1,
                                ":method",
                                "GET",
                                ":scheme",
                                "https",
                                ":authority",
                                "a.b",
                                ":path",
                                PATH)));
        add(
                "answered before its end",
                http1(
                        script().atHead(1, hello()),
                        "POST /000 HTTP/1.1\r\nhost: a.b\r\ncontent-length: 8\r\n\r\nhalf",
                        "rest"));
        add(
                "answered before its end, http2",
                http2(
                        script().atHead(1, hello()),
                        join(ask(1, false, "POST"), data(0, 1, "half")),
                        data(END, 1, "rest")));
        add(
                "client resets",
                http2(script(), ask(1, true, "GET"), frame(RST_STREAM, 0, 1, int32(8))));
        add(
                "client resets a body",
                http2(
                        script().atHead(1, ok(false)),
                        ask(1, false, "POST"),
                        frame(RST_STREAM, 0, 1, int32(8))));
        add("times out", http1(script(), get()).route(", timeout: 0.5s"));
        add(
                "times out in its body",
                http1(answers(ok(false), data(0, 1, "abc")), get()).route(", timeout: 0.5s"));
        add(
                "per try",
                http1(script(), get())
                        .route(", retry_policy: {retry_on: 5xx, per_try_timeout: 0.4s}"));
    }

    private void heads() {
        add("upper case name", http1(answers(ok(true, "Abc", "d")), get()));
        add("connection field", http1(answers(ok(true, "connection", "close")), get()));
        add("transfer-encoding", http1(answers(ok(true, "transfer-encoding", "chunked")), get()));
        add("te", http1(answers(ok(true, "te", "gzip")), get()));
        add("no status", http1(answers(headers(WHOLE, 1, "a", "b")), get()));
        add(
                "no status, stream only",
                http1(answers(headers(WHOLE, 1, "a", "b")), get())
                        .options("override_stream_error_on_invalid_http_message: true"));
        add(
                "bad field, stream only",
                http1(answers(ok(true, "Abc", "d")), get())
                        .options("override_stream_error_on_invalid_http_message: true"));
        add(
                "bad field late, stream only",
                http1(answers(ok(false), headers(WHOLE, 1, "Abc", "d")), get())
                        .options("override_stream_error_on_invalid_http_message: true"));
        add(
                "status twice",
                http1(answers(headers(WHOLE, 1, ":status", "200", ":status", "200")), get()));
        add("status late", http1(answers(headers(WHOLE, 1, "a", "b", ":status", "200")), get()));
        add("status short", http1(answers(status("20", true)), get()));
        add("status word", http1(answers(status("abc", true)), get()));
        add("status 000", http1(answers(status("000", true)), get()));
        add("status 099", http1(answers(status("099", true)), get()));
        add(
                "other pseudo",
                http1(answers(headers(WHOLE, 1, ":status", "200", ":path", "/")), get()));
        add("bad value", http1(answers(ok(true, "a", "b\nc")), get()));
        add(
                "length twice",
                http1(
                        answers(
                                ok(false, "content-length", "5", "content-length", "5"),
                                data(END, 1, "hello")),
                        get()));
        add("bad length", http1(answers(ok(true, "content-length", "x")), get()));
        add("length without body", http1(answers(ok(true, "content-length", "5")), get()));
        add(
                "100 with length",
                http1(answers(status("100", false, "content-length", "0"), hello()), get()));
        add(
                "pseudo in trailers",
                http1(
                        answers(
                                ok(false),
                                data(0, 1, "hello"),
                                headers(WHOLE, 1, ":status", "200")),
                        get()));
        add(
                "trailers without end",
                http1(
                        answers(ok(false), data(0, 1, "hello"), headers(END_HEADERS, 1, "t", "v")),
                        get()));
        add(
                "too large",
                http1(
                        answers(Frames.longHeaders(1, ":status", "200", "a", "x".repeat(62000))),
                        get()));
        add(
                "not too large",
                http1(
                        answers(Frames.longHeaders(1, ":status", "200", "a", "x".repeat(61000))),
                        get()));
        String[] many = new String[2 * 101];
        Arrays.fill(many, "a");
        many[0] = ":status";
        many[1] = "200";
        add("too many", http1(answers(headers(WHOLE, 1, many)), get()));
        add(
                "as many as may be",
                http1(answers(headers(WHOLE, 1, Arrays.copyOf(many, 200))), get()));
        add(
                "bad compression",
                http1(
                        answers(
                                frame(
                                        HEADERS,
                                        WHOLE,
                                        1,
                                        new byte[] {(byte) 0xff, (byte) 0xff, (byte) 0xff})),
                        get()));
    }

    private void bodies() {
        add(
                "longer than its length",
                http1(answers(ok(false, "content-length", "2"), data(END, 1, "hello")), get()));
        add(
                "shorter than its length",
                http1(answers(ok(false, "content-length", "9"), data(END, 1, "hello")), get()));
        add(
                "shorter, http2",
                http2(
                        answers(ok(false, "content-length", "9"), data(END, 1, "hello")),
                        ask(1, true, "GET")));
        add("data first", http1(answers(data(0, 1, "hello"), ok(true)), get()));
        add("data behind end", http1(answers(ok(true), data(END, 1, "hello")), get()));
        add("headers behind end", http1(answers(ok(true), ok(true)), get(), get()));
        add(
                "data behind 100",
                http1(answers(status("100", false), data(0, 1, "x"), ok(true)), get()));
        add("end behind 100", http1(answers(status("100", false), data(END, 1, "")), get()));
        add("204 with body", http1(answers(status("204", false), data(END, 1, "x")), get()));
        add("304 with body", http1(answers(status("304", false), data(END, 1, "x")), get()));
        add(
                "empty data twice",
                http1(answers(ok(false), data(0, 1, ""), data(0, 1, ""), data(END, 1, "")), get()));
        add("idle stream", http1(answers(data(0, 5, "hello")), get()));
    }

    private void resets() {
        for (int code : new int[] {0, 1, 2, 5, 7, 8, 10, 11, 13, 99}) {
            add("reset " + code, http1(answers(frame(RST_STREAM, 0, 1, int32(code))), get()));
        }
        add(
                "reset in body",
                http1(
                        answers(ok(false), data(0, 1, "abc"), frame(RST_STREAM, 0, 1, int32(2))),
                        get()));
        add(
                "reset in body, http2",
                http2(
                        answers(ok(false), data(0, 1, "abc"), frame(RST_STREAM, 0, 1, int32(8))),
                        ask(1, true, "GET")));
        add(
                "reset behind end",
                http1(answers(hello(), frame(RST_STREAM, 0, 1, int32(0))), get(), get()));
        add(
                "no error behind early answer",
                http1(
                        script().atHead(1, hello(), frame(RST_STREAM, 0, 1, int32(0))),
                        "POST /000 HTTP/1.1\r\nhost: a.b\r\ncontent-length: 8\r\n\r\nhalf",
                        "rest"));
        add(
                "no error behind early head",
                http1(
                        script().atHead(1, ok(false), frame(RST_STREAM, 0, 1, int32(0))),
                        "POST /000 HTTP/1.1\r\nhost: a.b\r\ncontent-length: 8\r\n\r\nhalf",
                        "rest"));
        add("reset idle", http1(answers(frame(RST_STREAM, 0, 5, int32(2))), get()));
        add(
                "refused and retried",
                http1(
                                script().atEnd(1, frame(RST_STREAM, 0, 1, int32(7)))
                                        .atEnd(3, headers(WHOLE, 3, ":status", "200")),
                                get())
                        .route(", retry_policy: {retry_on: refused-stream}"));
        add(
                "reset and retried",
                http1(
                                script().atEnd(1, frame(RST_STREAM, 0, 1, int32(2)))
                                        .atEnd(3, headers(WHOLE, 3, ":status", "200")),
                                get())
                        .route(", retry_policy: {retry_on: reset}"));
        add(
                "reset before head",
                http1(
                                script().atEnd(1, frame(RST_STREAM, 0, 1, int32(2)))
                                        .atEnd(3, headers(WHOLE, 3, ":status", "200")),
                                get())
                        .route(", retry_policy: {retry_on: reset-before-request}"));
        add("closes", http1(answers(CLOSE), get()));
        add("closes in body", http1(answers(ok(false), data(0, 1, "abc"), CLOSE), get()));
        add(
                "closes in body, http2",
                http2(answers(ok(false), data(0, 1, "abc"), CLOSE), ask(1, true, "GET")));
    }

    private static byte[] goAway(int last, int code) {
        return frame(GOAWAY, 0, 0, join(int32(last), int32(code)));
    }

    private void goodbyes() {
        add("goaway and answer", http1(answers(goAway(1, 0), hello()), get(), get()));
        add("goaway refuses", http1(answers(goAway(0, 0)), get()));
        add("goaway with error", http1(answers(goAway(1, 2), hello()), get()));
        add(
                "goaway twice",
                http1(answers(goAway(Integer.MAX_VALUE, 0), goAway(1, 0), hello()), get()));
        add("goaway grows", http1(answers(goAway(1, 0), goAway(3, 0), hello()), get()));
        add("goaway of an even stream", http1(answers(goAway(2, 0), hello()), get()));
        add("goaway idle", http1(answers(hello(), goAway(1, 0)), get(), get()));
        add(
                "goaway refuses, retried",
                http1(answers(goAway(0, 0)), get())
                        .route(", retry_policy: {retry_on: refused-stream, num_retries: 1}"));
    }

    private void frames() {
        add("no settings", http1(Script.greets().atEnd(1, hello()), get()));
        add(
                "http1 answer",
                http1(Script.greets("HTTP/1.1 200 OK\r\n\r\n".getBytes(ISO_8859_1)), get()));
        add(
                "push promise",
                http1(
                        answers(
                                frame(
                                        PUSH_PROMISE,
                                        END_HEADERS,
                                        1,
                                        join(int32(2), block(":method", "GET")))),
                        get()));
        add("headers on even stream", http1(answers(headers(WHOLE, 2, ":status", "200")), get()));
        add("headers on idle stream", http1(answers(headers(WHOLE, 5, ":status", "200")), get()));
        add(
                "ping",
                http1(answers(frame(PING, 0, 0, "12345678".getBytes(ISO_8859_1)), hello()), get()));
        add("ping ack unasked", http1(answers(frame(PING, ACK, 0, new byte[8]), hello()), get()));
        add("priority", http1(answers(frame(PRIORITY, 0, 1, new byte[5]), hello()), get()));
        add("unknown frame", http1(answers(frame(77, 0, 1, new byte[5]), hello()), get()));
        add("too long", http1(answers(ok(false), frame(DATA, 0, 1, new byte[16385])), get()));
        add("settings on stream", http1(answers(frame(SETTINGS, 0, 1, NONE)), get()));
        add("settings of 5 bytes", http1(answers(frame(SETTINGS, 0, 0, new byte[5])), get()));
        add("data on stream 0", http1(answers(data(0, 0, "x")), get()));
        add("window update 0", http1(answers(frame(WINDOW_UPDATE, 0, 1, int32(0))), get()));
        add(
                "window overflow",
                http1(answers(frame(WINDOW_UPDATE, 0, 1, int32(Integer.MAX_VALUE))), get()));
        add(
                "connection window overflow",
                http1(answers(frame(WINDOW_UPDATE, 0, 0, int32(Integer.MAX_VALUE))), get()));
        add(
                "priorities",
                http1(answers(times(500, frame(PRIORITY, 0, 1, new byte[5])), hello()), get()));
        add(
                "window updates",
                http1(answers(times(50, frame(WINDOW_UPDATE, 0, 1, int32(1))), hello()), get()));
    }

    private void settings() {
        add("enable push", http1(Script.greets(setting(2, 1)).atEnd(1, hello()), get()));
        add("connect protocol 2", http1(Script.greets(setting(8, 2)).atEnd(1, hello()), get()));
        add("window too large", http1(Script.greets(setting(4, -1)).atEnd(1, hello()), get()));
        add(
                "custom",
                http1(answers(hello()), get())
                        .options(
                                "custom_settings_parameters: [{identifier: 10, value: 7}, {identifier: 3, value: 100}]"));
        add(
                "table size agreed",
                http1(
                                answers(
                                        frame(
                                                HEADERS,
                                                WHOLE,
                                                1,
                                                join(new byte[] {0x20}, block(":status", "200")))),
                                get())
                        .options("hpack_table_size: 0"));
        add("table size not agreed", http1(answers(hello()), get()).options("hpack_table_size: 0"));
        add(
                "own windows",
                http1(answers(hello()), get())
                        .options(
                                "initial_stream_window_size: 70000, initial_connection_window_size: 80000, max_concurrent_streams: 7, hpack_table_size: 100, allow_connect: true"));
    }

    private void limits() {
        String second = "GET /000 HTTP/1.1\r\nhost: a.b\r\n\r\n";
        add(
                "max requests",
                http1(script().atEnd(1, hello()), get(), second, second)
                        .cluster(", max_requests_per_connection: 1"));
        add(
                "max requests, head only",
                http1(script().atEnd(1, ok(true)), get(), second)
                        .cluster(", max_requests_per_connection: 1"));
        add(
                "max requests, reset",
                http1(script().atEnd(1, frame(RST_STREAM, 0, 1, int32(2))), get(), second)
                        .cluster(", max_requests_per_connection: 1"));
        add(
                "max requests, bad",
                http1(script().atEnd(1, ok(true, "Abc", "d")), get(), second)
                        .cluster(", max_requests_per_connection: 1")
                        .options("override_stream_error_on_invalid_http_message: true"));
        add(
                "max requests, trailers",
                http1(script().atEnd(1, ok(false), headers(WHOLE, 1, "a", "b")), get(), second)
                        .cluster(", max_requests_per_connection: 1"));
        add(
                "max requests, before the request's end",
                http1(
                                script().atHead(1, hello()),
                                "POST /000 HTTP/1.1\r\nhost: a.b\r\ncontent-length: 8\r\n\r\nhalf",
                                "more")
                        .cluster(", max_requests_per_connection: 1"));
        add(
                "one at a time",
                http2(
                        Script.greets(setting(3, 1), frame(SETTINGS, ACK, 0, NONE))
                                .atEnd(1, hello()),
                        join(ask(1, true, "GET")),
                        join(ask(3, true, "GET"), ask(5, true, "GET"))));
        add(
                "no streams",
                http1(Script.greets(setting(3, 0)).atEnd(1, hello()), get())
                        .route(", timeout: 0.5s"));
        add(
                "active overflow",
                http2(script(), join(ask(1, true, "GET"), ask(3, true, "GET")))
                        .cluster(", circuit_breakers: {thresholds: [{max_requests: 1}]}"));
        add(
                "pending overflow",
                http2(script(), join(ask(1, true, "GET"), ask(3, true, "GET")))
                        .cluster(", circuit_breakers: {thresholds: [{max_pending_requests: 1}]}"));
    }

    private void upgrades() {
        String ask = get("connection: upgrade", "upgrade: websocket", "sec-websocket-key: abc");
        add(
                "websocket",
                http1(script().atHead(1, ok(false, "a", "b"), data(0, 1, "up")), ask, "down"));
        add(
                "websocket ended",
                http1(script().atHead(1, ok(false), data(END, 1, "up")), ask, "down"));
        add(
                "websocket refused",
                http1(script().atHead(1, status("403", false), data(END, 1, "no")), ask));
        add(
                "websocket answered 201",
                http1(script().atHead(1, status("201", false), data(END, 1, "no")), ask));
        add("websocket reset", http1(script().atHead(1, frame(RST_STREAM, 0, 1, int32(10))), ask));
        add(
                "websocket over http2",
                http2(
                        script().atHead(1, ok(false), data(0, 1, "up")),
                        headers(
                                END_HEADERS,
                                1,
                                ":method",
                                "CONNECT",
                                ":protocol",
                                "websocket",
                                ":scheme",
                                "http",
                                ":authority",
                                "a.b",
                                ":path",
                                PATH),
                        data(0, 1, "down"),
                        data(END, 1, "")));
        add(
                "websocket over http2 refused",
                http2(
                        script().atHead(1, status("403", true)),
                        headers(
                                END_HEADERS,
                                1,
                                ":method",
                                "CONNECT",
                                ":protocol",
                                "websocket",
                                ":scheme",
                                "http",
                                ":authority",
                                "a.b",
                                ":path",
                                PATH),
                        data(0, 1, "down")));
        add(
                "other upgrade",
                http1(
                        script().atHead(1, ok(false), data(0, 1, "up")),
                        get("connection: upgrade", "upgrade: foo"),
                        "down"));
    }

    private void grpc() {
        String[] call = {"content-type", "application/grpc", "te", "trailers"};
        add(
                "grpc",
                http2(
                        answers(
                                ok(false, "content-type", "application/grpc"),
                                data(0, 1, "abc"),
                                headers(WHOLE, 1, "grpc-status", "0")),
                        join(ask(1, false, "POST", call), data(END, 1, "x"))));
        for (int status : new int[] {1, 4, 8, 13, 14, 5}) {
            add(
                    "grpc " + status,
                    http2(
                                    script().atEnd(
                                                    1,
                                                    headers(
                                                            WHOLE,
                                                            1,
                                                            ":status",
                                                            "200",
                                                            "grpc-status",
                                                            "" + status))
                                            .atEnd(
                                                    3,
                                                    headers(
                                                            WHOLE,
                                                            3,
                                                            ":status",
                                                            "200",
                                                            "grpc-status",
                                                            "0")),
                                    join(ask(1, false, "POST", call), data(END, 1, "x")))
                            .route(
                                    ", retry_policy: {retry_on: 'cancelled,deadline-exceeded,internal,resource-exhausted,unavailable'}"));
        }
        add(
                "grpc fails in trailers",
                http2(
                                answers(ok(false), headers(WHOLE, 1, "grpc-status", "14")),
                                join(ask(1, false, "POST", call), data(END, 1, "x")))
                        .route(", retry_policy: {retry_on: unavailable}"));
        add(
                "grpc without trailers",
                http2(
                        answers(ok(false), data(END, 1, "abc")),
                        join(ask(1, false, "POST", call), data(END, 1, "x"))));
        add(
                "grpc reset",
                http2(
                        answers(frame(RST_STREAM, 0, 1, int32(2))),
                        join(ask(1, false, "POST", call), data(END, 1, "x"))));
        add(
                "grpc reset in body",
                http2(
                        answers(ok(false), data(0, 1, "abc"), frame(RST_STREAM, 0, 1, int32(2))),
                        join(ask(1, false, "POST", call), data(END, 1, "x"))));
        add(
                "grpc deadline",
                http2(
                                script(),
                                join(
                                        ask(
                                                1,
                                                false,
                                                "POST",
                                                "content-type",
                                                "application/grpc",
                                                "grpc-timeout",
                                                "150m"),
                                        data(END, 1, "x")))
                        .route(", max_stream_duration: {grpc_timeout_header_max: 0s}"));
        add(
                "grpc deadline at the router",
                http2(
                                script(),
                                join(
                                        ask(
                                                1,
                                                false,
                                                "POST",
                                                "content-type",
                                                "application/grpc",
                                                "grpc-timeout",
                                                "150m"),
                                        data(END, 1, "x")))
                        .route(", max_grpc_timeout: 1s"));
        add(
                "grpc deadline with offset",
                http2(
                                script(),
                                join(
                                        ask(
                                                1,
                                                false,
                                                "POST",
                                                "content-type",
                                                "application/grpc",
                                                "grpc-timeout",
                                                "5S"),
                                        data(END, 1, "x")))
                        .route(", max_grpc_timeout: 5.2s, grpc_timeout_offset: 4.9s"));
        add(
                "grpc over http1",
                http1(
                        answers(
                                ok(false, "content-type", "application/grpc"),
                                data(0, 1, "abc"),
                                headers(WHOLE, 1, "grpc-status", "0")),
                        post("x", "content-type: application/grpc")));
    }

    /** The first connection brings the health check, the second the request. */
    private void check(String name, String kind, byte[]... answer) {
        var asked =
                new Case(
                        false,
                        List.of(get().getBytes(ISO_8859_1)),
                        List.of(answers(answer), answers(hello())),
                        ", common_lb_config: {healthy_panic_threshold: {value: 0}}, health_checks:"
                                + " [{timeout: "
                                + (answer.length == 0 ? "0.5s" : "8s")
                                + ", interval: 60s, unhealthy_threshold: 1,"
                                + " healthy_threshold: 1, "
                                + kind
                                + "}]",
                        "",
                        "");
        add(name, asked);
    }

    private void health() {
        String http = "http_health_check: {path: /hc, codec_client_type: HTTP2}";
        check("check", http, ok(true));
        check("check with body", http, hello());
        check("check with trailers", http, ok(false), headers(WHOLE, 1, "a", "b"));
        check("check behind 100", http, status("100", false), ok(true));
        check("check fails", http, status("503", true));
        check("check is reset", http, frame(RST_STREAM, 0, 1, int32(2)));
        check("check is broken", http, ok(true, "Abc", "d"));
        check("check gets no answer", http);
        check("check gets goodbye", http, goAway(1, 0), ok(true));
        check("check gets goodbye with error", http, goAway(1, 2), ok(true));
        check("check ends with the connection", http, CLOSE);
        check(
                "check with payload",
                "http_health_check: {path: /hc, method: POST, send: {text: '616263'}, receive: [{text: '68656c'}],"
                        + " codec_client_type: HTTP2, host: x.y, request_headers_to_add: [{header: {key: a, value: b}}]}",
                hello());
        String grpc =
                "grpc_health_check: {service_name: s, authority: x.y, initial_metadata: [{header: {key: a, value: b}}]}";
        byte[] head = ok(false, "content-type", "application/grpc");
        byte[] well = headers(WHOLE, 1, "grpc-status", "0");
        byte[] serving = frame(DATA, 0, 1, new byte[] {0, 0, 0, 0, 2, 8, 1});
        check("grpc check", grpc, head, serving, well);
        check("grpc check without service", "grpc_health_check: {}", head, serving, well);
        check(
                "grpc check, not serving",
                grpc,
                head,
                frame(DATA, 0, 1, new byte[] {0, 0, 0, 0, 2, 8, 2}),
                well);
        check("grpc check, empty message", grpc, head, frame(DATA, 0, 1, new byte[5]), well);
        check("grpc check, two messages", grpc, head, serving, serving, well);
        check("grpc check, no message", grpc, head, well);
        check(
                "grpc check, compressed",
                grpc,
                head,
                frame(DATA, 0, 1, new byte[] {1, 0, 0, 0, 2, 8, 1}),
                well);
        check(
                "grpc check, no trailers",
                grpc,
                head,
                frame(DATA, END, 1, new byte[] {0, 0, 0, 0, 2, 8, 1}));
        check(
                "grpc check, bad status",
                grpc,
                head,
                serving,
                headers(WHOLE, 1, "grpc-status", "12"));
        check(
                "grpc check, trailers only",
                grpc,
                ok(true, "content-type", "application/grpc", "grpc-status", "12"));
        check(
                "grpc check, other type",
                grpc,
                ok(false, "content-type", "text/plain"),
                serving,
                well);
        check("grpc check, 503", grpc, status("503", true));
        check("grpc check is reset", grpc, frame(RST_STREAM, 0, 1, int32(2)));
        check("grpc check gets goodbye", grpc, goAway(1, 0), head, serving, well);
    }
}
