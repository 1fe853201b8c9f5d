// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.conformance.generate;

import java.util.ArrayList;
import java.util.List;

/** The bytes of requests: good ones, edges of the grammar, and hostile ones. */
final class Requests {
    private static final List<String> METHODS =
            List.of(
                    "GET", "GET", "GET", "GET", "GET", "GET", "POST", "POST", "POST", "PUT", "HEAD",
                    "HEAD", "DELETE", "OPTIONS", "PATCH");
    private static final List<String> ODD_METHODS =
            List.of("PURGE", "QUERY", "TRACE", "get", "M-SEARCH", "PROPFIND", "CONNECT", "FOO");

    private static final List<String> EDGE_HEADERS =
            List.of(
                    "x-forwarded-for: 10.1.2.3",
                    "x-forwarded-for: 1.2.3.4, 10.0.0.9",
                    "x-forwarded-for: nonsense",
                    "X-Forwarded-Proto: https",
                    "x-forwarded-proto: ftp",
                    "x-forwarded-host: f.test",
                    "x-request-id: 11111111-2222-4333-8444-555555555555",
                    "x-request-id: short",
                    "x-envoy-retry-on: 5xx",
                    "x-envoy-max-retries: 2",
                    "x-envoy-retriable-status-codes: 404,409",
                    "x-envoy-upstream-rq-timeout-ms: 3000",
                    "x-envoy-upstream-rq-per-try-timeout-ms: 2000",
                    "x-envoy-expected-rq-timeout-ms: 10",
                    "x-envoy-attempt-count: 7",
                    "x-envoy-internal: true",
                    "x-envoy-original-path: /orig",
                    "x-envoy-external-address: 9.9.9.9",
                    "x-envoy-downstream-service-cluster: dsc",
                    "x-envoy-decorator-operation: op",
                    "te: trailers",
                    "te: gzip",
                    "connection: close",
                    "connection: keep-alive",
                    "Connection: x-a",
                    "connection: x-a, close",
                    "connection: te, keep-alive",
                    "proxy-connection: close",
                    "keep-alive: timeout=1",
                    "x_under: 1",
                    "x-a_b: 2",
                    "content-type: application/grpc",
                    "content-type: application/json",
                    "cookie: a=1",
                    "cookie: b=2",
                    "referer: http://r.test/x",
                    "referer: not a uri",
                    "user-agent: df/1",
                    "via: 1.0 before",
                    "x-a:",
                    "x-b:   spaced  out  ",
                    "x-b: tab\there",
                    "x-b: caf\u00e9",
                    "accept-encoding: gzip",
                    "accept-encoding: br",
                    "cache-control: no-cache",
                    "x-envoy-original-dst-host: 1.2.3.4:5",
                    "upgrade: h2c",
                    "origin: http://o.test",
                    "origin: http://p.test",
                    "origin: http://o.test\r\naccess-control-request-method: GET",
                    "x-envoy-fault-abort-request: 503",
                    "x-envoy-fault-delay-request: 5",
                    "server: c");

    private static final List<String> HOSTILE_HEADERS =
            List.of(
                    "no colon here",
                    "x a: 1",
                    "x-a : 1",
                    ": empty",
                    "x-a: nul\0byte",
                    "x-a: cr\rinside",
                    "x-a: 1\r\n folded",
                    " x-a: leading",
                    "x(a): 1",
                    "x-\u00e9: 1",
                    "transfer-encoding: gzip, chunked",
                    "transfer-encoding: identity",
                    "transfer-encoding: chunked, chunked",
                    "Transfer-Encoding : chunked",
                    "transfer-encoding:\u000bchunked",
                    "content-length: +5",
                    "content-length: 5,5",
                    "content-length: 0x5",
                    "content-length:",
                    "content-length: 99999999999999999999",
                    "host: second.test",
                    "connection: host",
                    "connection: content-length",
                    "connection: x-forwarded-proto",
                    "upgrade: websocket\r\nconnection: upgrade",
                    "upgrade: websocket",
                    "expect: 200-ok");

    private static final List<String> CHUNKED =
            List.of(
                    "3\r\nabc\r\n0\r\n\r\n",
                    "3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n",
                    "0\r\n\r\n",
                    "3;ext=1\r\nabc\r\n0\r\n\r\n",
                    "003\r\nabc\r\n000\r\n\r\n",
                    "A\r\n0123456789\r\n0\r\n\r\n",
                    "3\r\nabc\r\n0\r\nx-t: 1\r\n\r\n",
                    "3\r\nabc\r\n0\r\nX-T: 1\r\nx-t: 2\r\n\r\n",
                    "3 \r\nabc\r\n0\r\n\r\n");
    private static final List<String> ODD_CHUNKED =
            List.of(
                    "3\nabc\n0\n\n",
                    "+3\r\nabc\r\n0\r\n\r\n",
                    "0x3\r\nabc\r\n0\r\n\r\n",
                    "3\r\nabcdef\r\n0\r\n\r\n",
                    "zz\r\n",
                    "\r\n0\r\n\r\n",
                    "fffffffffffffffff\r\n",
                    "3\r\nabc\r\n0\r\nbad trailer\r\n\r\n",
                    "3;\rx\r\nabc\r\n0\r\n\r\n");

    /** What fits into one record of TLS, with a head. */
    private static final int ONE_RECORD = 12_000;

    private final Choices choices;
    private final Plan plan;
    private final int longest;

    Requests(Choices choices, Plan plan) {
        this.choices = choices;
        this.plan = plan;
        // How much of a body that is refused was read before is a matter of reads: what comes
        // through the machine in one piece is mostly read in one go, and fits the limits.
        int onePiece = plan.transports().downstream().isTls() ? ONE_RECORD : 30_000;
        this.longest = plan.filters().contains(Filters.BUFFER) ? 900 : onePiece;
    }

    /**
     * A request.
     *
     * @param complete whether its end is there for sure, so that another one can follow
     * @param answered whether an answer is likely
     */
    record Request(String text, boolean complete, boolean answered) {}

    Request next() {
        if (plan.transports().downstream().isHttp2()) {
            return carried();
        }
        return switch (choices.weighted(86, 8, 3, plan.timed() ? 3 : 0, plan.upgrades() ? 10 : 0)) {
            case 0 -> sound();
            case 1 -> hostile();
            case 2 -> versioned();
            case 3 -> cut();
            default -> upgrade();
        };
    }

    /**
     * Over HTTP/2, where upgrades are requests of another form, and behind tunnels come no more.
     */
    private Request carried() {
        var method = choices.in100(95) ? choices.pick(METHODS) : choices.pick(ODD_METHODS);
        var headers = new ArrayList<>(headers());
        headers.removeIf(each -> each.startsWith("upgrade:"));
        return request(
                method.equals("CONNECT") ? "TRACE" : method, target(), "HTTP/1.1", host(), headers);
    }

    private Request sound() {
        var method = choices.in100(95) ? choices.pick(METHODS) : choices.pick(ODD_METHODS);
        return request(method, target(), "HTTP/1.1", host(), headers());
    }

    /** What follows an upgrade is not HTTP, whether it is granted or not. */
    Request upgrade() {
        var headers = new ArrayList<>(headers());
        headers.add("connection: upgrade");
        headers.add("upgrade: websocket");
        var text = request("GET", target(), "HTTP/1.1", host(), headers).text();
        return new Request(text, false, true);
    }

    private Request versioned() {
        var version = choices.pick("HTTP/1.0", "HTTP/1.0", "HTTP/1.2", "HTTP/2.0", "http/1.1");
        var host = choices.in100(60) ? host() : "";
        return request(choices.pick("GET", "POST", "HEAD"), target(), version, host, headers());
    }

    private Request hostile() {
        return switch (choices.weighted(6, 2, 2, 2)) {
            case 0 -> {
                var headers = new ArrayList<>(headers());
                headers.add(choices.pick(HOSTILE_HEADERS));
                var method = choices.pick("GET", "POST");
                var text = request(method, target(), "HTTP/1.1", host(), headers).text();
                yield new Request(text, false, true);
            }
            case 1 -> {
                var head = "POST " + path() + " HTTP/1.1\r\nhost: a.test\r\n";
                yield new Request(
                        head + "transfer-encoding: chunked\r\n\r\n" + choices.pick(ODD_CHUNKED),
                        false,
                        true);
            }
            case 2 -> {
                var line =
                        choices.pick("GET  /a HTTP/1.1", "GET /a b HTTP/1.1", "GET /a", "\0", "");
                yield new Request(line + "\r\nhost: a.test\r\n\r\n", false, true);
            }
            default -> large();
        };
    }

    private Request large() {
        var headers = new ArrayList<String>();
        switch (choices.between(1, 3)) {
            case 1 -> headers.add("x-big: " + "v".repeat(choices.pick(2_000, 9_000, 61_000)));
            case 2 -> {
                for (int i = choices.pick(25, 99, 120); i > 0; i--) {
                    headers.add("x-n" + i + ": 1");
                }
            }
            default -> {
                var path = "/a/" + "p".repeat(choices.pick(2_000, 9_000, 61_000));
                return request("GET", path, "HTTP/1.1", host(), headers());
            }
        }
        return request("GET", target(), "HTTP/1.1", host(), headers);
    }

    /** A request whose end does not come. */
    private Request cut() {
        return new Request(
                choices.pick(
                        "POST /a HTTP/1.1\r\nhost: a.test\r\ncontent-length: 9\r\n\r\nabc",
                        "POST /a HTTP/1.1\r\nhost: a.test\r\ntransfer-encoding: chunked\r\n\r\n3\r\n",
                        "GET /a HTTP/1.1\r\nhost: a",
                        "GET /a"),
                false,
                false);
    }

    private Request request(
            String method, String target, String version, String host, List<String> headers) {
        var text = new StringBuilder(method + " " + target + " " + version + "\r\n");
        if (!host.isEmpty()) {
            text.append(choices.pick("host", "Host")).append(": ").append(host).append("\r\n");
        }
        headers.forEach(header -> text.append(header).append("\r\n"));
        boolean withBody =
                switch (method) {
                    case "POST", "PUT", "PATCH", "QUERY" -> choices.in100(85);
                    case "CONNECT" -> false;
                    default -> choices.in100(4);
                };
        if (!withBody) {
            return new Request(text.append("\r\n").toString(), true, true);
        }
        if (choices.in100(6)) {
            text.append("expect: 100-continue\r\n");
        }
        switch (choices.weighted(12, 8, 1)) {
            case 0 -> {
                // The next request begins a line, by which the client knows its method.
                int length = choices.pick(0, 1, 4, 500, longest);
                var body = "b".repeat(Math.max(0, length - 1)) + (length > 0 ? "\n" : "");
                text.append("content-length: ").append(length).append("\r\n\r\n").append(body);
            }
            case 1 ->
                    text.append("transfer-encoding: chunked\r\n\r\n").append(choices.pick(CHUNKED));
            default ->
                    text.append("content-length: 3\r\ntransfer-encoding: chunked\r\n\r\n")
                            .append("3\r\nabc\r\n0\r\n\r\n");
        }
        return new Request(text.toString(), true, true);
    }

    private String target() {
        return switch (choices.weighted(92, 6, 1)) {
            case 0 -> path();
            case 1 ->
                    choices.pick("http://", "HTTP://", "https://", "ftp://")
                            + choices.pick("a.test", "B.test", "u:p@a.test", "a.test:8080")
                            + choices.pick(path(), "", "?k=1");
            default -> choices.pick("*", "a", "?k=1");
        };
    }

    private String path() {
        return choices.in100(plan.oddPaths())
                ? choices.pick(Words.ODD_PATHS)
                : choices.pick(Words.PATHS) + choices.pick(Words.QUERIES);
    }

    private String host() {
        return choices.in100(97)
                ? choices.pick(Words.HOSTS)
                : choices.pick("a b", "a/b", "a,b", "é");
    }

    private List<String> headers() {
        var headers = new ArrayList<String>();
        for (int i = choices.between(0, 2); i > 0; i--) {
            headers.add(choices.pick(Words.HEADERS) + ": " + choices.pick(Words.VALUES));
        }
        if (choices.in100(12)) {
            var cluster = choices.in100(85) ? choices.pick(plan.clusters()) : "unknown";
            headers.add("x-cluster: " + Plan.named(cluster));
        }
        headers.addAll(choices.some(choices.pick(0, 0, 1, 2, 3), EDGE_HEADERS));
        return headers;
    }
}
