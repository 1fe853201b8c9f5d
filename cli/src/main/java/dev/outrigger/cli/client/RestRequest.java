// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.cli.client;

import java.net.URI;
import java.util.LinkedHashMap;
import java.util.Map;

/** A request being made up; a GET unless told otherwise. Confined to one thread. */
final class RestRequest {
    private final URI uri;
    private final Map<String, String> headers = new LinkedHashMap<>();
    private String method = "GET";
    private byte[] body = {};

    RestRequest(URI uri) {
        this.uri = uri;
    }

    /** Takes the place of an earlier one of that name. */
    RestRequest header(String name, String value) {
        headers.put(name, value);
        return this;
    }

    RestRequest delete() {
        method = "DELETE";
        return this;
    }

    /** With a body of no bytes; its type is named because it would be a form's otherwise. */
    RestRequest post() {
        return header("Content-Type", "application/json").post(new byte[0]);
    }

    /** With a body whose type is a header. */
    RestRequest post(byte[] content) {
        method = "POST";
        body = content;
        return this;
    }

    URI uri() {
        return uri;
    }

    String method() {
        return method;
    }

    Map<String, String> headers() {
        return headers;
    }

    byte[] body() {
        return body;
    }
}
