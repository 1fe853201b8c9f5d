// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.conformance.http2;

import static dev.outrigger.conformance.http2.Frames.END;
import static dev.outrigger.conformance.http2.Frames.END_HEADERS;
import static dev.outrigger.conformance.http2.Frames.data;
import static dev.outrigger.conformance.http2.Frames.headers;
import static dev.outrigger.conformance.http2.Frames.join;
import static dev.outrigger.conformance.http2.Frames.longHeaders;

import dev.outrigger.conformance.http2.UpstreamCases.Case;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What counts as a field, and for how much, where lines are kept in one (L3, U07): the limits of
 * heads and of trailers of hosts, and trailers of clients.
 */
final class FieldCountCases {
    private static final int WHOLE = END | END_HEADERS;

    /** Envoy's own limit of a host's fields. */
    private static final int MOST = 100;

    private final Map<String, Case> all = new LinkedHashMap<>();

    private FieldCountCases() {}

    static Map<String, Case> all() {
        var cases = new FieldCountCases();
        cases.heads();
        cases.trailers();
        cases.requests();
        return cases.all;
    }

    private void heads() {
        for (String joined : List.of("cache-control", "vary", "grpc-status", "x-request-id")) {
            head("joined, " + joined, MOST + 50, joined, "a");
        }
        head("not joined, authorization", MOST, "authorization", "a");
        head("cookies set, most", MOST - 1, "set-cookie", "a=b");
        head("cookies set, too many", MOST, "set-cookie", "a=b");
        // The name of a line that joins another does not count, what stands between them does.
        head("joined, not too large", MOST, "cache-control", "x".repeat(612));
        head("joined, too large", MOST, "cache-control", "x".repeat(614));
        head("cookies set, not too large", 12, "set-cookie", "x".repeat(5_109));
        head("cookies set, too large", 12, "set-cookie", "x".repeat(5_110));
        head("one of the largest", 1, "a", "x".repeat(61_429));
        head("one too large", 1, "a", "x".repeat(61_430));
    }

    private void head(String name, int count, String field, String value) {
        List<String> fields = new ArrayList<>(List.of(":status", "200"));
        fields.addAll(lines(count, field, value));
        all.put(
                "count: " + name,
                UpstreamCases.http1(
                        UpstreamCases.answers(longHeaders(1, fields.toArray(String[]::new))),
                        UpstreamCases.get()));
    }

    private void trailers() {
        trailers("grpc status", 20, "grpc-status", "0");
        trailers("grpc status, very often", MOST + 50, "grpc-status", "0");
        trailers("grpc message, large", MOST, "grpc-message", "x".repeat(605));
        trailers("most", MOST, "cache-control", "a");
        trailers("too many", MOST + 1, "cache-control", "a");
        trailers("too large", 1, "a", "x".repeat(61_500));
    }

    private void trailers(String name, int count, String field, String value) {
        byte[] trailers = longHeaders(1, lines(count, field, value).toArray(String[]::new));
        byte[] answer =
                join(headers(END_HEADERS, 1, ":status", "200"), data(0, 1, "hello"), trailers);
        var script = UpstreamCases.answers(answer);
        // The client reads trailers of one frame.
        boolean overHttp2 = trailers.length < 16_384;
        all.put(
                "count: trailers, " + name,
                overHttp2
                        ? UpstreamCases.http2(script, UpstreamCases.ask(1, true, "GET"))
                        : UpstreamCases.http1(script, UpstreamCases.get()));
    }

    /** Nothing is joined there, and each line counts. */
    private void requests() {
        for (int count : List.of(2, MOST, MOST + 1)) {
            byte[] trailers =
                    headers(WHOLE, 1, lines(count, "x-forwarded-for", "a").toArray(String[]::new));
            all.put(
                    "count: trailers of a request, " + count,
                    UpstreamCases.http2(
                            UpstreamCases.answers(headers(WHOLE, 1, ":status", "200")),
                            join(
                                    UpstreamCases.ask(1, false, "POST"),
                                    data(0, 1, "hello"),
                                    trailers)));
        }
    }

    private static List<String> lines(int count, String field, String value) {
        List<String> lines = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            lines.add(field);
            lines.add(value);
        }
        return lines;
    }
}
