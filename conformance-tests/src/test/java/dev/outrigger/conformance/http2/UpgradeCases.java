// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.conformance.http2;

import static dev.outrigger.conformance.http2.Frames.END;
import static dev.outrigger.conformance.http2.Frames.data;
import static dev.outrigger.conformance.http2.Frames.join;
import static dev.outrigger.conformance.http2.TunnelWords.CONNECT;
import static dev.outrigger.conformance.http2.TunnelWords.FORWARDED;
import static dev.outrigger.conformance.http2.TunnelWords.HTTP2;
import static dev.outrigger.conformance.http2.TunnelWords.ROUTER;
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

/** Upgrades over HTTP/2, and filters of their own. */
final class UpgradeCases {
    private final Map<String, Case> all = new LinkedHashMap<>();

    private UpgradeCases() {}

    static Map<String, Case> all() {
        var cases = new UpgradeCases();
        cases.upgrades();
        cases.filters();
        return cases.all;
    }

    private static final String WEBSOCKET = ", upgrade_configs: [{upgrade_type: websocket}]";

    private void upgrades() {
        String filter = manager("", "prefix: /", WEBSOCKET, "");
        String agreed =
                "<\\r\\n\\r\\n >HTTP/1.1_101_Switching_Protocols\\r\\nupgrade:_websocket\\r\\nconnection:_upgrade\\r\\n\\r\\n"
                        + " >up";
        byte[] ask = connect(1, false, ":protocol", "websocket", ":scheme", "http", ":path", "/x");
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
                        raw("<\\r\\n\\r\\n >HTTP/1.1_200_OK\\r\\ncontent-length:_2\\r\\n\\r\\nno"),
                        ask,
                        data(0, 1, "down")));
        all.put(
                "websocket, http2 to http1, refused",
                http2(
                        filter,
                        raw(
                                "<\\r\\n\\r\\n >HTTP/1.1_403_Forbidden\\r\\ncontent-length:_2\\r\\n\\r\\nno"),
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
                "<\\r\\n\\r\\n >HTTP/1.1_101_Switching_Protocols\\r\\nupgrade:_%s\\r\\nconnection:_upgrade\\r\\n\\r\\n"
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
                        raw("<\\r\\n\\r\\n >HTTP/1.1_200_OK\\r\\n\\r\\n"),
                        head("CONNECT a.b:80")));
        all.put(
                "no upgrade, no own filters",
                http1(
                        manager(own, "prefix: /", "", ""),
                        raw("<\\r\\n\\r\\n >HTTP/1.1_200_OK\\r\\ncontent-length:_2\\r\\n\\r\\nhi"),
                        "GET /x HTTP/1.1\r\nhost: a\r\n\r\n"));
    }
}
