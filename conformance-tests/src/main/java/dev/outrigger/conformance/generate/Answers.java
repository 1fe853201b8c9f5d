// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.conformance.generate;

import dev.outrigger.conformance.exchange.UpstreamAnswer;
import dev.outrigger.conformance.exchange.UpstreamAnswer.After;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** What upstreams do: most answers are good, the others are every fault we can think of. */
final class Answers {
    /** Longer than every limit of a timed case, by enough for a busy machine. */
    private static final Duration SLOW = Duration.ofMillis(2200);

    /** Long enough for the proxy to have read what was written before. */
    private static final Duration MOMENT = Duration.ofMillis(40);

    private static final int ONE_PIECE = 2000;

    private static final List<After> RESETS =
            List.of(
                    After.STREAM_REFUSED,
                    After.STREAM_REFUSED,
                    After.STREAM_INTERNAL_ERROR,
                    After.STREAM_CANCEL,
                    After.STREAM_NO_ERROR,
                    After.STREAM_PROTOCOL_ERROR,
                    After.STREAM_CONNECT_ERROR,
                    After.STREAM_CALM,
                    After.STREAM_HTTP11_REQUIRED);

    private static final String OK = "HTTP/1.1 200 OK\r\n";
    private static final String CHUNKED = "transfer-encoding: chunked\r\n";

    private static final List<String> HEADERS =
            List.of(
                    "x-a: up",
                    "x-a: 1",
                    "x-b: 2",
                    "X-B: 3",
                    "server: upstream",
                    "date: Mon, 01 Jan 2024 00:00:00 GMT",
                    "content-type: text/html",
                    "content-type: application/grpc",
                    "grpc-status: 14",
                    "location: /x",
                    "location: http://a.test/a",
                    "location: http://b.test/x?k=1",
                    "location: https://a.test/a",
                    "set-cookie: a=1",
                    "set-cookie: b=2",
                    "keep-alive: timeout=5",
                    "proxy-connection: keep-alive",
                    "via: 1.0 up",
                    "x-request-id: from-upstream",
                    "x-envoy-upstream-service-time: 77",
                    "x-envoy-ratelimited: true",
                    "x-envoy-attempt-count: 9",
                    "x-envoy-overloaded: true",
                    "x-under_score: 1",
                    "x-empty:",
                    "x-spaces:   a   b  ",
                    "connection: x-b",
                    "upgrade: h2c",
                    "trailer: x-t",
                    "vary: a, b");

    private static final List<String> MALFORMED =
            List.of(
                    "garbage\r\n\r\n",
                    "HTTP/1.1 banana\r\n\r\n",
                    "HTTP/1.1 99 Low\r\ncontent-length: 0\r\n\r\n",
                    "HTTP/1.1 2000 High\r\ncontent-length: 0\r\n\r\n",
                    "HTTP/2.0 200 OK\r\ncontent-length: 0\r\n\r\n",
                    "HTTP/1.1 200 OK\r\nno colon\r\ncontent-length: 0\r\n\r\n",
                    "HTTP/1.1 200 OK\r\nx a: 1\r\ncontent-length: 0\r\n\r\n",
                    "HTTP/1.1 200 OK\r\n: empty\r\ncontent-length: 0\r\n\r\n",
                    "HTTP/1.1 200 OK\r\nx-a: 1\0\r\ncontent-length: 0\r\n\r\n",
                    "HTTP/1.1 200 OK\r\ncontent-length: abc\r\n\r\n",
                    "HTTP/1.1 200 OK\r\ncontent-length: -1\r\n\r\n",
                    "HTTP/1.1 200 OK\r\ncontent-length: 1\r\ncontent-length: 2\r\n\r\nab",
                    "HTTP/1.1 200 OK\r\ncontent-length: 1\r\ncontent-length: 1\r\n\r\na",
                    OK + "content-length: 2\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n",
                    "HTTP/1.1 200 OK\r\ntransfer-encoding: gzip\r\n\r\n",
                    "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\nzz\r\n",
                    "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n3\r\nabcdef\r\n",
                    "HTTP/1.1 204 No Content\r\ncontent-length: 3\r\n\r\nabc",
                    "HTTP/1.1 204 No Content\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n",
                    OK + (CHUNKED + CHUNKED) + "\r\n0\r\n\r\n");

    private final Choices choices;
    private final Plan plan;

    /** Whether each answer is to be a message, if not a whole one. */
    private final boolean messages;

    Answers(Choices choices, Plan plan) {
        this.choices = choices;
        this.plan = plan;
        this.messages = plan.hasHttp2Upstreams();
    }

    /** The answers of one upstream in one exchange. */
    List<UpstreamAnswer> script() {
        var answers = new ArrayList<UpstreamAnswer>();
        for (int i = choices.between(1, 3); i > 0; i--) {
            answers.add(answer());
        }
        return answers;
    }

    /**
     * The same by an upstream that speaks HTTP/2. What ends a connection behind an answer is said
     * with it, in one piece: what the proxy does in between would be a race.
     */
    List<UpstreamAnswer> overStreams(List<UpstreamAnswer> script) {
        return script.stream().map(each -> each.withAfter(overStream(each))).toList();
    }

    private After overStream(UpstreamAnswer answer) {
        boolean silent = answer.head().isEmpty();
        boolean whole = !silent && answer.bodyDelay().isZero();
        return switch (answer.after()) {
            case CLOSE -> {
                if (whole) {
                    int size = answer.head().length() + answer.body().length();
                    yield size > ONE_PIECE ? After.KEEP : After.GOAWAY;
                }
                yield silent
                        ? choices.pick(After.CLOSE, After.GOAWAY_UNSEEN)
                        : choices.pick(RESETS);
            }
            case RESET -> silent && choices.in100(20) ? After.RESET : choices.pick(RESETS);
            case KEEP,
                    ECHO,
                    HANG,
                    STREAM_NO_ERROR,
                    STREAM_PROTOCOL_ERROR,
                    STREAM_INTERNAL_ERROR,
                    STREAM_REFUSED,
                    STREAM_CANCEL,
                    STREAM_CONNECT_ERROR,
                    STREAM_CALM,
                    STREAM_HTTP11_REQUIRED,
                    GOAWAY,
                    GOAWAY_UNSEEN,
                    GOAWAY_ERROR ->
                    answer.after();
        };
    }

    private UpstreamAnswer answer() {
        return switch (choices.weighted(
                60,
                7,
                7,
                messages ? 0 : 5,
                6,
                4,
                3,
                plan.timed() ? 12 : 0,
                plan.upgrades() ? 12 : 0)) {
            case 0 -> good();
            case 1 -> broken("", choices.pick(After.CLOSE, After.RESET));
            case 2 ->
                    broken(
                            choices.pick(
                                    "HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\nabc",
                                    "HTTP/1.1 503 No\r\ncontent-length: 10\r\n\r\nabc",
                                    OK + CHUNKED + "\r\n3\r\nabc\r\n",
                                    messages ? OK + "\r\nab" : "HTTP/1.1 200 OK\r\ncontent-le",
                                    "HTTP/1.1 100 Continue\r\n\r\n"),
                            choices.pick(After.CLOSE, After.RESET));
            case 3 -> broken(choices.pick(MALFORMED), plan.timed() ? After.HANG : After.CLOSE);
            case 4 -> early();
            case 5 -> interim();
            case 6 -> bigHead();
            case 7 -> slow();
            default -> switched();
        };
    }

    private UpstreamAnswer good() {
        int status = choices.pick(Words.STATUSES);
        boolean bodiless = status == 204 || status == 304;
        var head = new StringBuilder("HTTP/1.1 " + status + " Upstream\r\n").append(headers());
        var body = choices.pick("", "a", "hello", "0123456789".repeat(20), "z".repeat(70_000));
        var after = choices.in100(12) ? After.CLOSE : After.KEEP;
        if (bodiless) {
            return answer(head + "\r\n", "", after);
        }
        return switch (choices.weighted(10, 5, 2, 1)) {
            case 0 -> answer(head + "content-length: " + body.length() + "\r\n\r\n", body, after);
            case 1 -> answer(head + "transfer-encoding: chunked\r\n\r\n", chunked(body), after);
            case 2 -> answer(head + "\r\n", body, After.CLOSE);
            default ->
                    answer(
                            ("HTTP/1.0" + head.substring(8))
                                    + "content-length: "
                                    + body.length()
                                    + "\r\n\r\n",
                            body,
                            After.CLOSE);
        };
    }

    private String headers() {
        var text = new StringBuilder();
        for (var header : choices.some(choices.between(0, 3), HEADERS)) {
            text.append(header).append("\r\n");
        }
        return text.append(choices.in100(8) ? "connection: close\r\n" : "").toString();
    }

    private String chunked(String body) {
        int half = body.length() / 2;
        var text = new StringBuilder();
        for (var part : List.of(body.substring(0, half), body.substring(half))) {
            if (!part.isEmpty()) {
                text.append(Integer.toHexString(part.length()))
                        .append(choices.in100(10) ? ";ext=1" : "")
                        .append("\r\n")
                        .append(part)
                        .append("\r\n");
            }
        }
        var trailers = choices.in100(30) ? "x-t: 1\r\nX-T2: 2\r\n" : "";
        return text.append("0\r\n").append(trailers).append("\r\n").toString();
    }

    private static UpstreamAnswer answer(String head, String body, After after) {
        return new UpstreamAnswer(false, Duration.ZERO, head, Duration.ZERO, body, after);
    }

    /** What was written is read before the end comes: an RST may overtake it otherwise. */
    private static UpstreamAnswer broken(String text, After after) {
        return new UpstreamAnswer(
                false, Duration.ZERO, text, text.isEmpty() ? Duration.ZERO : MOMENT, "", after);
    }

    private UpstreamAnswer early() {
        int status = choices.pick(200, 400, 413, 503);
        return new UpstreamAnswer(
                true,
                Duration.ZERO,
                "HTTP/1.1 " + status + " Early\r\ncontent-length: 2\r\n\r\n",
                Duration.ZERO,
                "ok",
                After.KEEP);
    }

    private UpstreamAnswer interim() {
        var head = new StringBuilder();
        for (int i = choices.between(1, 2); i > 0; i--) {
            head.append("HTTP/1.1 ")
                    .append(choices.pick(100, 102, 103, 199))
                    .append(" Interim\r\nlink: </a>\r\n\r\n");
        }
        int status = choices.pick(200, 200, 503);
        return answer(
                head + "HTTP/1.1 " + status + " Up\r\ncontent-length: 1\r\n\r\n", "x", After.KEEP);
    }

    private UpstreamAnswer bigHead() {
        int size = choices.pick(20_000, 79_000, 90_000);
        return answer(
                "HTTP/1.1 200 OK\r\nx-big: " + "v".repeat(size) + "\r\ncontent-length: 1\r\n\r\n",
                "x",
                After.KEEP);
    }

    private static UpstreamAnswer switched() {
        return new UpstreamAnswer(
                false,
                Duration.ZERO,
                String.join(
                        "\r\n",
                        "HTTP/1.1 101 Switching Protocols",
                        "upgrade: websocket",
                        "connection: upgrade",
                        "",
                        ""),
                Duration.ZERO,
                "",
                After.ECHO);
    }

    private UpstreamAnswer slow() {
        return switch (choices.weighted(4, 3, 2)) {
            case 0 -> {
                var late = "HTTP/1.1 200 OK\r\ncontent-length: 4\r\n\r\n";
                yield new UpstreamAnswer(false, SLOW, late, Duration.ZERO, "late", After.KEEP);
            }
            case 1 -> broken("", After.HANG);
            default ->
                    new UpstreamAnswer(
                            false,
                            Duration.ZERO,
                            choices.pick(
                                    "HTTP/1.1 200 OK\r\ncontent-length: 4\r\n\r\n",
                                    OK + CHUNKED + "\r\n1\r\na\r\n"),
                            SLOW,
                            "",
                            After.HANG);
        };
    }
}
