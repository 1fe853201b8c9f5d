// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.admin;

import dev.outrigger.dataplane.telemetry.ChunkedText;

/**
 * What an admin path answers.
 *
 * @param body made while it is written
 * @param sniffedFirst whether {@code x-content-type-options} also comes before the content type, as
 *     in the errors of {@code /config_dump}
 * @param afterwards runs when the answer has been written
 */
record AdminResponse(
        int status,
        String contentType,
        ChunkedText body,
        boolean sniffedFirst,
        Runnable afterwards) {
    private static final String TEXT = "text/plain; charset=UTF-8";

    private static AdminResponse of(int status, String contentType, ChunkedText body) {
        return new AdminResponse(status, contentType, body, false, () -> {});
    }

    private static ChunkedText whole(String body) {
        return out -> {
            out.append(body);
            return false;
        };
    }

    static AdminResponse text(int status, String body) {
        return of(status, TEXT, whole(body));
    }

    static AdminResponse text(ChunkedText body) {
        return of(200, TEXT, body);
    }

    static AdminResponse ok() {
        return text(200, "OK\n");
    }

    static AdminResponse json(String body) {
        return json(whole(body));
    }

    static AdminResponse json(ChunkedText body) {
        return of(200, "application/json", body);
    }

    static AdminResponse html(ChunkedText body) {
        return of(200, "text/html; charset=UTF-8", body);
    }

    static AdminResponse html(String body) {
        return html(whole(body));
    }

    /** Envoy's /config_dump errors carry no charset. */
    static AdminResponse plain(int status, String body) {
        return new AdminResponse(status, "text/plain", whole(body), true, () -> {});
    }

    /** Without a charset and with the usual headers. */
    static AdminResponse plainOnce(int status, String body) {
        return of(status, "text/plain", whole(body));
    }

    /** As HEAD gets it. */
    AdminResponse withoutBody() {
        return new AdminResponse(status, contentType, whole(""), sniffedFirst, afterwards);
    }

    AdminResponse then(Runnable task) {
        return new AdminResponse(status, contentType, body, sniffedFirst, task);
    }
}
