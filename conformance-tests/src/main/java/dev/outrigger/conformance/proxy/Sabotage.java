// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.conformance.proxy;

/** One thing that a {@link SabotagedProxy} gets wrong, for each kind of observation. */
public enum Sabotage {
    /** Nothing: the relay alone must not be noticed. */
    NOTHING(""),
    STATUS("response[1].status"),
    REASON("response[1].reason"),
    ADDED_HEADER("response[1].header.x-added"),
    LOST_HEADER("response[1].header.server"),
    BODY("response[1].body"),
    INTERIM("response[1].interim"),
    /** The connection is closed where it should stay open. */
    END("connection[1].end"),
    REQUEST_HEADER("attempt[1].header.x-added"),
    LOG("log[1].default"),
    /** The request reaches the upstream twice. */
    EXTRA_ATTEMPT("attempts"),
    STATISTIC("stat.cluster.b.upstream_rq_retry");

    private final String field;

    Sabotage(String field) {
        this.field = field;
    }

    /** The field of the observation in which it must be seen. */
    public String field() {
        return field;
    }

    /** What becomes of bytes on their way to the proxy, each of them one character. */
    String changedRequest(String text) {
        return switch (this) {
            case REQUEST_HEADER -> withFirst(text, "\r\n\r\n", "\r\nx-added: 1\r\n\r\n");
            case LOG -> withFirst(text, "\r\n\r\n", "\r\nuser-agent: me\r\n\r\n");
            case NOTHING,
                    STATUS,
                    REASON,
                    ADDED_HEADER,
                    LOST_HEADER,
                    BODY,
                    INTERIM,
                    END,
                    EXTRA_ATTEMPT,
                    STATISTIC ->
                    text;
        };
    }

    /** What becomes of bytes on their way to the client. */
    String changedResponse(String text) {
        return switch (this) {
            case STATUS -> withFirst(text, "HTTP/1.1 200", "HTTP/1.1 201");
            case REASON -> withFirst(text, "200 OK", "200 Okay");
            case ADDED_HEADER -> withFirst(text, "\r\n\r\n", "\r\nx-added: 1\r\n\r\n");
            case LOST_HEADER -> withFirst(text, "server: envoy\r\n", "");
            case BODY -> withFirst(text, "\r\n\r\nhi", "\r\n\r\nho");
            case INTERIM -> withFirst(text, "HTTP/1.1 200", "HTTP/1.1 102 P\r\n\r\nHTTP/1.1 200");
            case NOTHING, END, REQUEST_HEADER, LOG, EXTRA_ATTEMPT, STATISTIC -> text;
        };
    }

    private static String withFirst(String text, String part, String replacement) {
        int at = text.indexOf(part);
        return at < 0
                ? text
                : text.substring(0, at) + replacement + text.substring(at + part.length());
    }
}
