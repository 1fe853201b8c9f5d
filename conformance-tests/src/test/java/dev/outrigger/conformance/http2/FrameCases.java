// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.conformance.http2;

import static dev.outrigger.conformance.http2.Frames.ACK;
import static dev.outrigger.conformance.http2.Frames.CONTINUATION;
import static dev.outrigger.conformance.http2.Frames.DATA;
import static dev.outrigger.conformance.http2.Frames.END;
import static dev.outrigger.conformance.http2.Frames.END_HEADERS;
import static dev.outrigger.conformance.http2.Frames.GOAWAY;
import static dev.outrigger.conformance.http2.Frames.HAS_PRIORITY;
import static dev.outrigger.conformance.http2.Frames.HEADERS;
import static dev.outrigger.conformance.http2.Frames.MAGIC;
import static dev.outrigger.conformance.http2.Frames.NONE;
import static dev.outrigger.conformance.http2.Frames.PADDED;
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
import static dev.outrigger.conformance.http2.Frames.longHeaders;
import static dev.outrigger.conformance.http2.Frames.setting;
import static dev.outrigger.conformance.http2.Frames.times;
import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** What clients send, by name; rows H of the hostile inputs carry their numbers. */
final class FrameCases {
    private static final byte[] PREFACE = join(MAGIC, frame(SETTINGS, 0, 0, NONE));
    private static final int WHOLE = END | END_HEADERS;

    private final Map<String, List<byte[]>> all = new LinkedHashMap<>();

    private FrameCases() {}

    static Map<String, List<byte[]>> all() {
        var cases = new FrameCases();
        cases.requests();
        cases.fields();
        cases.bodies();
        cases.frames();
        cases.floods();
        return cases.all;
    }

    /** All of a request whose answer of five bytes does not fit. */
    static byte[] askedThroughAWindowOf(int bytes) {
        return join(PREFACE, setting(4, bytes), ask(":path", "/direct"));
    }

    /** What opens a connection, with a request. */
    static byte[] opened(String path) {
        return join(PREFACE, ask(":path", path));
    }

    /** A request that is taken back with the same bytes. */
    static byte[] takenBack(String path, int stream) {
        return join(
                headers(WHOLE, stream, get(":path", path)), frame(RST_STREAM, 0, stream, int32(8)));
    }

    private void add(String name, byte[]... parts) {
        byte[][] sent = parts.clone();
        sent[0] = join(PREFACE, parts[0]);
        all.put(name, List.of(sent));
    }

    /** A GET with other values for some fields, {@code null} for none; others follow. */
    private static String[] get(@Nullable String... changes) {
        var fields = new LinkedHashMap<String, String>();
        fields.put(":method", "GET");
        fields.put(":scheme", "http");
        fields.put(":authority", "a.b");
        fields.put(":path", "/x");
        for (int i = 0; i < changes.length; i += 2) {
            String value = changes[i + 1];
            String name = Objects.requireNonNull(changes[i]);
            if (value == null) {
                fields.remove(name);
            } else {
                fields.put(name, value);
            }
        }
        return fields.entrySet().stream()
                .flatMap(e -> List.of(e.getKey(), e.getValue()).stream())
                .toArray(String[]::new);
    }

    private static String[] and(String[] fields, String... more) {
        String[] both = Arrays.copyOf(fields, fields.length + more.length);
        System.arraycopy(more, 0, both, fields.length, more.length);
        return both;
    }

    private static byte[] ask(@Nullable String... changes) {
        return headers(WHOLE, 1, get(changes));
    }

    private static byte[] askWith(String... more) {
        return headers(WHOLE, 1, and(get(), more));
    }

    private static byte[] post(String... more) {
        return headers(END_HEADERS, 1, and(get(":method", "POST"), more));
    }

    private void requests() {
        add("get", ask());
        add("direct", ask(":path", "/direct"));
        add("chunked answer", ask(":path", "/chunked"));
        add("upstream closes", ask(":path", "/close"));
        add("upstream cuts", ask(":path", "/cut"));
        add("head", ask(":method", "HEAD"));
        add("any method", ask(":method", "FOO"));
        add("other scheme", ask(":scheme", "ftp"));
        add("cookie crumbs", askWith("cookie", "a=b", "cookie", "c=d"));
        add("te trailers", askWith("te", "trailers"));
        add("underscore", askWith("a_b", "x"));
        add("H05 host beside authority", askWith("host", "other"));
        add("host only", headers(WHOLE, 1, and(get(":authority", null), "host", "other")));
        add("connect", headers(END_HEADERS, 1, ":method", "CONNECT", ":authority", "a:80"));
        add("no such route", ask(":authority", "none"));
        add(
                "two streams",
                join(
                        headers(WHOLE, 1, get(":path", "/direct")),
                        headers(WHOLE, 3, get(":path", "/direct"))));
        add("client resets", ask(":path", "/slow"), frame(RST_STREAM, 0, 1, int32(8)));
        for (int code : List.of(0, 1, 2, 5, 7, 10, 99)) {
            byte[] reset = frame(RST_STREAM, 0, 1, int32(code));
            add("client resets, " + code, ask(":path", "/slow"), reset);
            add(
                    "client resets what is unfinished, " + code,
                    headers(END_HEADERS, 1, and(get(":path", "/slow"), "a", "b")),
                    reset);
        }
        add("H12 header list of one byte", join(setting(6, 1), ask(":path", "/direct")));
        add("goaway then request", join(frame(GOAWAY, 0, 0, new byte[8]), ask(":path", "/direct")));
    }

    private void fields() {
        for (String field : List.of(":path", ":method", ":scheme", ":authority")) {
            add("H01 no " + field, ask(field, null));
        }
        add("H02 path hello", ask(":path", "hello"));
        add("H02 path with blank", ask(":path", "/a b"));
        add("H02 path with fragment", ask(":path", "/a#b"));
        add("H02 empty path", ask(":path", ""));
        add("H02 method with blank", ask(":method", "GET /admin"));
        add("H02 scheme", ask(":scheme", "http://l/?"));
        add("H02 authority", ask(":authority", "ho|st|"));
        add("H03 twice", askWith(":path", "/y"));
        add("H03 unknown", askWith(":foo", "/y"));
        add(
                "H03 late",
                headers(
                        WHOLE,
                        1,
                        ":method",
                        "GET",
                        ":scheme",
                        "http",
                        ":authority",
                        "a",
                        "x",
                        "y",
                        ":path",
                        "/y"));
        add("H03 in trailers", join(post(), data(0, 1, "hello"), headers(WHOLE, 1, ":path", "x")));
        add("H04 upper case", askWith("X-A", "y"));
        add("H04 blank in name", askWith("x a", "y"));
        add("H04 line end in value", askWith("x-a", "y\r\nb: c"));
        add("H04 zero in value", askWith("x-a", "y\0b"));
        add("H04 connection", askWith("connection", "close"));
        add("H04 transfer-encoding", askWith("transfer-encoding", "chunked"));
        add("H04 upgrade", askWith("upgrade", "websocket"));
        add("H04 te", askWith("te", "gzip"));
        add("H04 empty name", askWith("", "x"));
        for (String blank : List.of(" ", "\t")) {
            String name = blank.equals(" ") ? "blank" : "tab";
            add("H04 " + name + " before a value", askWith("x-a", blank + "y"));
            add("H04 " + name + " behind a value", askWith("x-a", "y" + blank));
            add("H04 " + name + " before te", askWith("te", blank + "trailers"));
            add("H04 " + name + " before content-length", askWith("content-length", blank + "0"));
        }
        String[] many = new String[202];
        for (int i = 0; i < 101; i++) {
            many[2 * i] = "a" + i;
            many[2 * i + 1] = "b";
        }
        add("H07 too many", askWith(many));
        String[] crumbs = new String[2 * 97];
        for (int i = 0; i < 97; i++) {
            crumbs[2 * i] = "cookie";
            crumbs[2 * i + 1] = "a=" + i;
        }
        add("L2 too many crumbs", askWith(crumbs));
        add("L2 as many crumbs as may be", askWith(Arrays.copyOf(crumbs, 2 * 96)));
        add("H07 61 KiB", longHeaders(1, and(get(), "x", "y".repeat(61 * 1024))));
        add("H07 70 KiB", longHeaders(1, and(get(), "x", "y".repeat(70 * 1024))));
        add("broken compression", frame(HEADERS, WHOLE, 1, new byte[] {-1, -1, -1, -1, -1}));
    }

    private void bodies() {
        add("post", join(post(), data(END, 1, "hello")));
        add("post with length", join(post("content-length", "5"), data(END, 1, "hello")));
        add("post with trailers", join(post(), data(0, 1, "hello"), headers(WHOLE, 1, "tr", "x")));
        add("expect", post("expect", "100-continue"), data(END, 1, "hello"));
        add("padded", join(post(), frame(DATA, END | PADDED, 1, padded("hello", 3))));
        add("trailers that do not end", join(post(), data(0, 1, "hello"), headers(4, 1, "a", "x")));
        add("H06 short", join(post("content-length", "9"), data(END, 1, "hello")));
        add("H06 long", join(post("content-length", "2"), data(END, 1, "hello")));
        add(
                "H06 two",
                join(post("content-length", "5", "content-length", "5"), data(END, 1, "hello")));
        add("H06 no number", join(post("content-length", "x"), data(END, 1, "hello")));
        add("H06 nothing", headers(WHOLE, 1, and(get(":method", "POST"), "content-length", "5")));
        add("more than the window", join(post(), times(5, data(0, 1, "x".repeat(16384)))));
        add("small window", join(setting(4, 2), ask(":path", "/direct")), setting(4, 9));
    }

    /**
     * Those that bring more than one read in an event of the socket, which the middle frame makes
     * sure of. Envoy logs a request that was answered within such an event as reset by an error
     * behind it, ours as answered: what is said alone is compared.
     */
    static Map<String, List<byte[]>> ofOneEvent() {
        var cases = new FrameCases();
        cases.events();
        return cases.all;
    }

    private void events() {
        byte[] filler = frame(0x77, 0, 0, new byte[6000]);
        byte[] direct = ask(":path", "/direct");
        add("data behind the end of an answered stream", join(direct, filler, data(END, 1, "x")));
        add("answered stream opened again", join(direct, filler, direct));
        byte[] idle = data(END, 3, "x");
        byte[] ping = frame(PING, 0, 0, new byte[8]);
        add("answers before an error", join(direct, ping, idle));
        add("answers long before an error", join(direct, filler, ping, idle));
        add(
                "answers before an error of its own",
                join(direct, filler, frame(PING, 0, 1, new byte[8])));
    }

    /** A field of 4,000 bytes is put in the table, and then named two hundred times. */
    private static byte[] bomb() {
        byte[] kept = block("x", "y".repeat(4_000));
        kept[0] = 0x40;
        byte[] named = new byte[200];
        Arrays.fill(named, (byte) (0x80 | 62));
        return join(
                frame(HEADERS, WHOLE, 1, join(block(get()), kept)),
                frame(HEADERS, WHOLE, 3, join(block(get()), named)));
    }

    private static byte[] padded(String text, int padding) {
        var padded = new byte[1 + text.length() + padding];
        padded[0] = (byte) padding;
        for (int i = 0; i < text.length(); i++) {
            padded[i + 1] = (byte) text.charAt(i);
        }
        return padded;
    }

    private void frames() {
        byte[] eight = new byte[8];
        byte[] slow = ask(":path", "/slow");
        all.put("bad magic", List.of("PRI * HTTP/2.0\r\n\r\nXX\r\n\r\n".getBytes(ISO_8859_1)));
        all.put("no settings", List.of(join(MAGIC, frame(PING, 0, 0, eight))));
        add("ping", frame(PING, 0, 0, eight));
        add("ping of seven bytes", frame(PING, 0, 0, new byte[7]));
        add("ping on a stream", frame(PING, 0, 1, eight));
        add("unknown type", join(frame(0x77, 0, 0, eight), frame(PING, 0, 0, eight)));
        add("unknown setting", join(setting(0x77, 1), frame(PING, 0, 0, eight)));
        add("settings of five bytes", frame(SETTINGS, 0, 0, new byte[5]));
        add("settings on a stream", frame(SETTINGS, 0, 1, NONE));
        add("settings ack with payload", frame(SETTINGS, ACK, 0, new byte[6]));
        add("push enabled with 2", setting(2, 2));
        add("window setting too large", setting(4, -1));
        add("frame size setting too small", setting(5, 1));
        add("push promise", frame(PUSH_PROMISE, END_HEADERS, 1, int32(2)));
        add("continuation alone", frame(CONTINUATION, END_HEADERS, 1, NONE));
        add("frame too large", new byte[] {0, 0x40, 1, 0, 0, 0, 0, 0, 1});
        add("data on an idle stream", data(END, 1, "hello"));
        add("data on stream 0", data(END, 0, "hello"));
        add("data behind the end", join(slow, data(END, 1, "hello")));
        add("even stream", headers(WHOLE, 2, get()));
        add("reset of an idle stream", frame(RST_STREAM, 0, 1, int32(8)));
        add("window of an idle stream", frame(WINDOW_UPDATE, 0, 1, int32(1)));
        add("window by nothing", join(slow, frame(WINDOW_UPDATE, 0, 1, int32(0))));
        add("window overflow", join(slow, frame(WINDOW_UPDATE, 0, 1, int32(Integer.MAX_VALUE))));
        add("connection overflow", frame(WINDOW_UPDATE, 0, 0, int32(Integer.MAX_VALUE)));
        add("priority on itself", frame(PRIORITY, 0, 1, new byte[] {0, 0, 0, 1, 1}));
        add("bad padding", join(post(), frame(DATA, END | PADDED, 1, new byte[] {9, 1, 2})));
        add(
                "padded headers with priority",
                frame(
                        HEADERS,
                        WHOLE | PADDED | HAS_PRIORITY,
                        1,
                        join(new byte[] {2, 0, 0, 0, 0, 5}, block(get()), new byte[2])));
        add(
                "stream number used again",
                ask(":path", "/direct"),
                headers(WHOLE, 1, get(":path", "/direct")));
        add(
                "table too large",
                frame(HEADERS, WHOLE, 1, join(new byte[] {63, -1, -1, 3}, block(get()))));
    }

    private void floods() {
        byte[] empty = frame(CONTINUATION, 0, 1, NONE);
        byte[] begun = frame(HEADERS, END, 1, block(get()));
        add(
                "H08 full continuations",
                join(
                        begun,
                        times(12, frame(CONTINUATION, 0, 1, block("a", "b"))),
                        frame(CONTINUATION, END_HEADERS, 1, NONE)));
        add("H08 empty continuations", join(begun, times(12, empty)));
        // A field of 1000 bytes, of which each frame has one.
        byte[] field = {0, 1, 'a', 0x7f, (byte) 0xe9, 6};
        byte[] letter = frame(CONTINUATION, 0, 1, new byte[] {'v'});
        add(
                "H08 more continuations than may be",
                join(begun, frame(CONTINUATION, 0, 1, field), times(600, letter)));
        add("H10 empty headers", join(frame(HEADERS, END, 1, NONE), frame(HEADERS, END, 3, NONE)));
        byte[] refused = NONE;
        for (int i = 0; i < 250; i++) {
            int stream = 2 * i + 1;
            String[] two = and(get(":method", "POST"), "content-length", "2");
            refused = join(refused, headers(END_HEADERS, stream, two), data(END, stream, "hello"));
        }
        add("H09 resets of ours", refused);
        add("H07 the same large field many times", bomb());
        add(
                "D60 data behind a reset",
                join(post(), frame(RST_STREAM, 0, 1, int32(8)), data(END, 1, "hello")));
        add("H10 empty data", join(post(), times(3, data(0, 1, ""))));
        add("H10 priorities", times(250, frame(PRIORITY, 0, 1, new byte[] {0, 0, 0, 0, 1})));
        add("H10 window updates", times(30, frame(WINDOW_UPDATE, 0, 0, int32(1))));
        byte[] resets = NONE;
        for (int i = 0; i < 251; i++) {
            int stream = 2 * i + 1;
            resets =
                    join(
                            resets,
                            headers(WHOLE, stream, get(":path", "/slow")),
                            frame(RST_STREAM, 0, stream, int32(8)));
        }
        add("H09 rapid resets", resets);
    }
}
