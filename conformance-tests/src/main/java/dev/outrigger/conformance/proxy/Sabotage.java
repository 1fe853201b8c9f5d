// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.conformance.proxy;

/** One thing that a {@link SabotagedProxy} gets wrong, for each kind of observation. */
public enum Sabotage {
    /** Nothing: the relay alone must not be noticed. */
    NOTHING("", text -> text, text -> text),
    STATUS("response[1].status", text -> text, text -> replaceFirst(text, "1.1 200", "1.1 201")),
    REASON("response[1].reason", text -> text, text -> replaceFirst(text, "200 OK", "200 Okay")),
    ADDED_HEADER(
            "response[1].header.x-added",
            text -> text,
            text -> replaceFirst(text, "\r\n\r\n", "\r\nx-added: 1\r\n\r\n")),
    LOST_HEADER(
            "response[1].header.server",
            text -> text,
            text -> replaceFirst(text, "server: envoy\r\n", "")),
    BODY("response[1].body", text -> text, text -> replaceFirst(text, "\r\n\r\nhi", "\r\n\r\nho")),
    INTERIM(
            "response[1].interim",
            text -> text,
            text -> replaceFirst(text, "HTTP/1.1 200", "HTTP/1.1 102 P\r\n\r\nHTTP/1.1 200")),
    /** The connection is closed where it should stay open. */
    END("connection[1].end", text -> text, text -> text),
    REQUEST_HEADER(
            "attempt[1].header.x-added",
            text -> replaceFirst(text, "\r\n\r\n", "\r\nx-added: 1\r\n\r\n"),
            text -> text),
    LOG(
            "log[1].default",
            text -> replaceFirst(text, "\r\n\r\n", "\r\nuser-agent: me\r\n\r\n"),
            text -> text),
    /** The request reaches the upstream twice. */
    EXTRA_ATTEMPT("attempts", text -> text, text -> text),
    STATISTIC("stat.cluster.b.upstream_rq_retry", text -> text, text -> text);

    private final String field;
    private final Change request;
    private final Change response;

    Sabotage(String field, Change request, Change response) {
        this.field = field;
        this.request = request;
        this.response = response;
    }

    /** The field of the observation in which it must be seen. */
    public String field() {
        return field;
    }

    String changedRequest(String text) {
        return request.of(text);
    }

    String changedResponse(String text) {
        return response.of(text);
    }

    private static String replaceFirst(String text, String part, String replacement) {
        int at = text.indexOf(part);
        return at < 0
                ? text
                : text.substring(0, at) + replacement + text.substring(at + part.length());
    }

    /** What becomes of bytes in one direction, each of them one character. */
    private interface Change {
        String of(String text);
    }
}
