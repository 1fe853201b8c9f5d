// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.conformance.http2;

import static dev.outrigger.conformance.http2.Frames.END;
import static dev.outrigger.conformance.http2.Frames.PING;
import static dev.outrigger.conformance.http2.Frames.data;
import static dev.outrigger.conformance.http2.Frames.frame;
import static dev.outrigger.conformance.http2.Frames.join;
import static dev.outrigger.conformance.http2.TunnelWords.CONNECT;
import static dev.outrigger.conformance.http2.TunnelWords.ENDS;
import static dev.outrigger.conformance.http2.TunnelWords.FORWARDED;
import static dev.outrigger.conformance.http2.TunnelWords.HTTP2;
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

import dev.outrigger.conformance.http2.TunnelWords.Case;
import java.util.LinkedHashMap;
import java.util.Map;

/** Tunnels that the proxy gives up when it is time, and streams that go with their connection. */
final class GivenUpCases {
    private static final String OPENED = "<\\r\\n\\r\\n >HTTP/1.1_200_OK\\r\\n\\r\\n";
    private static final String AGREED =
            "<\\r\\n\\r\\n >HTTP/1.1_101_Switching_Protocols\\r\\nupgrade:_websocket\\r\\nconnection:_upgrade\\r\\n\\r\\n";
    private static final String SILENT = "<\\r\\n\\r\\n";
    private static final String WEBSOCKET = ", upgrade_configs: [{upgrade_type: websocket}]";

    private final Map<String, Case> all = new LinkedHashMap<>();

    private GivenUpCases() {}

    static Map<String, Case> all() {
        var cases = new GivenUpCases();
        cases.timedOut(", idle_timeout: 0.3s", "idle");
        cases.timedOut(
                ", timeout: 0s, max_stream_duration: {max_stream_duration: 0.4s}", "max duration");
        cases.timedOut(", timeout: 0.3s", "timeout");
        cases.timedOut(
                ", timeout: 0s, retry_policy: {retry_on: reset, per_try_idle_timeout: 0.3s}",
                "try idle");
        cases.timedOut(
                ", timeout: 0s, retry_policy: {retry_on: reset, per_try_timeout: 0.3s}", "try");
        cases.lost();
        return cases.all;
    }

    private void timedOut(String limit, String name) {
        String forwards = manager("", CONNECT, FORWARDED + limit, "");
        String upgrades = manager("", "prefix: /", WEBSOCKET + limit, "");
        byte[] ask = connect(1, false, ":protocol", "websocket", ":scheme", "http", ":path", "/x");
        all.put(name + ", forwards", http2(forwards, raw(OPENED), connect(1, false)));
        all.put(
                name + ", forwards, client ends",
                http2(forwards, raw(OPENED), connect(1, false), data(END, 1, "down")));
        all.put(
                name + ", ends, client ends",
                http2(
                        manager("", CONNECT, ENDS + limit, ""),
                        raw("<down >up ~"),
                        connect(1, false),
                        data(END, 1, "down")));
        all.put(name + ", websocket", http2(upgrades, raw(AGREED), ask));
        all.put(
                name + ", websocket, client ends",
                http2(upgrades, raw(AGREED), ask, data(END, 1, "down")));
        all.put(name + ", websocket, not agreed", http2(upgrades, raw(SILENT), ask));
        all.put(
                name + ", websocket, http1",
                http1(
                        upgrades,
                        raw(AGREED),
                        "GET /x HTTP/1.1\r\nhost: a\r\nconnection: upgrade\r\nupgrade: websocket\r\n\r\n"));
        all.put(name + ", http1", http1(forwards, raw(OPENED), head("CONNECT a.b:80")));
    }

    /** Of several streams the newest is logged first. */
    private void lost() {
        String filter = manager("", "prefix: /", ", timeout: 0s", "");
        byte[][] asks = {request(1, "GET"), request(3, "PUT"), request(5, "DELETE")};
        all.put(
                "lost, broken by the client",
                http2(
                        filter,
                        raw(SILENT, SILENT, SILENT),
                        join(asks),
                        frame(PING, 0, 0, new byte[3])));
        all.put("lost, client goes", http2(filter, raw(SILENT, SILENT, SILENT), join(asks)));
        all.put(
                "lost, upstream goes",
                http2(filter, framed(script().atHead(5, FrameUpstream.CLOSE)), join(asks))
                        .cluster(HTTP2.formatted("")));
        all.put(
                "lost, upstream goes behind a head",
                http2(
                                filter,
                                framed(
                                        script().atHead(1, status("200", false))
                                                .atHead(5, FrameUpstream.CLOSE)),
                                join(asks))
                        .cluster(HTTP2.formatted("")));
    }

    private static byte[] request(int stream, String method) {
        return ask(stream, true, method, ":scheme", "http", ":path", "/");
    }
}
