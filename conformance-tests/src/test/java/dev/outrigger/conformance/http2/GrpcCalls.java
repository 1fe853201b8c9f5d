// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.conformance.http2;

import static dev.outrigger.conformance.http2.Frames.ACK;
import static dev.outrigger.conformance.http2.Frames.END;
import static dev.outrigger.conformance.http2.Frames.END_HEADERS;
import static dev.outrigger.conformance.http2.Frames.NONE;
import static dev.outrigger.conformance.http2.Frames.SETTINGS;
import static dev.outrigger.conformance.http2.Frames.data;
import static dev.outrigger.conformance.http2.Frames.frame;
import static dev.outrigger.conformance.http2.Frames.headers;
import static dev.outrigger.conformance.http2.Frames.join;

import dev.outrigger.conformance.http2.FrameUpstream.Script;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Calls of services that speak HTTP/2, with the documents that each is about. A call has a service
 * of its name, and so an upstream of its own.
 */
final class GrpcCalls {
    private static final byte[] SETTLED =
            join(frame(SETTINGS, 0, 0, NONE), frame(SETTINGS, ACK, 0, NONE));
    private static final int WHOLE = END | END_HEADERS;

    /** More streams than any call makes. */
    private static final int LAST_STREAM = 9;

    /** Where the host hears more than calls. */
    static final int UNCOUNTED = -1;

    private GrpcCalls() {}

    /**
     * One call.
     *
     * @param name of the service, {@code NAME} in its documents
     * @param protocol what the service speaks
     * @param documents further ones
     * @param upstream what the service's host says
     * @param overHttp2 whether the request is frames behind a preface
     * @param request what the client sends
     * @param expected lines of the answer
     * @param attempts how many the host must have heard, if that is counted
     */
    record Call(
            String name,
            String protocol,
            String documents,
            Script upstream,
            boolean overHttp2,
            List<byte[]> request,
            List<String> expected,
            int attempts) {}

    static List<Call> all() {
        var calls = new ArrayList<Call>();
        calls.add(
                grpc(
                        "exact",
                        "matches: [{method: {service: shop.Cart, method: Pay}}]",
                        says("0"),
                        List.of("grpc-status: 0", "body \0\0\0\0\0"),
                        1));
        calls.add(
                grpc(
                        "other",
                        "matches: [{method: {service: shop.Cart, method: Get}}]",
                        says("0"),
                        List.of("grpc-status: 12"),
                        0));
        calls.add(
                grpc(
                        "expression",
                        "matches: [{method: {type: RegularExpression, service: \"shop[.].*\"}}]",
                        says("0"),
                        List.of("grpc-status: 0"),
                        1));
        calls.add(
                grpc(
                        "edits",
                        "filters: [{type: RequestHeaderModifier, requestHeaderModifier: {set:"
                                + " [{name: x-a, value: b}]}}, {type: ResponseHeaderModifier,"
                                + " responseHeaderModifier: {set: [{name: x-c, value: d}]}}]",
                        says("0"),
                        List.of("x-c: d"),
                        1));
        calls.add(
                grpc(
                        "retried",
                        "retry: {attempts: 3, on: [unavailable], backoff: 1ms}",
                        says("14", "14", "0"),
                        List.of("grpc-status: 0"),
                        3));
        calls.add(
                grpc(
                        "not-retried",
                        "retry: {attempts: 3, on: [unavailable], backoff: 1ms}",
                        says("5", "0"),
                        List.of("grpc-status: 5"),
                        1));
        calls.add(
                grpc(
                        "late",
                        "timeouts: {request: 150ms}",
                        script(),
                        List.of("grpc-status: 14", "grpc-message: upstream request timeout"),
                        1));
        calls.add(
                policy(
                        "aborted",
                        "fault: {abort: {grpcStatus: 14}}",
                        List.of("grpc-status: 14"),
                        0));
        calls.add(
                policy(
                        "refused",
                        "circuitBreaker: {maxRequests: 0}",
                        List.of("grpc-status: 14", "x-envoy-overloaded: true"),
                        0));
        calls.add(asked("asked", "\1", "grpc-status: 0"));
        calls.add(asked("not-serving", "\2", "grpc-status: 14"));
        calls.add(
                new Call(
                        "plain",
                        "HTTP2",
                        "",
                        answers(),
                        false,
                        List.of(
                                "GET /a HTTP/1.1\r\nhost: plain.test\r\n\r\n"
                                        .getBytes(java.nio.charset.StandardCharsets.US_ASCII)),
                        List.of("HTTP/1.1 200 OK", "x-kind: http2", "hello"),
                        1));
        calls.add(
                new Call(
                        "both",
                        "HTTP2",
                        route("HTTPRoute", "filters: []"),
                        answers(),
                        true,
                        request("both", "GET", "/a", Map.of()),
                        List.of("x-kind: http2", "body hello"),
                        1));
        calls.add(
                new Call(
                        "no-call",
                        "GRPC",
                        route("GRPCRoute", "filters: []"),
                        answers(),
                        true,
                        request("no-call", "GET", "/shop.Cart/Pay", Map.of()),
                        List.of(":status: 404"),
                        0));
        return calls;
    }

    private static Call grpc(
            String name, String rule, Script upstream, List<String> expected, int attempts) {
        return new Call(
                name,
                "GRPC",
                route("GRPCRoute", rule),
                upstream,
                true,
                call(name + ".test", Map.of()),
                expected,
                attempts);
    }

    private static Call policy(String name, String block, List<String> expected, int attempts) {
        var policy =
                """
                ---
                apiVersion: outrigger.dev/v1alpha1
                kind: TrafficPolicy
                metadata: {name: NAME}
                spec: {targetRefs: [{kind: Service, name: NAME}], BLOCK}
                """
                        .replace("BLOCK", block);
        return new Call(
                name,
                "GRPC",
                policy,
                says("0"),
                true,
                call(name + ".test", Map.of()),
                expected,
                attempts);
    }

    /**
     * Of a service that is asked by gRPC how it is.
     *
     * @param state what it says, as grpc.health.v1 numbers it
     */
    private static Call asked(String name, String state, String expected) {
        var script = script();
        for (int stream = 1; stream <= LAST_STREAM; stream += 2) {
            script.atEnd(
                    stream,
                    headers(
                            END_HEADERS,
                            stream,
                            ":status",
                            "200",
                            "content-type",
                            "application/grpc"),
                    data(0, stream, "\0\0\0\0\2\10" + state),
                    headers(WHOLE, stream, "grpc-status", "0"));
        }
        var asked =
                policy(
                        name,
                        "healthCheck: {grpc: {}, interval: 1h}, loadBalancer: {panicThreshold: 0}",
                        List.of(expected),
                        UNCOUNTED);
        return new Call(
                name,
                asked.protocol(),
                asked.documents(),
                script,
                true,
                asked.request(),
                asked.expected(),
                UNCOUNTED);
    }

    private static String route(String kind, String rule) {
        return """
        ---
        apiVersion: outrigger.dev/v1alpha1
        kind: KIND
        metadata: {name: NAME}
        spec: {parentRefs: [{name: NAME}], rules: [{RULE, backendRefs: [{name: NAME}]}]}
        """
                .replace("KIND", kind)
                .replace("RULE", rule);
    }

    /** A call of {@code shop.Cart/Pay} without a message. */
    static List<byte[]> call(String host, Map<String, String> metadata) {
        var fields = new ArrayList<String>();
        fields.addAll(List.of("content-type", "application/grpc", "te", "trailers"));
        metadata.forEach((name, value) -> fields.addAll(List.of(name, value)));
        return List.of(
                join(
                        Frames.MAGIC,
                        frame(SETTINGS, 0, 0, NONE),
                        headers(END_HEADERS, 1, head("POST", "/shop.Cart/Pay", host, fields)),
                        data(END, 1, "\0\0\0\0\0")));
    }

    private static List<byte[]> request(
            String name, String method, String path, Map<String, String> fields) {
        var more = new ArrayList<String>();
        fields.forEach((key, value) -> more.addAll(List.of(key, value)));
        return List.of(
                join(
                        Frames.MAGIC,
                        frame(SETTINGS, 0, 0, NONE),
                        headers(WHOLE, 1, head(method, path, name + ".test", more))));
    }

    private static String[] head(String method, String path, String host, List<String> more) {
        var fields =
                new ArrayList<>(
                        List.of(
                                ":method",
                                method,
                                ":scheme",
                                "http",
                                ":authority",
                                host,
                                ":path",
                                path));
        fields.addAll(more);
        return fields.toArray(new String[0]);
    }

    private static Script script() {
        return Script.greets(SETTLED);
    }

    /** Answers call after call with these statuses, and further ones with the last. */
    static Script says(String... statuses) {
        var script = script();
        for (int stream = 1; stream <= LAST_STREAM; stream += 2) {
            var status = statuses[Math.min(stream / 2, statuses.length - 1)];
            script.atEnd(stream, status.equals("0") ? good(stream, "") : bad(stream, status));
        }
        return script;
    }

    /** Answers every call, saying who it is. */
    static Script isCalled(String name) {
        var script = script();
        for (int stream = 1; stream <= LAST_STREAM; stream += 2) {
            script.atEnd(stream, good(stream, name));
        }
        return script;
    }

    private static byte[] good(int stream, String name) {
        return join(
                headers(
                        END_HEADERS,
                        stream,
                        ":status",
                        "200",
                        "content-type",
                        "application/grpc",
                        "x-backend",
                        name),
                data(0, stream, "\0\0\0\0\0"),
                headers(WHOLE, stream, "grpc-status", "0"));
    }

    private static byte[] bad(int stream, String status) {
        return headers(
                WHOLE,
                stream,
                ":status",
                "200",
                "content-type",
                "application/grpc",
                "grpc-status",
                status);
    }

    private static Script answers() {
        return script().atEnd(
                        1,
                        headers(END_HEADERS, 1, ":status", "200", "x-kind", "http2"),
                        data(END, 1, "hello"));
    }
}
