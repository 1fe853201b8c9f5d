// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.admin;

/**
 * What an admin path answers.
 *
 * @param afterwards runs when the answer has been written
 */
record AdminResponse(int status, String contentType, String body, Runnable afterwards) {
    private static final String TEXT = "text/plain; charset=UTF-8";

    static AdminResponse text(int status, String body) {
        return new AdminResponse(status, TEXT, body, () -> {});
    }

    static AdminResponse ok() {
        return text(200, "OK\n");
    }

    static AdminResponse json(String body) {
        return new AdminResponse(200, "application/json", body, () -> {});
    }

    static AdminResponse html(String body) {
        return new AdminResponse(200, "text/html; charset=UTF-8", body, () -> {});
    }

    /** Envoy's /config_dump errors carry no charset. */
    static AdminResponse plain(int status, String body) {
        return new AdminResponse(status, "text/plain", body, () -> {});
    }

    AdminResponse then(Runnable task) {
        return new AdminResponse(status, contentType, body, task);
    }
}
